//! `ecrmon logs streams`: the streams of a log group.

use anyhow::Context as _;
use clap::Args;

use super::place::Place;
use crate::context::Context;
use crate::error::Exit;
use crate::output::logs::StreamTable;
use crate::resources::log_groups;

/// List the streams of a log group, newest events first
///
/// CloudWatch Logs may take an hour to count in the newest events.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon logs streams
  ecrmon logs streams --log-group /aws/cloudtrail/ecr-logs --output csv")]
pub(crate) struct Streams {
    #[command(flatten)]
    place: Place,
}

impl Streams {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let aws = context.connect().await?;
        let group = self.place.find(&aws).await?;
        let there = group.client(&aws);
        let streams = log_groups::streams(&group.name, group.arn.as_deref(), &there)
            .await
            .context("cannot list the streams")?;
        let table = StreamTable::new(group, streams, context.output.utc);
        context.output.result(&table)?;
        Ok(Exit::Done)
    }
}
