//! What publishing costs a month. AWS bills a metric for each hour in which it is published, so this is what it comes
//! to where it is published in every hour.

use jiff::SignedDuration;

/// A metric of one's own for a month, in cents, in us-east-1 (CloudWatch pricing); beyond 10,000 of an account AWS
/// charges less.
const CENTS_A_METRIC: u64 = 30;
/// Metrics that an account has for free (CloudWatch pricing, free tier).
const FREE_METRICS: u64 = 10;
/// So many calls of PutMetricData cost a cent (CloudWatch pricing).
const CALLS_A_CENT: u64 = 1_000;
/// A month as price lists have it.
const MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What so many metrics cost a month at most, in cents, if the account publishes no others.
pub(crate) fn metrics(count: usize) -> u64 {
    (count as u64).saturating_sub(FREE_METRICS) * CENTS_A_METRIC
}

/// How many calls a month makes, and what they cost, in cents: so many calls in every such span.
pub(crate) fn calls(calls: usize, every: SignedDuration) -> (u64, u64) {
    let turns = MONTH.as_secs() / every.as_secs().max(1);
    let calls = turns.unsigned_abs() * calls as u64;
    (calls, calls.div_ceil(CALLS_A_CENT))
}

/// `$4.80`.
pub(crate) fn dollars(cents: u64) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_metrics_are_free_and_the_others_are_thirty_cents_each() {
        for (count, price) in [(0, "$0.00"), (10, "$0.00"), (11, "$0.30"), (707, "$209.10")] {
            assert_eq!(dollars(metrics(count)), price, "{count}");
        }
    }

    #[test]
    fn calls_are_counted_for_a_month_of_thirty_days() {
        assert_eq!(calls(1, SignedDuration::from_mins(5)), (8_640, 9));
        assert_eq!(calls(2, SignedDuration::from_mins(1)), (86_400, 87));
        assert_eq!(calls(1, SignedDuration::from_hours(24 * 60)), (0, 0));
    }
}
