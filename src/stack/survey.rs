//! Looking at everything before anything is decided. Reads only, side by side.

use anyhow::Context;
use futures::future::join_all;
use jiff::Timestamp;

use super::decision::{Decision, Seen};
use crate::aws::{Aws, CallError};
use crate::coverage::TrailFacts;
use crate::plan::Resource;
use crate::resources::bucket::Bucket;
use crate::resources::dashboard::look::{self, Showing};
use crate::resources::dashboard::{Content, Dashboard};
use crate::resources::log_group::{self, LogGroup};
use crate::resources::log_group_arn::LogGroupArn;
use crate::resources::role::Role;
use crate::resources::trail::{self, Trail};
use crate::resources::trails;
use crate::settings::{Choices, Settings};

/// Which part of a stack a command is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    Everything,
    /// Bucket, log group, role and trail.
    Trail,
}

/// The trails, and the stack as it was recorded on one of them.
pub(crate) struct Survey {
    pub settings: Settings,
    pub trails: Vec<TrailFacts>,
    /// The trail under our name, if it is ours.
    pub own: Option<Trail>,
    /// A person's trail that was given our log group and role.
    pub attached: Option<TrailFacts>,
    pub now: Timestamp,
    own_arn: String,
}

/// What is there under the names of the settings; only what the decision needs is read.
#[derive(Default)]
pub(crate) struct Found {
    pub bucket: Option<Bucket>,
    pub log_group: Option<LogGroup>,
    pub role: Option<Role>,
    pub dashboard: Option<Dashboard>,
    /// What the dashboard shows: what was decided when it was made, else what there is to show now.
    pub showing: Showing,
}

impl Survey {
    /// Reads the trails and, from the tags of ours or of the role of an attached one, the settings.
    pub(crate) async fn make(trail: &str, flags: &Choices, aws: &Aws) -> anyhow::Result<Self> {
        let own_arn = aws.trail_arn(trail);
        let (trails, own) = trails_and_own(&own_arn, aws).await?;
        let own = own.filter(|found| found.is_ours(trail));
        let (attached, recorded) = match &own {
            Some(own) => (
                None,
                Choices::recorded_in(&own.tags, &format!("trail `{trail}`"))?,
            ),
            None => attached(trail, &trails, aws).await?,
        };
        let settings = Settings::resolve(trail, flags, &recorded, aws)?;
        // One that a person has pointed at another log group since is theirs again.
        let delivers_to_ours = |trail: &TrailFacts| {
            trail.log_group == Some(format!("{}:*", aws.log_group_arn(&settings.log_group)))
        };
        let attached = attached
            .filter(delivers_to_ours)
            .or_else(|| attached_by_name(&settings, &trails, aws));
        Ok(Self {
            settings,
            trails,
            own,
            attached,
            now: Timestamp::now(),
            own_arn,
        })
    }

    pub(crate) fn seen<'a>(&'a self, aws: &'a Aws) -> Seen<'a> {
        Seen {
            trails: &self.trails,
            region: &aws.region,
            account: &aws.account,
            now: self.now,
            own_arn: &self.own_arn,
            own_exists: self.own.is_some(),
            attached: self.attached.as_ref(),
        }
    }

    /// Reads what the decision needs, side by side.
    pub(crate) async fn found(
        &self,
        decision: &Decision,
        scope: Scope,
        aws: &Aws,
    ) -> anyhow::Result<Found> {
        let Settings {
            bucket,
            log_group,
            role,
            dashboard,
            ..
        } = &self.settings;
        let adopted = match decision {
            Decision::Adopt(_, log_group) => Some(log_group),
            _ => None,
        };
        let bucket_matters = matches!(decision, Decision::Own | Decision::Choose { .. });
        let dashboard = dashboard.as_ref().filter(|_| scope != Scope::Trail);
        let (bucket, log_group, role, (dashboard, showing)) = tokio::try_join!(
            when(bucket_matters, read(bucket, Bucket::observe(bucket, aws))),
            read(log_group, log_group_of(adopted, log_group, aws)),
            when(adopted.is_none(), read(role, Role::observe(role, aws))),
            async {
                match dashboard {
                    Some(name) => self.dashboard(name, aws).await,
                    None => Ok((None, Showing::default())),
                }
            },
        )?;
        Ok(Found {
            bucket,
            log_group,
            role,
            dashboard,
            showing,
        })
    }

    /// The dashboard, and what it shows. Widgets come and go by `dashboard create` alone: what a dashboard was made to
    /// show, it is to go on showing.
    async fn dashboard(
        &self,
        name: &str,
        aws: &Aws,
    ) -> anyhow::Result<(Option<Dashboard>, Showing)> {
        let stack = &self.settings.trail;
        let found = read(name, Dashboard::observe(name, aws)).await?;
        let recorded = found
            .as_ref()
            .and_then(|found| found.recorded(stack, &aws.region));
        let showing = match recorded {
            Some(recorded) => recorded,
            // Five looks side by side are a large future; boxed, those of the callers stay small.
            None => Box::pin(look::showing(stack, aws)).await?,
        };
        Ok((found, showing))
    }

