//! Waiting for AWS to agree with itself: the few refusals that pass if one waits.
//!
//! Throttling, 5xx and broken connections are the SDK's own to retry; but for ECR's, they never come here.

use std::time::Duration;

use aws_config::retry::RetryConfig;
use tokio::time::Instant;

use super::Aws;
use super::call::{CallError, Fault};

/// Waits between tries, in seconds; the last one repeats.
const WAITS: [u64; 5] = [1, 2, 4, 8, 10];

/// A call that ECR throttles for so long is given up.
const THROTTLED: Duration = Duration::from_mins(2);

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

    /// Asks ECR, whose rate nobody publishes: what it throttles is asked again, at the pace that it keeps up with, and
    /// what failed otherwise as often as any other call.
    ///
    /// # Errors
    /// The last refusal.
    pub(crate) async fn ask<T>(
        &self,
        attempt: impl AsyncFnMut() -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        let tries = self
            .config
            .retry_config()
            .map_or(1, RetryConfig::max_attempts);
        let patience = |error: &CallError| {
            if error.is_throttled() {
                Some(Patience {
                    limit: Limit::Total(THROTTLED),
                    waiting_for: "ECR to take more calls",
                })
            } else {
                error.is_transient().then_some(Patience {
                    limit: Limit::Tries(usize::try_from(tries).unwrap_or(usize::MAX)),
                    waiting_for: "ECR to answer",
                })
            }
        };
        self.retry(patience, attempt).await
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
