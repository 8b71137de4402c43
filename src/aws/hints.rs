//! What to do about credentials that do not work, in particular where the AWS CLI can do what the Rust SDK cannot.

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::file::EnvConfigFiles as ProfileFiles;
use aws_types::os_shim_internal::{Env, Fs};

use super::{CallError, Fault, Options};

/// Codes by which AWS rejects the credentials themselves, whatever the service.
const REJECTED: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "NotAuthorized",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];

impl CallError {
    /// The credentials are missing, expired or unknown to AWS.
    pub(crate) fn is_about_credentials(&self) -> bool {
        matches!(self.fault, Fault::Credentials(_)) || self.is(REJECTED)
    }
}

/// The way out of a failure, if it is the credentials that failed.
pub(crate) async fn credentials_hint(error: &anyhow::Error, options: &Options) -> Option<String> {
    let call = error.downcast_ref::<CallError>()?;
    if call.is_about_credentials() {
        Some(hint(call, options).await)
    } else {
        None
    }
}

async fn hint(error: &CallError, options: &Options) -> String {
    let name = options
        .profile_name()
        .unwrap_or_else(|| "default".to_owned());
    let text = error.to_string().to_lowercase();
    let profiles = profiles(&name).await;
    if draws_on(profiles.as_ref(), &name, &["mfa_serial"], DEPTH) {
        format!(
            "profile `{name}` needs an MFA code, which only the AWS CLI can ask for: \
             `eval \"$(aws configure export-credentials --profile {name} --format env)\"`, then run again without `--profile`"
        )
    } else if matches!(error.fault, Fault::Credentials(_))
        && draws_on(profiles.as_ref(), &name, SSO, DEPTH)
    {
        format!("`aws sso login --profile {name}` renews the session")
    } else if text.contains("expired") {
        "the credentials have expired: renew them (`aws login`, `aws sso login`, or new session keys) and run again".to_owned()
    } else if matches!(error.fault, Fault::Credentials(_)) {
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with `--profile`, or log in with `aws login`".to_owned()
    } else {
        "AWS does not accept these keys: check AWS_ACCESS_KEY_ID, or the profile, and the account's partition".to_owned()
    }
}

/// Settings of a profile whose credentials come from an SSO session.
const SSO: &[&str] = &["sso_session", "sso_start_url"];

/// So many profiles are followed from one to its source.
const DEPTH: u8 = 8;

/// The profiles, none if the files cannot be read.
async fn profiles(name: &str) -> Option<ProfileSet> {
    let name = Some(name.to_owned().into());
    aws_config::profile::load(&Fs::real(), &Env::real(), &ProfileFiles::default(), name)
        .await
        .ok()
}

/// Whether the profile, or one that it draws on, has one of these settings.
fn draws_on(profiles: Option<&ProfileSet>, name: &str, settings: &[&str], depth: u8) -> bool {
    let Some(profile) = profiles.and_then(|profiles| profiles.get_profile(name)) else {
        return false;
    };
    let source = profile
        .get("source_profile")
        .filter(|source| depth > 0 && *source != name);
    settings
        .iter()
        .any(|setting| profile.get(setting).is_some())
        || source.is_some_and(|source| draws_on(profiles, source, settings, depth - 1))
}
