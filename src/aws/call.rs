//! One call to AWS: what was attempted on what, and what came of it. The only place that reads SDK errors.

use std::error::Error;
use std::fmt;

use aws_sdk_sts::config::http::HttpResponse;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};

/// A call that failed. `action` is the IAM action that permits it, so that a denied call can name what is missing.
#[derive(Debug)]
pub(crate) struct CallError {
    pub action: &'static str,
    pub resource: String,
    pub fault: Fault,
}

#[derive(Debug)]
pub(crate) enum Fault {
    /// AWS answered with an error. `code` is absent where the answer has no body (S3's HEAD).
    Refused {
        status: u16,
        code: Option<String>,
        message: Option<String>,
        /// Where a bucket is that was asked for in the wrong region (S3's `x-amz-bucket-region`).
        bucket_region: Option<String>,
    },
    /// No credentials could be had; the text is the provider's, with its causes.
    Credentials(String),
    /// No answer within the time allowed.
    TimedOut,
    /// No connection, or it broke; the text says why.
    Unreachable(String),
    /// An answer that the SDK cannot read, or a request that it cannot build.
    Malformed(String),
    /// Ctrl-C came before the call.
    Interrupted,
}

impl CallError {
    pub(crate) fn code(&self) -> Option<&str> {
        match &self.fault {
            Fault::Refused { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn message(&self) -> &str {
        match &self.fault {
            Fault::Refused {
                message: Some(message),
                ..
            } => message,
            _ => "",
        }
    }

    /// The region to ask instead, where S3 says that a bucket is in another one.
    pub(crate) fn region_of_bucket(&self) -> Option<&str> {
        match &self.fault {
            // S3 answers a HEAD with 301 or, where it cannot judge the signature, with 400.
            Fault::Refused {
                status: 301 | 400,
                bucket_region,
                ..
            } => bucket_region.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn is(&self, codes: &[&str]) -> bool {
        self.code().is_some_and(|code| codes.contains(&code))
    }

    /// AWS says that the thing does not exist.
    pub(crate) fn is_not_found(&self) -> bool {
        match &self.fault {
            Fault::Refused {
                code: Some(code), ..
            } => NOT_FOUND.contains(&code.as_str()),
            Fault::Refused {
                code: None, status, ..
            } => *status == 404,
            _ => false,
        }
    }

    /// Somebody made it between our look and our call.
    pub(crate) fn is_already_there(&self) -> bool {
        self.is(&[
            "BucketAlreadyOwnedByYou",
            "EntityAlreadyExists",
            "ResourceAlreadyExistsException",
            "TrailAlreadyExistsException",
        ])
    }

    /// The action that is missing: the one that AWS names, which may be another than the call's own (tags set while
    /// creating, `iam:PassRole`), else the call's.
    pub(crate) fn denied_action(&self) -> &str {
        let named = self
            .message()
            .split_once("not authorized to perform: ")
            .and_then(|(_, rest)| rest.split_whitespace().next());
        named.map_or(self.action, |action| action.trim_end_matches(['.', ',']))
    }

    /// The resource that AWS names beside the missing action, else the call's.
    pub(crate) fn denied_resource(&self) -> &str {
        let named = self
            .message()
            .split_once(" on resource: ")
            .and_then(|(_, rest)| rest.split_whitespace().next());
        named
            .filter(|resource| *resource != "*")
            .map_or(&self.resource, |resource| {
                resource.trim_matches(['.', ',', '"'])
            })
    }

    pub(crate) fn is_denied(&self) -> bool {
        match &self.fault {
            Fault::Refused {
                code: Some(code), ..
            } => DENIED.contains(&code.as_str()),
            Fault::Refused {
                code: None, status, ..
            } => *status == 403,
            _ => false,
        }
    }
}

/// Codes that mean "there is no such thing" in the services that ecrmon calls.
const NOT_FOUND: &[&str] = &[
    "NotFound",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchEntity",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "OwnershipControlsNotFoundError",
    "DashboardNotFoundError",
    "LifecyclePolicyNotFoundException",
    "ResourceNotFound",
    "ResourceNotFoundException",
    "ScanNotFoundException",
    "ServerSideEncryptionConfigurationNotFoundError",
    "TrailNotFoundException",
];

/// Access-denied codes; most services do not model them, so they are matched as text.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "InsufficientDependencyServiceAccessPermissionException",
];

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            action,
            resource,
            fault,
        } = self;
        match fault {
            _ if self.is_denied() => {
                write!(
                    f,
                    "access denied: `{}` on `{}` is missing",
                    self.denied_action(),
                    self.denied_resource()
                )
            }
            Fault::Refused {
                code: Some(code),
                message,
                ..
            } => {
                write!(f, "`{action}` on `{resource}` was refused: {code}")?;
                message
                    .as_ref()
                    .map_or(Ok(()), |message| write!(f, ": {message}"))
            }
            Fault::Refused {
                code: None, status, ..
            } => {
                write!(
                    f,
                    "`{action}` on `{resource}` was refused with HTTP status {status}"
                )
            }
            Fault::Credentials(why) => write!(f, "no usable AWS credentials: {why}"),
            Fault::TimedOut => write!(f, "`{action}` on `{resource}` got no answer in time"),
            Fault::Unreachable(why) => {
                write!(f, "`{action}` on `{resource}` could not reach AWS: {why}")
            }
            Fault::Malformed(why) => write!(
                f,
                "`{action}` on `{resource}` got an answer that makes no sense: {why}"
            ),
            Fault::Interrupted => write!(f, "interrupted before `{action}` on `{resource}`"),
        }
    }
}

impl Error for CallError {}

impl super::Aws {
    /// Makes one call, unless Ctrl-C came first, and says of a failure what was attempted on what.
    ///
    /// # Errors
    /// A [`CallError`], whatever went wrong.
    pub(crate) async fn call<T, E>(
        &self,
        action: &'static str,
        resource: impl fmt::Display,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        self.paces.wait(action).await;
        if self.interrupt.is_requested() {
            return Err(CallError {
                action,
                resource: resource.to_string(),
                fault: Fault::Interrupted,
            });
        }
        self.last_call(action, resource, call).await
    }

