//! Which trails already record ECR, fully or partly, and why not: a pure function of what was observed.
//!
//! The procedure is the one of CloudTrail's documents on trails, event selectors and GetTrailStatus.

use jiff::{SignedDuration, Timestamp};

use crate::resources::log_group_arn::LogGroupArn;

/// A trail as it was seen from this account and region.
#[derive(Debug, Clone)]
pub(crate) struct TrailFacts {
    pub name: String,
    pub arn: String,
    pub home_region: String,
    pub multi_region: bool,
    pub organization: bool,
    pub bucket: String,
    pub prefix: Option<String>,
    pub kms_key: Option<String>,
    pub log_file_validation: bool,
    /// The ARN as CloudTrail has it, with its final `:*`.
    pub log_group: Option<String>,
    pub role: Option<String>,
    pub status: Known<TrailStatus>,
    pub selectors: Known<Selectors>,
}

/// Something that may be hidden from us; the text says by what.
#[derive(Debug, Clone)]
pub(crate) enum Known<T> {
    Known(T),
    Unknown(String),
}

/// What GetTrailStatus says in the trail's home region.
#[derive(Debug, Clone, Default)]
pub(crate) struct TrailStatus {
    pub logging: bool,
    pub started: Option<Timestamp>,
    pub stopped: Option<Timestamp>,
    pub bucket_delivery: Option<Timestamp>,
    pub bucket_error: Option<String>,
    pub logs_delivery: Option<Timestamp>,
    pub logs_error: Option<String>,
}

/// What GetEventSelectors says; basic and advanced ones exclude each other.
#[derive(Debug, Clone)]
pub(crate) enum Selectors {
    Basic(Vec<BasicSelector>),
    /// Each selector is a list of conditions that must all hold.
    Advanced(Vec<Vec<Condition>>),
}

#[derive(Debug, Clone)]
pub(crate) struct BasicSelector {
    /// Absent means true (the API's default).
    pub management: Option<bool>,
    /// `All`, `ReadOnly` or `WriteOnly`; absent means `All`.
    pub read_write: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Condition {
    pub field: String,
    pub equals: Vec<String>,
    pub not_equals: Vec<String>,
    /// A condition of another kind (StartsWith, …) that we do not judge.
    pub other: bool,
}

/// Which of ECR's management events a trail records in our region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Records {
    ReadsAndWrites,
    WritesOnly,
    ReadsOnly,
    Nothing(&'static str),
    /// We cannot tell; never counted as covering.
    Unknown(String),
}

/// Where a trail's events can be read as logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivery {
    LogGroup(LogGroupArn),
    OtherAccount(LogGroupArn),
    NoLogGroup,
    Failing(String),
    Unknown(String),
}

/// After this long without any delivery, a trail that says it is logging does not count as delivering.
const SETTLED: SignedDuration = SignedDuration::from_hours(1);
const STALE: SignedDuration = SignedDuration::from_hours(24);

impl TrailFacts {
    pub(crate) fn account(&self) -> &str {
        self.arn.split(':').nth(4).unwrap_or_default()
    }

    /// What the trail records of ECR in `region` while it is logging.
    pub(crate) fn records(&self, region: &str) -> Records {
        if !self.multi_region && self.home_region != region {
            return Records::Nothing("it records another region alone");
        }
        let selectors = match &self.selectors {
            Known::Known(selectors) => selectors,
            Known::Unknown(why) => return Records::Unknown(why.clone()),
        };
        match selectors {
            Selectors::Basic(selectors) if selectors.is_empty() => Records::ReadsAndWrites,
            Selectors::Basic(selectors) => union(selectors.iter().map(of_basic)),
            Selectors::Advanced(selectors) => {
                union(selectors.iter().map(|conditions| of_advanced(conditions)))
            }
        }
    }

    /// Where the trail delivers its events as logs, seen from `account`.
    pub(crate) fn delivery(&self, account: &str, now: Timestamp) -> Delivery {
        let Some(log_group) = &self.log_group else {
            return Delivery::NoLogGroup;
        };
        let Some(log_group) = LogGroupArn::parse(log_group) else {
            return Delivery::Unknown(format!("`{log_group}` is no log group's ARN"));
        };
        if log_group.account != account {
            return Delivery::OtherAccount(log_group);
        }
        match &self.status {
            Known::Unknown(why) => Delivery::Unknown(why.clone()),
            Known::Known(status) => match status.delivery_failure(now) {
                Some(why) => Delivery::Failing(why),
                None => Delivery::LogGroup(log_group),
            },
        }
    }

    /// `None` where the state is hidden from us.
    pub(crate) fn is_logging(&self) -> Option<bool> {
        match &self.status {
            Known::Known(status) => Some(status.logging),
            Known::Unknown(_) => None,
        }
    }

    /// The log group from which everything that happens to ECR in `region` can be read, if there is one.
    pub(crate) fn covers(
        &self,
        region: &str,
        account: &str,
        now: Timestamp,
    ) -> Option<LogGroupArn> {
        let complete =
            self.records(region) == Records::ReadsAndWrites && self.is_logging() == Some(true);
        match self.delivery(account, now) {
            Delivery::LogGroup(log_group) if complete => Some(log_group),
            _ => None,
        }
    }