    /// Where the events of the trail that watches can be read, or would be.
    pub(crate) fn log_group(&self, decision: &Decision, aws: &Aws) -> LogGroupArn {
        match decision {
            Decision::Adopt(_, log_group) => log_group.clone(),
            _ => LogGroupArn {
                region: aws.region.clone(),
                account: aws.account.clone(),
                name: self.settings.log_group.clone(),
            },
        }
    }

    /// What the dashboard is made of.
    pub(crate) fn dashboard_content(
        &self,
        decision: &Decision,
        showing: &Showing,
        aws: &Aws,
    ) -> Content {
        Content {
            stack: self.settings.trail.clone(),
            region: aws.region.clone(),
            log_group: showing.logs.then(|| self.log_group(decision, aws)),
            shown: showing.shown.clone(),
        }
    }
}

async fn when<T>(
    condition: bool,
    read: impl Future<Output = anyhow::Result<Option<T>>>,
) -> anyhow::Result<Option<T>> {
    if condition { read.await } else { Ok(None) }
}

/// Says of a failed look what was looked at.
pub(super) async fn read<R: Resource>(
    name: &str,
    look: impl Future<Output = anyhow::Result<Option<R>>>,
) -> anyhow::Result<Option<R>> {
    look.await
        .with_context(|| format!("cannot look at {} `{name}`", R::KIND))
}

async fn log_group_of(
    adopted: Option<&LogGroupArn>,
    own: &str,
    aws: &Aws,
) -> anyhow::Result<Option<LogGroup>> {
    match adopted {
        None => LogGroup::observe(own, aws).await,
        Some(arn) => {
            let text = format!(
                "arn:{}:logs:{}:{}:log-group:{}",
                aws.partition, arn.region, arn.account, arn.name
            );
            log_group::observe_with(&aws.logs_in(&arn.region), &text, &arn.name, aws).await
        }
    }
}

/// Every trail, and the one under our own's ARN. Its tags are read beside the state of all.
async fn trails_and_own(
    own_arn: &str,
    aws: &Aws,
) -> anyhow::Result<(Vec<TrailFacts>, Option<Trail>)> {
    let look = async {
        let described = trails::describe(aws).await?;
        let exists = described
            .iter()
            .any(|trail| trail.trail_arn() == Some(own_arn));
        let tags = async {
            if exists {
                trail::tags_of(own_arn, aws).await
            } else {
                Ok(None)
            }
        };
        tokio::try_join!(trails::look_into(&described, aws), tags)
    };
    let (trails, tags) = look.await.context("cannot look at the trails")?;
    let own = trails.iter().find(|facts| facts.arn == own_arn).zip(tags);
    let own = own
        .map(|(facts, tags)| Trail::found(facts, tags, aws))
        .transpose()?;
    Ok((trails, own))
}

/// The trail of this account and region whose delivery role carries our tag, and the settings recorded on that role.
async fn attached(
    stack: &str,
    trails: &[TrailFacts],
    aws: &Aws,
) -> anyhow::Result<(Option<TrailFacts>, Choices)> {
    let changeable = |trail: &&TrailFacts| {
        trail.account() == aws.account && trail.home_region == aws.region && !trail.organization
    };
    let candidates = trails
        .iter()
        .filter(changeable)
        .filter_map(|trail| Some((trail, role_name(trail.role.as_deref()?)?)));
    let roles =
        join_all(candidates.map(async |(trail, role)| (trail, Role::observe(role, aws).await)))
            .await;
    for (trail, role) in roles {
        let role = role.or_else(|error| match error.downcast_ref::<CallError>() {
            // A role that we may not read is not taken for ours.
            Some(denied) if denied.is_denied() => Ok(None),
            _ => Err(error.context("cannot look at the role of a trail")),
        })?;
        if let Some(role) = role
            && role.is_ours(stack)
        {
            let recorded = Choices::recorded_in(&role.tags, &format!("role `{}`", role.name))?;
            return Ok((Some(trail.clone()), recorded));
        }
    }
    Ok((None, Choices::default()))
}

/// Where group and role were named and existed before, nothing of ours carries a tag: then the names tell.
fn attached_by_name(settings: &Settings, trails: &[TrailFacts], aws: &Aws) -> Option<TrailFacts> {
    let mut others = trails
        .iter()
        .filter(|trail| trail.arn != aws.trail_arn(&settings.trail));
    others
        .find(|trail| delivers_to(trail, settings, aws))
        .cloned()
}

/// The trail names the stack's log group and role.
pub(super) fn delivers_to(trail: &TrailFacts, settings: &Settings, aws: &Aws) -> bool {
    let log_group = format!("{}:*", aws.log_group_arn(&settings.log_group));
    trail.log_group.as_deref() == Some(&log_group)
        && trail.role.as_deref().and_then(role_name) == Some(&settings.role)
}

fn role_name(arn: &str) -> Option<&str> {
    arn.split_once(":role/")?.1.rsplit('/').next()
}
