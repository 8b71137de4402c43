//! Opens the sources that `ecrmon events` reads, and goes on to the next where one cannot be read.

use std::collections::BTreeSet;

use aws_sdk_cloudtrail::types::Trail;
use jiff::Timestamp;
use tokio::sync::OnceCell;

use super::athena::archive_of;
use super::passed_over::{Chosen, PassedOver};
use super::places::Places;
use crate::aws::Aws;
use crate::context::Context;
use crate::coverage::Known;
use crate::error::{Exit, Refusal, Usage};
use crate::events::choice::{self, Gap, Kind, may_pass_over, without_gap};
use crate::events::{
    Archive, Follow, History, Insights, LogGroup, Logs, Place, Query, Recorded, Source, athena,
    regions,
};
use crate::resources::trails;

/// What to do with a source that does not have all of the time asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gaps {
    /// Read it: it was named, or there is nothing better.
    Read,
    PassOver,
}

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
    /// Where there is no such source; see [`may_pass_over`].
    async fn open(&self, kind: Kind, query: &mut Query, gaps: Gaps) -> anyhow::Result<Vec<Source>> {
        query.filter.regions = self.chosen_regions(kind).await?;
        match kind {
            Kind::History => self.history().await,
            Kind::Logs => {
                let (aws, group) = self.log_group(query, gaps).await?;
                Ok(vec![Source::Logs(Logs { aws, group })])
            }
            Kind::Insights => {
                let (aws, group) = self.log_group(query, gaps).await?;
                let group = group.looked_into(&aws).await;
                Ok(vec![Source::Insights(Insights {
                    aws: group.client(&aws),
                    recorded: group.recorded(),
                    notes: group.notes(query.window, &aws),
                    log_group: group.arn.unwrap_or(group.name),
                })])
            }
            Kind::Archive => Ok(vec![Source::Archive(self.archive(query, gaps).await?)]),
            Kind::Athena => {
                let aws = self.aws().await?;
                let (archive, recorded) = self.table_archive(Vec::new()).await?;
                Ok(vec![Source::Athena(
                    self.places.athena.athena(aws, &archive, recorded),
                )])
            }
        }
    }

    /// Answers from the first source that lets itself be read and has all of the time asked for, else from the first
    /// that has some of it. Once something is shown (`may_go_on` says no) there is no other try.
    ///
    /// # Errors
    /// Where no source lets itself be read: see [`PassedOver::foremost`].
    pub(super) async fn first<T>(
        &self,
        query: &mut Query,
        may_go_on: impl Fn() -> bool,
        answer: impl AsyncFn(Vec<Source>, &Query) -> anyhow::Result<T>,
    ) -> anyhow::Result<Chosen<T>> {
        let (kinds, why) = self.places.kinds(query);
        let gaps = gaps(why);
        let mut passed_over = PassedOver::new(why);
        for kind in kinds {
            let answered = match self.open(kind, query, gaps).await {
                Ok(sources) => answer(sources, query).await,
                Err(error) => Err(error),
            };
            match answered {
                Err(error) if may_go_on() && self.may_pass_over(&error) => {
                    passed_over.push(kind, error);
                }
                answered => return Ok(passed_over.chosen(kind, answered?)),
            }
        }
        let Some(kind) = passed_over.with_gap() else {
            return Err(passed_over.foremost());
        };
        let sources = self.open(kind, query, Gaps::Read).await?;
        let answered = answer(sources, query).await?;
        Ok(passed_over.chosen_with_gap(kind, answered))
    }

    /// The sources of what happens from now on: a log group, if there is one, tells sooner than the event history.
    ///
    /// # Errors
    /// As [`Self::open`]; [`Usage`] for a source that tells nothing new.
    pub(super) async fn follow(&self, query: &mut Query) -> anyhow::Result<(Kind, Vec<Source>)> {
        let (kinds, why) = self.places.kinds(query);
        let gaps = gaps(why);
        let kinds = if gaps == Gaps::Read {
            kinds
        } else {
            vec![Kind::Logs, Kind::History]
        };
        for (number, kind) in kinds.iter().enumerate() {
            let opened = match self.open(*kind, query, gaps).await {
                // What is to come is there in any case.
                Err(error) if error.downcast_ref() == Some(&Gap::Unknown) => {
                    self.open(*kind, query, Gaps::Read).await
                }
                opened => opened,
            };
            match opened {
                Err(error) if number + 1 < kinds.len() && self.may_pass_over(&error) => {}
                sources => {
                    let follows: Option<Vec<_>> = sources?.into_iter().map(following).collect();
                    return Ok((*kind, follows.ok_or_else(tells_nothing_new)?));
                }
            }
        }
        Err(tells_nothing_new().into())
    }

    /// Where several regions are read each by itself, one that fails is told of, and is no reason to read none.
    fn may_pass_over(&self, error: &anyhow::Error) -> bool {
        let is_one_of_several = self.places.all_regions || self.context.regions.len() > 1;
        may_pass_over(error) || (is_one_of_several && choice::is_of_a_region(error))
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

    /// The archive that a table is over, and for which time its trail has delivered, as far as that is known.
    async fn table_archive(
        &self,
        accounts: Vec<String>,
    ) -> anyhow::Result<(athena::Archive, Recorded)> {
        let aws = self.aws().await?;
        let (place, recorded) = match self.places.archive.as_slice() {
            [] => {
                let trail = delivering(aws).await?;
                if trail.is_organization_trail() == Some(true) {
                    return Err(of_an_organization(&trail).into());
                }
                of_trail(trail, aws).await
            }
            [place, ..] => (place.clone(), Recorded::UNKNOWN),
        };
        Ok((archive_of(&place, accounts, aws)?, recorded))
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

    async fn log_group(&self, query: &Query, gaps: Gaps) -> anyhow::Result<(Aws, LogGroup)> {
        let aws = self.aws().await?.clone();
        if let Some(name) = &self.places.log_group {
            let group = LogGroup::named(name, &aws)?;
            return Ok((aws, group));
        }
        let mut group = LogGroup::of_trail(&aws).await?;
        if gaps == Gaps::PassOver {
            group = group.looked_into(&aws).await;
            without_gap(group.recorded(), query.window, Timestamp::now())?;
        }
        Ok((aws, group))
    }

    /// A local archive is read without region and credentials.
    async fn archive(&self, query: &Query, gaps: Gaps) -> anyhow::Result<Archive> {
        let progress = self.context.output.progress.clone();
        let mut places = self.places.archive.clone();
        let mut recorded = Recorded::UNKNOWN;
        if places.is_empty() {
            let aws = self.aws().await?;
            let (place, of_trail) = of_trail(delivering(aws).await?, aws).await;
            places.push(place);
            recorded = of_trail;
        }
        if gaps == Gaps::PassOver {
            without_gap(recorded, query.window, Timestamp::now())?;
        }
        let aws = if places.iter().any(Place::is_remote) {
            Some(self.aws().await?.clone())
        } else {
            None
        };
        Ok(Archive::new(places, aws, progress).recorded(recorded))
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

/// The bucket of a trail, and for which time the trail has delivered there, as far as that is known.
async fn of_trail(trail: Trail, aws: &Aws) -> (Place, Recorded) {
    let place = Place::Bucket {
        name: trail.s3_bucket_name().unwrap_or_default().to_owned(),
        prefix: trail.s3_key_prefix().unwrap_or_default().to_owned(),
    };
    let facts = trails::look_into(&[trail], aws).await.unwrap_or_default();
    let recorded = facts.first().map(|facts| match &facts.status {
        Known::Known(status) => Recorded::by(status, status.bucket_failing_since()),
        Known::Unknown(_) => Recorded::UNKNOWN,
    });
    (place, recorded.unwrap_or(Recorded::UNKNOWN))
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

/// A source that a person chose is read whatever it has; `why` is empty then.
fn gaps(why: &str) -> Gaps {
    if why.is_empty() {
        Gaps::Read
    } else {
        Gaps::PassOver
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
