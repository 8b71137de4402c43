//! An archive in a bucket: which regions of which accounts it has, which files of a day, and their contents.

use std::sync::Arc;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use jiff::civil::Date;

use super::inflate::{LARGEST, too_large};
use super::name::{self, Kind};
use super::object::{Location, Object, Wanted, day};
use crate::aws::{Aws, CallError, Fault};

/// A bucket, asked where it is.
pub(super) struct Bucket {
    pub name: String,
    aws: Aws,
}

/// The logs of one account in one region: `…/ACCOUNT/CloudTrail/REGION/`.
#[derive(Clone)]
pub(super) struct Tree {
    bucket: Arc<Bucket>,
    prefix: String,
    account: String,
    region: String,
    /// What was asked for, where that leads on to a year, a month or a day.
    given: String,
}

/// Listings of folders side by side; S3 allows thousands a second.
const LISTINGS: usize = 16;

impl Bucket {
    /// Finds the bucket, whatever its region.
    ///
    /// # Errors
    /// A [`CallError`] where it does not exist or may not be listed.
    pub(super) async fn open(name: &str, aws: &Aws) -> Result<Arc<Self>, CallError> {
        let head = aws.s3.head_bucket().bucket(name).send();
        let found = aws.call("s3:ListBucket", aws.bucket_arn(name), head).await;
        let there = match found {
            Ok(_) => aws.clone(),
            Err(error) => match error.region_of_bucket() {
                Some(region) => aws.with_s3_in(region),
                None => return Err(error),
            },
        };
        Ok(Arc::new(Self {
            name: name.to_owned(),
            aws: there,
        }))
    }

    /// The names of the folders below a prefix that ends with `/`.
    async fn folders(&self, prefix: &str) -> Result<Vec<String>, CallError> {
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

    async fn page(
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

/// Why an object was not fetched.
pub(super) enum Fetch {
    /// It cannot be had, and others perhaps can.
    Skip(String),
    /// No object can be had.
    Stop(CallError),
}

impl From<CallError> for Fetch {
    fn from(error: CallError) -> Self {
        match &error.fault {
            Fault::Interrupted | Fault::Credentials(_) | Fault::Unreachable(_) => Self::Stop(error),
            _ if error.is(&["NoSuchBucket", "ExpiredToken"]) => Self::Stop(error),
            _ if error.is(&["NoSuchKey"]) => Self::Skip("it is gone".to_owned()),
            _ => Self::Skip(error.to_string()),
        }
    }
}

impl Tree {
    /// Finds the trees below a prefix, which may lead into the layout.
    ///
    /// # Errors
    /// A [`CallError`] where the bucket may not be listed.
    pub(super) async fn find(
        bucket: &Arc<Bucket>,
        prefix: &str,
        wanted: &Wanted,
    ) -> Result<Vec<Self>, CallError> {
        let given = format!("{prefix}/");
        let given = given.trim_start_matches('/');
        let root = match given.find("AWSLogs/") {
            Some(at) => given[..at + "AWSLogs/".len()].to_owned(),
            None => format!("{given}AWSLogs/"),
        };
        let mut accounts = Vec::new();
        for folder in steps(bucket, &root, given).await? {
            if folder.starts_with("o-") {
                let organisation = format!("{root}{folder}/");
                let members = steps(bucket, &organisation, given).await?;
                accounts.extend(
                    members
                        .into_iter()
                        .map(|account| (organisation.clone(), account)),
                );
            } else {
                accounts.push((root.clone(), folder));
            }
        }
        accounts
            .retain(|(_, account)| name::is_account(account) && wanted.includes_account(account));
        let trees = stream::iter(accounts)
            .map(|(parent, account)| Self::of_account(bucket, given, parent, account, wanted));
        let trees: Vec<Vec<Self>> = trees.buffered(LISTINGS).try_collect().await?;
        Ok(trees.into_iter().flatten().collect())
    }

    async fn of_account(
        bucket: &Arc<Bucket>,
        given: &str,
        parent: String,
        account: String,
        wanted: &Wanted,
    ) -> Result<Vec<Self>, CallError> {
        let prefix = format!("{parent}{account}/CloudTrail/");
        let regions = steps(bucket, &prefix, given).await?;
        let regions = regions
            .into_iter()
            .filter(|region| wanted.includes_region(region));
        Ok(regions
            .map(|region| Self {
                bucket: bucket.clone(),
                prefix: format!("{prefix}{region}/"),
                account: account.clone(),
                region,
                given: given.to_owned(),
            })
            .collect())
    }

    /// The files of a day that are wanted.
    ///
    /// # Errors
    /// A [`CallError`] where the bucket may not be listed.
    pub(super) async fn of_day(
        &self,
        of_day: Date,
        wanted: &Wanted,
    ) -> Result<Vec<Object>, CallError> {
        let folder = format!("{}{}", self.prefix, of_day.strftime("%Y/%m/%d/"));
        if !folder.starts_with(&self.given) && !self.given.starts_with(&folder) {
            return Ok(Vec::new());
        }
        let start_after = self
            .first_name(of_day, wanted.delivered.from)
            .map(|name| format!("{folder}{name}"));
        let mut objects = Vec::new();
        let mut token = None;
        loop {
            let page = self
                .bucket
                .page(&folder, None, start_after.as_deref(), token)
                .await?;
            let keys = page.contents().iter().filter_map(|object| object.key());
            objects.extend(keys.filter_map(|key| self.object(key, &folder, wanted)));
            token = page.next_continuation_token;
            if token.is_none() {
                return Ok(objects);
            }
        }
    }

    /// A name before those of the first minute that is wanted, on the day where files before it can be passed over.
    fn first_name(&self, of_day: Date, from: Timestamp) -> Option<String> {
        let Self {
            account, region, ..
        } = self;
        (of_day == day(from)).then(|| {
            format!(
                "{account}_CloudTrail_{region}_{}",
                from.strftime("%Y%m%dT%H%MZ")
            )
        })
    }

    fn object(&self, key: &str, folder: &str, wanted: &Wanted) -> Option<Object> {
        match Kind::of(key.strip_prefix(folder)?) {
            Kind::Log(log) if wanted.includes(&log) => Some(Object {
                location: Location::Key(self.bucket.clone(), key.to_owned()),
                time: Some(log.time),
            }),
            _ => None,
        }
    }
}

/// The folders below `prefix` that lead to what was given, or lie in it: all, or the next step towards it.
async fn steps(bucket: &Bucket, prefix: &str, given: &str) -> Result<Vec<String>, CallError> {
    let towards = given
        .strip_prefix(prefix)
        .and_then(|rest| rest.split('/').next());
    match towards {
        Some(step) if !step.is_empty() => Ok(vec![step.to_owned()]),
        _ => bucket.folders(prefix).await,
    }
}
