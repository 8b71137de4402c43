//! The bucket that holds the trail's log files: what it should be and what is there. Its writes are in `bucket_writes`.

use serde::Serialize;

use super::bucket_contents;
use super::bucket_policy::Statements;
use super::policy::Policy;
use super::{bucket_reads, tags};
use crate::aws::Aws;
use crate::plan::Resource;
use crate::settings::{STACK_TAG, Settings, Tags};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Bucket {
    #[serde(skip)]
    pub name: String,
    #[serde(skip)]
    pub region: String,
    pub public_access: PublicAccess,
    /// `BucketOwnerEnforced` where ACLs are off.
    pub ownership: Option<String>,
    pub encryption: Option<Encryption>,
    pub versioning: Versioning,
    pub policy: Option<Policy>,
    /// Days after which all log files are deleted, by a lifecycle rule of ours; other rules are not touched.
    pub expire_logs_days: Option<i32>,
    pub tags: Tags,
    #[serde(skip)]
    pub other_lifecycle: OtherLifecycle,
}

/// What the lifecycle configuration holds besides our rule; it is written back as it was.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct OtherLifecycle {
    pub rules: Vec<aws_sdk_s3::types::LifecycleRule>,
    pub minimum_size: Option<aws_sdk_s3::types::TransitionDefaultMinimumObjectSize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PublicAccess {
    Blocked,
    /// At least one of the four blocks is off.
    Open,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) enum Encryption {
    /// SSE-S3.
    #[serde(rename = "AES256")]
    S3,
    /// SSE-KMS with this key; without one it is the AWS-managed key.
    #[serde(rename = "aws:kms")]
    Kms(Option<String>),
    /// Something newer than this program.
    #[serde(untagged)]
    Other(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Versioning {
    Enabled,
    Suspended,
    Off,
}

impl Bucket {
    pub(crate) fn is_ours(&self, stack: &str) -> bool {
        tags::are_of_stack(&self.tags, stack)
    }

    /// The bucket as it should be. On one that we did not make only our two Allow statements are wanted.
    pub(crate) fn wanted(settings: &Settings, found: Option<&Self>, aws: &Aws) -> Self {
        let statements = Statements::of(settings, aws);
        let found_policy = found.and_then(|found| found.policy.as_ref());
        match found {
            Some(found) if !found.is_ours(&settings.trail) => Self {
                policy: Some(statements.merged_into(found_policy, false)),
                ..found.clone()
            },
            _ => Self {
                name: settings.bucket.clone(),
                region: found.map_or_else(|| aws.region.clone(), |found| found.region.clone()),
                public_access: PublicAccess::Blocked,
                ownership: Some("BucketOwnerEnforced".to_owned()),
                encryption: Some(
                    settings
                        .kms_key
                        .clone()
                        .map_or(Encryption::S3, |key| Encryption::Kms(Some(key))),
                ),
                versioning: Versioning::Enabled,
                policy: Some(statements.merged_into(found_policy, true)),
                expire_logs_days: settings.expire_logs,
                tags: tags::merged(found.map(|found| &found.tags), &settings.tags),
                other_lifecycle: found
                    .map(|found| found.other_lifecycle.clone())
                    .unwrap_or_default(),
            },
        }
    }

    /// What is lost for good on the way from `found` to here.
    pub(crate) fn loss(&self, found: Option<&Self>) -> Option<String> {
        let (days, before) = (self.expire_logs_days?, found?.expire_logs_days);
        let is_shorter = before.is_none_or(|before| days < before);
        is_shorter.then(|| {
            let before = before.map_or("never".to_owned(), |before| format!("{before} days"));
            format!("log files older than {days} days are deleted for good (now: {before})")
        })
    }

    /// The bucket without our statements: what teardown leaves of a bucket that is not ours.
    pub(crate) fn without_our_statements(&self, settings: &Settings, aws: &Aws) -> Self {
        let statements = Statements::of(settings, aws);
        Self {
            policy: self
                .policy
                .as_ref()
                .and_then(|policy| statements.removed_from(policy)),
            ..self.clone()
        }
    }

    /// What a bucket that is not ours falls short of; we say it and change nothing.
    pub(crate) fn shortcomings(&self) -> Vec<String> {
        let mut advice = Vec::new();
        if self.public_access == PublicAccess::Open {
            advice.push("public access is not blocked");
        }
        if self.versioning != Versioning::Enabled {
            advice.push("versioning is off: deleted or overwritten log files cannot be had back");
        }
        if self.ownership.as_deref() != Some("BucketOwnerEnforced") {
            advice.push("ACLs are on (BucketOwnerEnforced is not set)");
        }
        let denies_plain_http = self
            .policy
            .as_ref()
            .is_some_and(|policy| policy.text().contains("aws:SecureTransport"));
        if !denies_plain_http {
            advice.push("its policy does not deny plain HTTP");
        }
        advice.into_iter().map(str::to_owned).collect()
    }
}

impl Resource for Bucket {
    const KIND: &'static str = "bucket";

    fn name(&self) -> &str {
        &self.name
    }

    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>> {
        Box::pin(bucket_reads::observe(name, aws)).await
    }

    async fn apply(&self, found: Option<&Self>, aws: &Aws) -> anyhow::Result<()> {
        self.write(found, &aws.with_s3_in(&self.region)).await
    }

    async fn destroy(&self, aws: &Aws) -> anyhow::Result<()> {
        bucket_contents::empty_and_delete(&self.name, &aws.with_s3_in(&self.region)).await
    }

    fn is_same_stack(&self, wanted: &Self) -> bool {
        wanted
            .tags
            .get(STACK_TAG)
            .is_some_and(|stack| self.is_ours(stack))
    }
}
