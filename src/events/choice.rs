//! Which source answers a question best, where that is left to us.

use jiff::{SignedDuration, Timestamp};

use super::query::Window;
use super::recorded::Recorded;
use crate::aws::{CallError, Fault};
use crate::error::Refusal;

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    History,
    Logs,
    Insights,
    Archive,
    Athena,
}

impl Kind {
    /// What people call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::History => "event history",
            Self::Logs => "log group",
            Self::Insights => "Logs Insights",
            Self::Archive => "archive",
            Self::Athena => "Athena",
        }
    }
}

/// Up to this the event history answers soon enough, whatever goes on: it gives 100 events a second.
const SHORT: SignedDuration = SignedDuration::from_hours(3);
/// From this on a log group has so many events of other services that a server must look through them.
const WIDE: SignedDuration = SignedDuration::from_hours(48);
/// The event history's reach (CloudTrail user guide, "Working with CloudTrail event history").
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// The sources to try, best first, and why in this order.
pub(crate) fn order(window: Window, now: Timestamp) -> (Vec<Kind>, &'static str) {
    use Kind::{Archive, History, Insights, Logs};
    let length = window.until.duration_since(window.from);
    if !is_kept(window, now) {
        let order = vec![Insights, Archive, History];
        (order, "the event history goes back 90 days only")
    } else if length <= SHORT {
        (vec![History, Logs, Archive], "the window is short")
    } else if length <= WIDE {
        (
            vec![Logs, History, Archive],
            "the window is longer than 3 hours",
        )
    } else {
        let order = vec![Insights, Archive, History];
        (order, "the window is longer than 2 days")
    }
}

/// The sources to try for one event by its id, as [`order`].
pub(crate) fn order_for_one(window: Window, now: Timestamp) -> (Vec<Kind>, &'static str) {
    if is_kept(window, now) {
        let order = vec![Kind::History, Kind::Insights, Kind::Archive];
        (order, "it finds an event by its id in one call, and free")
    } else {
        order(window, now)
    }
}

/// Whether the event history goes back to where the window begins, to the hour: `90d` is asked a moment too late.
fn is_kept(window: Window, now: Timestamp) -> bool {
    now.duration_since(window.from).as_hours() <= KEPT.as_hours()
}

/// A source that does not have all of a question's time, where another may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Gap {
    #[error("it has events since {0:.0} only")]
    Since(Timestamp),
    #[error("it has events until {0:.0} only")]
    Until(Timestamp),
    #[error("since when it has all events is not known")]
    Unknown,
}

/// Looks whether a source has all that the event history would have.
///
/// # Errors
/// The [`Gap`].
pub(crate) fn without_gap(recorded: Recorded, window: Window, now: Timestamp) -> Result<(), Gap> {
    let history = now - KEPT;
    match recorded {
        Recorded { since: None, .. } if is_kept(window, now) => Err(Gap::Unknown),
        Recorded {
            since: Some(since), ..
        } if since > window.from && since > history => Err(Gap::Since(since)),
        Recorded {
            until: Some(until), ..
        } if until < window.until && window.until > history => Err(Gap::Until(until)),
        _ => Ok(()),
    }
}

/// Whether another source may be open where this one is not: access is denied, or there is no such source.
pub(crate) fn may_pass_over(error: &anyhow::Error) -> bool {
    is_denied(error) || error.is::<Refusal>() || error.is::<Gap>()
}

/// Whether a region is at fault that may differ from others: one that is not opted in, or cannot be reached.
pub(crate) fn is_of_a_region(error: &anyhow::Error) -> bool {
    let call = error.downcast_ref::<CallError>();
    call.is_some_and(|call| !matches!(call.fault, Fault::Interrupted))
}

/// Of the reasons why none of the sources is open the one to tell: the first missing permission, since to allow it
/// takes less than to make a source; else that of the best source.
pub(crate) fn foremost(failures: Vec<anyhow::Error>) -> anyhow::Error {
    let foremost = failures.into_iter().min_by_key(|error| !is_denied(error));
    foremost.unwrap_or_else(|| anyhow::anyhow!("there is nothing to read events from"))
}

fn is_denied(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<CallError>()
        .is_some_and(CallError::is_denied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_history_is_asked_first_for_a_short_window_alone() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a time");
        let first = |from: i64, until: i64| {
            let ago = |hours| now - SignedDuration::from_hours(hours);
            let window = Window {
                from: ago(from),
                until: ago(until),
            };
            order(window, now).0[0]
        };
        assert_eq!(first(1, 0), Kind::History);
        assert_eq!(first(1000, 998), Kind::History);
        assert_eq!(first(24, 0), Kind::Logs);
        assert_eq!(first(24 * 7, 0), Kind::Insights);
        assert_eq!(first(24 * 91, 24 * 91 - 1), Kind::Insights);
    }

    #[test]
    fn a_source_has_a_gap_where_the_event_history_has_none() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("a time");
        let ago = |days: i64| now - SignedDuration::from_hours(24 * days);
        let gap = |recorded, from| {
            let window = Window {
                from: ago(from),
                until: now,
            };
            without_gap(recorded, window, now).err()
        };
        let since = |days| Recorded {
            since: Some(ago(days)),
            until: None,
        };
        assert_eq!(gap(since(8), 7), None);
        assert_eq!(gap(since(6), 7), Some(Gap::Since(ago(6))));
        assert_eq!(gap(since(6), 400), Some(Gap::Since(ago(6))));
        assert_eq!(gap(since(200), 400), None);
        assert_eq!(gap(Recorded::UNKNOWN, 7), Some(Gap::Unknown));
        assert_eq!(gap(Recorded::UNKNOWN, 400), None);
        let ended = Recorded {
            until: Some(ago(1)),
            ..since(8)
        };
        assert_eq!(gap(ended, 7), Some(Gap::Until(ago(1))));
    }
}
