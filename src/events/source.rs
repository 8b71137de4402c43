//! The places that events can be read from.

use anyhow::bail;

use super::archive::Archive;
use super::history::History;
use super::logs::Logs;
use super::query::Query;
use super::sink::{Reading, Sink};

pub(crate) enum Source {
    History(History),
    Logs(Logs),
    Archive(Archive),
}

impl Source {
    /// Tells the sink what the query wants.
    ///
    /// # Errors
    /// Where nothing could be read. What fails after something was told is in [`Reading::unread`].
    pub(crate) async fn read(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        match self {
            Self::History(history) => history.read(query, sink).await,
            Self::Logs(logs) => logs.read(query, sink).await,
            Self::Archive(archive) => archive.read(query, sink).await,
        }
    }

    /// Tells the sink what the query wants from the beginning of its window on, for as long as somebody reads.
    ///
    /// # Errors
    /// Where nothing could be read at first, and for a source that new events do not appear in.
    pub(crate) async fn follow(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        match self {
            Self::History(history) => history.follow(query, sink).await?,
            Self::Logs(logs) => logs.follow(query, sink).await?,
            Self::Archive(_) => bail!("an archive cannot be followed"),
        }
        Ok(Reading::default())
    }

    /// What to call it beside others of its kind.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::History(history) => format!("region {}", history.aws.region),
            Self::Logs(logs) => format!("log group {}", logs.group.name),
            Self::Archive(_) => "the archive".to_owned(),
        }
    }

    /// Whether it has something running at AWS that it must end itself when nobody reads any more.
    pub(super) fn cleans_up(&self) -> bool {
        match self {
            Self::History(_) | Self::Logs(_) | Self::Archive(_) => false,
        }
    }
}
