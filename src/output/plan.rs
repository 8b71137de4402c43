//! A plan and what came of it, in words and as data.

use serde::Serialize;
use serde_json::{Value, json};

use super::Report;
use crate::explain::explain;
use crate::plan::{Action, Change, Outcome, Plan, Step};
use crate::terminal::{Page, Tone};

/// Widest value that is shown on the line of a change; longer ones are shown as a diff.
const SHORT: usize = 60;

/// Writes the plan: a line for each resource, the changed fields of what is updated, and what is lost or advised.
pub(crate) fn put_plan(page: &mut Page, plan: &Plan) {
    let counts: Vec<String> = [
        (Action::Create, "to create"),
        (Action::Update, "to update"),
        (Action::Delete, "to delete"),
        (Action::Keep, "to keep"),
    ]
    .into_iter()
    .filter_map(|(action, words)| Some((plan.count(action), words)).filter(|(count, _)| *count > 0))
    .map(|(count, words)| format!("{count} {words}"))
    .collect();
    page.put(Tone::Strong, "Plan")
        .line(format!(": {}", counts.join(", ")));
    let name_width = plan
        .steps()
        .map(|step| step.name.chars().count())
        .max()
        .unwrap_or_default();
    for step in plan.steps() {
        put_step(page, step, name_width);
    }
}

fn put_step(page: &mut Page, step: &Step, name_width: usize) {
    let (tone, sign) = match step.action {
        Action::Create => (Tone::Good, "+"),
        Action::Update => (Tone::Warn, "~"),
        Action::Delete => (Tone::Bad, "-"),
        Action::Keep => (Tone::Faint, "="),
    };
    page.plain("  ")
        .put(tone, sign)
        .plain(" ")
        .column(tone, step.resource, 9)
        .plain("  ");
    if step.note.is_empty() {
        page.line(&step.name);
    } else {
        page.column(Tone::Plain, &step.name, name_width)
            .plain("  ")
            .tail(&step.note);
    }
    if step.action == Action::Update {
        step.changes
            .iter()
            .for_each(|change| put_change(page, change));
    }
    if let Some(loss) = &step.loss {
        page.plain("      ").labelled(Tone::Bad, "lost", loss);
    }
    for advice in &step.advice {
        page.plain("      ").labelled(Tone::Faint, "note", advice);
    }
}

fn put_change(page: &mut Page, change: &Change) {
    let (from, to) = (text(&change.from), text(&change.to));
    let short = |text: &str| text.len() <= SHORT && !text.contains('\n');
    page.plain("      ").plain(&change.field);
    match &change.from {
        Value::Null if short(&to) => {
            page.plain(": ").put(Tone::Good, to).end();
        }
        Value::Null => {
            page.end();
            for line in to.lines() {
                page.plain("        ").put(Tone::Good, line).end();
            }
        }
        _ if change.to.is_null() => {
            page.end();
            for line in from.lines() {
                page.plain("        ")
                    .put(Tone::Bad, format!("-{line}"))
                    .end();
            }
        }
        _ if short(&from) && short(&to) => {
            page.plain(": ")
                .put(Tone::Bad, from)
                .plain(" -> ")
                .put(Tone::Good, to)
                .end();
        }
        _ => {
            page.end();
            put_diff(page, &from, &to);
        }
    }
}

fn put_diff(page: &mut Page, from: &str, to: &str) {
    let diff = similar::TextDiff::from_lines(from, to);
    for line in diff
        .unified_diff()
        .context_radius(2)
        .missing_newline_hint(false)
        .to_string()
        .lines()
        .filter(|line| !line.starts_with("@@"))
    {
        let tone = match line.chars().next() {
            Some('+') => Tone::Good,
            Some('-') => Tone::Bad,
            _ => Tone::Faint,
        };
        page.plain("        ").put(tone, line).end();
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
        other => other.to_string(),
    }
}

/// Writes every field of everything that would be written.
pub(crate) fn put_details(page: &mut Page, plan: &Plan) {
    for step in plan.steps().filter(|step| step.changes_something()) {
        page.put(
            Tone::Strong,
            format!("{} {} `{}`", step.action.verb(), step.resource, step.name),
        )
        .end();
        step.changes
            .iter()
            .for_each(|change| put_change(page, change));
    }
}

/// The result of a command that plans: the plan, and what came of it if it was applied.
#[derive(Serialize)]
pub(crate) struct PlanReport {
    account: String,
    region: String,
    plan: Vec<Value>,
    done: Vec<Value>,
    failed: Vec<Value>,
    not_tried: Vec<Value>,
    #[serde(skip)]
    words: Page,
}

impl PlanReport {
    /// A plan that is the result itself: nothing was applied.
    pub(crate) fn of_plan(account: &str, region: &str, plan: &Plan, words: Page) -> Self {
        Self {
            account: account.to_owned(),
            region: region.to_owned(),
            plan: plan.to_values(),
            done: Vec::new(),
            failed: Vec::new(),
            not_tried: Vec::new(),
            words,
        }
    }

    /// What came of a plan whose steps were `plan`.
    pub(crate) fn of_outcome(
        account: &str,
        region: &str,
        plan: Vec<Value>,
        outcome: &Outcome,
    ) -> Self {
        let identity = |resource: &str, name: &str| json!({"resource": resource, "name": name});
        let failed = outcome.failures().map(|(attempt, error)| {
            let explanation = explain(error);
            let mut failed = identity(attempt.resource, &attempt.name);
            failed["error"] = json!(explanation.message);
            failed["cause"] = json!(explanation.cause);
            failed["hint"] = json!(explanation.hint);
            failed
        });
        Self {
            account: account.to_owned(),
            region: region.to_owned(),
            plan,
            done: outcome
                .done()
                .map(|attempt| identity(attempt.resource, &attempt.name))
                .collect(),
            failed: failed.collect(),
            not_tried: outcome
                .not_tried
                .iter()
                .map(|(resource, name)| identity(resource, name))
                .collect(),
            words: Page::of(|page| put_outcome(page, outcome)),
        }
    }
}

impl Report for PlanReport {
    fn human(&self, page: &mut Page) {
        page.append(self.words.clone());
    }
}

fn put_outcome(page: &mut Page, outcome: &Outcome) {
    let name_width = outcome
        .attempts
        .iter()
        .map(|attempt| attempt.name.chars().count())
        .max()
        .unwrap_or_default();
    for attempt in &outcome.attempts {
        let (tone, sign, words) = match &attempt.result {
            Ok(()) => (Tone::Good, "✓", attempt.action.past()),
            Err(_) => (Tone::Bad, "✗", "failed"),
        };
        page.plain("  ")
            .put(tone, sign)
            .plain(" ")
            .column(tone, attempt.resource, 9)
            .plain("  ");
        page.column(Tone::Plain, &attempt.name, name_width)
            .plain("  ");
        page.column(tone, words, 7)
            .put(
                Tone::Faint,
                format!("  {:.1} s", attempt.took.as_secs_f64()),
            )
            .end();
    }
    for (resource, name) in &outcome.not_tried {
        page.plain("  ")
            .put(Tone::Faint, "·")
            .plain(" ")
            .column(Tone::Faint, resource, 9)
            .plain("  ")
            .column(Tone::Plain, name, name_width);
        page.plain("  ").line("not tried");
    }
}
