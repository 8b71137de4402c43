//! CloudTrail's event history: the last 90 days of one region, without a trail.

use anyhow::Context;
use aws_sdk_cloudtrail::operation::lookup_events::LookupEventsOutput;
use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use aws_smithy_types::DateTime;

use super::event::Event;
use super::query::Query;
use super::sink::{Reading, Sink};
use crate::aws::{Aws, CallError};

pub(crate) struct History {
    pub aws: Aws,
}

impl History {
    pub(crate) async fn read(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        let mut token = None;
        let mut reading = Reading {
            complete: Some(query.window),
            ..Reading::default()
        };
        loop {
            let page = self
                .page(query, token)
                .await
                .context("cannot read the event history")?;
            let mut events = Vec::new();
            for row in page.events.unwrap_or_default() {
                match Event::from_record(row.cloud_trail_event.as_deref().unwrap_or_default()) {
                    Ok(event) => events.push(event),
                    Err(_) => reading.unreadable_records += 1,
                }
            }
            let last = events.last().and_then(|event| event.time);
            events.retain(|event| query.wants(event));
            if sink.events(events).await.is_err() {
                return Ok(reading);
            }
            if let Some(last) = last
                && sink.passed(last).await.is_err()
            {
                return Ok(reading);
            }
            token = page.next_token;
            if token.is_none() {
                return Ok(reading);
            }
        }
    }

    async fn page(
        &self,
        query: &Query,
        token: Option<String>,
    ) -> Result<LookupEventsOutput, CallError> {
        let source = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::EventSource)
            .attribute_value(query.registry.event_source())
            .build();
        let request = self
            .aws
            .cloudtrail
            .lookup_events()
            .set_lookup_attributes(source.ok().map(|source| vec![source]))
            .start_time(DateTime::from_secs(query.window.from.as_second()))
            .end_time(DateTime::from_secs(query.window.until.as_second()))
            .set_next_token(token);
        self.aws
            .call("cloudtrail:LookupEvents", "*", request.send())
            .await
    }
}
