//! Emptying a bucket: every version and delete marker, page by page.

use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use crate::aws::Aws;
use crate::error::Refusal;

/// How often a bucket is emptied again when CloudTrail delivered files meanwhile.
const ROUNDS: usize = 5;

/// At most this many object names are shown.
const NAMES_SHOWN: usize = 5;

/// Deletes all versions and delete markers.
///
/// # Errors
/// A [`crate::aws::CallError`]; a [`Refusal`] that names the objects that S3 would not delete (object lock).
pub(crate) async fn empty(bucket: &str, aws: &Aws) -> anyhow::Result<()> {
    let progress = aws.progress.spinner(&format!("empty bucket {bucket}"));
    let mut deleted = 0;
    let mut kept = Vec::new();
    let mut position = (None, None);
    loop {
        let page = list(bucket, position, aws).await?;
        kept.extend(delete(bucket, &page.objects, aws).await?);
        deleted += page.objects.len();
        progress.set_message(format!("empty bucket {bucket}: {deleted} deleted"));
        match page.next {
            Some(next) => position = next,
            None => break,
        }
    }
    progress.finish_and_clear();
    if kept.is_empty() {
        Ok(())
    } else {
        Err(locked(&kept).into())
    }
}

/// Empties and deletes, again if files arrived in between.
pub(crate) async fn empty_and_delete(bucket: &str, aws: &Aws) -> anyhow::Result<()> {
    for round in 1.. {
        empty(bucket, aws).await?;
        let request = aws
            .s3
            .delete_bucket()
            .bucket(bucket)
            .expected_bucket_owner(&aws.account);
        match aws
            .call("s3:DeleteBucket", aws.bucket_arn(bucket), request.send())
            .await
        {
            Err(error) if error.is(&["BucketNotEmpty"]) && round < ROUNDS => {}
            Err(error) if error.is_not_found() => break,
            result => {
                return {
                    let _: () = drop(result?);
                    Ok(())
                };
            }
        }
    }
    Ok(())
}

/// Key marker and version marker.
type Position = (Option<String>, Option<String>);

struct Page {
    objects: Vec<ObjectIdentifier>,
    next: Option<Position>,
}

/// At most 1,000 versions, which is also what one DeleteObjects takes.
async fn list(bucket: &str, (key, version): Position, aws: &Aws) -> anyhow::Result<Page> {
    let request = aws
        .s3
        .list_object_versions()
        .bucket(bucket)
        .expected_bucket_owner(&aws.account);
    let request = request.set_key_marker(key).set_version_id_marker(version);
    let answer = aws
        .call(
            "s3:ListBucketVersions",
            aws.bucket_arn(bucket),
            request.send(),
        )
        .await?;
    let versions = answer
        .versions()
        .iter()
        .map(|one| (one.key(), one.version_id()));
    let markers = answer
        .delete_markers()
        .iter()
        .map(|one| (one.key(), one.version_id()));
    let identifier = |(key, version): (Option<&str>, Option<&str>)| {
        ObjectIdentifier::builder()
            .key(key?)
            .set_version_id(version.map(str::to_owned))
            .build()
            .ok()
    };
    let objects = versions.chain(markers).filter_map(identifier).collect();
    let next = answer
        .is_truncated
        .unwrap_or_default()
        .then_some((answer.next_key_marker, answer.next_version_id_marker));
    Ok(Page { objects, next })
}

/// Deletes; answers the keys that S3 kept, with its reason.
async fn delete(
    bucket: &str,
    objects: &[ObjectIdentifier],
    aws: &Aws,
) -> anyhow::Result<Vec<String>> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    let batch = Delete::builder()
        .set_objects(Some(objects.to_vec()))
        .quiet(true)
        .build()?;
    let request = aws
        .s3
        .delete_objects()
        .bucket(bucket)
        .expected_bucket_owner(&aws.account)
        .delete(batch);
    let answer = aws
        .call(
            "s3:DeleteObjectVersion",
            format!("{}/*", aws.bucket_arn(bucket)),
            request.send(),
        )
        .await?;
    let refused = |error: &aws_sdk_s3::types::Error| {
        format!(
            "{} ({})",
            error.key().unwrap_or("?"),
            error.code().unwrap_or("no reason given")
        )
    };
    Ok(answer.errors().iter().map(refused).collect())
}

fn locked(kept: &[String]) -> Refusal {
    let shown = kept
        .iter()
        .take(NAMES_SHOWN)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    let more = kept.len().saturating_sub(NAMES_SHOWN);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    Refusal::new(
        format!("S3 keeps {} of its objects: {shown}{more}", kept.len()),
        "objects under an object lock go when their retention ends, and the bucket stays until then; without a lock it is `s3:DeleteObjectVersion` that is missing",
    )
}
