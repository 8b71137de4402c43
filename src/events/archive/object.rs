//! One file of an archive, wherever it lies, and which files a query has to read.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::bucket::Bucket;
use super::name::Name;
use crate::events::{Query, Window};

/// A file to be read.
#[derive(Clone)]
pub(super) struct Object {
    pub location: Location,
    /// The minute of its delivery, where its name tells.
    pub time: Option<Timestamp>,
}

#[derive(Clone)]
pub(super) enum Location {
    File(PathBuf),
    Key(Arc<Bucket>, String),
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Key(bucket, key) => write!(f, "s3://{}/{key}", bucket.name),
        }
    }
}

/// Files are named by the minute.
pub(super) const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// How long after its event a record may be delivered and still be found. CloudTrail delivers "within an average of
/// about 5 minutes" and promises no bound; after an outage it has taken hours.
pub(super) const SLACK: SignedDuration = SignedDuration::from_hours(6);

/// Which files can hold what a query asks for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    /// When they were delivered.
    pub delivered: Window,
    pub accounts: BTreeSet<String>,
    pub regions: BTreeSet<String>,
}

impl Wanted {
    pub(super) fn of(query: &Query) -> Self {
        let Window { from, until } = query.window;
        let from = from.saturating_sub(MINUTE).unwrap_or(from);
        Self {
            delivered: Window {
                from,
                until: until.saturating_add(SLACK).unwrap_or(until),
            },
            accounts: query.filter.accounts.clone(),
            regions: query.filter.regions.clone(),
        }
    }

    pub(super) fn includes(&self, name: &Name<'_>) -> bool {
        self.includes_place(name) && self.delivered.contains(name.time)
    }

    /// Whenever it was delivered.
    pub(super) fn includes_place(&self, name: &Name<'_>) -> bool {
        self.includes_account(name.account) && self.includes_region(name.region)
    }

    /// Whether accounts or regions were chosen.
    pub(super) fn is_choosy(&self) -> bool {
        !(self.accounts.is_empty() && self.regions.is_empty())
    }

    pub(super) fn includes_account(&self, account: &str) -> bool {
        self.accounts.is_empty() || self.accounts.contains(account)
    }

    pub(super) fn includes_region(&self, region: &str) -> bool {
        self.regions.is_empty() || self.regions.contains(region)
    }

    /// The days of delivery, in UTC as the folders are.
    pub(super) fn days(&self) -> (Date, Date) {
        (day(self.delivered.from), day(self.delivered.until))
    }
}

pub(super) fn day(time: Timestamp) -> Date {
    time.to_zoned(TimeZone::UTC).date()
}
