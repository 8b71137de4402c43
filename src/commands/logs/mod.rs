//! `ecrmon logs`: the log groups that CloudTrail delivers to, and what is in them as it is.

mod groups;
mod place;
mod query;
mod streams;
mod tail;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Exit;

/// Look into the log groups that receive CloudTrail
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  ecrmon logs groups
  ecrmon logs streams
  ecrmon logs query --list
  ecrmon logs tail --follow")]
pub(crate) enum Logs {
    Groups(groups::Groups),
    Query(query::Query),
    Streams(streams::Streams),
    Tail(tail::Tail),
}

impl Logs {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self {
            Self::Groups(arguments) => arguments.run(context).await,
            Self::Query(arguments) => arguments.run(context).await,
            Self::Streams(arguments) => arguments.run(context).await,
            Self::Tail(arguments) => arguments.run(context).await,
        }
    }
}
