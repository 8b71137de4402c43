//! The SDK's configuration from flags, environment and profile, as the AWS CLI has it.
//!
//! What the SDK would panic on (retry variables) or does not know (`AWS_CA_BUNDLE`, `--profile` before key
//! variables) is dealt with here, before it loads.

use std::ffi::OsString;
use std::time::Duration;

use aws_config::profile::{ProfileFileCredentialsProvider, ProfileSet};
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_runtime::env_config::file::EnvConfigFiles as ProfileFiles;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector, proxy::ProxyConfig};
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::service_config::ServiceConfigKey;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::as_given::AsGiven;
use crate::error::Usage;
use crate::names;

/// What the command line says about the connection.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub profile: Option<String>,
    pub region: Option<String>,
    pub endpoint_url: Option<String>,
    pub account: Option<String>,
    /// Longest wait for one answer.
    pub timeout: Option<Duration>,
    /// Tries of one call, the first included.
    pub max_attempts: Option<u32>,
}

impl Options {
    /// The profile in force, if one was named at all.
    pub(crate) fn profile_name(&self) -> Option<String> {
        self.profile.clone().or_else(|| variable("AWS_PROFILE"))
    }
}

/// Without `--timeout` an answer is waited for this long, as the AWS CLI does (`cli_read_timeout`).
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

pub(super) async fn load(options: &Options) -> anyhow::Result<SdkConfig> {
    let profiles = profiles(options).await?;
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(options.timeout.unwrap_or(DEFAULT_TIMEOUT))
        .build();
    let retries = retries(options, &profiles)?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(retries);
    if let Some(profile) = &options.profile {
        // The SDK's chain asks the environment first even then; the AWS CLI does not.
        let credentials = ProfileFileCredentialsProvider::builder()
            .profile_name(profile)
            .build();
        loader = loader
            .profile_name(profile)
            .credentials_provider(credentials);
    }
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(url) = &options.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(path) =
        variable("AWS_CA_BUNDLE").or_else(|| profiles.get("ca_bundle").map(str::to_owned))
    {
        loader = loader.http_client(client_trusting(&path)?);
    }
    check_addresses(&profiles)?;
    Ok(loader.load().await)
}

/// The addresses that the environment and the profile name, for all services or for one: the SDK refuses a bad one only
/// when it is called.
fn check_addresses(profiles: &ProfileSet) -> Result<(), Usage> {
    let text = |part: OsString| part.into_string().ok();
    let variables = std::env::vars_os()
        .filter_map(|(name, url)| Some((text(name)?, text(url)?)))
        .filter(|(name, url)| name.starts_with("AWS_ENDPOINT_URL") && !url.is_empty());
    let of_profile = profiles.get("endpoint_url");
    let of_profile =
        of_profile.map(|url| ("the profile's `endpoint_url`".to_owned(), url.to_owned()));
    for (name, url) in variables.chain(of_profile) {
        names::endpoint_url(&url).map_err(|rule| {
            Usage::new(
                format!("{name} cannot be used: {rule}"),
                "correct or unset it",
            )
        })?;
    }
    Ok(())
}

