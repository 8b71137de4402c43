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

    /// How many events it has, if all of it is like so many units of it, in which so many were read.
    pub(super) fn estimate(self, units: i64, read: usize) -> usize {
        let read = i128::try_from(read).unwrap_or(i128::MAX);
        let units = units.clamp(1, self.length());
        let all = read.saturating_mul(self.length().into()) / i128::from(units);
        usize::try_from(all).unwrap_or(usize::MAX)
    }

    /// Spans of at most that length, and about equal, that make up this one; the earlier first.
    fn cut(self, length: i64) -> Vec<Self> {
        let parts = (self.length() - 1) / length + 1;
        let length = (self.length() - 1) / parts + 1;
        let step = usize::try_from(length).unwrap_or(usize::MAX);
        let part = |first| Self {
            first,
            last: self.last.min(first.saturating_add(length - 1)),
        };
        (self.first..=self.last).step_by(step).map(part).collect()
    }
}

/// How many times the events that are wanted of a span it may have.
pub(super) const TIMES_TOO_MANY: usize = 3;
/// The most parts that a span is cut into at once, however little of it an estimate is made from.
const MOST_PARTS: i64 = 64;

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

    /// The parts of a span that would have too many events, if it is like the one that was read last.
    pub(super) fn expected_parts(&self, span: Span) -> Option<Vec<Span>> {
        let (length, events) = self.known?;
        let all = i128::try_from(events).unwrap_or(i128::MAX) * i128::from(span.length());
        let all = usize::try_from(all / i128::from(length)).unwrap_or(usize::MAX);
        let is_too_long = span.length() > 1 && all > TIMES_TOO_MANY * self.events_wanted;
        is_too_long.then(|| self.parts(span, all))
    }

    /// The parts of a span of more than one unit that has so many events, too many to be read whole; in the order of
    /// telling.
    pub(super) fn parts(&self, span: Span, events: usize) -> Vec<Span> {
        let whole = span.length();
        let fitting = self.fitting(whole, events);
        let mut parts = span.cut(fitting.clamp(whole / MOST_PARTS, whole / 2).max(1));
        if self.order == Order::NewestFirst {
            parts.reverse();
        }
        parts
    }

    /// The length that holds as many events as are wanted, where such a length has so many.
    fn fitting(&self, length: i64, events: usize) -> i64 {
        let wanted = i128::try_from(self.events_wanted).unwrap_or(i128::MAX);
        let events = i128::try_from(events).unwrap_or(i128::MAX).max(1);
        let fitting = i128::from(length).saturating_mul(wanted) / events;
        i64::try_from(fitting).unwrap_or(i64::MAX)
    }

    fn next_length(&self) -> i64 {
        let known = self.known;
        let fitting = known.map(|(length, events)| self.fitting(length, events));
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
