//! Waiting for AWS to agree with itself: the few refusals that pass if one waits.
//!
//! Throttling, 5xx and broken connections are the SDK's own to retry; they never come here.

use std::time::Duration;

use tokio::time::Instant;

use super::Aws;
use super::call::{CallError, Fault};

/// Waits between tries, in seconds; the last one repeats.
const WAITS: [u64; 5] = [1, 2, 4, 8, 10];

/// How long to go on, and what is waited for.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    pub limit: Limit,
    /// The thing waited for, to be shown: "IAM to know the new role".
    pub waiting_for: &'static str,
}

#[derive(Clone, Copy)]
pub(crate) enum Limit {
    Total(Duration),
    Tries(usize),
}

impl Aws {
    /// Tries until it works, until `patience_for` finds no reason to wait, or until the patience is used up.
    ///
    /// # Errors
    /// The last refusal.
    pub(crate) async fn retry<T>(
        &self,
        patience_for: impl Fn(&CallError) -> Option<Patience>,
        mut attempt: impl AsyncFnMut() -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let begun = Instant::now();
        for tries in 1.. {
            let error = match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(patience) = patience_for(&error) else {
                return Err(error);
            };
            let wait = Duration::from_secs(WAITS[(tries - 1).min(WAITS.len() - 1)]);
            let used_up = match patience.limit {
                Limit::Total(limit) => begun.elapsed() + wait > limit,
                Limit::Tries(limit) => tries >= limit,
            };
            if used_up {
                return Err(error);
            }
            self.progress.waiting(patience.waiting_for);
            self.sleep(wait)
                .await
                .map_err(|fault| CallError { fault, ..error })?;
        }
        unreachable!("the loop ends by returning")
    }

    async fn sleep(&self, wait: Duration) -> Result<(), Fault> {
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            () = self.interrupt.requested() => Err(Fault::Interrupted),
        }
    }
}

/// Two configuration writes to one bucket at once (S3 answers 409 `OperationAborted`), or a concurrent change elsewhere.
pub(crate) fn concurrent_change(error: &CallError) -> Option<Patience> {
    error
        .is(&[
            "OperationAborted",
            "OperationAbortedException",
            "ConflictException",
            "ConcurrentModification",
            "ConcurrentModificationException",
        ])
        .then_some(Patience {
            limit: Limit::Total(Duration::from_mins(1)),
            waiting_for: "another change to end",
        })
}
