//! Whether monitoring is alive: a list of checks on the trail that watches and on everything that is managed.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::decision::{Decision, Wish};
use super::survey::{Found, Scope, Survey};
use super::up;
use crate::aws::Aws;
use crate::coverage::{Known, TrailFacts, TrailStatus};
use crate::plan::{Action, Step};
use crate::resources::trail::records_text;
use crate::settings::Choices;
use crate::time;

/// How a check went, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Ok,
    /// Too young to tell.
    Waiting,
    /// It cannot be told.
    Unknown,
    /// A managed resource is not as it should be.
    Drift,
    Missing,
    Failing,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Check {
    pub resource: &'static str,
    pub name: String,
    pub state: State,
    pub detail: String,
}

impl Check {
    pub(crate) fn is_healthy(&self) -> bool {
        matches!(self.state, State::Ok | State::Waiting)
    }
}

/// CloudTrail delivers within minutes; a trail started less than this ago may have delivered nothing yet.
const FIRST_DELIVERY: SignedDuration = SignedDuration::from_mins(30);

/// Reads everything and judges it, worst first.
pub(crate) async fn check(trail: &str, flags: &Choices, max_age: SignedDuration, aws: &Aws) -> anyhow::Result<Vec<Check>> {
    let survey = Survey::make(trail, flags, aws).await?;
    let decision = survey.seen(aws).decide(&Wish::Nothing)?;
    let found = survey.found(&decision, Scope::Everything, aws).await?;
    let mut checks = deliveries(&survey, &decision, &found, max_age, aws);
    let plan = up::plan(&survey, &decision, found, Scope::Everything, false, aws)?;
    checks.extend(plan.steps().filter(|step| !is_missing_trail(step)).map(of_step));
    checks.sort_by_key(|check| std::cmp::Reverse(check.state));
    Ok(checks)
}

/// A missing trail is told of by the deliveries already.
fn is_missing_trail(step: &Step) -> bool {
    step.resource == "trail" && step.action == Action::Create
}

fn of_step(step: &Step) -> Check {
    let fields = || step.changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>().join(", ");
    let (state, detail) = match step.action {
        Action::Create => (State::Missing, "is not there".to_owned()),
        Action::Update => (State::Drift, format!("not as wanted: {}", fields())),
        Action::Keep | Action::Delete => {
            (State::Ok, if step.note.is_empty() { "as wanted".to_owned() } else { step.note.clone() })
        }
    };
    Check { resource: step.resource, name: step.name.clone(), state, detail }
}

fn deliveries(survey: &Survey, decision: &Decision, found: &Found, max_age: SignedDuration, aws: &Aws) -> Vec<Check> {
    let own = || survey.own.as_ref().and_then(|own| survey.trails.iter().find(|trail| trail.arn == own.arn));
    let watching = match decision {
        Decision::Own => own(),
        Decision::Adopt(trail, _) | Decision::Attach(trail) => Some(trail),
        Decision::Choose { .. } => None,
    };
    let Some(trail) = watching else {
        let detail = match survey.seen(aws).shortcomings().as_slice() {
            [] => "no trail records ECR here".to_owned(),
            trails => trails.iter().map(|(name, words)| format!("{name}: {words}")).collect::<Vec<_>>().join("; "),
        };
        return vec![Check { resource: "trail", name: survey.settings.trail.clone(), state: State::Missing, detail }];
    };
    let check = |resource, name: &str, (state, detail)| Check { resource, name: name.to_owned(), state, detail };
    match &trail.status {
        Known::Unknown(why) => vec![check("trail", &trail.name, (State::Unknown, why.clone()))],
        Known::Known(status) => {
            let log_group = found.log_group.as_ref().map_or(survey.settings.log_group.as_str(), |group| &group.name);
            let to_bucket = delivery(status, status.bucket_delivery, status.bucket_error.as_deref(), max_age, survey.now);
            let to_logs = delivery(status, status.logs_delivery, status.logs_error.as_deref(), max_age, survey.now);
            vec![
                check("trail", &trail.name, logging(trail, status, survey.now, aws)),
                check("delivery", &trail.bucket, to_bucket),
                check("delivery", log_group, to_logs),
            ]
        }
    }
}

fn logging(trail: &TrailFacts, status: &TrailStatus, now: Timestamp, aws: &Aws) -> (State, String) {
    let since =
        |time: Option<Timestamp>| time.map(|time| format!(" since {}", time::span(now.duration_since(time)))).unwrap_or_default();
    if status.logging {
        (State::Ok, format!("logging{}, records {}", since(status.started), records_text(&trail.records(&aws.region))))
    } else {
        (State::Failing, format!("not logging{}", since(status.stopped)))
    }
}

fn delivery(
    status: &TrailStatus,
    last: Option<Timestamp>,
    error: Option<&str>,
    max_age: SignedDuration,
    now: Timestamp,
) -> (State, String) {
    let young = status.started.is_some_and(|started| now.duration_since(started) < FIRST_DELIVERY);
    match (error, last) {
        (Some(error), _) => (State::Failing, format!("delivery fails: {error}")),
        (None, Some(last)) if now.duration_since(last) > max_age => {
            (State::Failing, format!("last delivery {}, longer than --max-age", time::ago(last, now)))
        }
        (None, Some(last)) => (State::Ok, format!("last delivery {}", time::ago(last, now))),
        (None, None) if young => (State::Waiting, "nothing delivered yet; logging began less than 30 min ago".to_owned()),
        (None, None) => (State::Failing, "nothing was ever delivered".to_owned()),
    }
}
