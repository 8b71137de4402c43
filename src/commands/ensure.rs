//! The flow of every command that brings something up: survey, decide, plan, show, apply, verify, report.

use std::time::Duration;

use super::flags::Writes;
use super::writes::{self, Planned};
use crate::aws::Aws;
use crate::context::Context;
use crate::error::{Exit, Refusal, Usage};
use crate::output::plan::put_plan;
use crate::output::{Output, Page, Tone};
use crate::plan::Plan;
use crate::settings::Choices;
use crate::stack::cost;
use crate::stack::decision::{Decision, Wish};
use crate::stack::survey::{Scope, Survey};
use crate::stack::up;

/// What is asked for.
pub(crate) struct Request {
    pub trail: String,
    pub flags: Choices,
    pub wish: Wish,
    pub scope: Scope,
    pub overwrite: bool,
    pub writes: Writes,
}

pub(crate) async fn ensure(request: Request, context: &Context) -> anyhow::Result<Exit> {
    context.output.without_rows()?;
    let aws = context.connect().await?;
    let (plan, words) = look_and_plan(&request, context, &aws).await?;
    let planned = Planned {
        idle: nothing_to_do(&plan),
        plan,
        words,
        question: "Apply?".to_owned(),
        typed: None,
    };
    let exit = writes::carry_out(planned, request.writes, context, &aws).await?;
    match exit {
        Some(exit) => Ok(exit),
        None => verify(&request, context, &aws).await,
    }
}

async fn look_and_plan(
    request: &Request,
    context: &Context,
    aws: &Aws,
) -> anyhow::Result<(Plan, Page)> {
    let survey = Survey::make(&request.trail, &request.flags, aws).await?;
    let decision = decide(&survey, request, context, aws).await?;
    let found = survey.found(&decision, request.scope, aws).await?;
    let stored_bytes = found
        .log_group
        .as_ref()
        .map_or(0, |group| group.stored_bytes);
    let plan = up::plan(
        &survey,
        &decision,
        found,
        request.scope,
        request.overwrite,
        aws,
    )?;
    let costs = cost::lines(&plan, &survey, &decision, stored_bytes, aws);
    let words = Page::of(|page| {
        if request.scope != Scope::Dashboard
            && matches!(decision, Decision::Own)
            && survey.own.is_none()
        {
            put_shortcomings(page, &survey, aws);
        }
        put_plan(page, &plan);
        put_costs(page, &costs);
    });
    Ok((plan, words))
}

/// The dashboard needs no trail of ours; anything else may need the person to choose.
async fn decide(
    survey: &Survey,
    request: &Request,
    context: &Context,
    aws: &Aws,
) -> anyhow::Result<Decision> {
    let seen = survey.seen(aws);
    let attachable = match seen.decide(&request.wish)? {
        Decision::Choose { attachable } if request.scope != Scope::Dashboard => attachable,
        decided => return Ok(decided),
    };
    context
        .output
        .tell(|page| put_shortcomings(page, survey, aws));
    let wish = if context.output.can_ask() && !request.writes.yes {
        choose(&attachable, &context.output).await?
    } else {
        return Err(must_choose(&attachable).into());
    };
    Ok(seen.decide(&wish)?)
}

fn must_choose(attachable: &[String]) -> Usage {
    let attach = attachable.first().map_or(
        "`--attach NAME` (no trail here can be changed from here)".to_owned(),
        |name| format!("`--attach {name}` to give that trail our log group"),
    );
    Usage::new(
        "a trail records management events already, so a trail of our own would be a second copy of them, which is billed",
        format!("choose: {attach}, or `--new-trail` to make and pay one of our own"),
    )
}

async fn choose(attachable: &[String], output: &Output) -> anyhow::Result<Wish> {
    output.tell(|page| {
        if attachable.is_empty() {
            page.line("None of them can be given a log group from here, so watching means a trail of our own.");
        }
        for (number, name) in attachable.iter().enumerate() {
            page.line(format!("  {}  give `{name}` our log group and role, and change nothing else of it", number + 1));
        }
        page.line("  n  make a trail of our own: a second copy of management events, $2.00 per 100,000 (us-east-1)");
    });
    let answer = output.ask("Which? [number/n, anything else stops]").await;
    if answer == "n" {
        return Ok(Wish::NewTrail);
    }
    let chosen = answer
        .parse::<usize>()
        .ok()
        .and_then(|number| attachable.get(number.checked_sub(1)?));
    chosen
        .map(|name| Wish::Attach(name.clone()))
        .ok_or_else(|| Refusal::declined().into())
}

