//! Keys: ecrmon never edits a key policy; where a key refuses, it says which statement is missing.

use serde_json::json;

use crate::aws::{Aws, CallError};
use crate::error::Refusal;

/// The statement that lets CloudTrail encrypt with a key (CloudTrail user guide, KMS key policies).
fn statement(trail_arn: &str, aws: &Aws) -> String {
    let context = format!("arn:{}:cloudtrail:*:{}:trail/*", aws.partition, aws.account);
    let statement = json!({
        "Sid": "AllowCloudTrailToEncrypt",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceArn": trail_arn},
            "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": context},
        },
    });
    serde_json::to_string_pretty(&statement).unwrap_or_default()
}

/// Adds the missing statement to a refusal that is the key's doing.
pub(crate) fn explained(error: CallError, key: Option<&str>, trail_arn: &str, aws: &Aws) -> anyhow::Error {
    match key {
        Some(key) if error.is(&["InsufficientEncryptionPolicyException"]) => {
            let hint = format!("add this statement to the policy of `{key}`, then run again:\n{}", statement(trail_arn, aws));
            anyhow::Error::from(error).context(Refusal::new("the KMS key, or the bucket, does not let CloudTrail in", hint))
        }
        Some(key)
            if error.is(&["KmsKeyNotFoundException", "KmsException", "KmsKeyDisabledException", "InvalidKmsKeyIdException"]) =>
        {
            let hint = "name an enabled key of the bucket's region by its ARN, `--kms-key arn:…`, or `--kms-key none`";
            anyhow::Error::from(error).context(Refusal::new(format!("KMS key `{key}` cannot be used"), hint))
        }
        _ => error.into(),
    }
}
