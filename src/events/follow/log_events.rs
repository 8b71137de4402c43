//! Events of a log group by the time that they bear: what FilterLogEvents answers, page after page, as it is.

use std::ops::ControlFlow;

use jiff::Timestamp;
use serde::Serialize;

use super::overlap::Id;
use crate::aws::{Aws, CallError};
use crate::events::Window;
use crate::events::logs::LogGroup;

/// One event of a log group, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LogEvent {
    /// The time that the writer gave it. CloudTrail gives the time of delivery.
    pub time: Timestamp,
    /// AWS's own id of it; Live Tail tells none.
    pub event_id: Option<String>,
    pub log_stream: Option<String>,
    pub message: String,
}

impl LogEvent {
    /// What makes it the same when it comes again, if AWS does not say.
    pub(crate) fn same_as(&self) -> Id {
        let stream = self.log_stream.as_deref().unwrap_or_default();
        match &self.event_id {
            Some(id) => Id::of([id.as_bytes()]),
            None => Id::of([
                stream.as_bytes(),
                &self.time.as_nanosecond().to_le_bytes(),
                self.message.as_bytes(),
            ]),
        }
    }
}

/// Hands over every event that bears a time in the window and matches the pattern, page after page, until it is told to
/// stop. `aws` is where the group is.
///
/// # Errors
/// A [`CallError`]; what was handed over before is good.
pub(crate) async fn log_events(
    group: &LogGroup,
    pattern: Option<&str>,
    window: Window,
    aws: &Aws,
    mut take: impl AsyncFnMut(Vec<LogEvent>) -> ControlFlow<()>,
) -> Result<(), CallError> {
    let mut token = None;
    loop {
        let request = group
            .name_in(aws.logs.filter_log_events())
            .set_filter_pattern(pattern.map(str::to_owned))
            .start_time(window.from.as_millisecond())
            // AWS includes the end.
            .end_time(window.until.as_millisecond())
            .set_next_token(token);
        let page = aws
            .call("logs:FilterLogEvents", &group.name, request.send())
            .await?;
        let events = page.events.unwrap_or_default().into_iter().filter_map(read);
        let going = take(events.collect()).await;
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() || going.is_break() {
            return Ok(());
        }
    }
}

fn read(event: aws_sdk_cloudwatchlogs::types::FilteredLogEvent) -> Option<LogEvent> {
    Some(LogEvent {
        time: time(event.timestamp?)?,
        event_id: event.event_id,
        log_stream: event.log_stream_name,
        message: event.message.unwrap_or_default(),
    })
}

pub(super) fn time(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}
