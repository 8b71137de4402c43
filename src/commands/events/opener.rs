//! Opens the sources that `ecrmon events` reads, and goes on to the next where one cannot be read.

use std::collections::BTreeSet;

use aws_sdk_cloudtrail::types::Trail;
use jiff::Timestamp;
use tokio::sync::OnceCell;

use super::athena::archive_of;
use super::places::Places;
use crate::aws::Aws;
use crate::context::Context;
use crate::coverage::Known;
use crate::error::{Exit, Refusal, Usage};
use crate::events::choice::{self, Kind, TooYoung, may_pass_over};
use crate::events::{
    Archive, Follow, History, Insights, LogGroup, Logs, Place, Query, Source, athena, regions,
};
use crate::resources::trails;

/// Opens sources; the settings of AWS are looked for when the first one needs them.
pub(super) struct Opener<'c> {
    places: &'c Places,
    context: &'c Context,
    aws: OnceCell<Aws>,
}

impl<'c> Opener<'c> {
    pub(super) fn new(places: &'c Places, context: &'c Context) -> Self {
        Self {
            places,
            context,
            aws: OnceCell::new(),
        }
    }

    /// The sources of that kind, one for each region that is to be read by itself; the query is told the regions
    /// where one source holds those of several.
    ///
    /// # Errors
    /// Where there is no such source; see [`choice::may_pass_over`].
    pub(super) async fn open(&self, kind: Kind, query: &mut Query) -> anyhow::Result<Vec<Source>> {
        query.filter.regions = self.chosen_regions(kind).await?;
        match kind {
            Kind::History => self.history().await,
            Kind::Logs => {
                let (aws, group) = self.log_group(query).await?;
                Ok(vec![Source::Logs(Logs { aws, group })])
            }
            Kind::Insights => {
                let (aws, group) = self.log_group(query).await?;
                let (recorded, notes) = group.known(query, &aws).await;
                Ok(vec![Source::Insights(Insights {
                    aws: group.client(&aws),
                    recorded,
                    notes,
                    log_group: group.arn.unwrap_or(group.name),
                })])
            }
            Kind::Archive => Ok(vec![Source::Archive(self.archive(query).await?)]),
            Kind::Athena => {
                let aws = self.aws().await?;
                let (archive, since) = self.table_archive(Vec::new()).await?;
                Ok(vec![Source::Athena(
                    self.places.athena.athena(aws, &archive, since),
                )])
            }
        }
    }

    /// Answers from the first source that lets itself be read, and says why it was that one. Once something is shown
    /// (`may_go_on` says no) there is no other try.
    ///
    /// # Errors
    /// Where no source lets itself be read: see [`choice::foremost`].
    pub(super) async fn first<T>(
        &self,
        query: &mut Query,
        may_go_on: impl Fn() -> bool,
        answer: impl AsyncFn(Vec<Source>, &Query) -> anyhow::Result<T>,
    ) -> anyhow::Result<(Kind, String, T)> {
        let (kinds, why) = self.places.kinds(query);
        let mut reasons = vec![why.to_owned()];
        let mut failures = Vec::new();
        for kind in kinds {
            let answered = match self.open(kind, query).await {
                Ok(sources) => answer(sources, query).await,
                Err(error) => Err(error),
            };
            match answered {
                Err(error) if may_go_on() && may_pass_over(&error) => {
                    reasons.push(format!("{}: {error:#}", kind.name()));
                    failures.push(error);
                }
                answered => return Ok((kind, reasons.join("; "), answered?)),
            }
        }
        Err(choice::foremost(failures))
    }

    /// The sources of what happens from now on: a log group, if there is one, tells sooner than the event history.
    ///
    /// # Errors
    /// As [`Self::open`]; [`Usage`] for a source that tells nothing new.
    pub(super) async fn follow(&self, query: &mut Query) -> anyhow::Result<(Kind, Vec<Source>)> {
        let (kinds, why) = self.places.kinds(query);
        let kinds = if why.is_empty() {
            kinds
        } else {
            vec![Kind::Logs, Kind::History]
        };
        for (number, kind) in kinds.iter().enumerate() {
            match self.open(*kind, query).await {
                Err(error) if number + 1 < kinds.len() && may_pass_over(&error) => {}
                sources => {
                    let follows: Option<Vec<_>> = sources?.into_iter().map(following).collect();
                    return Ok((*kind, follows.ok_or_else(tells_nothing_new)?));
                }
            }
        }
        Err(tells_nothing_new().into())
    }

    /// Makes Athena's table, if that is asked for.
    pub(super) async fn create(&self) -> anyhow::Result<Option<Exit>> {
        if !self.places.athena.athena_create {
            return Ok(None);
        }
        let aws = self.context.connect().await?;
        let accounts = match self.places.of_account.as_slice() {
            [] => vec![aws.account.clone()],
            named => named.to_vec(),
        };
        let (archive, _) = self.table_archive(accounts).await?;
        let exit = self
            .places
            .athena
            .create(&aws, &archive, self.context)
            .await?;
        Ok(Some(exit))
    }

    /// The archive that a table is over, and since when its trail has been recording, as far as that is known.
    async fn table_archive(
        &self,
        accounts: Vec<String>,
    ) -> anyhow::Result<(athena::Archive, Option<Timestamp>)> {
        let aws = self.aws().await?;
        let (place, since) = match self.places.archive.as_slice() {
            [] => {
                let trail = delivering(aws).await?;
                if trail.is_organization_trail() == Some(true) {
                    return Err(of_an_organization(&trail).into());
                }
                of_trail(trail, aws).await
            }
            [place, ..] => (place.clone(), None),
        };
        Ok((archive_of(&place, accounts, aws)?, since))
    }

