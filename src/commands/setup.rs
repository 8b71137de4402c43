//! `ecrmon setup`: the whole stack in one plan.

use clap::Args;

use super::ensure::{Request, ensure};
use super::flags::{ExistingTrails, Resources, StackNames, Writes};
use crate::context::Context;
use crate::error::Exit;
use crate::stack::survey::Scope;

/// Watch this account's ECR registry: trail, bucket, log group, role and dashboard
///
/// Looks at what exists, decides which trail to use, shows a plan with its costs, and asks before it changes anything.
/// A trail that already records ECR and delivers to a log group is used as it is. Running it again changes nothing.
///
/// Settings that differ from the defaults are recorded as tags on the trail: a later plain `ecrmon setup`, `status` or
/// `teardown` means the same stack.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon setup                              Show the plan, ask, apply
  ecrmon setup --yes                        In a script
  ecrmon setup --check                      In CI: exit 3 if anything is not as wanted
  ecrmon setup --dry-run --output json      The plan for a program
  ecrmon setup --attach org-trail           Use a trail of yours that has no log group
  ecrmon setup --retention 30 --expire-logs 365 --tag team=platform")]
pub(crate) struct Setup {
    #[command(flatten)]
    writes: Writes,
    #[command(flatten)]
    names: StackNames,

    /// Replace a dashboard that was edited by hand or made by somebody else
    #[arg(long)]
    overwrite: bool,

    #[command(flatten)]
    resources: Resources,
    #[command(flatten)]
    existing: ExistingTrails,
}

impl Setup {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let (trail, mut flags) = self.names.into_choices();
        self.resources.put_into(&mut flags);
        let request = Request {
            trail,
            flags,
            wish: self.existing.wish(),
            scope: Scope::Everything,
            overwrite: self.overwrite,
            writes: self.writes,
        };
        ensure(request, context).await
    }
}
