//! Where a source puts what it finds, as it comes; and what it says at the end.

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::event::Event;
use super::query::Window;
use super::recorded::Recorded;
use super::scanned::Cost;

/// What a source tells while it reads.
#[derive(Debug)]
pub(crate) enum Found {
    /// Events that the query wants, in any order.
    Events(Vec<Event>),
    /// With newest first: all events later than this are told. With oldest first: all earlier than this are told, but
    /// for those that come unusually late. While a source is followed: the present time.
    Passed(Timestamp),
}

/// The way from a source to its reader. It holds a source back while the reader is busy.
#[derive(Debug, Clone)]
pub(crate) struct Sink(mpsc::Sender<Found>);

/// The reader has enough: stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Enough;

/// Batches between a source and its reader; small, since a batch can be a page of 10,000 events.
const BATCHES: usize = 4;

impl Sink {
    pub(crate) fn new() -> (Self, mpsc::Receiver<Found>) {
        let (sender, receiver) = mpsc::channel(BATCHES);
        (Self(sender), receiver)
    }

    /// # Errors
    /// [`Enough`] where nobody reads any more: the source ends, successfully.
    pub(crate) async fn events(&self, events: Vec<Event>) -> Result<(), Enough> {
        if events.is_empty() {
            return if self.0.is_closed() {
                Err(Enough)
            } else {
                Ok(())
            };
        }
        self.0.send(Found::Events(events)).await.map_err(|_| Enough)
    }

    /// # Errors
    /// [`Enough`], as above.
    pub(crate) async fn passed(&self, time: Timestamp) -> Result<(), Enough> {
        self.0.send(Found::Passed(time)).await.map_err(|_| Enough)
    }

    /// Resolves when nobody reads any more.
    pub(crate) async fn closed(&self) {
        self.0.closed().await;
    }
}

/// What a source has to say when it is through.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// The span of event time for which the answer holds all that the source has; `None` where nothing was read.
    pub complete: Option<Window>,
    /// The source may have begun later than that span does: since when it is complete is not known.
    pub since_unknown: bool,
    /// Nothing later than that span is on its way.
    pub is_over: bool,
    /// What a reader must know to judge the answer and is no failure: "records writes only: pulls are missing".
    pub notes: Vec<String>,
    /// What should have been read and was not, each with the reason. Any of these makes the exit code 5.
    pub unread: Vec<String>,
    /// Records that are no JSON object.
    pub unreadable_records: u64,
    /// What the queries cost, where they cost.
    pub cost: Option<Cost>,
}

impl Reading {
    /// Joins what several sources, regions or shards say: complete is what all of them are complete for.
    pub(crate) fn and(mut self, other: Self) -> Self {
        let both = self.complete.zip(other.complete);
        self.complete = both.map(|(one, two)| one.within(two));
        self.since_unknown |= other.since_unknown;
        self.is_over |= other.is_over;
        self.note(other.notes);
        self.unread.extend(other.unread);
        self.unreadable_records += other.unreadable_records;
        self.after(other.cost)
    }

    /// The same, where a try before it has cost something and told nothing.
    pub(crate) fn after(mut self, tried: Option<Cost>) -> Self {
        self.cost = match (self.cost, tried) {
            (Some(one), Some(two)) => Some(one + two),
            (one, two) => one.or(two),
        };
        self
    }

    /// Notes what is not noted yet.
    pub(crate) fn note(&mut self, notes: impl IntoIterator<Item = String>) {
        for note in notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    /// Limits what it is complete for to what its source can have.
    pub(crate) fn within(mut self, recorded: Recorded) -> Self {
        let window = recorded.window();
        self.complete = self.complete.map(|complete| complete.within(window));
        self.since_unknown |= recorded.since.is_none();
        self.is_over |= recorded.until.is_some();
        self
    }
}