    /// Whether another trail would buy a second copy of management events: this one takes some, or may.
    pub(crate) fn takes_first_copy(&self, region: &str) -> bool {
        self.is_logging() != Some(false) && !matches!(self.records(region), Records::Nothing(_))
    }

    /// Why the trail cannot be given a log group from here; `None` if it can.
    pub(crate) fn not_attachable(&self, region: &str, account: &str) -> Option<String> {
        if self.organization {
            Some("an organisation trail, cannot be changed from here".to_owned())
        } else if self.account() != account {
            Some(format!("it belongs to account {}", self.account()))
        } else if self.home_region != region {
            Some(format!(
                "its home region is {home}: run there, with `--region {home}`",
                home = self.home_region
            ))
        } else if self.log_group.is_some() || self.role.is_some() {
            Some("it names a log group or a role already".to_owned())
        } else if let Records::Nothing(why) = self.records(region) {
            Some(why.to_owned())
        } else {
            None
        }
    }
}

impl TrailStatus {
    /// What is wrong with the deliveries, in words.
    pub(crate) fn delivery_failure(&self, now: Timestamp) -> Option<String> {
        if let Some(error) = self
            .bucket_error
            .as_deref()
            .filter(|error| !error.is_empty())
        {
            return Some(format!("delivery to its bucket fails: {error}"));
        }
        self.logs_failure(now)
    }

    /// Its last delivery to a bucket where it cannot deliver any more.
    pub(crate) fn bucket_failing_since(&self) -> Option<Timestamp> {
        let error = self.bucket_error.as_deref();
        error
            .filter(|error| !error.is_empty())
            .map(|_| self.bucket_delivery.unwrap_or(Timestamp::MIN))
    }

    /// What is wrong with the deliveries to its log group, in words.
    pub(crate) fn logs_failure(&self, now: Timestamp) -> Option<String> {
        if let Some(error) = self.logs_error.as_deref().filter(|error| !error.is_empty()) {
            return Some(format!("delivery to its log group fails: {error}"));
        }
        let settled = self.logging
            && self
                .started
                .is_some_and(|started| now.duration_since(started) > SETTLED);
        match self.logs_delivery {
            None if settled => Some("nothing was ever delivered to its log group".to_owned()),
            Some(last) if settled && now.duration_since(last) > STALE => {
                Some("nothing was delivered to its log group for a day".to_owned())
            }
            _ => None,
        }
    }
}

/// Reads, writes, or the reason for neither.
type Part = Result<(bool, bool), Records>;

fn of_basic(selector: &BasicSelector) -> Part {
    if selector.management == Some(false) {
        return Err(Records::Nothing("it records data events alone"));
    }
    match selector.read_write.as_deref() {
        None | Some("All") => Ok((true, true)),
        Some("ReadOnly") => Ok((true, false)),
        Some("WriteOnly") => Ok((false, true)),
        Some(other) => Err(Records::Unknown(format!(
            "its event selector says `{other}`"
        ))),
    }
}

fn of_advanced(conditions: &[Condition]) -> Part {
    let is_management = |condition: &Condition| {
        condition.field == "eventCategory"
            && condition.equals.iter().any(|value| value == "Management")
    };
    if !conditions.iter().any(is_management) {
        return Err(Records::Nothing("it records data events alone"));
    }
    conditions
        .iter()
        .filter(|condition| condition.field != "eventCategory")
        .try_fold((true, true), narrowed_by)
}

fn narrowed_by(part: (bool, bool), condition: &Condition) -> Part {
    let values: Vec<&str> = condition.equals.iter().map(String::as_str).collect();
    match (condition.field.as_str(), values.as_slice()) {
        ("readOnly", ["true"]) if !condition.other => Ok((part.0, false)),
        ("readOnly", ["false"]) if !condition.other => Ok((false, part.1)),
        ("eventSource", _) if !condition.other && condition.admits("ecr.amazonaws.com") => Ok(part),
        (field, _) => Err(Records::Unknown(format!(
            "its event selector has a condition on `{field}`"
        ))),
    }
}

impl Condition {
    fn admits(&self, value: &str) -> bool {
        let equals = self.equals.is_empty() || self.equals.iter().any(|one| one == value);
        equals && !self.not_equals.iter().any(|one| one == value)
    }
}

/// Selectors add up. What is unknown stays unknown unless the others are enough by themselves.
fn union(parts: impl Iterator<Item = Part>) -> Records {
    let (mut reads, mut writes, mut unknown, mut nothing) = (false, false, None, None);
    for part in parts {
        match part {
            Ok((reads_too, writes_too)) => {
                (reads, writes) = (reads | reads_too, writes | writes_too);
            }
            Err(Records::Nothing(why)) => nothing = Some(Records::Nothing(why)),
            Err(why) => unknown = Some(why),
        }
    }
    match (reads, writes, unknown) {
        (true, true, _) => Records::ReadsAndWrites,
        (_, _, Some(unknown)) => unknown,
        (false, true, None) => Records::WritesOnly,
        (true, false, None) => Records::ReadsOnly,
        (false, false, None) => {
            nothing.unwrap_or(Records::Nothing("it records no management events"))
        }
    }
}

#[cfg(test)]
#[path = "coverage_tests.rs"]
mod tests;
