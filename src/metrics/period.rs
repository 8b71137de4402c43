//! Which period CloudWatch still has points of, so that nobody has to know how it keeps them.

use jiff::{SignedDuration, Timestamp};

use crate::error::Usage;
use crate::events::Window;
use crate::time;

/// How long points are kept, by the seconds of their period (CloudWatch user guide, "Metrics retention"). Points of
/// less than a minute, kept for 3 hours, are published by nobody here.
const KEPT: [(u32, SignedDuration); 3] = [
    (60, SignedDuration::from_hours(15 * 24)),
    (300, SignedDuration::from_hours(63 * 24)),
    (3_600, SignedDuration::from_hours(455 * 24)),
];
/// Periods that people think in, in seconds.
const ROUND: [u32; 16] = [
    60,
    300,
    600,
    900,
    1_800,
    3_600,
    2 * 3_600,
    3 * 3_600,
    4 * 3_600,
    6 * 3_600,
    12 * 3_600,
    86_400,
    2 * 86_400,
    7 * 86_400,
    14 * 86_400,
    28 * 86_400,
];

/// The shortest period that CloudWatch has of a time, in seconds; the longest there is for what is older than all.
pub(crate) fn shortest(from: Timestamp, now: Timestamp) -> u32 {
    let age = now.duration_since(from);
    let kept = KEPT.iter().find(|(_, kept)| age <= *kept);
    kept.unwrap_or(&KEPT[KEPT.len() - 1]).0
}

/// How far back there are points of any period.
pub(crate) const LONGEST: SignedDuration = KEPT[KEPT.len() - 1].1;

/// # Errors
/// [`Usage`] for a window that begins where CloudWatch has forgotten everything.
pub(crate) fn remembered(window: Window, now: Timestamp) -> Result<(), Usage> {
    // Whoever asks for as much as there is does so a moment before it is read.
    if now.duration_since(window.from) <= LONGEST + SignedDuration::from_hours(1) {
        return Ok(());
    }
    let days = LONGEST.as_hours() / 24;
    Err(Usage::new(
        format!("CloudWatch keeps metrics for {days} days: of before, nothing is known"),
        format!("let `--since` be `{days}d` at most"),
    ))
}

/// Since when CloudWatch has points of that period; what is older, it has forgotten.
pub(crate) fn kept_since(period: u32, now: Timestamp) -> Timestamp {
    let whole = KEPT.iter().filter(|(kept, _)| period.is_multiple_of(*kept));
    let longest = whole.map(|(_, kept)| *kept).max().unwrap_or_default();
    now.checked_sub(longest).unwrap_or(Timestamp::MIN)
}

/// A round period, in seconds, that divides the window into at most so many points and that CloudWatch has.
pub(crate) fn fitting(window: Window, points: u32, now: Timestamp) -> u32 {
    let seconds = window.until.duration_since(window.from).as_secs();
    let shortest = shortest(window.from, now);
    let fits = |period: &&u32| {
        **period >= shortest && seconds <= i64::from(**period) * i64::from(points.max(1))
    };
    *ROUND.iter().find(fits).unwrap_or(&ROUND[ROUND.len() - 1])
}

/// The period that was asked for, or one that divides the window into at most so many points and is at least `least`.
///
/// # Errors
/// [`Usage`] for a period of which CloudWatch has no points at the beginning of the window any more.
pub(crate) fn chosen(
    asked: Option<u32>,
    window: Window,
    points: u32,
    least: u32,
    now: Timestamp,
) -> Result<u32, Usage> {
    let Some(asked) = asked else {
        return Ok(fitting(window, points, now).max(least));
    };
    let shortest = shortest(window.from, now);
    if asked.is_multiple_of(shortest) {
        return Ok(asked);
    }
    Err(Usage::new(
        format!(
            "CloudWatch has no points of {} of a time so long ago",
            each(asked)
        ),
        format!(
            "the shortest period of that time is `--period {}m`, and its multiples work; a later `--since` allows shorter ones",
            shortest / 60
        ),
    ))
}

/// `each minute`, `each 3 h`: how a period is said.
pub(crate) fn each(period: u32) -> String {
    let one = match period {
        60 => "minute",
        3_600 => "hour",
        86_400 => "day",
        _ => {
            let span = SignedDuration::from_secs(period.into());
            return format!("each {}", time::span(span));
        }
    };
    format!("each {one}")
}

/// The window, begun where a point begins and ended where one ends: CloudWatch counts periods from the epoch on.
pub(crate) fn aligned(window: Window, period: u32) -> Window {
    let period = i64::from(period);
    let floor = |second: i64| second - second.rem_euclid(period);
    let moment = |second: i64| Timestamp::from_second(second).ok();
    let last = window.until.as_second();
    let end = floor(last) + if last % period == 0 { 0 } else { period };
    Window {
        from: moment(floor(window.from.as_second())).unwrap_or(window.from),
        until: moment(end).unwrap_or(window.until),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_790_000_000;

    fn window(hours: i64) -> Window {
        let now = Timestamp::from_second(NOW).expect("a time");
        Window {
            from: now - SignedDuration::from_hours(hours),
            until: now,
        }
    }

    #[test]
    fn a_period_is_one_that_cloudwatch_still_has() {
        let now = Timestamp::from_second(NOW).expect("a time");
        for (hours, points, period) in [
            (1, 60, 60),
            (24, 24, 3_600),
            (24, 100, 900),
            (7 * 24, 7, 86_400),
            (16 * 24, 10_000, 300),
            (64 * 24, 10_000, 3_600),
            (400 * 24, 10_000, 3_600),
        ] {
            assert_eq!(fitting(window(hours), points, now), period, "{hours} h");
        }
    }

    #[test]
    fn what_cloudwatch_has_forgotten_depends_on_the_period() {
        let now = Timestamp::from_second(NOW).expect("a time");
        for (period, days) in [(60, 15), (300, 63), (900, 63), (3_600, 455), (7_200, 455)] {
            let kept = SignedDuration::from_hours(24 * days);
            assert_eq!(kept_since(period, now), now - kept, "{period}");
        }
    }

    #[test]
    fn a_window_is_widened_to_whole_periods() {
        let aligned = aligned(window(24), 3_600);
        assert_eq!(aligned.from.as_second() % 3_600, 0);
        assert_eq!(aligned.until.as_second() % 3_600, 0);
        assert_eq!(
            aligned.until.duration_since(aligned.from),
            SignedDuration::from_hours(25)
        );
    }
}
