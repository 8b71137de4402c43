//! Writing a bucket: one configuration after the other, since S3 refuses two at once (`OperationAborted`).

use anyhow::Context;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
    ObjectOwnership, OwnershipControls, OwnershipControlsRule, PublicAccessBlockConfiguration,
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule, Tag, Tagging, VersioningConfiguration,
};

use super::bucket::{Bucket, Encryption, PublicAccess, Versioning};
use crate::aws::{Aws, concurrent_change};
use crate::settings::Tags;

/// The id of our lifecycle rule.
pub(super) const EXPIRY_RULE: &str = "ecrmon-expire-logs";

/// The one region whose buckets are created without a location constraint (S3 API, CreateBucket).
const REGION_WITHOUT_CONSTRAINT: &str = "us-east-1";

/// Makes one S3 write of a bucket's configuration, again while another one is under way.
macro_rules! write_bucket {
    ($aws:expr, $name:expr, $action:literal, $request:expr) => {
        $aws.retry(concurrent_change, async || {
            let request = $request.bucket($name).expected_bucket_owner(&$aws.account);
            $aws.call($action, $aws.bucket_arn($name), request.send())
                .await
                .map(drop)
        })
        .await
        .map_err(anyhow::Error::from)
    };
}

impl Bucket {
    pub(super) async fn write(&self, found: Option<&Self>, aws: &Aws) -> anyhow::Result<()> {
        let Self {
            name,
            region: _,
            public_access,
            ownership,
            encryption,
            versioning,
            policy,
            expire_logs_days,
            tags,
            other_lifecycle: _,
        } = self;
        if found.is_none() {
            self.create(aws).await?;
        }
        let differs = |same: fn(&Self, &Self) -> bool| found.is_none_or(|found| !same(found, self));
        if differs(|a, b| a.public_access == b.public_access)
            && *public_access == PublicAccess::Blocked
        {
            block_public_access(name, aws).await?;
        }
        if found.is_some() && differs(|a, b| a.ownership == b.ownership) && ownership.is_some() {
            enforce_ownership(name, aws).await?;
        }
        // A new bucket has SSE-S3 without a word (S3 user guide, default encryption, since January 2023).
        let encrypted_by_default = found.is_none() && *encryption == Some(Encryption::S3);
        if !encrypted_by_default && differs(|a, b| a.encryption == b.encryption) {
            encrypt(name, encryption.as_ref(), aws).await?;
        }
        if differs(|a, b| a.versioning == b.versioning) && *versioning == Versioning::Enabled {
            enable_versioning(name, aws).await?;
        }
        if differs(|a, b| a.policy == b.policy) {
            match policy {
                Some(policy) => write_bucket!(
                    aws,
                    name,
                    "s3:PutBucketPolicy",
                    aws.s3.put_bucket_policy().policy(policy.text())
                )?,
                None => write_bucket!(
                    aws,
                    name,
                    "s3:DeleteBucketPolicy",
                    aws.s3.delete_bucket_policy()
                )?,
            }
        }
        if found.map_or(expire_logs_days.is_some(), |found| {
            found.expire_logs_days != *expire_logs_days
        }) {
            self.write_lifecycle(aws).await?;
        }
        if found.is_some() && differs(|a, b| a.tags == b.tags) {
            put_tags(name, tags, aws).await?;
        }
        Ok(())
    }

    /// Created with its tags and without ACLs in one call, so that being killed leaves nothing of ours untagged.
    async fn create(&self, aws: &Aws) -> anyhow::Result<()> {
        let constraint = (aws.region != REGION_WITHOUT_CONSTRAINT)
            .then(|| BucketLocationConstraint::from(aws.region.as_str()));
        let configuration = CreateBucketConfiguration::builder()
            .set_location_constraint(constraint)
            .set_tags(Some(s3_tags(&self.tags)?))
            .build();
        aws.retry(concurrent_change, async || {
            let request = aws
                .s3
                .create_bucket()
                .bucket(&self.name)
                .object_ownership(ObjectOwnership::BucketOwnerEnforced)
                .create_bucket_configuration(configuration.clone());
            aws.call(
                "s3:CreateBucket",
                aws.bucket_arn(&self.name),
                request.send(),
            )
            .await
            .map(drop)
        })
        .await?;
        Ok(())
    }

