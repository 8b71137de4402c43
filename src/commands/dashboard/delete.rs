//! `ecrmon dashboard delete`.

use anyhow::Context as _;
use clap::Args;

use super::place::Place;
use crate::aws::Aws;
use crate::commands::flags::Writes;
use crate::commands::writes::{self, Planned};
use crate::context::Context;
use crate::error::{Exit, Refusal};
use crate::output::plan::put_plan;
use crate::plan::{Plan, Resource, Step};
use crate::resources::dashboard::{Dashboard, Owner};
use crate::terminal::Page;

/// Delete a dashboard that ecrmon made
///
/// One that was edited by hand, or that ecrmon did not make, is not deleted.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon dashboard delete
  ecrmon dashboard delete Team-A --yes
  ecrmon dashboard delete --dry-run")]
pub(crate) struct Delete {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    writes: Writes,
}

impl Delete {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.output.without_rows()?;
        let aws = context.connect().await?;
        let name = self.place.find(&aws).await?;
        let found = Dashboard::observe(&name, &aws)
            .await
            .with_context(|| format!("cannot look at dashboard `{name}`"))?;
        let plan = match found {
            None => Plan::default(),
            Some(found) => Plan(vec![vec![step(found, &self.place.stack.trail, &aws)?]]),
        };
        let planned = Planned {
            words: Page::of(|page| put_plan(page, &plan)),
            idle: Page::of(|page| {
                page.line(format!("Nothing to do: there is no dashboard `{name}`."));
            }),
            plan,
            question: "Delete?".to_owned(),
            typed: None,
        };
        let exit = writes::carry_out(planned, self.writes, context, &aws).await?;
        Ok(exit.unwrap_or(Exit::Done))
    }
}

/// # Errors
/// A [`Refusal`] for what is not ours as we made it.
fn step(found: Dashboard, stack: &str, aws: &Aws) -> Result<Step, Refusal> {
    let name = found.name.clone();
    let (why, way_out) = match found.owner(stack, &aws.region) {
        Owner::Us => return Ok(Step::delete(found)),
        Owner::Edited => (
            "was edited by hand since ecrmon made it".to_owned(),
            format!(
                "`ecrmon dashboard create --dashboard {name} --overwrite` gives the edits up; then it can be deleted"
            ),
        ),
        Owner::OtherStack(marker) => (
            format!("belongs to stack `{}` in {}", marker.stack, marker.region),
            format!(
                "mean that stack: `--trail {} --region {}`",
                marker.stack, marker.region
            ),
        ),
        Owner::Somebody => (
            "was not made by ecrmon".to_owned(),
            format!(
                "who made it may delete it: `aws cloudwatch delete-dashboards --dashboard-names {name}`"
            ),
        ),
    };
    Err(Refusal::new(
        format!("dashboard `{name}` {why}: it is not deleted"),
        way_out,
    ))
}
