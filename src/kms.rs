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

/// The statement that lets CloudWatch Logs of this region encrypt with a key (CloudWatch Logs user guide, encryption
/// with KMS).
fn logs_statement(log_group_arn: &str, aws: &Aws) -> String {
    // Regional service principals have the partition's domain; global ones, such as CloudTrail's, do not.
    let suffix = if aws.partition == "aws-cn" {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    let statement = json!({
        "Sid": "AllowCloudWatchLogsToEncrypt",
        "Effect": "Allow",
        "Principal": {"Service": format!("logs.{}.{}", aws.region, suffix)},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": log_group_arn}},
    });
    serde_json::to_string_pretty(&statement).unwrap_or_default()
}

/// Adds the missing statement to a refusal of a log group's key. CloudWatch Logs has no error of its own for it.
pub(crate) fn explained_for_logs(
    error: CallError,
    key: Option<&str>,
    log_group_arn: &str,
    aws: &Aws,
) -> anyhow::Error {
    match key {
        Some(key) if error.is(&["InvalidParameterException"]) => {
            let statement = logs_statement(log_group_arn, aws);
            let hint = format!(
                "name an enabled key of this region, and have this statement in the policy of `{key}`:\n{statement}"
            );
            anyhow::Error::from(error)
                .context(Refusal::new("CloudWatch Logs cannot use the KMS key", hint))
        }
        _ => error.into(),
    }
}

/// Adds the missing statement to a refusal that is the key's doing.
pub(crate) fn explained(
    error: CallError,
    key: Option<&str>,
    trail_arn: &str,
    aws: &Aws,
) -> anyhow::Error {
    match key {
        Some(key) if error.is(&["InsufficientEncryptionPolicyException"]) => {
            let hint = format!(
                "add this statement to the policy of `{key}`, then run again:\n{}",
                statement(trail_arn, aws)
            );
            anyhow::Error::from(error).context(Refusal::new(
                "the KMS key, or the bucket, does not let CloudTrail in",
                hint,
            ))
        }
        Some(key)
            if error.is(&[
                "KmsKeyNotFoundException",
                "KmsException",
                "KmsKeyDisabledException",
                "InvalidKmsKeyIdException",
            ]) =>
        {
            let hint = "name an enabled key of the bucket's region by its ARN, `--kms-key arn:…`, or `--kms-key none`";
            anyhow::Error::from(error).context(Refusal::new(
                format!("KMS key `{key}` cannot be used"),
                hint,
            ))
        }
        _ => error.into(),
    }
}
