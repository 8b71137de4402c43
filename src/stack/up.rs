//! The plan that brings a stack up: what was found and decided, turned into stages.

use jiff::SignedDuration;

use super::decision::Decision;
use super::survey::{Found, Scope, Survey};
use crate::aws::Aws;
use crate::coverage::TrailFacts;
use crate::error::Usage;
use crate::plan::{Action, Plan, Resource, Step};
use crate::resources::attachment::Attachment;
use crate::resources::bucket::Bucket;
use crate::resources::dashboard::Dashboard;
use crate::resources::log_group::LogGroup;
use crate::resources::log_group_arn::LogGroupArn;
use crate::resources::role::Role;
use crate::resources::trail::{LogsTarget, Trail, Waits};
use crate::settings::Tags;

/// A role younger than this may not be known to CloudTrail yet.
const YOUNG: SignedDuration = SignedDuration::from_mins(5);

/// Stages: what the trail needs, the trail, the dashboard.
///
/// # Errors
/// [`Usage`] where something that exists cannot be brought to what is asked.
pub(crate) fn plan(
    survey: &Survey,
    decision: &Decision,
    found: Found,
    scope: Scope,
    overwrite: bool,
    aws: &Aws,
) -> Result<Plan, Usage> {
    let content = survey.dashboard_content(decision, &found.showing, aws);
    let Found {
        bucket,
        log_group,
        role,
        dashboard,
        showing,
    } = found;
    let mut stages = match decision {
        Decision::Choose { .. } => Vec::new(),
        Decision::Own => own(survey, bucket, log_group, role, aws)?,
        Decision::Attach(trail) => attach(survey, trail, log_group, role, aws)?,
        Decision::Adopt(trail, log_group) => adopt(trail, log_group, aws),
    };
    if let Some(name) = survey
        .settings
        .dashboard
        .as_ref()
        .filter(|_| scope != Scope::Trail)
    {
        let step = Dashboard::step(name, &content, showing.notes, dashboard, overwrite)?;
        stages.push(vec![step]);
    }
    Ok(Plan(stages))
}

fn own(
    survey: &Survey,
    bucket: Option<Bucket>,
    log_group: Option<LogGroup>,
    role: Option<Role>,
    aws: &Aws,
) -> Result<Vec<Vec<Step>>, Usage> {
    let bucket = bucket_step(survey, bucket, aws);
    let log_group = log_group_step(survey, log_group);
    let (role, target, role_is_young) = role_step(survey, role, &Tags::new(), aws)?;
    let waits = Waits {
        role: role_is_young,
        bucket: bucket.changes_something(),
    };
    let trail = Trail::wanted(&survey.settings, survey.own.as_ref(), target, waits, aws);
    let reach = if trail.multi_region {
        "all regions"
    } else {
        "this region alone"
    };
    let trail = Step::ensure(trail, survey.own.clone())
        .noted(format!("{reach}, reads and writes, validated"));
    Ok(vec![vec![bucket, log_group, role], vec![trail]])
}

fn attach(
    survey: &Survey,
    trail: &TrailFacts,
    log_group: Option<LogGroup>,
    role: Option<Role>,
    aws: &Aws,
) -> Result<Vec<Vec<Step>>, Usage> {
    let log_group = log_group_step(survey, log_group);
    let (role, target, role_is_young) = role_step(survey, role, &survey.settings.record, aws)?;
    let found = Attachment::found(trail);
    let wanted = found.clone().to(
        target,
        Waits {
            role: role_is_young,
            bucket: false,
        },
    );
    let note = format!(
        "yours; records {}, gets our log group and role alone",
        survey.seen(aws).records(trail)
    );
    Ok(vec![
        vec![log_group, role],
        vec![Step::ensure(wanted, Some(found)).noted(note)],
    ])
}

fn adopt(trail: &TrailFacts, log_group: &LogGroupArn, aws: &Aws) -> Vec<Vec<Step>> {
    let place = if log_group.region == aws.region {
        String::new()
    } else {
        format!(" in {}", log_group.region)
    };
    vec![vec![
        Step::keep(
            Trail::KIND,
            &trail.name,
            "already records ECR, reads and writes: left untouched",
        ),
        Step::keep(
            LogGroup::KIND,
            &log_group.name,
            format!("where `{}` delivers{place}", trail.name),
        ),
    ]]
}

fn bucket_step(survey: &Survey, found: Option<Bucket>, aws: &Aws) -> Step {
    let wanted = Bucket::wanted(&survey.settings, found.as_ref(), aws);
    let loss = wanted.loss(found.as_ref());
    let place = match &found {
        Some(bucket) if bucket.region != aws.region => format!(" (in {})", bucket.region),
        _ => String::new(),
    };
    let (note, advice) = match &found {
        Some(bucket) if !bucket.is_ours(&survey.settings.trail) => (
            "yours; gets CloudTrail's two permissions alone",
            bucket.shortcomings(),
        ),
        _ => ("private, encrypted, versioned, TLS only", Vec::new()),
    };
    Step::ensure(wanted, found)
        .noted(format!("{note}{place}"))
        .advised(advice)
        .losing(loss)
}

fn log_group_step(survey: &Survey, found: Option<LogGroup>) -> Step {
    let wanted = LogGroup::wanted(&survey.settings, found.as_ref());
    let loss = wanted.loss(found.as_ref());
    let theirs = found
        .as_ref()
        .is_some_and(|group| !group.is_ours(&survey.settings.trail));
    let unchanged = found
        .as_ref()
        .is_some_and(|group| group.retention == wanted.retention);
    let note = format!(
        "retention: {}{}",
        wanted.retention,
        if theirs && unchanged {
            " (yours, kept)"
        } else {
            ""
        }
    );
    Step::ensure(wanted, found).noted(note).losing(loss)
}

/// The step, what the trail will name, and whether CloudTrail may not know the role yet.
fn role_step(
    survey: &Survey,
    found: Option<Role>,
    record: &Tags,
    aws: &Aws,
) -> Result<(Step, LogsTarget, bool), Usage> {
    let wanted = Role::wanted(&survey.settings, record, found.as_ref(), aws)?;
    let theirs = found
        .as_ref()
        .is_some_and(|role| !role.is_ours(&survey.settings.trail));
    let target = LogsTarget {
        log_group: format!("{}:*", aws.log_group_arn(&survey.settings.log_group)),
        role: wanted.arn(aws),
    };
    let made = found.as_ref().and_then(|role| role.created);
    let advice = if theirs {
        wanted.shortcomings()
    } else {
        Vec::new()
    };
    let note = if theirs {
        "yours, used as it is"
    } else {
        "lets CloudTrail write to the log group"
    };
    let step = Step::ensure(wanted, found).noted(note).advised(advice);
    let is_young = step.action != Action::Keep
        || made.is_some_and(|made| survey.now.duration_since(made) < YOUNG);
    Ok((step, target, is_young))
}
