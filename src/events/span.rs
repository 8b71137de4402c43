//! Cutting a window into spans that are read one by one or side by side. Pure: it knows neither clocks nor calls.

use jiff::Timestamp;

use super::query::{Order, Window};

/// Whole units of time, the first and the last included: seconds for CloudTrail, milliseconds for CloudWatch Logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub first: i64,
    pub last: i64,
}

impl Span {
    pub(super) fn length(self) -> i64 {
        self.last - self.first + 1
    }

    /// The whole seconds in a window; `None` where there is none.
    pub(super) fn of_seconds(window: Window) -> Option<Self> {
        let up = |time: Timestamp| time.as_second() + i64::from(time.subsec_nanosecond() > 0);
        Self::between(up(window.from), up(window.until))
    }

    /// From the first, included, to the end, excluded.
    pub(super) fn between(first: i64, end: i64) -> Option<Self> {
        (first < end).then_some(Self {
            first,
            last: end - 1,
        })
    }

    /// Two spans that make up this one, the earlier first; `None` for a single unit.
    pub(super) fn halves(self) -> Option<[Self; 2]> {
        let middle = self.first + self.length() / 2;
        Some([
            Self::between(self.first, middle)?,
            Self::between(middle, self.last + 1)?,
        ])
    }
}

/// Cuts a span into spans of about equally many events, beginning at the end that is to be told first. While nothing
/// is known of how many there are, each is twice as long as the one before.
#[derive(Debug)]
pub(super) struct Plan {
    rest: Option<Span>,
    order: Order,
    length: i64,
    events_wanted: usize,
    /// The length of a span that was read, and how many events were in it.
    known: Option<(i64, usize)>,
}

impl Plan {
    /// `length` is that of the first span, `events_wanted` how many events a span should hold.
    pub(super) fn new(whole: Span, order: Order, length: i64, events_wanted: usize) -> Self {
        Self {
            rest: Some(whole),
            order,
            length,
            events_wanted,
            known: None,
        }
    }

    /// Hears how many events were found in a span.
    pub(super) fn learn(&mut self, span: Span, events: usize) {
        self.known = (events > 0).then_some((span.length(), events));
    }

    /// The parts of a span that holds too many events to be read whole, in the order of telling.
    pub(super) fn parts(&self, span: Span) -> Option<[Span; 2]> {
        let [earlier, later] = span.halves()?;
        Some(match self.order {
            Order::OldestFirst => [earlier, later],
            Order::NewestFirst => [later, earlier],
        })
    }

    fn next_length(&self) -> i64 {
        let fitting = self.known.map(|(length, events)| {
            let wanted = i128::try_from(self.events_wanted).unwrap_or(i128::MAX);
            let events = i128::try_from(events).unwrap_or(i128::MAX);
            let fitting = i128::from(length).saturating_mul(wanted) / events;
            i64::try_from(fitting).unwrap_or(i64::MAX)
        });
        self.length.min(fitting.unwrap_or(i64::MAX)).max(1)
    }
}

impl Iterator for Plan {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let Span { first, last } = self.rest?;
        let length = self.next_length().min(last - first + 1);
        self.length = length.saturating_mul(2);
        let (span, rest) = match self.order {
            Order::OldestFirst => {
                let cut = first + length;
                (Span::between(first, cut), Span::between(cut, last + 1))
            }
            Order::NewestFirst => {
                let cut = last + 1 - length;
                (Span::between(cut, last + 1), Span::between(first, cut))
            }
        };
        self.rest = rest;
        span
    }
}

#[cfg(test)]
#[path = "span_tests.rs"]
mod tests;
