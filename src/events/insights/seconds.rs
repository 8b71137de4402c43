//! Spans of log time in whole seconds, as Insights takes them, and their parts.

use jiff::SignedDuration;

use crate::events::Window;

/// From, inclusive, until, exclusive; seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seconds {
    pub from: i64,
    pub until: i64,
}

/// A log event's time is when CloudTrail delivered it: some 5 minutes after the call, 15 by its older text (CloudTrail
/// user guide); a little more, to be sure.
const LATE: SignedDuration = SignedDuration::from_mins(20);

impl Seconds {
    /// When the events of a window were delivered.
    pub(super) fn of_deliveries(window: Window) -> Self {
        let until = window.until.as_second() + i64::from(window.until.subsec_nanosecond() > 0);
        Self {
            from: window.from.as_second(),
            until: (until + LATE.as_secs()).max(window.from.as_second() + 1),
        }
    }

    pub(super) fn is_one(self) -> bool {
        self.until - self.from <= 1
    }

    /// That many parts of about equal length, one after the other; fewer where there are not enough seconds.
    pub(super) fn parts(self, count: i64) -> Vec<Self> {
        let length = self.until - self.from;
        let count = count.clamp(1, length.max(1));
        let edge = |part: i64| self.from + length * part / count;
        (0..count)
            .map(|part| Self {
                from: edge(part),
                until: edge(part + 1),
            })
            .collect()
    }

    /// How late events may be for which all earlier ones are told.
    pub(super) fn lateness() -> SignedDuration {
        LATE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_lose_and_repeat_no_second(from in -5i64..5, length in 1i64..40, count in 1i64..60) {
            let whole = Seconds { from, until: from + length };
            let parts = whole.parts(count);
            prop_assert_eq!(parts[0].from, whole.from);
            prop_assert_eq!(parts[parts.len() - 1].until, whole.until);
            prop_assert!(parts.windows(2).all(|two| two[0].until == two[1].from));
            prop_assert!(parts.iter().all(|part| part.from < part.until));
        }
    }
}
