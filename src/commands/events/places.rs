//! Where `ecrmon events` reads: the flags that say so.

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::athena::AthenaFlags;
use crate::error::Usage;
use crate::events::choice::{self, Kind};
use crate::events::{Place, Query, Registry};
use crate::names;

/// Where to read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Sources")]
pub(crate) struct Places {
    /// Read this source
    #[arg(long, value_name = "SOURCE", value_enum, default_value_t)]
    source: SourceName,

    /// Read this log group, a name or an ARN, instead of the one that a trail delivers to
    #[arg(long, value_name = "NAME")]
    pub(super) log_group: Option<String>,

    /// Read the archive there, instead of the trail's bucket: `s3://BUCKET/PREFIX`, a folder, or a file
    #[arg(long, value_name = "PLACE", value_parser = Place::parse)]
    pub(super) archive: Vec<Place>,

    /// Read every region that ecrmon knows
    #[arg(long)]
    pub(super) all_regions: bool,

    /// Of an archive of several accounts, read these
    #[arg(long, value_name = "ID", value_parser = names::account, value_delimiter = ',')]
    pub(super) of_account: Vec<String>,

    /// Show events of ECR Public instead of the private registry's
    #[arg(long, conflicts_with = "all_regions")]
    pub(super) public: bool,

    #[command(flatten)]
    pub(super) athena: AthenaFlags,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum SourceName {
    /// What suits the window, and can be read
    #[default]
    Auto,
    /// CloudTrail's event history: 90 days, no trail needed
    History,
    /// The log group that a trail delivers to, event by event
    Logs,
    /// The same log group, searched by Logs Insights; billed by what it scans
    Insights,
    /// The files that a trail delivers to its bucket, there or in a folder
    Archive,
    /// The same files, searched by Athena; billed by what it scans
    Athena,
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

    /// Whether the source that is chosen reads all that is said of places. Athena is billed, so that its flags alone do
    /// not choose it.
    ///
    /// # Errors
    /// [`Usage`] for a flag that only another source reads.
    pub(super) fn fit(&self) -> Result<(), Usage> {
        let log_group = self.log_group.as_ref().map(|_| "--log-group");
        let archive = self.archive.first().map(|_| "--archive");
        let readers: [(_, &[Kind], _); 3] = [
            (
                log_group,
                &[Kind::Logs, Kind::Insights],
                "`--source logs` or `--source insights`",
            ),
            (
                archive,
                &[Kind::Archive, Kind::Athena],
                "`--source archive` or `--source athena`",
            ),
            (self.athena.given(), &[Kind::Athena], "`--source athena`"),
        ];
        let chosen = self.chosen();
        for (flag, kinds, sources) in readers {
            let is_read = chosen.is_some_and(|kind| kinds.contains(&kind));
            if let Some(flag) = flag.filter(|_| !is_read && !self.athena.athena_create) {
                let source = chosen.map_or("the one that suits the window", Kind::name);
                return Err(Usage::new(
                    format!("`{flag}` means nothing to this source: {source}"),
                    format!("use {sources}, or leave the flag out"),
                ));
            }
        }
        Ok(())
    }

    /// The source that the person chose, by its name or by its place.
    fn chosen(&self) -> Option<Kind> {
        match self.source {
            SourceName::History => Some(Kind::History),
            SourceName::Logs => Some(Kind::Logs),
            SourceName::Insights => Some(Kind::Insights),
            SourceName::Archive => Some(Kind::Archive),
            SourceName::Athena => Some(Kind::Athena),
            SourceName::Auto if !self.archive.is_empty() => Some(Kind::Archive),
            SourceName::Auto if self.log_group.is_some() => Some(Kind::Logs),
            SourceName::Auto => None,
        }
    }

    /// The sources to try, best first, and why; the reason is empty where the person chose.
    pub(super) fn kinds(&self, query: &Query) -> (Vec<Kind>, &'static str) {
        match self.chosen() {
            Some(kind) => (vec![kind], ""),
            None if query.filter.event_id.is_some() => {
                choice::order_for_one(query.window, Timestamp::now())
            }
            None => choice::order(query.window, Timestamp::now()),
        }
    }
}
