//! `ecrmon metrics`: the registry as a table, and what CloudWatch knows of it over time.

mod export;
mod list;
mod publish;
mod show;
mod table;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::error::Exit;

/// See what the registry looks like: its repositories, their images and pulls
///
/// Without a subcommand: a row for each repository.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
#[command(after_help = "Examples:
  ecrmon metrics
  ecrmon metrics --sort size --top 10
  ecrmon metrics --repo 'team-*/*' --since 30d --output csv
  ecrmon metrics show pulls --since 7d")]
pub(crate) struct Metrics {
    #[command(flatten)]
    table: table::Table,
    #[command(subcommand)]
    about: Option<About>,
}

#[derive(Debug, Subcommand)]
enum About {
    Export(export::Export),
    List(list::List),
    Publish(publish::Publish),
    Show(show::Show),
}

impl Metrics {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self.about {
            None => self.table.run(context).await,
            Some(About::Export(export)) => export.run(context).await,
            Some(About::List(list)) => list.run(context).await,
            Some(About::Publish(publish)) => publish.run(context).await,
            Some(About::Show(show)) => show.run(context).await,
        }
    }
}
