//! Which log group holds CloudTrail's events: the one that a trail delivers to, or the one that a person names.

use aws_sdk_cloudtrail::types::Trail;
use aws_sdk_cloudwatchlogs::operation::filter_log_events::builders::FilterLogEventsFluentBuilder;
use jiff::Timestamp;

use super::background::Background;
use crate::aws::{Aws, CallError};
use crate::coverage::{Known, Records, TrailFacts};
use crate::error::{Refusal, Usage};
use crate::events::{Recorded, Window};
use crate::resources::log_group_arn::LogGroupArn;
use crate::resources::{log_groups, trails};

/// A log group, in whatever region and account.
#[derive(Debug, Clone)]
pub(crate) struct LogGroup {
    pub name: String,
    pub region: String,
    /// Without its final `:*`; `None` where a person gave the name alone.
    pub arn: Option<String>,
    trail: Deliverer,
    background: Option<Background>,
}

/// The trail that delivers to a group, as far as we have looked.
#[derive(Debug, Clone)]
enum Deliverer {
    NotLookedFor,
    Listed(Box<Trail>),
    LookedInto(Box<TrailFacts>),
}

impl LogGroup {
    /// The group that a person names, by its name in the region of `aws` or by its ARN. No call.
    ///
    /// # Errors
    /// [`Usage`] for an ARN of something else.
    pub(crate) fn named(text: &str, aws: &Aws) -> Result<Self, Usage> {
        if !text.starts_with("arn:") {
            return Ok(Self {
                name: text.to_owned(),
                region: aws.region.clone(),
                arn: None,
                trail: Deliverer::NotLookedFor,
                background: None,
            });
        }
        Self::of_arn(text, Deliverer::NotLookedFor).ok_or_else(|| {
            Usage::new(
                format!("`{text}` is no log group's ARN"),
                "name a log group, or give an ARN such as `arn:aws:logs:eu-west-1:123456789012:log-group:NAME`",
            )
        })
    }

    fn of_arn(arn: &str, trail: Deliverer) -> Option<Self> {
        let parts = LogGroupArn::parse(arn)?;
        Some(Self {
            name: parts.name,
            region: parts.region,
            arn: Some(arn.trim_end_matches(":*").to_owned()),
            trail,
            background: None,
        })
    }

    /// The group that a trail of this region delivers to; of several, that of a trail that records reads and writes.
    /// One call, and two more for each trail if there are several.
    ///
    /// # Errors
    /// A [`CallError`], or a [`Refusal`] if there is no such trail.
    pub(crate) async fn of_trail(aws: &Aws) -> anyhow::Result<Self> {
        let mut delivering = trails::describe(aws).await?;
        delivering.retain(|trail| log_group_arn(trail).and_then(LogGroupArn::parse).is_some());
        let found = match delivering.as_slice() {
            [] => None,
            [trail] => of_listed(trail),
            several => match best(several, aws).await {
                Ok(facts) => facts.and_then(of_facts),
                Err(_) => several.first().and_then(of_listed),
            },
        };
        Ok(found.ok_or_else(no_log_group)?)
    }

    /// `aws` where the group is.
    pub(crate) fn client(&self, aws: &Aws) -> Aws {
        if self.region == aws.region {
            aws.clone()
        } else {
            aws.in_region(&self.region)
        }
    }

    /// Names the group in a request: by its ARN where that is known, since it may be another account's.
    pub(crate) fn name_in(
        &self,
        request: FilterLogEventsFluentBuilder,
    ) -> FilterLogEventsFluentBuilder {
        match &self.arn {
            Some(arn) => request.log_group_identifier(arn),
            None => request.log_group_name(&self.name),
        }
    }

    /// Looks what is known of it besides its events, once. What cannot be learnt stays unknown.
    pub(crate) async fn looked_into(mut self, aws: &Aws) -> Self {
        self.background = Some(self.background(aws).await);
        self
    }

    /// For which time it can have everything, as far as we have looked.
    pub(crate) fn recorded(&self) -> Recorded {
        let background = self.background.as_ref();
        background.map_or(Recorded::UNKNOWN, |known| known.recorded(Timestamp::now()))
    }

    /// What its readers must know of it, as far as we have looked.
    pub(crate) fn notes(&self, window: Window, aws: &Aws) -> Vec<String> {
        let background = self.background.as_ref();
        background.map_or_else(Vec::new, |known| {
            known.notes(&aws.region, window, Timestamp::now())
        })
    }

    /// What is known of it besides its events.
    pub(super) async fn background(&self, aws: &Aws) -> Background {
        if let Some(known) = &self.background {
            return known.clone();
        }
        let there = self.client(aws);
        let (trail, kept_since) = tokio::join!(
            self.deliverer(aws, &there),
            log_groups::kept_since(&self.name, self.arn.as_deref(), &there)
        );
        Background {
            trail: known(trail, "no trail that is seen from here delivers to it"),
            kept_since: known(kept_since, "the log group is not seen from here"),
        }
    }

    async fn deliverer(
        &self,
        aws: &Aws,
        there: &Aws,
    ) -> Result<Option<Box<TrailFacts>>, CallError> {
        match &self.trail {
            Deliverer::LookedInto(facts) => Ok(Some(facts.clone())),
            Deliverer::Listed(trail) => best(std::slice::from_ref(trail), aws).await,
            Deliverer::NotLookedFor => {
                let mut delivering = trails::describe(there).await?;
                delivering.retain(|trail| self.is_fed_by(trail));
                best(&delivering, there).await
            }
        }
    }

    fn is_fed_by(&self, trail: &Trail) -> bool {
        let group = of_listed(trail);
        group.is_some_and(|group| {
            let is_same_arn = self.arn.is_none() || self.arn == group.arn;
            is_same_arn && self.name == group.name && self.region == group.region
        })
    }
}

/// What is good to know, and no harm if it cannot be learnt; `missing` is said where there is nothing.
fn known<T>(learnt: Result<Option<T>, CallError>, missing: &str) -> Known<T> {
    match learnt {
        Ok(Some(value)) => Known::Known(value),
        Ok(None) => Known::Unknown(missing.to_owned()),
        Err(error) => Known::Unknown(error.to_string()),
    }
}

fn log_group_arn(trail: &Trail) -> Option<&str> {
    trail.cloud_watch_logs_log_group_arn()
}

fn of_listed(trail: &Trail) -> Option<LogGroup> {
    LogGroup::of_arn(
        log_group_arn(trail)?,
        Deliverer::Listed(Box::new(trail.clone())),
    )
}

/// Of several trails one that is logging, and of these one that records reads and writes.
async fn best(trails: &[Trail], aws: &Aws) -> Result<Option<Box<TrailFacts>>, CallError> {
    let facts = trails::look_into(trails, aws).await?;
    let best = facts.into_iter().max_by_key(|facts| {
        let records_all = facts.records(&aws.region) == Records::ReadsAndWrites;
        (facts.is_logging() == Some(true), records_all)
    });
    Ok(best.map(Box::new))
}

fn of_facts(facts: Box<TrailFacts>) -> Option<LogGroup> {
    let arn = facts.log_group.clone()?;
    LogGroup::of_arn(&arn, Deliverer::LookedInto(facts))
}

fn no_log_group() -> Refusal {
    Refusal::new(
        "no trail of this region delivers its events to a log group",
        "`ecrmon setup` makes one; `--log-group NAME` names another; `--source history` needs none",
    )
}
