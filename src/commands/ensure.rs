//! The flow of every command that brings something up: survey, decide, plan, show, apply, verify, report.

use super::flags::Writes;
use super::verify::verify;
use super::writes::{self, Planned};
use crate::aws::Aws;
use crate::context::Context;
use crate::error::{Exit, Refusal, Usage};
use crate::output::Output;
use crate::output::plan::put_plan;
use crate::plan::Plan;
use crate::settings::Choices;
use crate::stack::cost;
use crate::stack::decision::{Decision, Wish};
use crate::stack::survey::{Scope, Survey};
use crate::stack::up;
use crate::terminal::{Page, Tone};

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
    let (plan, words) = Box::pin(look_and_plan(&request, context, &aws)).await?;
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
        None => {
            Box::pin(verify(
                async || Box::pin(look_again(&request, &aws)).await,
                put_next,
                context,
                &aws,
            ))
            .await
        }
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
    let log_widgets = survey
        .dashboard_content(&decision, &found.showing, aws)
        .log_widgets();
    let plan = up::plan(
        &survey,
        &decision,
        found,
        request.scope,
        request.overwrite,
        aws,
    )?;
    let costs = cost::lines(&plan, &survey, &decision, stored_bytes, log_widgets, aws);
    let words = Page::of(|page| {
        if matches!(decision, Decision::Own) && survey.own.is_none() {
            put_shortcomings(page, &survey, aws);
        }
        put_plan(page, &plan);
        put_costs(page, &costs);
    });
    Ok((plan, words))
}

/// It may take the person to choose.
async fn decide(
    survey: &Survey,
    request: &Request,
    context: &Context,
    aws: &Aws,
) -> anyhow::Result<Decision> {
    let seen = survey.seen(aws);
    let attachable = match seen.decide(&request.wish)? {
        Decision::Choose { attachable } => attachable,
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

pub(super) fn nothing_to_do(plan: &Plan) -> Page {
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

pub(super) fn put_costs(page: &mut Page, costs: &[cost::Line]) {
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

fn put_next(page: &mut Page) {
    page.end()
        .line("ECR in this account is being watched; new events arrive in about 5 minutes.")
        .line("Next:");
    for command in ["ecrmon events --since 1h", "ecrmon status"] {
        page.plain("  ").put(Tone::Good, command).end();
    }
}
