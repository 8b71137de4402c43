//! The pages of one span, newest first, each asked for by the token of the one before. Pure: it makes no call.

use std::collections::HashSet;

use aws_sdk_cloudtrail::types::Event as Row;

use super::page::{Ask, Page, second};
use crate::aws::CallError;
use crate::events::span::Span;

/// A reading of a span that is under way.
#[derive(Debug)]
pub(super) struct Chain {
    /// What is left to this chain. The end may come nearer than the one that was asked for.
    span: Span,
    /// What the token belongs to: a token is good only with the same times.
    asked: Ask,
    /// The second that was reached, and the ids that were told of it.
    reached: i64,
    told: HashSet<String>,
    /// The second from which the chain was taken up again after AWS forgot its token.
    resumed: Option<i64>,
    done: bool,
}

impl Chain {
    pub(super) fn new(span: Span) -> Self {
        Self {
            span,
            asked: Ask { span, token: None },
            // One later than the last: nothing is told yet.
            reached: span.last + 1,
            told: HashSet::new(),
            resumed: None,
            done: false,
        }
    }

    pub(super) fn next_page(&self) -> Ask {
        self.asked.clone()
    }

    pub(super) fn is_done(&self) -> bool {
        self.done
    }

    /// The second of which some events may be left; all that is later is told.
    pub(super) fn reached(&self) -> i64 {
        self.reached
    }

    /// How many seconds are left.
    pub(super) fn left(&self) -> i64 {
        self.reached - self.span.first
    }

    /// Keeps the next so many seconds of what is left and answers the rest, for another chain.
    pub(super) fn cut_after(&mut self, seconds: i64) -> Option<Span> {
        let cut = self.reached - seconds;
        let rest = Span::between(self.span.first, cut)?;
        self.span.first = cut;
        Some(rest)
    }

    /// Takes a page and answers its rows, without those beyond the span and those told already.
    pub(super) fn take(&mut self, page: Page) -> Vec<Row> {
        let Page { rows, token, .. } = page;
        let oldest = rows.iter().filter_map(second).min();
        let rows: Vec<_> = rows.into_iter().filter(|row| self.is_new(row)).collect();
        self.reach(oldest.unwrap_or(self.reached), &rows);
        self.asked.token = token;
        self.done = self.asked.token.is_none() || oldest.is_some_and(|time| time < self.span.first);
        if self.done {
            self.reached = self.span.first;
        }
        rows
    }

    fn is_new(&self, row: &Row) -> bool {
        let Some(time) = second(row) else { return true };
        let is_told = || row.event_id().is_some_and(|id| self.told.contains(id));
        (self.span.first..=self.asked.span.last).contains(&time)
            && !(time == self.reached && is_told())
    }

    fn reach(&mut self, oldest: i64, rows: &[Row]) {
        let oldest = oldest.max(self.span.first);
        if oldest < self.reached {
            self.reached = oldest;
            self.told.clear();
        }
        let of_it = rows.iter().filter(|row| second(row) == Some(oldest));
        self.told
            .extend(of_it.filter_map(|row| row.event_id().map(str::to_owned)));
    }

    /// Where AWS no longer knows the token, goes on from the second that was reached.
    ///
    /// # Errors
    /// The error, if it is another one, or if nothing was gained since the last time.
    pub(super) fn resume(&mut self, error: CallError) -> Result<(), CallError> {
        let forgotten = error.is(&["InvalidNextTokenException"]) && self.asked.token.is_some();
        if !forgotten || self.resumed == Some(self.reached) {
            return Err(error);
        }
        self.resumed = Some(self.reached);
        let last = self.reached.min(self.asked.span.last);
        self.asked = Ask {
            span: Span { last, ..self.span },
            token: None,
        };
        Ok(())
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
