//! `ecrmon dashboard`: the dashboard alone.

use clap::{Args, Subcommand};

use super::ensure::{Request, ensure};
use super::flags::{DashboardName, Names, Writes};
use crate::context::Context;
use crate::error::Exit;
use crate::settings::Choices;
use crate::stack::decision::Wish;
use crate::stack::survey::Scope;

/// Make the CloudWatch dashboard
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  ecrmon dashboard create")]
pub(crate) enum Dashboard {
    Create(Create),
}

/// Create the dashboard, or bring it up to date
///
/// One that was edited by hand, or that ecrmon did not make, is kept unless `--overwrite` is given.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon dashboard create
  ecrmon dashboard create --dashboard Registry --yes
  ecrmon dashboard create --overwrite")]
pub(crate) struct Create {
    #[command(flatten)]
    writes: Writes,
    #[command(flatten)]
    names: Names,
    #[command(flatten)]
    dashboard: DashboardName,

    /// Replace a dashboard that was edited by hand or made by somebody else
    #[arg(long)]
    overwrite: bool,
}

impl Dashboard {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let Self::Create(create) = self;
        let mut flags = Choices::default();
        create.names.put_into(&mut flags);
        create.dashboard.put_into(&mut flags);
        flags.set("no-dashboard", Some(false));
        let request = Request {
            trail: create.names.trail,
            flags,
            wish: Wish::Nothing,
            scope: Scope::Dashboard,
            overwrite: create.overwrite,
            writes: create.writes,
        };
        ensure(request, context).await
    }
}
