//! One answer of LookupEvents: asking for it, and its rows as events.

use std::time::{Duration, Instant};

use aws_sdk_cloudtrail::types::{Event as Row, LookupAttribute, LookupAttributeKey};
use aws_smithy_types::DateTime;

use crate::aws::{Aws, CallError};
use crate::events::action::Action;
use crate::events::event::{Event, Fact};
use crate::events::in_order::Haul;
use crate::events::query::Query;
use crate::events::span::Span;
use crate::time;

/// How many rows LookupEvents answers at once, and the most that it can (CloudTrail API reference).
pub(super) const PAGE: usize = 50;

/// What to ask for. A token goes on where an answer to the same span ended.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub span: Span,
    pub token: Option<String>,
}

pub(super) struct Page {
    pub rows: Vec<Row>,
    pub token: Option<String>,
    /// How long AWS took to answer, without the wait for our turn.
    pub took: Duration,
}

impl Page {
    pub(super) async fn read(aws: &Aws, query: &Query, ask: Ask) -> Result<Self, CallError> {
        let request = aws
            .cloudtrail
            .lookup_events()
            .lookup_attributes(attribute(query))
            .start_time(DateTime::from_secs(ask.span.first))
            .end_time(DateTime::from_secs(ask.span.last))
            .set_next_token(ask.token);
        let timed = async {
            let began = Instant::now();
            request.send().await.map(|answer| (answer, began.elapsed()))
        };
        let (answer, took) = aws.call("cloudtrail:LookupEvents", "*", timed).await?;
        Ok(Self {
            rows: answer.events.unwrap_or_default(),
            token: answer.next_token.filter(|token| !token.is_empty()),
            took,
        })
    }
}

/// LookupEvents takes one attribute only, and of those the source and the id alone leave out nothing that is wanted.
fn attribute(query: &Query) -> LookupAttribute {
    let attribute = LookupAttribute::builder();
    let attribute = match &query.filter.event_id {
        Some(id) => attribute
            .attribute_key(LookupAttributeKey::EventId)
            .attribute_value(id),
        None => attribute
            .attribute_key(LookupAttributeKey::EventSource)
            .attribute_value(query.registry.event_source()),
    };
    attribute
        .build()
        .unwrap_or_else(|_| unreachable!("both are set"))
}

/// When a row's event happened, in whole seconds.
pub(super) fn second(row: &Row) -> Option<i64> {
    row.event_time().map(DateTime::secs)
}

/// The events of rows that the query wants.
pub(super) fn wanted(rows: Vec<Row>, query: &Query) -> Haul {
    let mut haul = Haul {
        read: rows.len(),
        ..Haul::default()
    };
    for row in rows {
        let record = row.cloud_trail_event().unwrap_or_default();
        let read = Event::from_record(record);
        haul.unreadable_records += u64::from(read.is_err());
        let mut event = read.unwrap_or_default();
        complete(&mut event, &row);
        if query.wants(&event) {
            event.record = row
                .cloud_trail_event
                .filter(|_| query.keep_records)
                .map(String::into_boxed_str);
            haul.events.push(event);
        }
    }
    haul
}

/// Adds what the row itself tells and its record does not.
fn complete(event: &mut Event, row: &Row) {
    let told = [
        (Fact::EventId, row.event_id()),
        (Fact::EventName, row.event_name()),
        (Fact::EventSource, row.event_source()),
        (Fact::Principal, row.username()),
        (Fact::AccessKeyId, row.access_key_id()),
    ];
    for (fact, words) in told {
        event.complete(fact, words);
    }
    event.action = event.event_name().map(Action::of).unwrap_or_default();
    event.time = event.time.or_else(|| time::from_aws(row.event_time()?));
    event.read_only = event.read_only.or_else(|| row.read_only()?.parse().ok());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{Filter, Order, Registry, Window};
    use jiff::Timestamp;

    fn query() -> Query {
        Query {
            window: Window {
                from: Timestamp::UNIX_EPOCH,
                until: Timestamp::MAX,
            },
            filter: Filter::default(),
            order: Order::NewestFirst,
            registry: Registry::Private,
            keep_records: true,
        }
    }

    fn row() -> aws_sdk_cloudtrail::types::builders::EventBuilder {
        Row::builder()
            .event_id("id")
            .event_name("PutImage")
            .event_time(DateTime::from_secs(7))
            .event_source("ecr.amazonaws.com")
            .username("mary")
            .read_only("false")
    }

    #[test]
    fn a_row_whose_record_cannot_be_read_is_told_with_what_it_has() {
        let haul = wanted(vec![row().cloud_trail_event("{").build()], &query());
        assert_eq!(haul.unreadable_records, 1);
        let [event] = &haul.events[..] else {
            panic!("one event, not {:?}", haul.events);
        };
        assert_eq!(event.action, Action::Push);
        assert_eq!(event.principal(), Some("mary"));
        assert_eq!(event.time, Timestamp::from_second(7).ok());
        assert_eq!(event.record.as_deref(), Some("{"));
    }

    #[test]
    fn a_record_without_a_time_takes_that_of_its_row() {
        let record = r#"{"eventSource": "ecr.amazonaws.com", "eventName": "PutImage"}"#;
        let haul = wanted(vec![row().cloud_trail_event(record).build()], &query());
        assert_eq!(haul.unreadable_records, 0);
        assert_eq!(haul.events[0].time, Timestamp::from_second(7).ok());
    }
}
