//! Live Tail: CloudWatch Logs tells what arrives in a log group as it arrives, in sessions that end and are begun again.
//!
//! It only makes things known sooner. Whatever a session misses, between two of them or because AWS tells no more than
//! 500 events a second, the looks find.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::config::StalledStreamProtectionConfig;
use aws_sdk_cloudwatchlogs::operation::start_live_tail::StartLiveTailOutput;
use aws_sdk_cloudwatchlogs::types::StartLiveTailResponseStream as Frame;
use aws_sdk_cloudwatchlogs::types::{LiveTailSessionLogEvent, LiveTailSessionUpdate};
use tokio::time::{sleep, timeout};

use super::feed::Teller;
use super::log_events::{LogEvent, time};
use super::trouble::Trouble;
use crate::aws::{Aws, CallError};
use crate::events::logs::LogGroup;

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
        let Some(arn) = self.arn() else {
            progress
                .once("there is no Live Tail here: new events are looked for every two seconds");
            return;
        };
        let mut trouble = Trouble::default();
        loop {
            match self.begin(&arn).await {
                Ok(session) => {
                    progress.once(
                        "following by Live Tail, which AWS bills by the minute beyond 1,800 minutes a month",
                    );
                    let heard = self.hear(session, teller, &mut take).await;
                    teller.hears(false);
                    // A session that ends before it has told anything is no better than a refusal.
                    if heard {
                        trouble = Trouble::default()
                    } else {
                        trouble.grows()
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

    /// The group as Live Tail wants it named. There is no Live Tail in China, GovCloud and the isolated regions
    /// (CloudWatch Logs user guide).
    fn arn(&self) -> Option<String> {
        let own =
            || (!self.aws.account.is_empty()).then(|| self.aws.log_group_arn(&self.group.name));
        let arn = self.group.arn.clone().or_else(own);
        arn.filter(|_| self.aws.partition == "aws")
    }

    async fn begin(&self, arn: &str) -> Result<StartLiveTailOutput, CallError> {
        // We watch over the silence ourselves.
        let config = aws_sdk_cloudwatchlogs::config::Config::builder()
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        let request = self
            .aws
            .logs
            .start_live_tail()
            .log_group_identifiers(arn)
            .set_log_event_filter_pattern(self.pattern.map(str::to_owned))
            .customize()
            .config_override(config);
        self.aws
            .call("logs:StartLiveTail", arn, request.send())
            .await
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
        if update.session_metadata().is_some_and(|data| data.sampled()) {
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
