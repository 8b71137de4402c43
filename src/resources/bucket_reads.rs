//! Reading a bucket: eight calls side by side, each with the expected owner, so that no other account's bucket passes.

use aws_sdk_s3::types::{
    BucketVersioningStatus, ExpirationStatus, ServerSideEncryption, ServerSideEncryptionByDefault,
};

use super::bucket::{Bucket, Encryption, OtherLifecycle, PublicAccess, Versioning};
use super::bucket_writes::EXPIRY_RULE;
use super::policy::Policy;
use crate::aws::{Aws, CallError, optional};
use crate::error::Refusal;
use crate::settings::Tags;

/// Makes one read of a bucket, of the expected owner alone; what is not there is `None`.
macro_rules! read_bucket {
    ($aws:expr, $name:expr, $action:literal, $request:expr) => {{
        let request = $request.bucket($name).expected_bucket_owner(&$aws.account);
        optional(
            $aws.call($action, $aws.bucket_arn($name), request.send())
                .await,
        )
    }};
}

/// Looks in our region, then, if S3 says so, where the bucket really is.
pub(super) async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Bucket>> {
    let found = observe_in(&aws.region, name, aws).await;
    let error = found
        .as_ref()
        .err()
        .and_then(|error| error.downcast_ref::<CallError>());
    match error.and_then(CallError::region_of_bucket) {
        Some(region) => observe_in(region, name, &aws.with_s3_in(region)).await,
        None => found,
    }
}

async fn observe_in(region: &str, name: &str, aws: &Aws) -> anyhow::Result<Option<Bucket>> {
    let head = head(name, aws);
    let settings = async {
        tokio::join!(
            public_access(name, aws),
            ownership(name, aws),
            encryption(name, aws),
            versioning(name, aws),
            policy(name, aws),
            lifecycle(name, aws),
            tags(name, aws)
        )
    };
    let (exists, settings) = tokio::join!(head, settings);
    if !exists? {
        return Ok(None);
    }
    let (public_access, ownership, encryption, versioning, policy, lifecycle, tags) = settings;
    let (expire_logs_days, other_lifecycle) = lifecycle?;
    Ok(Some(Bucket {
        name: name.to_owned(),
        region: region.to_owned(),
        public_access: public_access?,
        ownership: ownership?,
        encryption: encryption?,
        versioning: versioning?,
        policy: policy?,
        expire_logs_days,
        tags: tags?,
        other_lifecycle,
    }))
}

async fn head(name: &str, aws: &Aws) -> Result<bool, CallError> {
    Ok(read_bucket!(aws, name, "s3:ListBucket", aws.s3.head_bucket())?.is_some())
}

async fn public_access(name: &str, aws: &Aws) -> Result<PublicAccess, CallError> {
    let answer = read_bucket!(
        aws,
        name,
        "s3:GetBucketPublicAccessBlock",
        aws.s3.get_public_access_block()
    )?;
    let all_on = answer
        .and_then(|answer| answer.public_access_block_configuration)
        .is_some_and(|block| {
            [
                block.block_public_acls,
                block.ignore_public_acls,
                block.block_public_policy,
                block.restrict_public_buckets,
            ] == [Some(true); 4]
        });
    Ok(if all_on {
        PublicAccess::Blocked
    } else {
        PublicAccess::Open
    })
}

async fn ownership(name: &str, aws: &Aws) -> Result<Option<String>, CallError> {
    let answer = read_bucket!(
        aws,
        name,
        "s3:GetBucketOwnershipControls",
        aws.s3.get_bucket_ownership_controls()
    )?;
    let rules = answer
        .and_then(|answer| answer.ownership_controls)
        .map(|controls| controls.rules)
        .unwrap_or_default();
    Ok(rules
        .first()
        .map(|rule| rule.object_ownership.as_str().to_owned()))
}

async fn encryption(name: &str, aws: &Aws) -> Result<Option<Encryption>, CallError> {
    let answer = read_bucket!(
        aws,
        name,
        "s3:GetEncryptionConfiguration",
        aws.s3.get_bucket_encryption()
    )?;
    let rules = answer
        .and_then(|answer| answer.server_side_encryption_configuration)
        .map(|found| found.rules)
        .unwrap_or_default();
    Ok(rules
        .into_iter()
        .find_map(|rule| rule.apply_server_side_encryption_by_default)
        .map(by_default))
}

fn by_default(default: ServerSideEncryptionByDefault) -> Encryption {
    match default.sse_algorithm {
        ServerSideEncryption::Aes256 => Encryption::S3,
        ServerSideEncryption::AwsKms => Encryption::Kms(default.kms_master_key_id),
        other => Encryption::Other(other.as_str().to_owned()),
    }
}

async fn versioning(name: &str, aws: &Aws) -> Result<Versioning, CallError> {
    let answer = read_bucket!(
        aws,
        name,
        "s3:GetBucketVersioning",
        aws.s3.get_bucket_versioning()
    )?;
    Ok(match answer.and_then(|answer| answer.status) {
        Some(BucketVersioningStatus::Enabled) => Versioning::Enabled,
        Some(_) => Versioning::Suspended,
        None => Versioning::Off,
    })
}

async fn policy(name: &str, aws: &Aws) -> anyhow::Result<Option<Policy>> {
    let answer = read_bucket!(aws, name, "s3:GetBucketPolicy", aws.s3.get_bucket_policy())?;
    let Some(text) = answer.and_then(|answer| answer.policy) else {
        return Ok(None);
    };
    let policy = Policy::parse(&text).map_err(|why| {
        Refusal::new(
            format!("the policy of bucket `{name}` is not what we expect: {why}"),
            "correct the policy, or name another bucket with `--bucket`",
        )
    })?;
    Ok(Some(policy))
}

/// Our rule's days while it is on, and what is not ours.
async fn lifecycle(name: &str, aws: &Aws) -> Result<(Option<i32>, OtherLifecycle), CallError> {
    let answer = read_bucket!(
        aws,
        name,
        "s3:GetLifecycleConfiguration",
        aws.s3.get_bucket_lifecycle_configuration()
    )?;
    let Some(answer) = answer else {
        return Ok((None, OtherLifecycle::default()));
    };
    let (ours, rules): (Vec<_>, Vec<_>) = answer
        .rules
        .into_iter()
        .flatten()
        .partition(|rule| rule.id() == Some(EXPIRY_RULE));
    let is_on = |rule: &&aws_sdk_s3::types::LifecycleRule| rule.status == ExpirationStatus::Enabled;
    let days = ours
        .iter()
        .filter(is_on)
        .find_map(|rule| rule.expiration()?.days);
    let minimum_size = answer.transition_default_minimum_object_size;
    Ok((
        days,
        OtherLifecycle {
            rules,
            minimum_size,
        },
    ))
}

async fn tags(name: &str, aws: &Aws) -> Result<Tags, CallError> {
    let answer = read_bucket!(
        aws,
        name,
        "s3:GetBucketTagging",
        aws.s3.get_bucket_tagging()
    )?;
    Ok(answer
        .map(|answer| answer.tag_set)
        .unwrap_or_default()
        .into_iter()
        .map(|tag| (tag.key, tag.value))
        .collect())
}