/// S3 behind an address of the caller's own (a simulator, a proxy) is reached by path: `bucket.127.0.0.1` is no host.
pub(super) fn s3(config: &SdkConfig) -> aws_sdk_s3::Client {
    let key = ServiceConfigKey::builder()
        .service_id("s3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let for_s3 = key
        .ok()
        .and_then(|key| config.service_config()?.load_config(key));
    let own_address = config.endpoint_url().is_some() || for_s3.is_some();
    let config = aws_sdk_s3::config::Builder::from(config).force_path_style(own_address);
    aws_sdk_s3::Client::from_conf(config.build())
}

pub(super) fn logs(config: &SdkConfig) -> aws_sdk_cloudwatchlogs::Client {
    let config = aws_sdk_cloudwatchlogs::config::Builder::from(config).interceptor(AsGiven);
    aws_sdk_cloudwatchlogs::Client::from_conf(config.build())
}

/// What ECR throttles must be known to whoever paces its calls, so nothing is tried again behind their back:
/// [`super::Aws::ask`] does.
pub(super) fn ecr(config: &SdkConfig) -> aws_sdk_ecr::Client {
    let config = aws_sdk_ecr::config::Builder::from(config).retry_config(RetryConfig::disabled());
    aws_sdk_ecr::Client::from_conf(config.build())
}

pub(super) fn no_region() -> Usage {
    Usage::new(
        "no region is set",
        "pass `--region REGION`, or set AWS_REGION or the profile's `region`",
    )
}

async fn profiles(options: &Options) -> anyhow::Result<ProfileSet> {
    let name = options.profile_name();
    let profiles = aws_config::profile::load(
        &Fs::real(),
        &Env::real(),
        &ProfileFiles::default(),
        name.clone().map(Into::into),
    )
    .await
    .map_err(|error| {
        Usage::new(
            format!("cannot read the AWS configuration: {error}"),
            "correct the file, or name another with AWS_CONFIG_FILE",
        )
    })?;
    match name {
        Some(name) if profiles.get_profile(&name).is_none() => Err(Usage::new(
            format!("there is no profile `{name}` in the AWS configuration"),
            "`aws configure list-profiles` lists those that exist; `aws configure --profile NAME` makes one",
        )
        .into()),
        _ => Ok(profiles),
    }
}

/// Retry settings as the AWS CLI finds them: flag, then variable, then profile.
fn retries(options: &Options, profiles: &ProfileSet) -> Result<RetryConfig, Usage> {
    let setting = |variable_name: &str, key: &str| {
        variable(variable_name)
            .map(|value| (format!("the variable {variable_name}"), value))
            .or_else(|| {
                profiles
                    .get(key)
                    .map(|value| (format!("the profile's `{key}`"), value.to_owned()))
            })
    };
    let bad = |(place, value): (String, String), what: &str, hint: &str| {
        Usage::new(
            format!("{place} is `{value}`, which is no {what}"),
            format!("use {hint}, or unset it"),
        )
    };
    let config = match setting("AWS_RETRY_MODE", "retry_mode") {
        None => RetryConfig::standard(),
        Some(setting) => match setting.1.to_lowercase().as_str() {
            "standard" => RetryConfig::standard(),
            "adaptive" => RetryConfig::adaptive(),
            _ => return Err(bad(setting, "retry mode", "`standard` or `adaptive`")),
        },
    };
    let attempts = match setting("AWS_MAX_ATTEMPTS", "max_attempts") {
        None => None,
        Some(setting) => match setting.1.parse() {
            Ok(attempts @ 1..) => Some(attempts),
            _ => return Err(bad(setting, "number of tries", "a whole number from 1 on")),
        },
    };
    let attempts = options.max_attempts.or(attempts);
    Ok(attempts
        .into_iter()
        .fold(config, RetryConfig::with_max_attempts))
}

fn client_trusting(path: &str) -> Result<aws_sdk_sts::config::SharedHttpClient, Usage> {
    let unusable = |why: String| {
        Usage::new(
            format!("cannot use the CA bundle `{path}`: {why}"),
            "correct or unset AWS_CA_BUNDLE (or `ca_bundle` in the profile)",
        )
    };
    let certificates = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    check_certificates(&certificates).map_err(&unusable)?;
    let trust = TrustStore::empty().with_pem_certificate(certificates);
    let tls = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    Ok(
        Builder::new().build_with_connector_fn(move |settings, _components| {
            let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
            connector.set_connector_settings(settings.cloned());
            connector
                .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
                .tls_context(tls.clone())
                .build()
        }),
    )
}

/// The SDK panics at a bundle that rustls cannot read.
fn check_certificates(pem: &[u8]) -> Result<(), String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|error| error.to_string())?;
        roots.add(certificate).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() {
        Err("it holds no PEM certificate".to_owned())
    } else {
        Ok(())
    }
}

/// An environment variable; empty counts as absent, as in the AWS CLI.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
