//! What the proxy saw: one `Call` per request on the wire, retries included.
//! It only records and measures; which calls a command ought to make is for the tests.

use std::fmt;
use std::time::Instant;

#[derive(Clone, Debug)]
pub struct Call {
    /// AWS's own prefix, as in IAM actions: `cloudtrail`, `logs`, `cloudwatch`, `iam`, `sts`, `s3`.
    pub service: String,
    pub operation: String,
    pub body: Vec<u8>,
    /// The HTTP status the client got; none when the connection was dropped instead.
    pub status: Option<u16>,
    pub started: Instant,
    pub ended: Instant,
    pub mutating: bool,
    /// 1 for the first try of a call, 2 for the SDK's first retry, and so on.
    pub attempt: u32,
}

impl Call {
    /// The body as text, for what is said in query or XML form.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// `logs:CreateLogGroup`
impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service, self.operation)
    }
}

/// `service:Operation` of every call, in the order of their start.
pub fn names(calls: &[Call]) -> Vec<String> {
    calls.iter().map(Call::to_string).collect()
}

/// The length of the longest chain of calls in which each starts after the one before has ended: what a command
/// would wait for if every call took the same time. Retries do not count.
pub fn round_trips(calls: &[Call]) -> usize {
    let mut spans: Vec<_> = calls
        .iter()
        .filter(|call| call.attempt == 1)
        .map(|call| (call.ended, call.started))
        .collect();
    spans.sort_unstable();
    // Always going on with the call that ends first leaves most room for the rest.
    let mut length = 0;
    let mut free_from = None;
    for (ended, started) in spans {
        if free_from.is_none_or(|free| started >= free) {
            length += 1;
            free_from = Some(ended);
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn calls(spans: &[(u64, u64, u32)]) -> Vec<Call> {
        let origin = Instant::now();
        let call = |&(started, ended, attempt): &(u64, u64, u32)| Call {
            service: "logs".to_owned(),
            operation: "DescribeLogGroups".to_owned(),
            body: Vec::new(),
            status: Some(200),
            started: origin + Duration::from_millis(started),
            ended: origin + Duration::from_millis(ended),
            mutating: false,
            attempt,
        };
        spans.iter().map(call).collect()
    }

    #[test]
    fn round_trips_of_nothing_are_none() {
        assert_eq!(round_trips(&[]), 0);
    }

    #[test]
    fn round_trips_count_calls_side_by_side_once() {
        assert_eq!(round_trips(&calls(&[(0, 10, 1), (1, 9, 1), (2, 12, 1)])), 1);
    }

    #[test]
    fn round_trips_follow_the_longest_chain_beside_a_slow_call() {
        assert_eq!(
            round_trips(&calls(&[
                (0, 100, 1),
                (0, 10, 1),
                (10, 20, 1),
                (25, 30, 1),
                (26, 120, 1)
            ])),
            3
        );
    }

    #[test]
    fn round_trips_leave_retries_out() {
        assert_eq!(
            round_trips(&calls(&[(0, 10, 1), (20, 30, 2), (40, 50, 3), (60, 70, 1)])),
            2
        );
    }
}
