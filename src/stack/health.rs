//! Whether monitoring is alive: a list of checks on the trail that watches and on everything that is managed.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::decision::{Decision, Wish};
use super::survey::{Found, Scope, Survey};
use super::{up, witness};
use crate::aws::Aws;
use crate::coverage::{Known, TrailFacts, TrailStatus};
use crate::plan::{Action, Resource, Step};
use crate::resources::bucket::Bucket;
use crate::resources::log_group::LogGroup;
use crate::resources::trail::Trail;
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
pub(crate) async fn check(
    trail: &str,
    flags: &Choices,
    max_age: SignedDuration,
    aws: &Aws,
) -> anyhow::Result<Vec<Check>> {
    let survey = Survey::make(trail, flags, aws).await?;
    let decision = survey.seen(aws).decide(&Wish::Nothing)?;
    let found = survey.found(&decision, Scope::Everything, aws).await?;
    let mut checks = match watching(&survey, &decision) {
        Some(trail) => deliveries(trail, &survey, &decision, &found, max_age, aws).await,
        None => vec![nobody_watches(&survey, aws)],
    };
    let plan = up::plan(&survey, &decision, found, Scope::Everything, false, aws)?;
    for step in plan.steps().filter(|step| !is_missing_trail(step)) {
        join(&mut checks, of_step(step));
    }
    checks.sort_by_key(|check| std::cmp::Reverse(check.state));
    Ok(checks)
}

/// One line for each resource: the worse state, and both details.
fn join(checks: &mut Vec<Check>, check: Check) {
    match checks
        .iter_mut()
        .find(|other| (other.resource, &other.name) == (check.resource, &check.name))
    {
        Some(other) => {
            other.state = other.state.max(check.state);
            other.detail = format!("{}; {}", other.detail, check.detail);
        }
        None => checks.push(check),
    }
}

/// A missing trail is told of by the deliveries already.
fn is_missing_trail(step: &Step) -> bool {
    step.resource == Trail::KIND && step.action == Action::Create
}

fn of_step(step: &Step) -> Check {
    let fields = || {
        step.changes
            .iter()
            .map(|change| change.field.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (state, detail) = match step.action {
        Action::Create => (State::Missing, "is not there".to_owned()),
        Action::Update => (State::Drift, format!("not as wanted: {}", fields())),
        Action::Keep | Action::Delete => (
            State::Ok,
            if step.note.is_empty() {
                "as wanted".to_owned()
            } else {
                step.note.clone()
            },
        ),
    };
    Check {
        resource: step.resource,
        name: step.name.clone(),
        state,
        detail,
    }
}

/// The trail that records ECR, if one does.
fn watching<'a>(survey: &'a Survey, decision: &'a Decision) -> Option<&'a TrailFacts> {
    match decision {
        Decision::Own => survey
            .own
            .as_ref()
            .and_then(|own| survey.trails.iter().find(|trail| trail.arn == own.arn)),
        Decision::Adopt(trail, _) | Decision::Attach(trail) => Some(trail),
        Decision::Choose { .. } => None,
    }
}

fn nobody_watches(survey: &Survey, aws: &Aws) -> Check {
    let detail = match survey.seen(aws).shortcomings().as_slice() {
        [] => "no trail records ECR here".to_owned(),
        trails => trails
            .iter()
            .map(|(name, words)| format!("{name}: {words}"))
            .collect::<Vec<_>>()
            .join("; "),
    };
    Check {
        resource: Trail::KIND,
        name: survey.settings.trail.clone(),
        state: State::Missing,
        detail,
    }
}

/// The trail, and its deliveries to bucket and log group.
async fn deliveries(
    trail: &TrailFacts,
    survey: &Survey,
    decision: &Decision,
    found: &Found,
    max_age: SignedDuration,
    aws: &Aws,
) -> Vec<Check> {
    let check = |resource, name: &str, (state, detail)| Check {
        resource,
        name: name.to_owned(),
        state,
        detail,
    };
    let status = match &trail.status {
        Known::Known(status) => status,
        Known::Unknown(why) => {
            return vec![check(
                Trail::KIND,
                &trail.name,
                (State::Unknown, why.clone()),
            )];
        }
    };
    let delivery = |last, error: &Option<String>, began| {
        delivery(last, error.as_deref(), began, max_age, survey.now)
    };
    // A trail that had been logging before it was given our log group could not deliver there without our role.
    let to_logs_since = status
        .started
        .max(found.role.as_ref().and_then(|role| role.created));
    let mut to_logs = delivery(status.logs_delivery, &status.logs_error, to_logs_since);
    let log_group = survey.log_group(decision, aws);
    let (newest, stopped_by) = tokio::join!(witness::newest_event(&log_group, aws), async {
        if status.logging {
            None
        } else {
            witness::stopped_by(trail, aws).await
        }
    });
    if let Some(newest) = newest {
        let _ = write!(
            to_logs.1,
            "; newest event {} (this figure lags by up to an hour)",
            time::ago(newest, survey.now)
        );
    }
    if found.log_group.is_none() {
        to_logs = (State::Missing, "is not there".to_owned());
    }
    let to_bucket = delivery(status.bucket_delivery, &status.bucket_error, status.started);
    vec![
        check(
            Trail::KIND,
            &trail.name,
            logging(status, stopped_by, survey.now),
        ),
        check(Bucket::KIND, &trail.bucket, to_bucket),
        check(LogGroup::KIND, &log_group.name, to_logs),
    ]
}

fn logging(status: &TrailStatus, stopped_by: Option<String>, now: Timestamp) -> (State, String) {
    let age = |time: Option<Timestamp>| time.map(|time| time::span(now.duration_since(time)));
    if status.logging {
        let age = age(status.started)
            .map(|age| format!(" for {age}"))
            .unwrap_or_default();
        (State::Ok, format!("logging{age}"))
    } else {
        let age = age(status.stopped)
            .map(|age| format!(", stopped {age} ago"))
            .unwrap_or_default();
        let who = stopped_by
            .map(|who| format!(" by {who}"))
            .unwrap_or_default();
        (State::Failing, format!("not logging{age}{who}"))
    }
}

/// Deliveries that could begin at `began`, and the last there was.
fn delivery(
    last: Option<Timestamp>,
    error: Option<&str>,
    began: Option<Timestamp>,
    max_age: SignedDuration,
    now: Timestamp,
) -> (State, String) {
    let young = began.is_some_and(|began| now.duration_since(began) < FIRST_DELIVERY);
    match (error, last) {
        (Some(error), _) => (State::Failing, format!("delivery fails: {error}")),
        (None, Some(last)) if now.duration_since(last) <= max_age => {
            (State::Ok, format!("last delivery {}", time::ago(last, now)))
        }
        (None, last) if young && last < began => (
            State::Waiting,
            "nothing delivered yet, which can take up to 30 min".to_owned(),
        ),
        (None, Some(last)) => (
            State::Failing,
            format!(
                "last delivery {}, longer than --max-age",
                time::ago(last, now)
            ),
        ),
        (None, None) => (State::Failing, "nothing was ever delivered".to_owned()),
    }
}
