//! Following the events of a registry, from either source that has new ones.
//!
//! Following tells the sink every event that the query wants from the beginning of its window on, each once, until
//! nobody reads any more or Ctrl-C comes, which both end it well. The window's end is of no account.
//!
//! At first the sink is told what there is already, its marks those of oldest first. After that
//! [`Found::Passed`](crate::events::Found::Passed) is the present time, every second: later events still come late,
//! usually by 5 minutes (CloudTrail user guide).
//!
//! Errors are those of the very first look, before it has found anything. Whatever fails later is said and tried again.

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::feed::{Feed, Told};
use super::follower::follow;
use super::history::HistoryFeed;
use super::id::id;
use super::log_events::LogEvent;
use super::log_group::LogFeed;
use super::overlap::Id;
use crate::aws::Aws;
use crate::events::logs::{LogGroup, Pattern};
use crate::events::{Enough, Event, Query, Sink, Window};

/// Batches that may wait for the reader.
const BATCHES: usize = 4;

/// Where new events are followed.
pub(crate) enum Follow {
    /// The event history of the region that `aws` is in: no trail is needed.
    History(Aws),
    /// A trail's log group: by Live Tail where there is any, else looked at every two seconds.
    LogGroup(Aws, LogGroup),
}

impl Follow {
    pub(crate) fn aws(&self) -> &Aws {
        match self {
            Self::History(aws) | Self::LogGroup(aws, _) => aws,
        }
    }

    /// # Errors
    /// As above.
    pub(crate) async fn run(&self, query: &Query, sink: &Sink) -> anyhow::Result<()> {
        let asked = from_then_on(query);
        match self {
            Self::History(aws) => {
                let feed = HistoryFeed { aws, query: &asked };
                tell(&feed, aws, &asked, sink).await
            }
            Self::LogGroup(aws, group) => {
                let aws = group.client(aws);
                let feed = LogFeed {
                    group,
                    // Without a pattern no event can be wanted, which is seen here as well.
                    pattern: Pattern::of(&asked).map(|pattern| pattern.to_string()),
                    live: true,
                    read: |event| read(event, &asked, &aws),
                    aws: aws.clone(),
                };
                tell(&feed, &aws, &asked, sink).await
            }
        }
    }
}

fn from_then_on(query: &Query) -> Query {
    Query {
        window: Window {
            from: query.window.from,
            until: Timestamp::MAX,
        },
        ..query.clone()
    }
}

async fn tell(
    feed: &impl Feed<Item = Event>,
    aws: &Aws,
    asked: &Query,
    sink: &Sink,
) -> anyhow::Result<()> {
    let (reader, mut told) = mpsc::channel(BATCHES);
    let pass_on = async move {
        while let Some(told) = told.recv().await {
            match told {
                Told::News(events) => sink.events(events).await?,
                Told::Passed(time) => sink.passed(time).await?,
            }
        }
        Ok::<(), Enough>(())
    };
    // What is on its way when following ends is passed on all the same.
    let (result, _) = tokio::join!(follow(feed, asked.window.from, reader, aws), pass_on);
    result
}

/// The event that a log event is the record of, if the query wants it.
fn read(log_event: LogEvent, query: &Query, aws: &Aws) -> Option<(Id, Event)> {
    let Ok(mut event) = Event::from_record(&log_event.message) else {
        aws.progress
            .once("some log events are no records of CloudTrail and are left out");
        return None;
    };
    query.wants(&event).then(|| {
        let id = id(&event);
        event.record = query
            .keep_records
            .then(|| log_event.message.into_boxed_str());
        (id, event)
    })
}