    async fn write_lifecycle(&self, aws: &Aws) -> anyhow::Result<()> {
        let mut rules = self.other_lifecycle.rules.clone();
        if let Some(days) = self.expire_logs_days {
            rules.push(expiry_rule(days)?);
        }
        if rules.is_empty() {
            return write_bucket!(
                aws,
                &self.name,
                "s3:PutLifecycleConfiguration",
                aws.s3.delete_bucket_lifecycle()
            );
        }
        let configuration = aws_sdk_s3::types::BucketLifecycleConfiguration::builder()
            .set_rules(Some(rules))
            .build()?;
        let request = aws
            .s3
            .put_bucket_lifecycle_configuration()
            .lifecycle_configuration(configuration)
            .set_transition_default_minimum_object_size(self.other_lifecycle.minimum_size.clone());
        write_bucket!(
            aws,
            &self.name,
            "s3:PutLifecycleConfiguration",
            request.clone()
        )
    }
}

async fn block_public_access(name: &str, aws: &Aws) -> anyhow::Result<()> {
    let block = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    let request = aws
        .s3
        .put_public_access_block()
        .public_access_block_configuration(block);
    write_bucket!(aws, name, "s3:PutBucketPublicAccessBlock", request.clone())
}

async fn enforce_ownership(name: &str, aws: &Aws) -> anyhow::Result<()> {
    let rule = OwnershipControlsRule::builder()
        .object_ownership(ObjectOwnership::BucketOwnerEnforced)
        .build()?;
    let request = aws
        .s3
        .put_bucket_ownership_controls()
        .ownership_controls(OwnershipControls::builder().rules(rule).build()?);
    write_bucket!(aws, name, "s3:PutBucketOwnershipControls", request.clone())
}

async fn encrypt(name: &str, encryption: Option<&Encryption>, aws: &Aws) -> anyhow::Result<()> {
    let default = ServerSideEncryptionByDefault::builder();
    let default = match encryption {
        Some(Encryption::Kms(key)) => default
            .sse_algorithm(ServerSideEncryption::AwsKms)
            .set_kms_master_key_id(key.clone()),
        Some(Encryption::S3) => default.sse_algorithm(ServerSideEncryption::Aes256),
        Some(Encryption::Other(_)) | None => return Ok(()),
    };
    let with_key = matches!(encryption, Some(Encryption::Kms(_)));
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default.build()?)
        // A bucket key spares most of the calls to KMS, which are billed.
        .set_bucket_key_enabled(with_key.then_some(true))
        .build();
    let configuration = ServerSideEncryptionConfiguration::builder()
        .rules(rule)
        .build()?;
    let request = aws
        .s3
        .put_bucket_encryption()
        .server_side_encryption_configuration(configuration);
    write_bucket!(aws, name, "s3:PutEncryptionConfiguration", request.clone())
}

async fn enable_versioning(name: &str, aws: &Aws) -> anyhow::Result<()> {
    let configuration = VersioningConfiguration::builder()
        .status(BucketVersioningStatus::Enabled)
        .build();
    let request = aws
        .s3
        .put_bucket_versioning()
        .versioning_configuration(configuration);
    write_bucket!(aws, name, "s3:PutBucketVersioning", request.clone())
}

async fn put_tags(name: &str, tags: &Tags, aws: &Aws) -> anyhow::Result<()> {
    let request = aws.s3.put_bucket_tagging().tagging(
        Tagging::builder()
            .set_tag_set(Some(s3_tags(tags)?))
            .build()?,
    );
    write_bucket!(aws, name, "s3:PutBucketTagging", request.clone())
}

/// Deletes log files `days` after they came, and what versioning kept of them as long again.
fn expiry_rule(days: i32) -> anyhow::Result<LifecycleRule> {
    LifecycleRule::builder()
        .id(EXPIRY_RULE)
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("").build())
        .expiration(LifecycleExpiration::builder().days(days).build())
        .noncurrent_version_expiration(
            NoncurrentVersionExpiration::builder()
                .noncurrent_days(days)
                .build(),
        )
        .build()
        .context("cannot build a lifecycle rule")
}

fn s3_tags(tags: &Tags) -> anyhow::Result<Vec<Tag>> {
    tags.iter()
        .map(|(key, value)| {
            Tag::builder()
                .key(key)
                .value(value)
                .build()
                .context("cannot build a tag")
        })
        .collect()
}
