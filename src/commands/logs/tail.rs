//! `ecrmon logs tail`: what a log group holds, as it is.

use std::ops::ControlFlow;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::place::Place;
use crate::aws::Aws;
use crate::commands::flags::{LATELY, Times};
use crate::context::Context;
use crate::error::Exit;
use crate::events::follow::{LogEvent, LogFeed, Told, follow, log_events};
use crate::events::{LogGroup, Window};
use crate::output::logs::TailWriter;

/// Show what a log group received lately, message by message, newest last
///
/// Times are those of the log events: CloudTrail gives them the time of delivery, some 5 minutes after the call.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon logs tail --since 10m
  ecrmon logs tail --follow | jq 'select(.errorCode)'
  ecrmon logs tail --log-group /aws/cloudtrail/ecr-logs --output ndjson")]
pub(crate) struct Tail {
    #[command(flatten)]
    place: Place,

    /// Go on with what arrives, until Ctrl-C
    #[arg(short, long, conflicts_with = "until")]
    follow: bool,

    #[command(flatten)]
    times: Times,
}

impl Tail {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let window = self.times.window(LATELY, context.output.utc)?;
        let aws = context.connect().await?;
        let group = self.place.find(&aws).await?;
        let writer = TailWriter::new(&context.output, &group);
        if self.follow {
            follow_group(&group, window.from, writer, &aws).await
        } else {
            show(&group, window, writer, &aws).await
        }
        .with_context(|| format!("cannot read the log group `{}`", group.name))?;
        Ok(Exit::Done)
    }
}

async fn show(
    group: &LogGroup,
    window: Window,
    mut writer: TailWriter,
    aws: &Aws,
) -> anyhow::Result<()> {
    let mut written = Ok(());
    let write = async |events: Vec<LogEvent>| {
        writer.write(&events).unwrap_or_else(|error| {
            written = Err(error);
            ControlFlow::Break(())
        })
    };
    log_events(group, None, window, &group.client(aws), write).await?;
    written.and_then(|()| writer.finish())
}

async fn follow_group(
    group: &LogGroup,
    from: Timestamp,
    mut writer: TailWriter,
    aws: &Aws,
) -> anyhow::Result<()> {
    // Live Tail tells no ids, and log events that say the same are not the same.
    let feed = LogFeed {
        aws: group.client(aws),
        group,
        pattern: None,
        live: false,
        read: |event: LogEvent| Some((event.same_as(), event)),
    };
    let (reader, mut told) = mpsc::channel(1);
    let write = async move {
        while let Some(told) = told.recv().await {
            if let Told::News(events) = told
                && writer.write(&events)?.is_break()
            {
                break;
            }
        }
        writer.finish()
    };
    let (followed, written) = tokio::join!(follow(&feed, from, reader, aws), write);
    followed.and(written)
}
