//! Calls started no faster than an API's documented rate.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// CloudTrail takes one write a second per account and region, not adjustable (CloudTrail user guide, quotas).
const CLOUDTRAIL_WRITE_INTERVAL: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct Pace {
    interval: Duration,
    next: Arc<Mutex<Option<Instant>>>,
}

impl Pace {
    pub(super) fn cloudtrail_writes() -> Self {
        Self {
            interval: CLOUDTRAIL_WRITE_INTERVAL,
            next: Arc::default(),
        }
    }

    /// Returns when the next call may start; callers are served in turn.
    pub(super) async fn wait(&self) {
        let mut next = self.next.lock().await;
        if let Some(next) = *next {
            tokio::time::sleep_until(next).await;
        }
        *next = Some(Instant::now() + self.interval);
    }
}
