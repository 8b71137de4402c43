//! The bucket's policy: our statements merged into whatever else it says.

use serde_json::{Value, json};

use super::policy::Policy;
use crate::aws::Aws;
use crate::names;
use crate::settings::Settings;

/// Our statements carry Sids of our own, with a hash of the trail's ARN so that two stacks can share a bucket.
pub(crate) struct Statements {
    acl_check: Value,
    write: Value,
    tls_only: Value,
}

impl Statements {
    pub(crate) fn of(settings: &Settings, aws: &Aws) -> Self {
        let trail = aws.trail_arn(&settings.trail);
        let bucket = aws.bucket_arn(&settings.bucket);
        let prefix = settings
            .prefix
            .as_ref()
            .map(|prefix| format!("{prefix}/"))
            .unwrap_or_default();
        let mark = names::short_hash(&trail);
        let cloudtrail = json!({"Service": "cloudtrail.amazonaws.com"});
        Self {
            acl_check: json!({
                "Sid": format!("EcrmonAclCheck{mark}"), "Effect": "Allow", "Principal": cloudtrail, "Action": "s3:GetBucketAcl",
                "Resource": bucket, "Condition": {"StringEquals": {"aws:SourceArn": trail}},
            }),
            write: json!({
                "Sid": format!("EcrmonWrite{mark}"), "Effect": "Allow", "Principal": cloudtrail, "Action": "s3:PutObject",
                "Resource": format!("{bucket}/{prefix}AWSLogs/{}/*", aws.account),
                "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trail}},
            }),
            tls_only: json!({
                "Sid": format!("EcrmonTlsOnly{mark}"), "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": [bucket, format!("{bucket}/*")], "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }),
        }
    }

    fn sids(&self) -> [&Value; 3] {
        [
            &self.acl_check["Sid"],
            &self.write["Sid"],
            &self.tls_only["Sid"],
        ]
    }

    /// What is there, with our statements as they should be: all three on a bucket of ours, else the two Allows.
    pub(crate) fn merged_into(&self, found: Option<&Policy>, bucket_is_ours: bool) -> Policy {
        let mut statements = self.others(found);
        statements.extend([self.acl_check.clone(), self.write.clone()]);
        if bucket_is_ours {
            statements.push(self.tls_only.clone());
        }
        match found {
            Some(found) => found.with_statements(statements),
            None => Policy::new(json!({"Version": "2012-10-17", "Statement": statements})),
        }
    }

    /// What is there without our statements; `None` if nothing is left.
    pub(crate) fn removed_from(&self, found: &Policy) -> Option<Policy> {
        let others = self.others(Some(found));
        (!others.is_empty()).then(|| found.with_statements(others))
    }

    fn others(&self, found: Option<&Policy>) -> Vec<Value> {
        let is_ours = |statement: &Value| self.sids().contains(&&statement["Sid"]);
        found
            .map(Policy::statements)
            .unwrap_or_default()
            .into_iter()
            .filter(|statement| !is_ours(statement))
            .collect()
    }
}
