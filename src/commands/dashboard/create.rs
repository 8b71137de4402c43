//! `ecrmon dashboard create`.

use clap::Args;
use globset::Glob;

use super::place::Stack;
use crate::aws::Aws;
use crate::commands::ensure::{nothing_to_do, put_costs};
use crate::commands::flags::{DashboardName, Writes};
use crate::commands::verify::verify;
use crate::commands::writes::{self, Planned};
use crate::context::Context;
use crate::error::Exit;
use crate::names;
use crate::output::Format;
use crate::output::plan::put_plan;
use crate::plan::{Plan, Resource};
use crate::resources::dashboard::{Content, Dashboard, look};
use crate::resources::log_group_arn::LogGroupArn;
use crate::settings::Choices;
use crate::stack::cost;
use crate::stack::decision::{Decision, Wish};
use crate::stack::survey::Survey;
use crate::terminal::{Page, Tone};

/// Create the dashboard, or bring it up to date
///
/// Looks at what there is to show, and leaves out what would stay empty: the plan says what and why. Run it again to look
/// again; `setup` keeps a dashboard as it was decided here. One that was edited by hand, or that ecrmon did not make, is
/// kept unless `--overwrite` is given.
///
/// With `--dry-run --output json` the result is the dashboard's body, as PutDashboard takes it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon dashboard create
  ecrmon dashboard create --repo 'team-a/*' --dashboard Team-A --yes
  ecrmon dashboard create --no-log-widgets       No widget that is billed by what it scans
  ecrmon dashboard create --overwrite            Replace what was edited by hand
  ecrmon dashboard create --dry-run --output json > body.json")]
pub(crate) struct Create {
    #[command(flatten)]
    writes: Writes,

    /// Show these repositories alone; a glob means those that match now
    #[arg(long, value_name = "GLOB", value_parser = names::repository_glob)]
    repo: Option<Glob>,

    /// Leave out the widgets that ask the log group, which are billed by the data they scan
    #[arg(long)]
    no_log_widgets: bool,

    /// Replace a dashboard that was edited by hand or made by somebody else
    #[arg(long)]
    overwrite: bool,

    #[command(flatten)]
    stack: Stack,
    #[command(flatten)]
    dashboard: DashboardName,
}

/// The dashboard as it should be.
struct Wanted {
    name: String,
    content: Content,
    notes: Vec<String>,
}

impl Create {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.output.without_rows()?;
        let aws = context.connect().await?;
        let wanted = Box::pin(self.wanted(&aws)).await?;
        let plan = wanted.plan(self.overwrite, &aws).await?;
        let costs = cost::dashboard(&plan, wanted.content.log_widgets());
        let words = Page::of(|page| {
            put_plan(page, &plan);
            put_costs(page, &costs);
        });
        if self.writes.dry_run && context.output.format == Format::Json {
            return print_body(&wanted.content, words, context);
        }
        let planned = Planned {
            idle: nothing_to_do(&plan),
            plan,
            words,
            question: "Apply?".to_owned(),
            typed: None,
        };
        let exit = writes::carry_out(planned, self.writes, context, &aws).await?;
        match exit {
            Some(exit) => Ok(exit),
            // What was to be overwritten is overwritten by now.
            None => {
                verify(
                    async || wanted.plan(false, &aws).await,
                    |page| put_next(page, &wanted.name),
                    context,
                    &aws,
                )
                .await
            }
        }
    }

    /// Looks at the trails, the repositories and what there is to show, side by side.
    async fn wanted(&self, aws: &Aws) -> anyhow::Result<Wanted> {
        let mut flags = Choices::default();
        self.dashboard.put_into(&mut flags);
        flags.set("no-dashboard", Some(false));
        let (survey, mut showing, repositories) = tokio::try_join!(
            self.stack.survey(&flags, aws),
            look::showing(&self.stack.trail, aws),
            look::repositories(self.repo.as_ref(), aws),
        )?;
        let settings = self.stack.settings(&survey, &flags, aws)?;
        let log_group = if self.no_log_widgets {
            None
        } else {
            match log_group(&survey, aws) {
                Ok(found) => Some(found),
                Err(why) => {
                    showing
                        .notes
                        .push(format!("without lists of events: {why}"));
                    None
                }
            }
        };
        showing.notes.extend(repositories.note());
        showing.shown.repositories = repositories;
        Ok(Wanted {
            name: settings.dashboard.unwrap_or_default(),
            content: Content {
                stack: settings.trail,
                region: aws.region.clone(),
                log_group,
                shown: showing.shown,
            },
            notes: showing.notes,
        })
    }
}

/// Where a trail delivers now; or why none is known.
fn log_group(survey: &Result<Survey, String>, aws: &Aws) -> Result<LogGroupArn, String> {
    let none = || "no trail delivers to a log group of this account (`ecrmon setup`)".to_owned();
    let survey = survey.as_ref().map_err(Clone::clone)?;
    match survey.seen(aws).decide(&Wish::Nothing) {
        Ok(Decision::Own) if survey.own.is_none() => Err(none()),
        Ok(Decision::Choose { .. }) | Err(_) => Err(none()),
        Ok(decision) => Ok(survey.log_group(&decision, aws)),
    }
}

impl Wanted {
    async fn plan(&self, overwrite: bool, aws: &Aws) -> anyhow::Result<Plan> {
        let found = Dashboard::observe(&self.name, aws).await?;
        let notes = self.notes.clone();
        let step = Dashboard::step(&self.name, &self.content, notes, found, overwrite)?;
        Ok(Plan(vec![vec![step]]))
    }
}

/// The body is the result; what it would do here is conversation.
fn print_body(made_of: &Content, words: Page, context: &Context) -> anyhow::Result<Exit> {
    context.output.say(|page| {
        page.append(words);
    });
    let body = serde_json::to_string_pretty(&made_of.body())?;
    context.output.document(&(body + "\n"))?;
    Ok(Exit::Done)
}

fn put_next(page: &mut Page, name: &str) {
    page.end().line("The dashboard is made. Next:");
    for command in ["show", "open"] {
        let command = format!("ecrmon dashboard {command} {name}");
        page.plain("  ").put(Tone::Good, command).end();
    }
}
