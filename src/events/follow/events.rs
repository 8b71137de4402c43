//! Following the events of a registry, from either source that has new ones.

use jiff::Timestamp;
use tokio::sync::mpsc;

use super::feed::{Feed, Told};
use super::follower::follow;
use super::history::HistoryFeed;
use super::log_events::LogEvent;
use super::log_group::LogFeed;
use super::overlap::Id;
use crate::aws::Aws;
use crate::events::logs::{LogGroup, Pattern};
use crate::events::{Enough, Event, Query, Sink, Window};

/// Where new events are followed in the region that `aws` is in.
pub(crate) enum Follow {
    /// The event history: no trail is needed, events come about 5 minutes late.
    History(Aws),
    /// A trail's log group: by Live Tail where there is any, else looked at every two seconds.
    LogGroup(Aws, LogGroup),
}

/// Batches that may wait for the reader.
const BATCHES: usize = 4;

impl Follow {
    /// Tells the sink every event that the query wants from the beginning of its window on, each once, until nobody reads
    /// any more or Ctrl-C comes, which both end it well; the window's end is of no account.
    ///
    /// At first the sink is told what there is already, with oldest first as the order of its marks. After that
    /// [`Found::Passed`](crate::events::Found::Passed) is the present time, every second: events still come late, CloudTrail's usual
    /// 5 minutes and more.
    ///
    /// # Errors
    /// What the very first look meets before it has found anything. Whatever fails later is said and tried again.
    pub(crate) async fn run(&self, query: &Query, sink: &Sink) -> anyhow::Result<()> {
        let asked = Query {
            window: Window {
                from: query.window.from,
                until: Timestamp::MAX,
            },
            ..query.clone()
        };
        match self {
            Self::History(aws) => {
                tell(&HistoryFeed { aws, query: &asked }, aws, &asked, sink).await
            }
            Self::LogGroup(aws, group) => {
                let feed = LogFeed {
                    aws: group.client(aws),
                    group,
                    // Without a pattern no event can be wanted, which is seen here as well.
                    pattern: Pattern::of(&asked).map(|pattern| pattern.to_string()),
                    live: true,
                    read: |event| read(event, &asked, aws),
                };
                tell(&feed, aws, &asked, sink).await
            }
        }
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

/// What an event without an id says of itself must do.
pub(super) fn id(event: &Event) -> Id {
    match &event.event_id {
        Some(id) => Id::of([id.as_bytes()]),
        None => Id::of([
            b"".as_slice(),
            &serde_json::to_vec(event).unwrap_or_default(),
        ]),
    }
}
