//! Events of a log group by the time that they bear: what FilterLogEvents answers, page after page, as it is.

use aws_sdk_cloudwatchlogs::Client;
use jiff::Timestamp;

use crate::aws::{Aws, CallError};
use crate::events::Window;
use crate::resources::log_group_arn::LogGroupArn;

/// One event of a log group, whatever it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LogEvent {
    /// AWS's own id of it; Live Tail tells none.
    pub id: Option<String>,
    /// The time that the writer gave it. CloudTrail gives the time of delivery.
    pub time: Timestamp,
    pub stream: Option<String>,
    pub message: String,
}

/// The log group as calls name it.
pub(crate) struct Place<'a> {
    pub aws: &'a Aws,
    pub client: Client,
    pub group: &'a LogGroupArn,
}

impl<'a> Place<'a> {
    pub(crate) fn new(aws: &'a Aws, group: &'a LogGroupArn) -> Self {
        let client = if group.region == aws.region {
            aws.logs.clone()
        } else {
            aws.logs_in(&group.region)
        };
        Self { aws, client, group }
    }

    /// Hands over every event that bears a time in the window and matches the pattern, page after page.
    ///
    /// # Errors
    /// A [`CallError`]; what was handed over before is good.
    pub(crate) async fn read(
        &self,
        pattern: Option<&str>,
        window: Window,
        mut take: impl AsyncFnMut(Vec<LogEvent>),
    ) -> Result<(), CallError> {
        let mut token = None;
        loop {
            let request = self
                .client
                .filter_log_events()
                .log_group_name(&self.group.name)
                .set_filter_pattern(pattern.map(str::to_owned))
                .start_time(window.from.as_millisecond())
                // AWS includes the end.
                .end_time(window.until.as_millisecond())
                .set_next_token(token);
            let page = self
                .aws
                .call("logs:FilterLogEvents", &self.group.name, request.send())
                .await?;
            take(page.events.unwrap_or_default().into_iter().filter_map(read).collect()).await;
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(());
            }
        }
    }
}

fn read(event: aws_sdk_cloudwatchlogs::types::FilteredLogEvent) -> Option<LogEvent> {
    Some(LogEvent {
        time: time(event.timestamp?)?,
        id: event.event_id,
        stream: event.log_stream_name,
        message: event.message.unwrap_or_default(),
    })
}

pub(super) fn time(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}
