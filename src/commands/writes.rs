//! How every plan is carried out: shown, asked about, applied, reported. Nothing changes that was not shown first.

use super::flags::Writes;
use crate::aws::Aws;
use crate::context::Context;
use crate::error::{Exit, Refusal, Usage};
use crate::explain::explain;
use crate::interrupt::Interrupted;
use crate::output::plan::{PlanReport, put_details};
use crate::output::{Output, is_yes};
use crate::plan::{Outcome, Plan};
use crate::terminal::Page;

pub(crate) struct Planned {
    pub plan: Plan,
    /// The plan in words.
    pub words: Page,
    /// What to say where the plan changes nothing.
    pub idle: Page,
    pub question: String,
    /// What must be typed instead of `y`, for what cannot be undone.
    pub typed: Option<String>,
}

/// Shows the plan and, unless it is only to be shown, applies it. Answers the exit code; `None` if everything that
/// was to be done was done, so that the caller may look again.
pub(crate) async fn carry_out(
    planned: Planned,
    writes: Writes,
    context: &Context,
    aws: &Aws,
) -> anyhow::Result<Option<Exit>> {
    let Planned {
        plan,
        words,
        idle,
        question,
        typed,
    } = planned;
    let output = &context.output;
    if writes.dry_run || writes.check {
        output.result(&PlanReport::of_plan(
            &aws.account,
            &aws.region,
            &plan,
            words,
        ))?;
        return Ok(Some(if writes.check && plan.changes_something() {
            Exit::Drift
        } else {
            Exit::Done
        }));
    }
    if !plan.changes_something() {
        output.result(&PlanReport::of_plan(&aws.account, &aws.region, &plan, idle))?;
        return Ok(Some(Exit::Done));
    }
    let show = |page: &mut Page| {
        page.append(words).end();
    };
    if writes.yes {
        output.say(show);
    } else {
        output.tell(show);
        confirm(&plan, &question, typed.as_deref(), output).await?;
    }
    let steps = plan.to_values();
    let outcome = plan.apply(aws).await;
    output.result(&PlanReport::of_outcome(
        &aws.account,
        &aws.region,
        steps,
        &outcome,
    ))?;
    Ok(failure(&outcome, output))
}

/// Asks, and asks by itself about each thing that would be lost for good.
async fn confirm(
    plan: &Plan,
    question: &str,
    typed: Option<&str>,
    output: &Output,
) -> anyhow::Result<()> {
    if !output.can_ask() {
        return Err(Usage::new(
            "this changes the account, and there is no terminal to ask at",
            "`--yes` applies the plan, `--dry-run` only shows it",
        )
        .into());
    }
    let confirmed = match typed {
        Some(word) => output.ask(question).await == word,
        None => confirm_or_explain(plan, question, output).await,
    };
    if !confirmed {
        return Err(Refusal::declined().into());
    }
    for (step, loss) in plan
        .steps()
        .filter(|_| typed.is_none())
        .filter_map(|step| Some((step, step.loss.as_ref()?)))
    {
        if !output
            .confirms(&format!(
                "{} `{}`: {loss}. Really?",
                step.resource, step.name
            ))
            .await
        {
            return Err(Refusal::declined().into());
        }
    }
    Ok(())
}

async fn confirm_or_explain(plan: &Plan, question: &str, output: &Output) -> bool {
    loop {
        let answer = output
            .ask(&format!("{question} [y/N/explain]"))
            .await
            .to_lowercase();
        if !"explain".starts_with(&answer) || answer.is_empty() {
            return is_yes(&answer);
        }
        output.tell(|page| put_details(page, plan));
    }
}

/// Explains every failed step, or that it was interrupted; the worst exit code wins.
fn failure(outcome: &Outcome, output: &Output) -> Option<Exit> {
    let interrupted = outcome.is_interrupted().then(|| Interrupted.into());
    let errors = outcome
        .failures()
        .map(|(_, error)| error)
        .chain(&interrupted);
    let explanations: Vec<_> = errors.map(explain).collect();
    for explanation in &explanations {
        output.failure(explanation);
    }
    let exit = Exit::worst(explanations.iter().map(|explanation| explanation.exit))?;
    output.say(|page| {
        page.line("Run the same command again to go on from here.");
    });
    Some(exit)
}
