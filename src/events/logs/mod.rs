//! The log group that a trail delivers to (FilterLogEvents). Its events lie there by the time of their delivery, which
//! is minutes after they happened: that time decides what is read, the event's own decides what is told.

mod background;
mod group;
mod page;
mod pattern;
mod search;
mod text;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

use super::in_order::{Stop, in_order};
use super::query::{Order, Query, Window};
use super::sink::{Reading, Sink};
use super::span::{Plan, Span};
use super::telling::Telling;
use crate::aws::Aws;

pub(crate) use group::LogGroup;
pub(super) use pattern::Pattern;
use search::Search;

/// How late events come on average (CloudTrail user guide, "How CloudTrail works").
const DELAY: SignedDuration = SignedDuration::from_mins(5);
/// How late an event may come and still be found.
const LATEST: SignedDuration = SignedDuration::from_hours(1);
/// How late an event may come and still be told in its place where the oldest are told first (CloudTrail user guide:
/// "typically within 15 minutes"). One that comes later still is told when it is found.
const LATE: SignedDuration = SignedDuration::from_mins(20);
/// The first span: short, for a first row at once.
const FIRST: SignedDuration = SignedDuration::from_mins(10);
/// How far our clock may be behind that of AWS, which refuses callers that are further away.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);
/// Two pages of 1 MB, nearly: a third one would be a call for a few. Bounds, with the next, what is held.
const EVENTS_IN_A_SPAN: usize = 1_600;
const SPANS_AT_ONCE: usize = 4;

/// A log group with CloudTrail's events, of all regions and accounts that its trail records.
#[derive(Clone)]
pub(crate) struct Logs {
    pub aws: Aws,
    pub group: LogGroup,
}

impl Logs {
    /// Tells the sink what the log group has. The window may be of any size.
    ///
    /// # Errors
    /// A [`CallError`](crate::aws::CallError) where nothing could be read. Where the reading breaks off later, the
    /// [`Reading`] says so.
    pub(crate) async fn read(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        // What is known besides is good to know, and nobody waits for it.
        let (reading, background) =
            tokio::join!(self.search(query, sink), self.group.background(&self.aws));
        let now = Timestamp::now();
        let mut reading = reading?.within(background.recorded(now));
        reading.note(background.notes(&self.aws.region, query.window, now));
        Ok(reading)
    }

    async fn search(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        let what = format!("the log group {}", self.group.name);
        let mut telling = Telling::new(what, query.window, query.order, sink, &self.aws.progress);
        let now = Timestamp::now();
        let end = match (Pattern::of(query), deliveries(query.window, now)) {
            (Some(pattern), Some(whole)) => {
                let search = Search::new(self, query, &pattern);
                read(&search, query.order, whole, &mut telling).await
            }
            _ => Ok(()),
        };
        let known = Window {
            from: Timestamp::MIN,
            until: now - DELAY,
        };
        telling
            .conclude(end, known)
            .context("cannot read the log group")
    }
}

/// The milliseconds in which events of the window can have been delivered until now.
fn deliveries(window: Window, now: Timestamp) -> Option<Span> {
    if window.from >= window.until {
        return None;
    }
    let latest = window.until.checked_add(LATEST).unwrap_or(Timestamp::MAX);
    let latest = latest.min(now + CLOCKS_DIFFER);
    Span::between(
        window.from.as_millisecond(),
        latest.as_millisecond().saturating_add(1),
    )
}

async fn read(
    search: &Search<'_>,
    order: Order,
    whole: Span,
    telling: &mut Telling<'_>,
) -> Result<(), Stop> {
    let first = i64::try_from(FIRST.as_millis()).unwrap_or(i64::MAX);
    let plan = Plan::new(whole, order, first, EVENTS_IN_A_SPAN);
    let span = |span| search.span(span);
    in_order(
        plan,
        || SPANS_AT_ONCE,
        span,
        async |span, haul| {
            telling.events(haul).await?;
            telling.passed(passed(span, order)).await
        },
    )
    .await
}

/// Nothing is delivered before it happens: what came later than this in the order of reading is told.
fn passed(span: Span, order: Order) -> Timestamp {
    let moment = |millisecond| Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::MAX);
    match order {
        Order::NewestFirst => moment(span.first),
        Order::OldestFirst => moment(span.last + 1) - LATE,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(millisecond: i64) -> Timestamp {
        Timestamp::from_millisecond(millisecond).expect("it is near 1970")
    }

    proptest! {
        #[test]
        fn an_event_is_told_before_it_is_passed(
            from in 0_i64..100_000_000, length in 1_i64..100_000_000, at in 0.0_f64..1.0,
            late in 0_i64..=3_600_000, newest_first in any::<bool>(),
        ) {
            let window = Window { from: moment(from), until: moment(from + length) };
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "it is small enough")]
            let event = from + (length as f64 * at) as i64;
            let order = if newest_first { Order::NewestFirst } else { Order::OldestFirst };
            let whole = deliveries(window, moment(1_000_000_000)).expect("it is not empty");
            let mut is_told = false;
            for span in Plan::new(whole, order, 100_000, 10) {
                is_told |= (span.first..=span.last).contains(&(event + late));
                let passed = passed(span, order);
                let is_passed = match order {
                    Order::NewestFirst => moment(event) > passed,
                    Order::OldestFirst => moment(event) < passed && late <= 1_200_000,
                };
                prop_assert!(is_told || !is_passed);
            }
            prop_assert!(is_told);
        }
    }

    #[test]
    fn what_is_not_delivered_yet_is_not_asked_for() {
        let window = Window {
            from: moment(0),
            until: moment(3_600_000),
        };
        let last = |now| deliveries(window, moment(now)).map(|span| span.last);
        assert_eq!(last(3_600_000), Some(3_900_000));
        assert_eq!(last(100_000_000), Some(7_200_000));
    }
}
