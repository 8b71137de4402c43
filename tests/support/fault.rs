//! What may go wrong between a client and AWS, and when. A fault is a value that a test injects into its world.
//! `Faults` decides what a call meets; carrying that out is for `exchange`.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::refusal::Refusal;
use super::wire::Operation;

/// While bucket writes must not overlap, each takes at least this long, so that two sent together do overlap.
const BUCKET_WRITE: Duration = Duration::from_millis(30);

pub type Action = Arc<dyn Fn() + Send + Sync>;
pub type Rewriting = Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>;

/// A call as it arrives.
pub struct Arrival<'call> {
    pub operation: &'call Operation,
    /// Another write to the same bucket's configuration is under way.
    pub bucket_is_busy: bool,
}

/// One thing a call meets on its way, in the order of injection.
#[derive(Clone)]
pub enum Step {
    Run(Action),
    Wait(Duration),
    Interrupt,
    Refuse(Refusal),
    LoseRequest,
    LoseAnswer,
    Rewrite(Rewriting),
}

impl Step {
    /// Does the call end here, without reaching the simulator?
    fn is_final(&self) -> bool {
        matches!(self, Self::Refuse(_) | Self::LoseRequest)
    }
}

type Decision = Box<dyn FnMut(&Arrival<'_>) -> Option<Step> + Send>;

/// A fault for the operations its pattern names: `CreateTrail`, `s3:*`, `CreateTrail|UpdateTrail`, `*`.
///
/// It happens on every such call unless `times` or `after` say otherwise.
pub struct Fault {
    pattern: String,
    passes: usize,
    left: Option<usize>,
    decide: Decision,
}

impl Fault {
    /// Happens so many times, then no more.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.left = Some(times);
        self
    }

    /// Lets so many matching calls pass first.
    #[must_use]
    pub fn after(mut self, calls: usize) -> Self {
        self.passes = calls;
        self
    }

    pub fn error(pattern: &str, status: u16, code: &str, message: &str) -> Self {
        Self::refusal(pattern, Refusal::error(status, code, message))
    }

    pub fn access_denied(pattern: &str) -> Self {
        Self::refusal(pattern, Refusal::AccessDenied)
    }

    pub fn expired_token(pattern: &str) -> Self {
        Self::refusal(pattern, Refusal::ExpiredToken)
    }

    pub fn throttling(pattern: &str) -> Self {
        Self::refusal(pattern, Refusal::Throttled)
    }

    /// `status` is 500 or 503.
    pub fn server_error(pattern: &str, status: u16) -> Self {
        Self::refusal(pattern, Refusal::ServerError(status))
    }

    /// The connection breaks before AWS has seen the request.
    pub fn lost_request(pattern: &str) -> Self {
        Self::step(pattern, Step::LoseRequest)
    }

    /// AWS does what it was asked; the connection breaks before the client hears of it.
    pub fn lost_answer(pattern: &str) -> Self {
        Self::step(pattern, Step::LoseAnswer)
    }

    /// Answers come later by so much.
    pub fn delay(pattern: &str, delay: Duration) -> Self {
        Self::step(pattern, Step::Wait(delay))
    }

    /// Changes the body of the simulator's answer, whatever its status.
    pub fn rewrite_answer(
        pattern: &str,
        rewrite: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self::step(pattern, Step::Rewrite(Arc::new(rewrite)))
    }

    /// Runs `action` while the call waits: the world changes in the middle of a command.
    ///
    /// It may block, and may use the backdoor.
    pub fn on_call(pattern: &str, action: impl Fn() + Send + Sync + 'static) -> Self {
        Self::step(pattern, Step::Run(Arc::new(action)))
    }

    /// A person presses Ctrl-C while the call is under way; the call itself is finished. Once.
    pub fn interrupt_client_during(pattern: &str) -> Self {
        Self::step(pattern, Step::Interrupt).times(1)
    }

    /// `CloudTrail` does not see a new role yet: first its trust, then its permissions, so many times each.
    pub fn iam_propagation_lag(times: usize) -> Self {
        let refused = |code: &str, about: &str| {
            Step::Refuse(Refusal::error(
                400,
                code,
                &format!("Access denied. Check the {about} for your role."),
            ))
        };
        let mut trust = times;
        let lag = Self::new("CreateTrail|UpdateTrail", move |_| {
            if trust == 0 {
                return Some(refused(
                    "InvalidCloudWatchLogsLogGroupArnException",
                    "permissions",
                ));
            }
            trust -= 1;
            Some(refused(
                "InvalidCloudWatchLogsRoleArnException",
                "trust relationships",
            ))
        });
        lag.times(2 * times)
    }

    /// S3 refuses a write to a bucket's configuration while another to the same bucket is under way.
    pub fn overlapping_bucket_writes() -> Self {
        Self::new("s3:*", |arrival| {
            arrival.operation.written_bucket()?;
            Some(if arrival.bucket_is_busy {
                operation_aborted()
            } else {
                Step::Wait(BUCKET_WRITE)
            })
        })
    }

    /// S3 refuses the first try of each kind of write to each bucket's configuration.
    pub fn first_bucket_writes_conflict() -> Self {
        let mut seen = HashSet::new();
        Self::new("s3:*", move |arrival| {
            let bucket = arrival.operation.written_bucket()?.to_owned();
            seen.insert((bucket, arrival.operation.name.clone()))
                .then(operation_aborted)
        })
    }

    fn refusal(pattern: &str, refusal: Refusal) -> Self {
        Self::step(pattern, Step::Refuse(refusal))
    }

    fn step(pattern: &str, step: Step) -> Self {
        Self::new(pattern, move |_| Some(step.clone()))
    }

    fn new(
        pattern: &str,
        decide: impl FnMut(&Arrival<'_>) -> Option<Step> + Send + 'static,
    ) -> Self {
        Self {
            pattern: pattern.to_owned(),
            passes: 0,
            left: None,
            decide: Box::new(decide),
        }
    }

    fn meet(&mut self, arrival: &Arrival<'_>) -> Option<Step> {
        if self.left == Some(0) || !arrival.operation.matches(&self.pattern) {
            return None;
        }
        if self.passes > 0 {
            self.passes -= 1;
            return None;
        }
        let step = (self.decide)(arrival)?;
        self.left = self.left.map(|left| left - 1);
        Some(step)
    }
}

fn operation_aborted() -> Step {
    let message = "A conflicting conditional operation is currently in progress against this resource. Please try again.";
    Step::Refuse(Refusal::error(409, "OperationAborted", message))
}

/// All that may go wrong in one world.
#[derive(Default)]
pub struct Faults {
    faults: Vec<Fault>,
    /// Changes left until the client is killed.
    changes_until_kill: Option<usize>,
}

impl Faults {
    pub fn inject(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub fn kill_client_after(&mut self, changes: usize) {
        self.changes_until_kill = Some(changes);
    }

    /// What this call meets. The first fault that ends it is the last that counts it.
    pub fn meet(&mut self, arrival: &Arrival<'_>) -> Vec<Step> {
        let mut steps = Vec::new();
        for fault in &mut self.faults {
            steps.extend(fault.meet(arrival));
            if steps.last().is_some_and(Step::is_final) {
                break;
            }
        }
        steps
    }

    /// The patterns of faults that were to happen so many times and did not.
    pub fn unmet(&self) -> Vec<&str> {
        let unmet = self
            .faults
            .iter()
            .filter(|fault| fault.left.is_some_and(|left| left > 0));
        unmet.map(|fault| fault.pattern.as_str()).collect()
    }

    /// To be told of every change that the simulator has answered: is it the client's last?
    pub fn was_last_change(&mut self) -> bool {
        let left = self.changes_until_kill.map(|left| left.saturating_sub(1));
        self.changes_until_kill = left.filter(|left| *left > 0);
        left == Some(0)
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
