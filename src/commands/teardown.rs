//! `ecrmon teardown`: takes away what setup made.

use clap::Args;

use super::flags::{StackNames, Writes};
use super::writes::{self, Planned};
use crate::aws::Aws;
use crate::context::Context;
use crate::error::Exit;
use crate::output::plan::put_plan;
use crate::plan::Plan;
use crate::settings::Settings;
use crate::stack::down::Remains;
use crate::stack::survey::Survey;
use crate::terminal::Page;

/// Take away what `ecrmon setup` made
///
/// Looks only at the names that the trail's recorded settings and these flags give, and deletes only what carries the
/// stack's tag or marker. Bucket and log group hold the history and stay, unless `--delete-logs` is given.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon teardown                      Show what would go, and ask
  ecrmon teardown --yes                Trail, role and dashboard; the history stays
  ecrmon teardown --yes --delete-logs  Everything, the history included")]
pub(crate) struct Teardown {
    #[command(flatten)]
    writes: Writes,

    /// Delete the log group and the bucket too, with everything in them
    #[arg(long)]
    delete_logs: bool,

    #[command(flatten)]
    names: StackNames,
}

impl Teardown {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.output.without_rows()?;
        let aws = context.connect().await?;
        let (trail, flags) = self.names.into_choices();
        let survey = Survey::make(&trail, &flags, &aws).await?;
        let plan = Remains::observe(&survey, &aws)
            .await?
            .plan(&survey, self.delete_logs, &aws);
        let words = Page::of(|page| put_plan(page, &plan));
        let question = format!("This cannot be undone. Type the trail's name, {trail}, to go on:");
        let planned = Planned {
            idle: nothing_to_do(&plan),
            plan,
            words,
            question,
            typed: Some(trail),
        };
        let exit = writes::carry_out(planned, self.writes, context, &aws).await?;
        if exit.is_some_and(|exit| !matches!(exit, Exit::Done | Exit::Drift)) {
            context
                .output
                .say(|page| say_names(page, &survey.settings, &aws));
        }
        Ok(exit.unwrap_or(Exit::Done))
    }
}

/// Nothing is left, or what is left stays: then why.
fn nothing_to_do(plan: &Plan) -> Page {
    Page::of(|page| {
        if plan.steps().next().is_none() {
            page.line("Nothing to do: there is nothing of this stack.");
        } else {
            page.line("Nothing to do.").end();
            put_plan(page, plan);
        }
    })
}

/// With the trail gone its recorded settings are gone too: the next try needs the names.
fn say_names(page: &mut Page, settings: &Settings, aws: &Aws) {
    let Settings {
        trail,
        bucket,
        log_group,
        role,
        dashboard,
        ..
    } = settings;
    let dashboard = dashboard
        .as_ref()
        .map_or("--no-dashboard".to_owned(), |name| {
            format!("--dashboard {name}")
        });
    page.line(format!(
        "If the trail is gone by then, name the rest: `ecrmon teardown --region {} --trail {trail} --bucket {bucket} --log-group {log_group} --role {role} {dashboard}`",
        aws.region
    ));
}
