//! Which log group holds CloudTrail's events: the one that a trail delivers to, or the one that a person names.

use aws_sdk_cloudtrail::types::Trail;
use aws_sdk_cloudwatchlogs::operation::filter_log_events::builders::FilterLogEventsFluentBuilder;
use jiff::Timestamp;

use crate::aws::{Aws, CallError};
use crate::coverage::{Known, Records, TrailFacts};
use crate::error::{Refusal, Usage};
use crate::events::query::{Query, Window};
use crate::resources::log_group_arn::LogGroupArn;
use crate::resources::trails;

/// A log group, in whatever region and account.
#[derive(Debug, Clone)]
pub(crate) struct LogGroup {
    pub name: String,
    pub region: String,
    /// Without its final `:*`; `None` where a person gave the name alone.
    pub arn: Option<String>,
    trail: Deliverer,
}

/// The trail that delivers to a group, as far as we have looked.
#[derive(Debug, Clone)]
enum Deliverer {
    Unknown,
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
                trail: Deliverer::Unknown,
            });
        }
        Self::of_arn(text, Deliverer::Unknown).ok_or_else(|| {
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
                Ok(facts) => facts,
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

    /// Looks into the trail that delivers here, if we know it, once. What cannot be learnt stays unknown.
    pub(crate) async fn look_into_trail(mut self, aws: &Aws) -> Self {
        if let Deliverer::Listed(trail) = &self.trail
            && let Ok(mut facts) = trails::look_into(std::slice::from_ref(trail), aws).await
            && let Some(facts) = facts.pop()
        {
            self.trail = Deliverer::LookedInto(Box::new(facts));
        }
        self
    }

    /// Since when its trail has been recording, as far as that is known.
    pub(crate) fn recorded_since(&self) -> Option<Timestamp> {
        match &self.trail {
            Deliverer::LookedInto(facts) => match &facts.status {
                Known::Known(status) => status.started,
                Known::Unknown(_) => None,
            },
            Deliverer::Unknown | Deliverer::Listed(_) => None,
        }
    }

    /// For which time the group can have everything, and what its readers must know of the trail. What cannot be
    /// learnt is left out.
    pub(crate) async fn known(&self, query: &Query, aws: &Aws) -> (Window, Vec<String>) {
        match self.clone().look_into_trail(aws).await.trail {
            Deliverer::LookedInto(facts) => {
                (recorded(&facts), notes(&facts, &aws.region, query.window))
            }
            Deliverer::Unknown | Deliverer::Listed(_) => (Window::ALWAYS, Vec::new()),
        }
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

async fn best(trails: &[Trail], aws: &Aws) -> Result<Option<LogGroup>, CallError> {
    let facts = trails::look_into(trails, aws).await?;
    let best = facts.into_iter().max_by_key(|facts| {
        let records_all = facts.records(&aws.region) == Records::ReadsAndWrites;
        (facts.is_logging() == Some(true), records_all)
    });
    Ok(best.and_then(|facts| {
        let arn = facts.log_group.clone()?;
        LogGroup::of_arn(&arn, Deliverer::LookedInto(Box::new(facts)))
    }))
}

fn no_log_group() -> Refusal {
    Refusal::new(
        "no trail of this region delivers its events to a log group",
        "`ecrmon setup` makes one; `--log-group NAME` names another; `--source history` needs none",
    )
}

/// Since when the trail has been recording, and until when it has.
fn recorded(facts: &TrailFacts) -> Window {
    let Known::Known(status) = &facts.status else {
        return Window::ALWAYS;
    };
    let stopped = status.stopped.filter(|_| !status.logging);
    Window {
        from: status.started.unwrap_or(Timestamp::MIN),
        until: stopped.unwrap_or(Timestamp::MAX),
    }
}

fn notes(facts: &TrailFacts, region: &str, window: Window) -> Vec<String> {
    let trail = format!("the trail {}", facts.name);
    let records = match facts.records(region) {
        Records::ReadsAndWrites => None,
        Records::WritesOnly => Some(format!("{trail} records writes only: pulls are missing")),
        Records::ReadsOnly => Some(format!(
            "{trail} records reads only: pushes and deletions are missing"
        )),
        Records::Nothing(why) => Some(format!("{trail} records nothing of ECR in {region}: {why}")),
        Records::Unknown(why) => Some(format!("what {trail} records is not known: {why}")),
    };
    let mut notes: Vec<String> = records.into_iter().collect();
    if let Known::Known(status) = &facts.status {
        let started = status.started.filter(|started| *started > window.from);
        notes.extend(started.map(|started| {
            format!("{trail} started at {started:.0}: what happened before may be missing")
        }));
        if !status.logging {
            notes.push(format!("{trail} is not recording now"));
        }
        let failure = status.delivery_failure(Timestamp::now());
        notes.extend(failure.map(|why| format!("{trail}: {why}")));
    }
    notes
}
