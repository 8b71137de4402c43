//! `ecrmon dashboard`: the CloudWatch dashboard by itself.

mod create;
mod delete;
mod list;
mod open;
mod place;
mod show;

use clap::Subcommand;

use crate::context::Context;
use crate::error::Exit;

/// Make, read and delete the CloudWatch dashboard
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  ecrmon dashboard create
  ecrmon dashboard show --since 1d
  ecrmon dashboard open
  ecrmon dashboard list")]
pub(crate) enum Dashboard {
    Create(create::Create),
    Delete(delete::Delete),
    List(list::List),
    Open(open::Open),
    Show(show::Show),
}

impl Dashboard {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self {
            Self::Create(create) => create.run(context).await,
            Self::Delete(delete) => delete.run(context).await,
            Self::List(list) => list.run(context).await,
            Self::Open(open) => open.run(context).await,
            Self::Show(show) => show.run(context).await,
        }
    }
}
