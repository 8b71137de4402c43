//! The event history as something to follow: LookupEvents, looked at again and again. No trail is needed.

use std::time::Duration;

use anyhow::bail;
use jiff::SignedDuration;

use super::feed::{Feed, Teller};
use super::id::id;
use super::overlap::{Arrival, Lateness};
use crate::aws::Aws;
use crate::events::history::History;
use crate::events::{Event, Found, Order, Query, Sink, Window};

/// The events of a region's history that a query wants.
pub(super) struct HistoryFeed<'a> {
    pub aws: &'a Aws,
    pub query: &'a Query,
}

impl Feed for HistoryFeed<'_> {
    type Item = Event;

    /// CloudTrail makes events known after about 5 minutes on average and promises nothing (CloudTrail user guide);
    /// 15 minutes is what it used to promise.
    const LATENESS: Lateness = Lateness {
        horizon: SignedDuration::from_mins(30),
        usual: SignedDuration::from_mins(2),
    };
    /// LookupEvents may be called twice a second, by everybody in the account and region together.
    const PAUSE: Duration = Duration::from_secs(5);

    async fn look(&self, window: Window, teller: &Teller<Event>) -> anyhow::Result<()> {
        let (history, order) = if teller.is_at_first_look() {
            (self.aws.clone(), Order::OldestFirst)
        } else {
            (self.aws.unseen(), Order::NewestFirst)
        };
        let history = History { aws: history };
        let query = Query {
            window,
            order,
            ..self.query.clone()
        };
        let (sink, mut found) = Sink::new();
        let read = async move { history.read(&query, &sink).await };
        let tell = async {
            while let Some(found) = found.recv().await {
                match found {
                    Found::Events(events) => teller.tell(arrivals(events, window)).await,
                    Found::Passed(time) => teller.passed(time).await,
                }
            }
        };
        let (reading, ()) = tokio::join!(read, tell);
        let reading = reading?;
        teller.works();
        // What broke off is looked at again, from the beginning.
        if let Some(unread) = reading.unread.first() {
            bail!("{unread}");
        }
        if reading.unreadable_records > 0 {
            let text = "some records are no JSON objects: they are shown with what their rows tell";
            self.aws.progress.once(text);
        }
        Ok(())
    }

    async fn listen(&self, _: &Teller<Event>) {
        std::future::pending::<()>().await;
    }
}

fn arrivals(events: Vec<Event>, window: Window) -> Vec<Arrival<Event>> {
    let arrival = |event: Event| Arrival {
        id: id(&event),
        time: event.time.unwrap_or(window.until),
        item: event,
    };
    events.into_iter().map(arrival).collect()
}
