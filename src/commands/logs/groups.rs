//! `ecrmon logs groups`: which trail feeds which log group.

use anyhow::Context as _;
use clap::Args;

use crate::context::Context;
use crate::error::Exit;
use crate::output::logs::GroupTable;
use crate::resources::log_groups;
use crate::resources::trails;

/// List the log groups that receive CloudTrail, and which trails feed them
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon logs groups
  ecrmon logs groups --output json | jq '.log_groups[].log_group'")]
pub(crate) struct Groups {}

impl Groups {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let aws = context.connect().await?;
        let trails = trails::list(&aws)
            .await
            .context("cannot look at the trails")?;
        let groups = log_groups::fed_by(&trails, &aws)
            .await
            .context("cannot look at the log groups")?;
        let table = GroupTable::new(groups, &aws, context.output.utc);
        context.output.result(&table)?;
        Ok(table.say(&context.output))
    }
}
