//! What every source does beside its reading: it tells the sink, shows how far it is, and says at the end what it read.

use std::time::Instant;

use indicatif::ProgressBar;
use jiff::{SignedDuration, Timestamp};

use super::in_order::{Haul, Stop};
use super::query::{Order, Window};
use super::sink::{Enough, Reading, Sink};
use crate::aws::{CallError, Fault};
use crate::terminal::Progress;
use crate::time;

/// A source's account of one reading.
pub(super) struct Telling<'a> {
    sink: &'a Sink,
    /// What is read, such as `the event history of eu-west-1`.
    what: String,
    window: Window,
    order: Order,
    bar: ProgressBar,
    began: Instant,
    /// All that lies before this, in the order of reading, is told.
    reached: Option<Timestamp>,
    unreadable_records: u64,
}

impl<'a> Telling<'a> {
    pub(super) fn new(
        what: String,
        window: Window,
        order: Order,
        sink: &'a Sink,
        progress: &Progress,
    ) -> Self {
        Self {
            sink,
            bar: progress.spinner(&format!("reading {what}")),
            what,
            window,
            order,
            began: Instant::now(),
            reached: None,
            unreadable_records: 0,
        }
    }

    /// # Errors
    /// [`Enough`], as the sink's own.
    pub(super) async fn events(&mut self, haul: Haul) -> Result<(), Enough> {
        self.unreadable_records += haul.unreadable_records;
        self.sink.events(haul.events).await
    }

    /// # Errors
    /// [`Enough`], as the sink's own.
    pub(super) async fn passed(&mut self, time: Timestamp) -> Result<(), Enough> {
        if self.reached.replace(time) == Some(time) {
            return Ok(());
        }
        self.show(time);
        self.sink.passed(time).await
    }

    /// The share of the window that is through tells how long the rest will take.
    fn show(&self, time: Timestamp) {
        let whole = self.window.until.duration_since(self.window.from);
        let through = self.through(time);
        let covered = through.until.duration_since(through.from);
        if self.bar.is_hidden() || !covered.is_positive() {
            return;
        }
        let share = covered.as_secs_f64() / whole.as_secs_f64();
        let left = self.began.elapsed().as_secs_f64() * (1.0 - share) / share;
        let left = SignedDuration::try_from_secs_f64(left).unwrap_or(SignedDuration::MAX);
        self.bar.set_message(format!(
            "reading {}: {:.0}%, {} left",
            self.what,
            share * 100.0,
            time::span(left)
        ));
    }

    /// The part of the window that was read when `time` was reached.
    fn through(&self, time: Timestamp) -> Window {
        let time = time.clamp(self.window.from, self.window.until);
        match self.order {
            Order::NewestFirst => Window {
                from: time,
                ..self.window
            },
            Order::OldestFirst => Window {
                until: time,
                ..self.window
            },
        }
    }

    /// What is to be said at the end. `known` is the span for which the source can have everything.
    ///
    /// # Errors
    /// Why the reading failed, if nothing was read until then or a person interrupted it.
    pub(super) fn conclude(
        self,
        end: Result<(), Stop>,
        known: Window,
    ) -> Result<Reading, CallError> {
        let read = match &end {
            Ok(()) => Some(self.window),
            Err(_) => self.reached.map(|time| self.through(time)),
        };
        let mut reading = Reading {
            unreadable_records: self.unreadable_records,
            complete: read.map(|read| read.within(known)),
            ..Reading::default()
        };
        match (end, read) {
            (Ok(()) | Err(Stop::Enough), _) => Ok(reading),
            (Err(Stop::Failed(error)), None) => Err(error),
            (Err(Stop::Failed(error)), _) if matches!(error.fault, Fault::Interrupted) => {
                Err(error)
            }
            (Err(Stop::Failed(error)), Some(read)) => {
                let (from, until) = match self.order {
                    Order::NewestFirst => (self.window.from, read.from),
                    Order::OldestFirst => (read.until, self.window.until),
                };
                let what = &self.what;
                reading
                    .unread
                    .push(format!("{what} from {from} until {until}: {error}"));
                Ok(reading)
            }
        }
    }
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
