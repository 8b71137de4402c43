//! How an archive is laid out in a bucket: which regions of which accounts it has, and which files of a day.

use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;
use jiff::civil::Date;

use super::bucket::Bucket;
use super::name::{self, Kind};
use super::object::{Location, Object, Wanted, day};
use crate::aws::CallError;

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

    /// The minute of the first file: keys are in the order of days.
    ///
    /// # Errors
    /// A [`CallError`] where the bucket may not be listed.
    pub(super) async fn oldest(&self) -> Result<Option<Timestamp>, CallError> {
        let is_given = self.given.starts_with(&self.prefix);
        let prefix = if is_given { &self.given } else { &self.prefix };
        let page = self.bucket.page(prefix, None, None, None).await?;
        let mut keys = page.contents().iter().filter_map(|object| object.key());
        Ok(
            keys.find_map(|key| match Kind::of(key.rsplit('/').next()?) {
                Kind::Log(log) => Some(log.time),
                _ => None,
            }),
        )
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
