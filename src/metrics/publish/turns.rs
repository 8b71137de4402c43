//! Turn after turn, aligned to the clock: when the next one is, and waiting for it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::time;

/// The clock is looked at so often while a turn is awaited: timers stand still while a machine sleeps, and a clock may
/// be set.
const LOOK: Duration = Duration::from_secs(30);

/// A span between turns: at least a minute, since CloudWatch keeps one point of each.
///
/// # Errors
/// A text that shows what is accepted.
pub(crate) fn parse_every(text: &str) -> Result<SignedDuration, String> {
    let every = time::parse_span(text)?;
    if every < SignedDuration::from_mins(1) {
        return Err(
            "use at least a minute, such as `5m`: CloudWatch keeps one point of each minute"
                .to_owned(),
        );
    }
    Ok(every)
}

/// When the next turn is. Spans are counted from the epoch on: whoever publishes every five minutes does so at :00,
/// :05, …, and one who is started again goes on as before. A turn that took longer than a span has missed those that
/// fell within it, and they are not made up for.
pub(crate) fn next(now: Timestamp, every: SignedDuration) -> Timestamp {
    let span = every.as_secs().max(1);
    let begun = now.as_second().div_euclid(span);
    Timestamp::from_second((begun + 1).saturating_mul(span)).unwrap_or(Timestamp::MAX)
}

/// Waits until the clock has come to that time.
pub(crate) async fn until(time: Timestamp) {
    while let Ok(left) = Duration::try_from(time.duration_since(Timestamp::now())) {
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left.min(LOOK)).await;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn turns_are_at_whole_multiples_of_the_span() {
        for (now, every, turn) in [
            ("2026-11-21T12:00:01Z", "5m", "2026-11-21T12:05:00Z"),
            ("2026-11-21T12:05:00Z", "5m", "2026-11-21T12:10:00Z"),
            // This turn took seven minutes: the one at 12:10 is not made up for.
            ("2026-11-21T12:12:00Z", "5m", "2026-11-21T12:15:00Z"),
            ("2026-11-21T23:59:59.999Z", "1h", "2026-11-22T00:00:00Z"),
            ("2026-11-21T12:00:00Z", "1d", "2026-11-22T00:00:00Z"),
        ] {
            let every = parse_every(every).expect("a span");
            let now: Timestamp = now.parse().expect("a time");
            assert_eq!(next(now, every).to_string(), turn, "{now} {every}");
        }
    }

    #[test]
    fn a_span_of_less_than_a_minute_is_refused() {
        assert_eq!(parse_every("1m"), Ok(SignedDuration::from_mins(1)));
        for text in ["59s", "0s", "-5m", "often", ""] {
            assert!(parse_every(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_next_turn_is_the_first_one_after_now(
            now in 0_i64..10_000_000_000,
            every in 60_i64..10_000_000,
        ) {
            let now = Timestamp::from_second(now).expect("a time");
            let next = next(now, SignedDuration::from_secs(every)).as_second();
            prop_assert_eq!(next % every, 0);
            prop_assert!(now.as_second() < next && next - every <= now.as_second());
        }
    }
}
