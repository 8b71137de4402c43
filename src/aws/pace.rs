//! Calls started no faster than an API's documented rate: those of the APIs that limit their callers so tightly that
//! one command can run into it. ECR documents none for its reads: there, the rate is found by trying.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::CallError;
use super::rate::Rate;

const SECOND: Duration = Duration::from_secs(1);

/// CloudTrail allows 2 LookupEvents a second; a hundredth more, so that clocks that differ a little do no harm.
pub(crate) const LOOKUP_PACE: Duration = Duration::from_millis(510);

/// CloudWatch Logs' quotas of calls count by the second; a hundredth more, as above.
const LOGS_SECOND: Duration = Duration::from_millis(1_010);

/// The quotas of one account in one region, not adjustable (CloudTrail user guide, quotas; CloudWatch Logs user guide,
/// quotas).
#[derive(Clone)]
pub(super) struct Paces {
    /// CloudTrail's Get, Describe and List: 10 calls a second.
    reads: Pace,
    /// LookupEvents, which has a quota of its own.
    lookups: Pace,
    /// Everything that changes a trail: 1 call a second.
    writes: Pace,
    /// FilterLogEvents.
    searches: Pace,
    /// StartQuery and GetQueryResults: 10 calls a second each.
    queries: Pace,
    results: Pace,
    /// ECR's operations, each by its action.
    found: Arc<std::sync::Mutex<HashMap<&'static str, Rate>>>,
}

impl Paces {
    pub(super) fn in_region(region: &str) -> Self {
        Self {
            reads: Pace::new(10, SECOND),
            lookups: Pace::new(1, LOOKUP_PACE),
            writes: Pace::new(1, SECOND),
            searches: Pace::new(searches_a_second(region), LOGS_SECOND),
            queries: Pace::new(10, LOGS_SECOND),
            results: Pace::new(10, LOGS_SECOND),
            found: Arc::default(),
        }
    }

    /// Returns when the call for that IAM action may start. Calls that nobody limits may at once.
    pub(super) async fn wait(&self, action: &'static str) {
        if let Some(pace) = self.of(action) {
            pace.wait().await;
        }
        if let Some(rate) = self.found(action) {
            rate.wait().await;
        }
    }

    /// Learns from what came of a call.
    pub(super) fn learn<T>(&self, action: &'static str, came: &Result<T, CallError>) {
        let Some(rate) = self.found(action) else {
            return;
        };
        match came {
            Err(error) if error.is_throttled() => rate.throttled(),
            _ => rate.answered(),
        }
    }

    fn found(&self, action: &'static str) -> Option<Rate> {
        let is_ecr = action.starts_with("ecr:");
        is_ecr.then(|| {
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.entry(action).or_default().clone()
        })
    }

    fn of(&self, action: &str) -> Option<&Pace> {
        match action {
            "logs:FilterLogEvents" => return Some(&self.searches),
            "logs:StartQuery" => return Some(&self.queries),
            "logs:GetQueryResults" => return Some(&self.results),
            _ => {}
        }
        let operation = action.strip_prefix("cloudtrail:")?;
        let is_read = ["Get", "Describe", "List"]
            .iter()
            .any(|verb| operation.starts_with(verb));
        Some(match operation {
            "LookupEvents" => &self.lookups,
            _ if is_read => &self.reads,
            _ => &self.writes,
        })
    }
}

/// How many FilterLogEvents a region takes (CloudWatch Logs user guide, quotas).
fn searches_a_second(region: &str) -> usize {
    match region {
        "us-east-1" => 25,
        "ap-northeast-3" | "ap-southeast-3" | "ca-west-1" | "eu-central-1" | "il-central-1" => 5,
        _ => 10,
    }
}

/// At most so many calls started in any period.
#[derive(Clone)]
struct Pace {
    calls: usize,
    period: Duration,
    /// When the latest calls started, at most as many as fit into a period.
    starts: Arc<Mutex<VecDeque<Instant>>>,
}

impl Pace {
    fn new(calls: usize, period: Duration) -> Self {
        Self {
            calls,
            period,
            starts: Arc::default(),
        }
    }

    /// Callers are served in turn.
    async fn wait(&self) {
        let mut starts = self.starts.lock().await;
        if starts.len() == self.calls
            && let Some(oldest) = starts.pop_front()
        {
            sleep_until(oldest + self.period).await;
        }
        starts.push_back(Instant::now());
    }
}
