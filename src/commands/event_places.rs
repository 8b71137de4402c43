//! Where `ecrmon events` reads: the flags that say so, and the sources that they open.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::aws::Aws;
use crate::context::Context;
use crate::error::Refusal;
use crate::events::choice::{self, Kind, TooYoung};
use crate::events::{Archive, History, LogGroup, Logs, Place, Query, Registry, Source, regions};
use crate::names;
use crate::output::Progress;
use crate::resources::trails;

/// Where to read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sources")]
pub(crate) struct Places {
    /// Read this source
    #[arg(long, value_name = "SOURCE", value_enum, default_value_t)]
    source: SourceName,

    /// Read this log group, a name or an ARN, instead of the one that a trail delivers to
    #[arg(long, value_name = "NAME")]
    log_group: Option<String>,

    /// Read the archive there, instead of the trail's bucket: `s3://BUCKET/PREFIX`, a folder, or a file
    #[arg(long, value_name = "PLACE", value_parser = Place::parse)]
    archive: Vec<Place>,

    /// Read every region that ecrmon knows
    #[arg(long)]
    all_regions: bool,

    /// Of an archive of several accounts, read these
    #[arg(long, value_name = "ID", value_parser = names::account, value_delimiter = ',')]
    of_account: Vec<String>,

    /// Show events of ECR Public instead of the private registry's
    #[arg(long, conflicts_with = "all_regions")]
    public: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum SourceName {
    /// What suits the window, and can be read
    #[default]
    Auto,
    /// CloudTrail's event history: 90 days, no trail needed
    History,
    /// The log group that a trail delivers to
    Logs,
    /// The files that a trail delivers to its bucket, there or in a folder
    Archive,
}

impl Places {
    pub(super) fn registry(&self) -> Registry {
        if self.public {
            Registry::Public
        } else {
            Registry::Private
        }
    }

    pub(super) fn accounts(&self) -> BTreeSet<String> {
        self.of_account.iter().cloned().collect()
    }

    /// The sources to try, best first, and why; the reason is empty where the person chose.
    pub(super) fn kinds(&self, query: &Query, follow: bool) -> (Vec<Kind>, &'static str) {
        let chosen = match self.source {
            SourceName::History => Some(Kind::History),
            SourceName::Logs => Some(Kind::Logs),
            SourceName::Archive => Some(Kind::Archive),
            SourceName::Auto if !self.archive.is_empty() => Some(Kind::Archive),
            SourceName::Auto if self.log_group.is_some() => Some(Kind::Logs),
            SourceName::Auto => None,
        };
        match chosen {
            Some(kind) => (vec![kind], ""),
            None if follow => choice::order_to_follow(),
            None => choice::order(query.window, Timestamp::now()),
        }
    }

    fn is_left_to_us(&self, query: &Query) -> bool {
        !self.kinds(query, false).1.is_empty()
    }
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
    /// Where there is no such source; see [`choice::may_pass_over`].
    pub(super) async fn open(&self, kind: Kind, query: &mut Query) -> anyhow::Result<Vec<Source>> {
        query.filter.regions = self.chosen_regions(kind).await?;
        match kind {
            Kind::History => self.history().await,
            Kind::Logs => Ok(vec![Source::Logs(self.logs(query).await?)]),
            Kind::Archive => Ok(vec![Source::Archive(self.archive().await?)]),
            Kind::Insights | Kind::Athena => Err(Refusal::new("not yet", "").into()),
        }
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

    async fn logs(&self, query: &Query) -> anyhow::Result<Logs> {
        let aws = self.aws().await?;
        let group = match &self.places.log_group {
            Some(name) => LogGroup::named(name, aws)?,
            None => LogGroup::of_trail(aws).await?,
        };
        if !self.places.is_left_to_us(query) {
            return Ok(Logs {
                aws: aws.clone(),
                group,
            });
        }
        let group = group.look_into_trail(aws).await;
        match group
            .recorded_since()
            .filter(|since| *since > query.window.from)
        {
            Some(since) => Err(TooYoung(since).into()),
            None => Ok(Logs {
                aws: aws.clone(),
                group,
            }),
        }
    }

    /// A local archive is read without region and credentials.
    async fn archive(&self) -> anyhow::Result<Archive> {
        let progress = Progress::new(&self.context.output);
        let mut places = self.places.archive.clone();
        if places.is_empty() {
            places.push(of_trail(self.aws().await?).await?);
        }
        let aws = if places.iter().any(Place::is_remote) {
            Some(self.aws().await?.clone())
        } else {
            None
        };
        Ok(Archive::new(places, aws, progress))
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

/// The bucket of a trail of this region; of several, of one that records all regions.
async fn of_trail(aws: &Aws) -> anyhow::Result<Place> {
    let trails = trails::describe(aws).await?;
    let best = trails
        .iter()
        .filter(|trail| trail.s3_bucket_name().is_some())
        .max_by_key(|trail| trail.is_multi_region_trail());
    let none = || {
        Refusal::new(
            "no trail of this region delivers to a bucket",
            "`ecrmon setup` makes one; `--archive s3://BUCKET/PREFIX` names another place",
        )
    };
    let trail = best.ok_or_else(none)?;
    Ok(Place::Bucket {
        name: trail.s3_bucket_name().unwrap_or_default().to_owned(),
        prefix: trail.s3_key_prefix().unwrap_or_default().to_owned(),
    })
}
