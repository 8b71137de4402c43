//! Calls started no faster than an API's documented rate: those of the APIs that limit their callers so tightly that
//! one command can run into it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

const SECOND: Duration = Duration::from_secs(1);

/// CloudTrail allows 2 LookupEvents a second; a hundredth more, so that clocks that differ a little do no harm.
const BETWEEN_LOOKUPS: Duration = Duration::from_millis(510);

/// The quotas of one account in one region, not adjustable (CloudTrail user guide, quotas).
#[derive(Clone)]
pub(super) struct Paces {
    /// CloudTrail's Get, Describe and List: 10 calls a second.
    reads: Pace,
    /// LookupEvents, which has a quota of its own.
    lookups: Pace,
    /// Everything that changes a trail: 1 call a second.
    writes: Pace,
}

impl Default for Paces {
    fn default() -> Self {
        Self {
            reads: Pace::new(10, SECOND),
            lookups: Pace::new(1, BETWEEN_LOOKUPS),
            writes: Pace::new(1, SECOND),
        }
    }
}

impl Paces {
    /// Returns when the call for that IAM action may start. Calls that nobody limits may at once.
    pub(super) async fn wait(&self, action: &str) {
        if let Some(pace) = self.of(action) {
            pace.wait().await;
        }
    }

    fn of(&self, action: &str) -> Option<&Pace> {
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
