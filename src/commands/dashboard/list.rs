//! `ecrmon dashboard list`.

use anyhow::Context as _;
use clap::Args;

use super::place::Stack;
use crate::context::Context;
use crate::error::Exit;
use crate::output::dashboards::DashboardTable;
use crate::resources::dashboard::list;

/// List the dashboards of the account, and whose each is
///
/// Dashboards are global: these are those of all regions.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon dashboard list
  ecrmon dashboard list --output csv")]
pub(crate) struct List {
    #[command(flatten)]
    stack: Stack,
}

impl List {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let aws = context.connect().await?;
        let entries = list::all(&self.stack.trail, &aws)
            .await
            .context("cannot list the dashboards")?;
        let table = DashboardTable::new(entries, &aws, context.output.utc);
        context.output.result(&table)?;
        Ok(if table.is_complete() {
            Exit::Done
        } else {
            Exit::Incomplete
        })
    }
}
