//! For which time a source can have everything: since its trail began to deliver there, until that ended.

use jiff::{SignedDuration, Timestamp};

use super::query::Window;
use crate::coverage::TrailStatus;

/// What is older than this is delivered when a delivery succeeds (CloudTrail user guide: "typically within 15
/// minutes").
const DELAY: SignedDuration = SignedDuration::from_mins(15);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// `None` where that is not known.
    pub since: Option<Timestamp>,
    /// `None` where it goes on.
    pub until: Option<Timestamp>,
}

impl Recorded {
    pub(crate) const ALWAYS: Self = Self {
        since: Some(Timestamp::MIN),
        until: None,
    };
    pub(crate) const UNKNOWN: Self = Self {
        since: None,
        until: None,
    };

    /// What a trail has delivered to a place where it has been failing since that time, if it fails.
    pub(crate) fn by(status: &TrailStatus, failing_since: Option<Timestamp>) -> Self {
        let stopped = (!status.logging).then(|| status.stopped.unwrap_or(Timestamp::MIN));
        let failing = failing_since.map(|since| since.saturating_sub(DELAY).unwrap_or(since));
        Self {
            since: status.started,
            until: stopped.into_iter().chain(failing).min(),
        }
    }

    /// The longest that it can be.
    pub(crate) fn window(self) -> Window {
        Window {
            from: self.since.unwrap_or(Timestamp::MIN),
            until: self.until.unwrap_or(Timestamp::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_delivered_ends_where_the_trail_stops_or_fails() {
        let moment = |text: &str| text.parse::<Timestamp>().expect("a time");
        let status = TrailStatus {
            logging: true,
            started: Some(moment("2026-11-01T00:00:00Z")),
            ..TrailStatus::default()
        };
        assert_eq!(Recorded::by(&status, None).until, None);
        let failing = Recorded::by(&status, Some(moment("2026-11-21T10:15:00Z")));
        assert_eq!(failing.until, Some(moment("2026-11-21T10:00:00Z")));
        let stopped = TrailStatus {
            logging: false,
            stopped: Some(moment("2026-11-20T00:00:00Z")),
            ..status
        };
        let stopped = Recorded::by(&stopped, Some(moment("2026-11-21T10:15:00Z")));
        assert_eq!(stopped.until, Some(moment("2026-11-20T00:00:00Z")));
    }
}