    /// Makes one call even after Ctrl-C: one that ends what an earlier call began.
    ///
    /// # Errors
    /// A [`CallError`], whatever went wrong.
    pub(crate) async fn last_call<T, E>(
        &self,
        action: &'static str,
        resource: impl fmt::Display,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, CallError>
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        // The SDK's futures are some 8 KB each; boxed, those of the callers stay small.
        Box::pin(call).await.map_err(|error| CallError {
            action,
            resource: resource.to_string(),
            fault: Fault::of(error),
        })
    }
}

impl Fault {
    fn of<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match error {
            SdkError::ServiceError(error) => Self::Refused {
                status: error.raw().status().as_u16(),
                code: error.err().code().map(str::to_owned),
                message: error.err().message().map(str::to_owned),
                bucket_region: error
                    .raw()
                    .headers()
                    .get("x-amz-bucket-region")
                    .map(str::to_owned),
            },
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(ref failure)
                if failure
                    .as_connector_error()
                    .is_some_and(aws_sdk_sts::error::ConnectorError::is_timeout) =>
            {
                Self::TimedOut
            }
            SdkError::DispatchFailure(ref failure)
                if failure
                    .as_connector_error()
                    .is_some_and(|e| e.is_io() || e.is_user()) =>
            {
                Self::Unreachable(causes(&error))
            }
            error if credentials_failed(&error) => Self::Credentials(causes(&error)),
            SdkError::DispatchFailure(_) => Self::Unreachable(causes(&error)),
            error => Self::Malformed(causes(&error)),
        }
    }
}

fn credentials_failed(error: &(dyn Error + 'static)) -> bool {
    chain(error).any(|cause| {
        let text = cause.to_string();
        cause.is::<aws_credential_types::provider::error::CredentialsError>()
            || text.contains("credentials provider")
    })
}

/// The causes of an SDK error in one line, outermost first, without the SDK's own generic first words.
fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts: Vec<String> = chain(error).skip(1).map(ToString::to_string).collect();
    texts.dedup();
    if texts.is_empty() {
        error.to_string()
    } else {
        texts.join(": ")
    }
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        (*error).source()
    })
}

/// Turns "there is no such thing" into `None`.
pub(crate) fn optional<T>(result: Result<T, CallError>) -> Result<Option<T>, CallError> {
    match result {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}
