//! `ecrmon trail`: the trail with what it needs, and what trails there are.

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::ensure::{Request, ensure};
use super::flags::{ExistingTrails, Names, Resources, Writes};
use crate::context::Context;
use crate::error::Exit;
use crate::output::trails::TrailTable;
use crate::resources::trails;
use crate::settings::Choices;
use crate::stack::survey::Scope;

/// Make a trail that records ECR, or list the trails there are
#[derive(Debug, Subcommand)]
#[command(after_help = "Examples:
  ecrmon trail list
  ecrmon trail ensure")]
pub(crate) enum Trail {
    Ensure(Box<Ensure>),
    List(List),
}

/// Make sure that a trail records ECR and delivers to a log group
///
/// Does what `ecrmon setup` does for bucket, log group, role and trail, and leaves the dashboard alone.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon trail ensure
  ecrmon trail ensure --yes --new-trail
  ecrmon trail ensure --check --output json")]
pub(crate) struct Ensure {
    #[command(flatten)]
    writes: Writes,
    #[command(flatten)]
    names: Names,
    #[command(flatten)]
    resources: Resources,
    #[command(flatten)]
    existing: ExistingTrails,
}

/// List every trail seen from here: what it records of ECR, where it delivers, and how it fares
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon trail list
  ecrmon trail list --output csv")]
pub(crate) struct List {}

impl Trail {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self {
            Self::Ensure(arguments) => arguments.run(context).await,
            Self::List(_) => list(context).await,
        }
    }
}

impl Ensure {
    async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let mut flags = Choices::default();
        self.names.put_into(&mut flags);
        self.resources.put_into(&mut flags);
        let request = Request {
            trail: self.names.trail,
            flags,
            wish: self.existing.wish(),
            scope: Scope::Trail,
            overwrite: false,
            writes: self.writes,
        };
        ensure(request, context).await
    }
}

async fn list(context: &Context) -> anyhow::Result<Exit> {
    let aws = context.connect().await?;
    let trails = trails::list(&aws)
        .await
        .context("cannot look at the trails")?;
    let table = TrailTable::new(&trails, &aws, context.output.utc);
    context.output.result(&table)?;
    Ok(if table.is_complete() {
        Exit::Done
    } else {
        Exit::Incomplete
    })
}
