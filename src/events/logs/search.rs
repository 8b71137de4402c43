//! FilterLogEvents over one span, page after page, and its messages as events.

use std::cell::RefCell;

use memchr::memmem::Finder;

use super::page::{self, LogEvent, OtherShape};
use super::pattern::Pattern;
use super::{EVENTS_IN_A_SPAN, Logs};
use crate::aws::{Aws, CallError, Fault, Unread};
use crate::events::event::Event;
use crate::events::in_order::{Haul, Outcome, too_many};
use crate::events::query::Query;
use crate::events::span::Span;

const ACTION: &str = "logs:FilterLogEvents";

pub(super) struct Search<'a> {
    /// In the group's region, with that region's pace.
    aws: Aws,
    logs: &'a Logs,
    query: &'a Query,
    pattern: String,
    /// A message without the name of the service is none of its events, whatever the server let through.
    source: Finder<'static>,
    /// Pages that are read, for their memory.
    spare: RefCell<Vec<Vec<u8>>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(logs: &'a Logs, query: &'a Query, pattern: &Pattern) -> Self {
        Self {
            aws: logs.group.client(&logs.aws),
            logs,
            query,
            pattern: pattern.to_string(),
            source: Finder::new(query.registry.event_source()),
            spare: RefCell::default(),
        }
    }

    /// All that is wanted of a span.
    pub(super) async fn span(&self, span: Span) -> Result<Outcome, CallError> {
        match self.pages(span).await {
            // A token is good for a day. Nothing of the span is told yet: it is read once more.
            Err(error) if is_forgotten_token(&error) => self.pages(span).await,
            answer => answer,
        }
    }

    async fn pages(&self, span: Span) -> Result<Outcome, CallError> {
        let mut haul = Haul::default();
        let mut token = None;
        loop {
            let page = self.page(span, token).await?;
            // They come by their time, the earliest first.
            let mut reached = None;
            let next = page::read(&page, |one| {
                reached = one.timestamp;
                self.take(one, span, &mut haul);
            });
            self.spare.borrow_mut().push(page);
            token = next
                .map_err(|OtherShape| self.malformed())?
                .filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(Outcome::Whole(haul));
            }
            let covered = reached.map_or(span.length(), |reached| reached - span.first + 1);
            if let Some(events) = too_many(span, covered, haul.read, EVENTS_IN_A_SPAN) {
                return Ok(Outcome::TooMany(events));
            }
        }
    }

    /// AWS returns nothing "later than" the end, which is therefore included. That the end is asked for and left out
    /// here loses nothing, should it not be.
    async fn page(&self, span: Span, token: Option<String>) -> Result<Vec<u8>, CallError> {
        let request = self.aws.logs.filter_log_events();
        let request = self.logs.group.name_in(request);
        let request = request
            .start_time(span.first)
            .end_time(span.last + 1)
            .filter_pattern(&self.pattern)
            .set_next_token(token);
        let page = Unread::into(self.spare.borrow_mut().pop().unwrap_or_default());
        let request = request.customize().interceptor(page.clone());
        self.aws.call(ACTION, self.name(), request.send()).await?;
        Ok(page.take())
    }

    fn name(&self) -> &str {
        &self.logs.group.name
    }

    fn malformed(&self) -> CallError {
        CallError {
            action: ACTION,
            resource: self.name().to_owned(),
            fault: Fault::Malformed("it is no page of log events".to_owned()),
        }
    }

    fn take(&self, one: LogEvent<'_>, span: Span, haul: &mut Haul) {
        let is_beyond = one.timestamp.is_some_and(|time| time > span.last);
        if is_beyond || self.source.find(one.message.as_bytes()).is_none() {
            return;
        }
        haul.read += 1;
        match Event::from_record(one.message) {
            Ok(mut event) if self.query.wants(&event) => {
                event.record = self.query.keep_records.then(|| one.message.into());
                if haul.events.is_empty() {
                    // A list that grows moves its events again and again.
                    haul.events.reserve(EVENTS_IN_A_SPAN);
                }
                haul.events.push(event);
            }
            Ok(_) => {}
            Err(_) => haul.unreadable_records += 1,
        }
    }
}

/// FilterLogEvents has no error of its own for a token that it no longer knows.
fn is_forgotten_token(error: &CallError) -> bool {
    error.is(&["InvalidParameterException"]) && error.message().contains("oken")
}
