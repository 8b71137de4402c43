//! The plan that takes a stack away again: only what carries its tag or marker, in reverse order.

use super::survey::{Survey, delivers_to, read};
use crate::aws::Aws;
use crate::coverage::TrailFacts;
use crate::plan::{Plan, Resource, Step};
use crate::resources::attachment::Attachment;
use crate::resources::bucket::Bucket;
use crate::resources::dashboard::{Dashboard, Owner};
use crate::resources::log_group::LogGroup;
use crate::resources::role::Role;
use crate::resources::trail::Trail;

/// What there is under the names of the settings.
pub(crate) struct Remains {
    bucket: Option<Bucket>,
    log_group: Option<LogGroup>,
    role: Option<Role>,
    dashboard: Option<Dashboard>,
}

impl Remains {
    /// Looks only at the names that settings and flags give.
    pub(crate) async fn observe(survey: &Survey, aws: &Aws) -> anyhow::Result<Self> {
        let settings = &survey.settings;
        let dashboard = async {
            match &settings.dashboard {
                Some(name) => read(name, Dashboard::observe(name, aws)).await,
                None => Ok(None),
            }
        };
        let (bucket, log_group, role, dashboard) = tokio::try_join!(
            read(&settings.bucket, Bucket::observe(&settings.bucket, aws)),
            read(
                &settings.log_group,
                LogGroup::observe(&settings.log_group, aws)
            ),
            read(&settings.role, Role::observe(&settings.role, aws)),
            dashboard
        )?;
        Ok(Self {
            bucket,
            log_group,
            role,
            dashboard,
        })
    }

    /// Dashboard and trail first, then what they used. Bucket and log group hold the history: they stay unless
    /// `delete_logs`.
    pub(crate) fn plan(self, survey: &Survey, delete_logs: bool, aws: &Aws) -> Plan {
        let detached = self.detachment(survey, aws);
        let staying = Staying::beside(survey, detached.is_some());
        let Self {
            bucket,
            log_group,
            role,
            dashboard,
        } = self;
        let first = [
            dashboard.map(|found| dashboard_step(found, &survey.settings.trail, &aws.region)),
            survey.own.clone().map(trail_step),
            detached,
        ];
        let last = [
            role.map(|found| role_step(found, survey, &staying, aws)),
            log_group.map(|found| log_group_step(found, survey, &staying, delete_logs, aws)),
            bucket.map(|found| bucket_step(found, survey, &staying, delete_logs, aws)),
        ];
        Plan(vec![
            first.into_iter().flatten().collect(),
            last.into_iter().flatten().collect(),
        ])
    }

    /// An attached trail gets its two fields cleared, if they still name our group and role and one of these is ours.
    fn detachment(&self, survey: &Survey, aws: &Aws) -> Option<Step> {
        let settings = &survey.settings;
        let attached = survey
            .attached
            .as_ref()
            .filter(|trail| delivers_to(trail, settings, aws))?;
        let role_is_ours = self
            .role
            .as_ref()
            .is_some_and(|role| role.is_ours(&settings.trail));
        let group_is_ours = self
            .log_group
            .as_ref()
            .is_some_and(|group| group.is_ours(&settings.trail));
        let found = Attachment::found(attached);
        (role_is_ours || group_is_ours).then(|| {
            Step::ensure(found.clone().cleared(), Some(found))
                .noted("yours; gives up our log group and role")
        })
    }
}

/// The trails that go on when this stack is gone: what they use must stay, whoever made it.
struct Staying<'a>(Vec<&'a TrailFacts>);

impl<'a> Staying<'a> {
    fn beside(survey: &'a Survey, attached_goes: bool) -> Self {
        let gone = [
            survey.own.as_ref().map(|trail| &trail.arn),
            survey
                .attached
                .as_ref()
                .filter(|_| attached_goes)
                .map(|trail| &trail.arn),
        ];
        let stays = |trail: &&TrailFacts| !gone.contains(&Some(&trail.arn));
        Self(survey.trails.iter().filter(stays).collect())
    }

    /// The step that keeps a thing that one of them uses.
    fn keep<R: Resource>(&self, name: &str, uses: impl Fn(&TrailFacts) -> bool) -> Option<Step> {
        let trail = self.0.iter().find(|trail| uses(trail))?;
        Some(Step::keep(
            R::KIND,
            name,
            format!("trail `{}` uses it", trail.name),
        ))
    }
}

fn role_step(found: Role, survey: &Survey, staying: &Staying<'_>, aws: &Aws) -> Step {
    if !found.is_ours(&survey.settings.trail) {
        return not_ours::<Role>(found.name());
    }
    let arn = found.arn(aws);
    staying
        .keep::<Role>(found.name(), |trail| trail.role.as_ref() == Some(&arn))
        .unwrap_or_else(|| Step::delete(found))
}

fn trail_step(found: Trail) -> Step {
    Step::delete(found).noted("logging stops, and no event is recorded by it any more")
}

fn dashboard_step(found: Dashboard, stack: &str, region: &str) -> Step {
    let name = found.name().to_owned();
    match found.owner(stack, region) {
        Owner::Us => Step::delete(found),
        Owner::Edited => Step::delete(found).noted("edited by hand since ecrmon made it"),
        Owner::OtherStack(marker) => Step::keep(
            Dashboard::KIND,
            &name,
            format!("belongs to stack `{}` in {}", marker.stack, marker.region),
        ),
        Owner::Somebody => not_ours::<Dashboard>(&name),
    }
}

fn log_group_step(
    found: LogGroup,
    survey: &Survey,
    staying: &Staying<'_>,
    delete_logs: bool,
    aws: &Aws,
) -> Step {
    if !found.is_ours(&survey.settings.trail) {
        return not_ours::<LogGroup>(found.name());
    }
    if !delete_logs {
        return holds_history::<LogGroup>(found.name());
    }
    let arn = format!("{}:*", aws.log_group_arn(found.name()));
    staying
        .keep::<LogGroup>(found.name(), |trail| trail.log_group.as_ref() == Some(&arn))
        .unwrap_or_else(|| {
            Step::delete(found).losing(Some("every event in it is deleted for good".to_owned()))
        })
}

/// A bucket of somebody's gives back our two statements; one of ours goes with all it holds, if that was asked.
fn bucket_step(
    found: Bucket,
    survey: &Survey,
    staying: &Staying<'_>,
    delete_logs: bool,
    aws: &Aws,
) -> Step {
    let settings = &survey.settings;
    if !found.is_ours(&settings.trail) {
        let without = found.without_our_statements(settings, aws);
        let name = found.name.clone();
        let step = Step::ensure(without, Some(found))
            .noted("yours; this stack's CloudTrail permissions go");
        return if step.changes_something() {
            step
        } else {
            not_ours::<Bucket>(&name)
        };
    }
    if !delete_logs {
        return holds_history::<Bucket>(found.name());
    }
    let loss = "every log file in it is deleted for good, in all versions";
    staying
        .keep::<Bucket>(found.name(), |trail| trail.bucket == found.name)
        .unwrap_or_else(|| Step::delete(found).losing(Some(loss.to_owned())))
}

fn holds_history<R: Resource>(name: &str) -> Step {
    Step::keep(
        R::KIND,
        name,
        "holds the history; `--delete-logs` deletes it",
    )
}

fn not_ours<R: Resource>(name: &str) -> Step {
    Step::keep(R::KIND, name, "not made by this stack")
}
