//! Spans read side by side and told in their order. How one span is read is the source's business.

use futures::StreamExt;
use futures::stream::FuturesOrdered;

use super::event::Event;
use super::sink::Enough;
use super::span::{Plan, Span};
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

/// Reads the spans of a plan, `width` of them at once, and tells each when all before it are told.
///
/// `read` answers `None` for a span with too many events to hold: it is read anew in two parts.
pub(super) async fn in_order<F>(
    mut plan: Plan,
    width: impl Fn() -> usize,
    read: impl Fn(Span) -> F,
    mut tell: impl AsyncFnMut(Span, Haul) -> Result<(), Enough>,
) -> Result<(), Stop>
where
    F: Future<Output = Result<Option<Haul>, CallError>>,
{
    let reading = async |span: Span| (span, read(span).await);
    let mut running = FuturesOrdered::new();
    loop {
        while running.len() < width() {
            match plan.next() {
                Some(span) => running.push_back(reading(span)),
                None => break,
            }
        }
        let Some((span, answer)) = running.next().await else {
            return Ok(());
        };
        match (answer?, plan.parts(span)) {
            (Some(haul), _) => {
                plan.learn(span, haul.read);
                tell(span, haul).await?;
            }
            (None, Some([first, second])) => {
                running.push_front(reading(second));
                running.push_front(reading(first));
            }
            // A source holds what cannot be divided, however much it is.
            (None, None) => {}
        }
    }
}
