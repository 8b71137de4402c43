//! `ecrmon metrics list`: which metrics of ECR there are.

use clap::Args;

use crate::commands::flags::Repositories;
use crate::context::Context;
use crate::error::Exit;
use crate::metrics::inventory;
use crate::output::inventory::MetricTable;

/// List the ECR metrics that exist in this account and region, with their newest values
///
/// Metrics that differ in their repository alone share a row, which shows the newest value of any of them. CloudWatch
/// bills each metric whose value is read: without `--repo` or `--all` that is at most 500, for half a cent.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon metrics list
  ecrmon metrics list --repo 'team-a/*'
  ecrmon metrics list --all --output csv")]
pub(crate) struct List {
    #[command(flatten)]
    repositories: Repositories,

    /// List every set of dimensions by itself
    #[arg(long)]
    all: bool,
}

impl List {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let repositories = self.repositories.selection()?.repositories;
        let each = self.all || !repositories.is_empty();
        let aws = context.connect().await?;
        let groups = inventory::read(&repositories, each, &aws).await?;
        let table = MetricTable::new(groups, each, context.output.utc, &aws);
        context.output.result(&table)?;
        table.say(&context.output);
        Ok(table.exit())
    }
}
