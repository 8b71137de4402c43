//! Live Tail: CloudWatch Logs tells what arrives in a log group as it arrives, in sessions that end and are begun again.
//!
//! It only makes things known sooner. Whatever a session misses, between two of them or because AWS tells no more than
//! 500 events a second, the looks find.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::config::StalledStreamProtectionConfig;
use aws_sdk_cloudwatchlogs::operation::start_live_tail::StartLiveTailOutput;
use aws_sdk_cloudwatchlogs::types::StartLiveTailResponseStream as Frame;
use aws_sdk_cloudwatchlogs::types::{
    LiveTailSessionLogEvent, LiveTailSessionMetadata, LiveTailSessionUpdate,
};
use tokio::time::{sleep, timeout};

use super::feed::Teller;
use super::log_events::{LogEvent, time};
use super::trouble::Trouble;
use crate::aws::{Aws, CallError};
use crate::events::logs::LogGroup;
use crate::resources::log_group_arn::LogGroupArn;

/// AWS sends an update a second, an empty one too; a session that is silent for so long is dead.
const SILENCE: Duration = Duration::from_secs(30);

/// Refusals that no further try will change.
const FOR_GOOD: &[&str] = &[
    // Not a log group of the Standard class.
    "InvalidOperationException",
    "InvalidParameterException",
    "ResourceNotFoundException",
    "UnknownOperationException",
];

pub(super) struct LiveTail<'a> {
    pub aws: &'a Aws,
    pub group: &'a LogGroup,
    pub pattern: Option<&'a str>,
}

impl LiveTail<'_> {
    /// Hands over what arrives, session after session. Ends where there is no Live Tail for us.
    pub(super) async fn listen<T>(
        &self,
        teller: &Teller<T>,
        mut take: impl AsyncFnMut(Vec<LogEvent>),
    ) {
        let progress = &self.aws.progress;
        let mut trouble = Trouble::default();
        loop {
            match self.begin().await {
                Ok(None) => {
                    progress.once("there is no Live Tail in this partition: new events are looked for every two seconds");
                    return;
                }
                Ok(Some(session)) => {
                    progress.once(
                        "following by Live Tail, which AWS bills by the minute beyond 1,800 minutes a month",
                    );
                    let heard = self.hear(session, teller, &mut take).await;
                    teller.hears(false);
                    // A session that ends before it has told anything is no better than a refusal.
                    if heard {
                        trouble = Trouble::default();
                    } else {
                        trouble.grows();
                    }
                }
                Err(error) if is_for_good(&error) => {
                    progress.warning(&format!(
                        "{error}\nwithout Live Tail, new events are looked for every two seconds"
                    ));
                    return;
                }
                Err(error) => {
                    trouble.grows();
                    progress.once(&format!("{error}: until Live Tail is there, new events are looked for every two seconds"));
                }
            }
            sleep(trouble.wait()).await;
        }
    }

    /// `None` in China, GovCloud and the isolated regions, where there is no Live Tail (CloudWatch Logs user guide).
    async fn begin(&self) -> Result<Option<StartLiveTailOutput>, CallError> {
        if self.aws.partition != "aws" {
            return Ok(None);
        }
        let arn = self.arn().await?;
        // We watch over the silence ourselves.
        let config = aws_sdk_cloudwatchlogs::config::Config::builder()
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        let request = self
            .aws
            .logs
            .start_live_tail()
            .log_group_identifiers(&arn)
            .set_log_event_filter_pattern(self.pattern.map(str::to_owned))
            .customize()
            .config_override(config);
        let session = self
            .aws
            .call("logs:StartLiveTail", &arn, request.send())
            .await?;
        Ok(Some(session))
    }

    /// Live Tail knows groups by their ARNs alone.
    async fn arn(&self) -> Result<String, CallError> {
        if let Some(arn) = &self.group.arn {
            return Ok(arn.clone());
        }
        let arn = LogGroupArn {
            region: self.group.region.clone(),
            account: self.aws.own_account().await?,
            name: self.group.name.clone(),
        };
        Ok(arn.arn(&self.aws.partition))
    }

    /// Hears a session to its end. Answers whether it told anything at all.
    async fn hear<T>(
        &self,
        mut session: StartLiveTailOutput,
        teller: &Teller<T>,
        take: &mut impl AsyncFnMut(Vec<LogEvent>),
    ) -> bool {
        let mut heard = false;
        loop {
            match timeout(SILENCE, session.response_stream.recv()).await {
                Ok(Ok(Some(Frame::SessionStart(_)))) => teller.hears(true),
                Ok(Ok(Some(Frame::SessionUpdate(update)))) => {
                    heard = true;
                    self.make_up_for_samples(&update, teller);
                    take(events(update)).await;
                }
                // A kind of frame that is yet to be invented.
                Ok(Ok(Some(_))) => (),
                // It was closed, it broke, or it is dead: all the same to what comes next.
                Ok(Ok(None) | Err(_)) | Err(_) => return heard,
            }
        }
    }

    fn make_up_for_samples<T>(&self, update: &LiveTailSessionUpdate, teller: &Teller<T>) {
        if update
            .session_metadata()
            .is_some_and(LiveTailSessionMetadata::sampled)
        {
            let text =
                "Live Tail tells no more than 500 events a second: the others are looked for";
            self.aws.progress.once(text);
            teller.missed();
        }
    }
}

fn is_for_good(error: &CallError) -> bool {
    error.is_denied() || error.is(FOR_GOOD)
}

fn events(update: LiveTailSessionUpdate) -> Vec<LogEvent> {
    let results = update.session_results.unwrap_or_default();
    results.into_iter().filter_map(event).collect()
}

fn event(event: LiveTailSessionLogEvent) -> Option<LogEvent> {
    Some(LogEvent {
        event_id: None,
        time: time(event.timestamp?)?,
        log_stream: event.log_stream_name,
        message: event.message.unwrap_or_default(),
    })
}