    async fn aws(&self) -> anyhow::Result<&Aws> {
        self.aws.get_or_try_init(|| self.context.open()).await
    }

    async fn history(&self) -> anyhow::Result<Vec<Source>> {
        let aws = self.aws().await?;
        let regions = match self.places.public {
            true => vec![regions::OF_ECR_PUBLIC.to_owned()],
            false if self.places.all_regions => regions::of_partition(&aws.partition)
                .iter()
                .map(|&region| region.to_owned())
                .collect(),
            false if self.context.regions.is_empty() => vec![aws.region.clone()],
            false => self.context.regions.clone(),
        };
        let source = |region: String| {
            Source::History(History {
                aws: aws.in_region(&region),
            })
        };
        Ok(regions.into_iter().map(source).collect())
    }

    async fn log_group(&self, query: &Query) -> anyhow::Result<(Aws, LogGroup)> {
        let aws = self.aws().await?.clone();
        if let Some(name) = &self.places.log_group {
            let group = LogGroup::named(name, &aws)?;
            return Ok((aws, group));
        }
        let mut group = LogGroup::of_trail(&aws).await?;
        if self.places.is_left_to_us(query) {
            group = group.look_into_trail(&aws).await;
            old_enough(group.recorded_since(), query)?;
        }
        Ok((aws, group))
    }

    /// A local archive is read without region and credentials.
    async fn archive(&self, query: &Query) -> anyhow::Result<Archive> {
        let progress = self.context.output.progress.clone();
        let mut places = self.places.archive.clone();
        let mut since = None;
        if places.is_empty() {
            let aws = self.aws().await?;
            let (place, recorded_since) = of_trail(delivering(aws).await?, aws).await;
            places.push(place);
            since = recorded_since;
        }
        if self.places.is_left_to_us(query) {
            old_enough(since, query)?;
        }
        let aws = if places.iter().any(Place::is_remote) {
            Some(self.aws().await?.clone())
        } else {
            None
        };
        Ok(Archive::new(places, aws, progress).recorded_since(since))
    }

    /// The regions that events are chosen by, where a source holds those of several. An archive that is named is read
    /// whole, unless regions are named too.
    async fn chosen_regions(&self, kind: Kind) -> anyhow::Result<BTreeSet<String>> {
        let whole = kind == Kind::Archive && !self.places.archive.is_empty();
        let named = &self.context.regions;
        Ok(
            if self.places.public || self.places.all_regions || (whole && named.is_empty()) {
                BTreeSet::new()
            } else if named.is_empty() {
                BTreeSet::from([self.aws().await?.region.clone()])
            } else {
                named.iter().cloned().collect()
            },
        )
    }
}

/// The trail of this region that delivers to a bucket; of several, one that records all regions.
async fn delivering(aws: &Aws) -> anyhow::Result<Trail> {
    let trails = trails::describe(aws).await?;
    let best = trails
        .into_iter()
        .filter(|trail| trail.s3_bucket_name().is_some())
        .max_by_key(Trail::is_multi_region_trail);
    let none = || {
        Refusal::new(
            "no trail of this region delivers to a bucket",
            "`ecrmon setup` makes one; `--archive s3://BUCKET/PREFIX` names another place",
        )
    };
    Ok(best.ok_or_else(none)?)
}

/// The bucket of a trail, and since when the trail has been recording, as far as that is known.
async fn of_trail(trail: Trail, aws: &Aws) -> (Place, Option<Timestamp>) {
    let place = Place::Bucket {
        name: trail.s3_bucket_name().unwrap_or_default().to_owned(),
        prefix: trail.s3_key_prefix().unwrap_or_default().to_owned(),
    };
    let facts = trails::look_into(&[trail], aws).await.unwrap_or_default();
    let since = facts.first().and_then(|facts| match &facts.status {
        Known::Known(status) => status.started,
        Known::Unknown(_) => None,
    });
    (place, since)
}

/// CloudTrail does not say the organization's id, below which its trail delivers.
fn of_an_organization(trail: &Trail) -> Usage {
    let bucket = trail.s3_bucket_name().unwrap_or_default();
    let prefix = trail
        .s3_key_prefix()
        .map_or_else(String::new, |prefix| format!("{prefix}/"));
    Usage::new(
        "the trail is an organization's, whose files lie below the organization's id",
        format!("say where: `--archive s3://{bucket}/{prefix}AWSLogs/o-ID`"),
    )
}

/// # Errors
/// [`TooYoung`] where the trail began after the question does.
fn old_enough(since: Option<Timestamp>, query: &Query) -> Result<(), TooYoung> {
    match since.filter(|since| *since > query.window.from) {
        Some(since) => Err(TooYoung(since)),
        None => Ok(()),
    }
}

fn following(source: Source) -> Option<Source> {
    match source {
        Source::History(history) => Some(Follow::History(history.aws)),
        Source::Logs(logs) => Some(Follow::LogGroup(logs.aws, logs.group)),
        Source::Insights(_) | Source::Archive(_) | Source::Athena(_) | Source::Follow(_) => None,
    }
    .map(Source::Follow)
}

fn tells_nothing_new() -> Usage {
    Usage::new(
        "this source tells nothing of what happens from now on",
        "follow `--source history` or `--source logs`",
    )
}
