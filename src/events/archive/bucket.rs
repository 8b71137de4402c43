//! A bucket with an archive in it: what it lists, and the contents of its objects. How an archive is laid out in it is
//! for `tree`.

use std::sync::Arc;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;

use super::inflate::{LARGEST, too_large};
use crate::aws::{Aws, CallError};
use crate::error::Refusal;

/// A bucket, asked where it is.
pub(super) struct Bucket {
    pub name: String,
    aws: Aws,
}

impl Bucket {
    /// Finds the bucket, whatever its region.
    ///
    /// # Errors
    /// A [`CallError`] where it may not be listed, a [`Refusal`] where there is none.
    pub(super) async fn open(name: &str, aws: &Aws) -> anyhow::Result<Arc<Self>> {
        let head = aws.s3.head_bucket().bucket(name).send();
        let found = aws.call("s3:ListBucket", aws.bucket_arn(name), head).await;
        let there = match found {
            Ok(_) => aws.clone(),
            Err(error) if error.is_not_found() => return Err(no_bucket(name).into()),
            Err(error) => match error.region_of_bucket() {
                Some(region) => aws.with_s3_in(region),
                None => return Err(error.into()),
            },
        };
        Ok(Arc::new(Self {
            name: name.to_owned(),
            aws: there,
        }))
    }

    /// The names of the folders below a prefix that ends with `/`.
    ///
    /// # Errors
    /// A [`CallError`] where the bucket may not be listed.
    pub(super) async fn folders(&self, prefix: &str) -> Result<Vec<String>, CallError> {
        let mut folders = Vec::new();
        let mut token = None;
        loop {
            let page = self.page(prefix, Some("/"), None, token).await?;
            let names = page.common_prefixes().iter().filter_map(|folder| {
                Some(
                    folder
                        .prefix()?
                        .strip_prefix(prefix)?
                        .trim_end_matches('/')
                        .to_owned(),
                )
            });
            folders.extend(names);
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(folders);
            }
        }
    }

    /// A page of a listing: of what is below a prefix, as far as a delimiter, behind a key.
    ///
    /// # Errors
    /// A [`CallError`] where the bucket may not be listed.
    pub(super) async fn page(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        start_after: Option<&str>,
        token: Option<String>,
    ) -> Result<ListObjectsV2Output, CallError> {
        let request = self
            .aws
            .s3
            .list_objects_v2()
            .bucket(&self.name)
            .prefix(prefix);
        let request = request
            .set_delimiter(delimiter.map(str::to_owned))
            .set_start_after(start_after.map(str::to_owned))
            .set_continuation_token(token);
        let bucket = self.aws.bucket_arn(&self.name);
        self.aws.call("s3:ListBucket", bucket, request.send()).await
    }

    /// The contents of an object.
    ///
    /// # Errors
    /// [`Fetch::Skip`] for what is about this object alone.
    pub(super) async fn fetch(&self, key: &str) -> Result<Vec<u8>, Fetch> {
        let request = self.aws.s3.get_object().bucket(&self.name).key(key);
        let resource = format!("{}/{key}", self.aws.bucket_arn(&self.name));
        let answer = self
            .aws
            .call("s3:GetObject", resource, request.send())
            .await?;
        let length = answer
            .content_length()
            .and_then(|length| usize::try_from(length).ok());
        if length.is_some_and(|length| length > LARGEST) {
            return Err(Fetch::Skip(too_large()));
        }
        let mut contents = Vec::with_capacity(length.unwrap_or(0));
        let mut body = answer.body;
        while let Some(part) = body
            .try_next()
            .await
            .map_err(|error| Fetch::Skip(format!("it broke off: {error}")))?
        {
            if contents.len() + part.len() > LARGEST {
                return Err(Fetch::Skip(too_large()));
            }
            contents.extend_from_slice(&part);
        }
        Ok(contents)
    }
}

fn no_bucket(name: &str) -> Refusal {
    Refusal::new(
        format!("there is no bucket `{name}`"),
        "`aws s3 ls` lists the account's buckets, and `ecrmon trail list` those that trails deliver to",
    )
}

/// Why an object was not fetched.
pub(super) enum Fetch {
    /// It cannot be had, and others perhaps can.
    Skip(String),
    /// No object can be had.
    Stop(CallError),
}

impl From<CallError> for Fetch {
    fn from(error: CallError) -> Self {
        if error.is_final() || error.is(&["NoSuchBucket"]) {
            Self::Stop(error)
        } else if error.is(&["NoSuchKey"]) {
            Self::Skip("it is gone".to_owned())
        } else {
            Self::Skip(error.to_string())
        }
    }
}
