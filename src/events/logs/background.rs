//! What is known of a log group besides its events: the trail that delivers there, and since when events are kept.

use jiff::Timestamp;

use crate::coverage::{Known, Records, TrailFacts, TrailStatus};
use crate::events::Recorded;
use crate::events::query::Window;

#[derive(Debug, Clone)]
pub(crate) struct Background {
    pub trail: Known<Box<TrailFacts>>,
    /// The later of the group's creation and the end of its retention.
    pub kept_since: Known<Timestamp>,
}

impl Background {
    /// For which time the group can have everything.
    pub(crate) fn recorded(&self, now: Timestamp) -> Recorded {
        let Ok(status) = self.status() else {
            return Recorded::UNKNOWN;
        };
        let is_failing = status.logs_failure(now).is_some();
        let delivered = status.logs_delivery.unwrap_or(Timestamp::MIN);
        let recorded = Recorded::by(status, is_failing.then_some(delivered));
        let kept_since = match self.kept_since {
            Known::Known(kept) => Some(kept),
            Known::Unknown(_) => None,
        };
        Recorded {
            since: recorded
                .since
                .zip(kept_since)
                .map(|(one, other)| one.max(other)),
            ..recorded
        }
    }

    /// What readers must know of the trail and the group.
    pub(crate) fn notes(&self, region: &str, window: Window, now: Timestamp) -> Vec<String> {
        let mut notes = Vec::new();
        if let Known::Known(facts) = &self.trail {
            notes.extend(of_records(facts, region));
            if let Known::Known(status) = &facts.status {
                notes.extend(of_status(&facts.name, status, window, now));
            }
        }
        match &self.kept_since {
            Known::Known(since) if *since > window.from => notes.push(format!(
                "the log group keeps events since {since:.0}: what happened before may be missing"
            )),
            _ => {}
        }
        notes.extend(
            self.hidden()
                .map(|why| format!("since when the log group has all events is not known: {why}")),
        );
        notes
    }

    fn status(&self) -> Result<&TrailStatus, &str> {
        match &self.trail {
            Known::Known(facts) => match &facts.status {
                Known::Known(status) => Ok(status),
                Known::Unknown(why) => Err(why),
            },
            Known::Unknown(why) => Err(why),
        }
    }

    /// Why its beginning is not known.
    fn hidden(&self) -> Option<&str> {
        match (self.status(), &self.kept_since) {
            (Err(why), _) => Some(why),
            (_, Known::Unknown(why)) => Some(why),
            (Ok(status), _) if status.started.is_none() => {
                Some("its trail does not say when it started")
            }
            _ => None,
        }
    }
}

fn of_records(facts: &TrailFacts, region: &str) -> Option<String> {
    let trail = format!("the trail {}", facts.name);
    match facts.records(region) {
        Records::ReadsAndWrites => None,
        Records::WritesOnly => Some(format!("{trail} records writes only: pulls are missing")),
        Records::ReadsOnly => Some(format!(
            "{trail} records reads only: pushes and deletions are missing"
        )),
        Records::Nothing(why) => Some(format!("{trail} records nothing of ECR in {region}: {why}")),
        Records::Unknown(why) => Some(format!("what {trail} records is not known: {why}")),
    }
}

fn of_status(
    name: &str,
    status: &TrailStatus,
    window: Window,
    now: Timestamp,
) -> impl Iterator<Item = String> {
    let started = status.started.filter(|started| *started > window.from);
    let started = started.map(|started| {
        format!("the trail {name} started at {started:.0}: what happened before may be missing")
    });
    let stopped = (!status.logging).then(|| match status.stopped {
        Some(stopped) => format!("the trail {name} is not recording since {stopped:.0}"),
        None => format!("the trail {name} is not recording"),
    });
    let failure = status.delivery_failure(now);
    let failure = failure.map(|why| format!("the trail {name}: {why}"));
    [started, stopped, failure].into_iter().flatten()
}
