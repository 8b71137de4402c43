//! CloudTrail's event history (LookupEvents): the last 90 days of one region, without any trail.
//!
//! AWS answers newest first, fifty at a time, twice a second. Newest first (`newest`) is one chain of pages, helped by
//! others where answers take longer than the pace; oldest first (`oldest`) reads spans of the window one after another.

mod chain;
mod newest;
mod oldest;
mod page;
#[cfg(test)]
mod server_of_tests;

use std::time::Duration;

use anyhow::Context;
use jiff::{SignedDuration, Timestamp};

use super::query::{Order, Query, Window};
use super::sink::{Reading, Sink};
use super::span::Span;
use super::telling::Telling;
use crate::aws::{Aws, CallError, LOOKUP_PACE};

/// How far the history goes back (CloudTrail user guide, "Working with CloudTrail event history").
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How late events come on average (CloudTrail user guide, "How CloudTrail works").
const DELAY: SignedDuration = SignedDuration::from_mins(5);
/// Readings side by side: enough for answers that take four seconds.
const WIDEST: usize = 8;

/// The event history of the region that `aws` is in.
#[derive(Clone)]
pub(crate) struct History {
    pub aws: Aws,
}

impl History {
    /// Tells the sink what the history has. The window may be of any size, and may lie anywhere.
    ///
    /// # Errors
    /// A [`CallError`] where nothing could be read. Where the reading breaks off later, the
    /// [`Reading`] says so.
    pub(crate) async fn read(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        let now = Timestamp::now();
        let kept = Window {
            from: now - KEPT,
            until: now - DELAY,
        };
        let window = Window {
            from: query.window.from.max(kept.from),
            until: query.window.until,
        };
        let mut reading = match Span::of_seconds(window) {
            Some(whole) => self
                .read_span(query, window, whole, sink, kept)
                .await
                .context("cannot read the event history")?,
            None => Reading::default(),
        };
        if window.from > query.window.from {
            let note = "the event history goes back 90 days";
            reading.notes.push(note.to_owned());
        }
        Ok(reading)
    }

    async fn read_span(
        &self,
        query: &Query,
        window: Window,
        whole: Span,
        sink: &Sink,
        kept: Window,
    ) -> Result<Reading, CallError> {
        let what = format!("the event history of {}", self.aws.region);
        let mut telling = Telling::new(what, window, query.order, sink, &self.aws.progress);
        let end = match query.order {
            Order::NewestFirst => newest::read(self, query, whole, &mut telling).await,
            Order::OldestFirst => oldest::read(self, query, whole, &mut telling).await,
        };
        telling.conclude(end, kept)
    }
}

/// How many readings side by side keep the pace when an answer takes so long.
fn width(took: Duration) -> usize {
    let pace = LOOKUP_PACE.as_millis();
    let starts = took.as_millis().div_ceil(pace);
    usize::try_from(starts).unwrap_or(WIDEST).clamp(1, WIDEST)
}

/// The beginning of a second. One that jiff cannot tell is beyond any window.
fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(if second < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    })
}
