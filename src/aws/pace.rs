//! Calls started no faster than an API's documented rate. CloudTrail alone limits its callers so tightly that one
//! command can run into it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

const SECOND: Duration = Duration::from_secs(1);

/// CloudTrail's quotas per account and region, not adjustable (CloudTrail user guide, quotas).
#[derive(Clone)]
pub(super) struct CloudTrailPaces {
    /// Get, Describe and List: 10 calls a second.
    reads: Pace,
    /// Everything that changes a trail: 1 call a second.
    writes: Pace,
}

impl Default for CloudTrailPaces {
    fn default() -> Self {
        Self {
            reads: Pace::new(10),
            writes: Pace::new(1),
        }
    }
}

impl CloudTrailPaces {
    /// Returns when the call for that IAM action may start. Other services' calls may at once.
    pub(super) async fn wait(&self, action: &str) {
        let Some(operation) = action.strip_prefix("cloudtrail:") else {
            return;
        };
        let is_read = ["Get", "Describe", "List", "Lookup"]
            .iter()
            .any(|verb| operation.starts_with(verb));
        if is_read {
            self.reads.wait().await;
        } else {
            self.writes.wait().await;
        }
    }
}

/// At most so many calls started in any second.
#[derive(Clone)]
struct Pace {
    calls_per_second: usize,
    /// When the latest calls started, at most as many as fit into a second.
    starts: Arc<Mutex<VecDeque<Instant>>>,
}

impl Pace {
    fn new(calls_per_second: usize) -> Self {
        Self {
            calls_per_second,
            starts: Arc::default(),
        }
    }

    /// Callers are served in turn.
    async fn wait(&self) {
        let mut starts = self.starts.lock().await;
        if starts.len() == self.calls_per_second
            && let Some(oldest) = starts.pop_front()
        {
            sleep_until(oldest + SECOND).await;
        }
        starts.push_back(Instant::now());
    }
}
