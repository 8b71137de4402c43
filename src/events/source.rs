//! The places that events can be read from.

use super::archive::Archive;
use super::athena::Athena;
use super::follow::Follow;
use super::history::History;
use super::insights::Insights;
use super::logs::Logs;
use super::query::Query;
use super::sink::{Reading, Sink};

pub(crate) enum Source {
    History(History),
    Logs(Logs),
    Insights(Insights),
    Archive(Archive),
    Athena(Athena),
    /// What happens from now on, too: reading it ends with Ctrl-C.
    Follow(Follow),
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
            Self::Insights(insights) => insights.read(query, sink).await,
            Self::Archive(archive) => archive.read(query, sink).await,
            Self::Athena(athena) => athena.read(query, sink).await,
            Self::Follow(follow) => follow.run(query, sink).await.map(|()| Reading::default()),
        }
    }

    /// What to call it beside others of its kind.
    pub(crate) fn place(&self) -> String {
        match self {
            Self::History(history) => format!("region {}", history.aws.region),
            Self::Follow(Follow::History(aws)) => format!("region {}", aws.region),
            Self::Logs(logs) => format!("log group {}", logs.group.name),
            Self::Follow(Follow::LogGroup(_, group)) => format!("log group {}", group.name),
            Self::Insights(insights) => format!("log group {}", insights.log_group),
            Self::Archive(_) => "the archive".to_owned(),
            Self::Athena(athena) => format!("table {}", athena.name),
        }
    }

    /// While others are followed on, nobody would hear before the end that this one is not.
    pub(super) fn say_at_once(&self, error: &anyhow::Error) {
        if let Self::Follow(follow) = self {
            let text = format!("not followed: {}: {error:#}", self.place());
            follow.aws().progress.warning(&text);
        }
    }

    /// Whether it has something to end itself when nobody reads any more.
    pub(super) fn cleans_up(&self) -> bool {
        match self {
            Self::History(_) | Self::Logs(_) | Self::Archive(_) => false,
            Self::Insights(_) | Self::Athena(_) | Self::Follow(_) => true,
        }
    }
}
