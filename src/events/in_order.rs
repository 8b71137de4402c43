//! Spans read side by side and told in their order. How one span is read is the source's business.

use std::collections::VecDeque;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::event::Event;
use super::sink::Enough;
use super::span::{Plan, Span, TIMES_TOO_MANY};
use crate::aws::CallError;

/// What was found in a span or on a page.
#[derive(Debug, Default)]
pub(super) struct Haul {
    /// Those that the query wants.
    pub events: Vec<Event>,
    /// All that was read, wanted or not.
    pub read: usize,
    pub unreadable_records: u64,
}

impl Haul {
    pub(super) fn add(&mut self, other: Self) {
        self.events.extend(other.events);
        self.read += other.read;
        self.unreadable_records += other.unreadable_records;
    }
}

/// Why a source stopped before the end of its window.
#[derive(Debug)]
pub(super) enum Stop {
    /// The reader has what it wants.
    Enough,
    Failed(CallError),
}

impl From<Enough> for Stop {
    fn from(Enough: Enough) -> Self {
        Self::Enough
    }
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        Self::Failed(error)
    }
}

/// What came of reading a span.
#[derive(Debug)]
pub(super) enum Outcome {
    Whole(Haul),
    /// The span has more than one unit and more events than are to be held, about so many: it is read anew in parts.
    TooMany(usize),
}

/// About how many events a span has, if that is too many. `None` as long as less was read than is wanted of a span:
/// a burst tells little of the rest. `units` is how much of the span was read, `read` how many events that had.
pub(super) fn too_many(span: Span, units: i64, read: usize, wanted: usize) -> Option<usize> {
    let events = span.estimate(units, read);
    let is_known = read >= wanted && span.length() > 1;
    (is_known && events > TIMES_TOO_MANY * wanted).then_some(events)
}

/// Reads the spans of a plan, `width` of them at once, and tells each when all before it are told.
pub(super) async fn in_order<F>(
    mut plan: Plan,
    width: impl Fn() -> usize,
    read: impl Fn(Span) -> F,
    mut tell: impl AsyncFnMut(Span, Haul) -> Result<(), Enough>,
) -> Result<(), Stop>
where
    F: Future<Output = Result<Outcome, CallError>>,
{
    let reading = async |span: Span| (span, read(span).await);
    let mut line = Line::default();
    let mut running = FuturesUnordered::new();
    loop {
        while line.under_way() < width()
            && let Some(span) = line.start(&mut plan)
        {
            running.push(reading(span));
        }
        let Some((span, answer)) = running.next().await else {
            return Ok(());
        };
        match answer? {
            Outcome::Whole(haul) => {
                plan.learn(span, haul.read);
                line.put(span, [(span, State::Read(haul))]);
            }
            Outcome::TooMany(events) => {
                plan.learn(span, events);
                let parts = plan.parts(span, events);
                line.put(span, parts.into_iter().map(|part| (part, State::Waiting)));
            }
        }
        while let Some((span, haul)) = line.pop_read() {
            tell(span, haul).await?;
        }
    }
}

/// The spans that are not told yet, in the order of telling.
#[derive(Default)]
struct Line(VecDeque<(Span, State)>);

enum State {
    Waiting,
    Running,
    Read(Haul),
}

impl Line {
    /// How many spans are held or are about to be.
    fn under_way(&self) -> usize {
        let is_waiting = |state: &State| matches!(state, State::Waiting);
        self.0
            .iter()
            .filter(|(_, state)| !is_waiting(state))
            .count()
    }

    /// The next span to read, which is running from now on. What waits was cut by what was known then: it is cut anew
    /// where more is known by now, before any of it is read in vain.
    fn start(&mut self, plan: &mut Plan) -> Option<Span> {
        while let Some((span, state)) = self.first_waiting() {
            let Some(parts) = plan.expected_parts(span) else {
                *state = State::Running;
                return Some(span);
            };
            self.put(span, parts.into_iter().map(|part| (part, State::Waiting)));
        }
        let span = plan.next()?;
        self.0.push_back((span, State::Running));
        Some(span)
    }

    fn first_waiting(&mut self) -> Option<(Span, &mut State)> {
        let mut states = self.0.iter_mut().map(|(span, state)| (*span, state));
        states.find(|(_, state)| matches!(state, State::Waiting))
    }

    /// Puts something in the place of a span.
    fn put(&mut self, span: Span, instead: impl IntoIterator<Item = (Span, State)>) {
        if let Some(at) = self.0.iter().position(|(one, _)| *one == span) {
            let behind = self.0.split_off(at + 1);
            self.0.pop_back();
            self.0.extend(instead);
            self.0.extend(behind);
        }
    }

    /// The first span, if it is read.
    fn pop_read(&mut self) -> Option<(Span, Haul)> {
        let (span, state) = self.0.pop_front()?;
        match state {
            State::Read(haul) => Some((span, haul)),
            other => {
                self.0.push_front((span, other));
                None
            }
        }
    }
}

#[cfg(test)]
#[path = "in_order_tests.rs"]
mod tests;
