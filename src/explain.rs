//! What a failure means: its exit code, its cause in words and the way out. One place for all commands.

use anyhow::Error;

use crate::aws::{CallError, Fault};
use crate::error::{Exit, Refusal, Usage};
use crate::interrupt::Interrupted;

/// A failure as it is shown.
pub(crate) struct Explanation {
    pub exit: Exit,
    pub message: String,
    pub cause: Option<String>,
    pub hint: Option<String>,
}

/// Explains a failure.
pub(crate) fn explain(error: &Error) -> Explanation {
    let mut texts: Vec<String> = error.chain().map(ToString::to_string).collect();
    let message = texts.remove(0);
    let cause = (!texts.is_empty()).then(|| texts.join(": "));
    let (exit, hint) = exit_and_hint(error);
    Explanation {
        exit,
        message,
        cause,
        hint,
    }
}

fn exit_and_hint(error: &Error) -> (Exit, Option<String>) {
    // The error itself is asked, not the links of its chain: only it sees into its contexts.
    if let Some(usage) = error.downcast_ref::<Usage>() {
        (Exit::Usage, Some(usage.hint.clone()))
    } else if let Some(refusal) = error.downcast_ref::<Refusal>() {
        (Exit::Failure, refusal.hint.clone())
    } else if let Some(call) = error.downcast_ref::<CallError>() {
        of_call(call)
    } else if error.is::<Interrupted>() {
        (Exit::Interrupted, None)
    } else {
        (Exit::Failure, None)
    }
}

fn of_call(call: &CallError) -> (Exit, Option<String>) {
    let hint = match &call.fault {
        Fault::Interrupted => return (Exit::Interrupted, None),
        _ if call.is_about_credentials() => {
            return (Exit::Credentials, Some("the credentials ended during the command: renew them and run again".to_owned()));
        }
        Fault::TimedOut => {
            Some("run again, allow more time with `--timeout SECONDS`, or more tries with `--max-attempts N`".to_owned())
        }
        Fault::Unreachable(_) => Some("check the network, the proxy variables, `--region` and `--endpoint-url`".to_owned()),
        Fault::Refused { status, .. } if call.is_denied() => Some(denied_hint(call, *status)),
        Fault::Refused { .. } => refused_hint(call),
        Fault::Credentials(_) | Fault::Malformed(_) => None,
    };
    (Exit::Failure, hint)
}

fn denied_hint(call: &CallError, status: u16) -> String {
    if call.code().is_none() && status == 403 && call.action == "s3:ListBucket" {
        return format!(
            "either `{}` belongs to another account (name one of yours with `--bucket`), or `s3:ListBucket` on it is missing",
            call.resource
        );
    }
    let reason = if call.message().is_empty() {
        String::new()
    } else {
        format!(" (AWS says: {})", call.message())
    };
    format!(
        "allow `{}` on `{}` in an identity policy, a permissions boundary or the organisation's policies{reason}",
        call.denied_action(),
        call.denied_resource()
    )
}

/// What can be done about the errors that AWS documents for the calls that ecrmon makes.
fn refused_hint(call: &CallError) -> Option<String> {
    let hint = match call.code()? {
        "BucketAlreadyExists" => {
            "the name is taken by another account: name a bucket with `--bucket`"
        }
        "MaximumNumberOfTrailsExceededException" => {
            "a region holds five trails: delete one, or use one that exists (`ecrmon trail list`, then `--attach NAME`)"
        }
        _ if call.is_throttled() => {
            "AWS is limiting the rate: wait a minute and run again, or allow more tries with `--max-attempts N`"
        }
        "OperationAborted" | "OperationAbortedException" | "ConflictException" => {
            "another change is under way: wait a minute and run again"
        }
        "BucketNotEmpty" => {
            "files arrived while the bucket was emptied: run again in a few minutes"
        }
        "S3BucketDoesNotExistException" => "the bucket went away meanwhile: run again",
        "InvalidCloudWatchLogsRoleArnException" => {
            "the role must exist and let `cloudtrail.amazonaws.com` assume it: `aws iam get-role` shows its trust policy"
        }
        "InvalidCloudWatchLogsLogGroupArnException" => {
            "the role must be allowed logs:CreateLogStream and logs:PutLogEvents on the log group, and the group must exist in the trail's region"
        }
        "InsufficientS3BucketPolicyException" => {
            "the bucket's policy must let CloudTrail read its ACL and write below AWSLogs/: look for a Deny in it"
        }
        "LimitExceededException" | "LimitExceeded" | "TooManyBuckets" => {
            "a quota of the account is used up: raise it, or delete what is not needed"
        }
        "InternalError"
        | "InternalFailure"
        | "InternalServerError"
        | "ServerException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => {
            "AWS has a problem of its own: run again in a few minutes"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}