fn nothing_to_do(plan: &Plan) -> Page {
    Page::of(|page| {
        let count = plan.steps().count();
        page.line(match count {
            1 => "Nothing to do: the resource is as wanted.".to_owned(),
            _ => format!("Nothing to do: all {count} resources are as wanted."),
        });
        for (step, advice) in plan
            .steps()
            .flat_map(|step| step.advice.iter().map(move |advice| (step, advice)))
        {
            page.put(Tone::Faint, "note")
                .line(format!(": {} `{}`: {advice}", step.resource, step.name));
        }
    })
}

fn put_shortcomings(page: &mut Page, survey: &Survey, aws: &Aws) {
    let trails = survey.seen(aws).shortcomings();
    if trails.is_empty() {
        page.line("No trail records ECR here yet.").end();
        return;
    }
    page.line("No trail records all of ECR and delivers to a log group of this account yet:");
    let width = trails
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or_default();
    for (name, words) in trails {
        page.plain("  ")
            .column(Tone::Plain, &name, width)
            .plain("  ")
            .tail(words);
    }
    page.end();
}

fn put_costs(page: &mut Page, costs: &[cost::Line]) {
    if costs.is_empty() {
        return;
    }
    page.end()
        .put(Tone::Strong, "Cost")
        .line(" (prices of us-east-1)");
    let widths = (
        costs
            .iter()
            .map(|line| line.what.len())
            .max()
            .unwrap_or_default(),
        costs
            .iter()
            .map(|line| line.price.len())
            .max()
            .unwrap_or_default(),
    );
    for line in costs {
        page.plain("  ")
            .column(Tone::Plain, line.what, widths.0)
            .plain("  ");
        if line.remark.is_empty() {
            page.line(&line.price);
        } else {
            page.column(Tone::Plain, &line.price, widths.1)
                .plain("  ")
                .tail(&line.remark);
        }
    }
}

/// CloudTrail and IAM show a change late at times (both document eventual consistency): looks are repeated.
const SECOND_LOOKS: [Duration; 3] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
];

/// Looks again: what was applied must now be what is found.
async fn verify(request: &Request, context: &Context, aws: &Aws) -> anyhow::Result<Exit> {
    let mut plan = look_again(request, aws).await?;
    for wait in SECOND_LOOKS {
        if !plan.changes_something() {
            break;
        }
        aws.progress.waiting("AWS to show what was applied");
        tokio::time::sleep(wait).await;
        plan = look_again(request, aws).await?;
    }
    if plan.changes_something() {
        context.output.say(|page| put_plan(page, &plan));
        return Err(Refusal::new(
            "what was applied is not what is found now: somebody else may be changing it, or AWS shows an older state",
            "run the same command again in a minute",
        )
        .into());
    }
    context.output.say(|page| put_next(page, request.scope));
    Ok(Exit::Done)
}

async fn look_again(request: &Request, aws: &Aws) -> anyhow::Result<Plan> {
    let survey = Survey::make(&request.trail, &request.flags, aws).await?;
    let decision = survey.seen(aws).decide(&Wish::Nothing)?;
    let found = survey.found(&decision, request.scope, aws).await?;
    // What was to be overwritten is overwritten by now; a hand at work since then is reported, not fought.
    Ok(up::plan(
        &survey,
        &decision,
        found,
        request.scope,
        false,
        aws,
    )?)
}

fn put_next(page: &mut Page, scope: Scope) {
    let next: &[&str] = match scope {
        Scope::Dashboard => &["ecrmon status"],
        Scope::Everything | Scope::Trail => {
            page.end()
                .line("ECR in this account is being watched; new events arrive in about 5 minutes.")
                .line("Next:");
            &["ecrmon events --since 1h", "ecrmon status"]
        }
    };
    if scope == Scope::Dashboard {
        page.end().line("The dashboard is made. Next:");
    }
    for command in next {
        page.plain("  ").put(Tone::Good, command).end();
    }
}
