//! A log group as something to follow: looks by FilterLogEvents, and Live Tail where that is wanted.
//!
//! Windows go by the time that log events bear. CloudTrail gives them the time of delivery, so an event that is
//! delivered late bears a late time, and looks need not reach back far.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::SignedDuration;

use super::feed::{Feed, Teller};
use super::live_tail::LiveTail;
use super::log_events::{LogEvent, log_events};
use super::overlap::{Arrival, Id, Lateness};
use crate::aws::Aws;
use crate::events::Window;
use crate::events::logs::LogGroup;

/// `read` makes of a log event what is followed, and tells what makes it the same when it comes again; `None` for one
/// that is not asked for.
pub(crate) struct LogFeed<'a, R> {
    /// Where the group is.
    pub aws: Aws,
    pub group: &'a LogGroup,
    pub pattern: Option<String>,
    /// Whether Live Tail is asked for. It tells no ids of log events.
    pub live: bool,
    pub read: R,
}

impl<T, R: Fn(LogEvent) -> Option<(Id, T)>> Feed for LogFeed<'_, R> {
    type Item = T;

    /// CloudWatch Logs answers what it was given within seconds; minutes allow for a clock that is wrong.
    const LATENESS: Lateness = Lateness {
        horizon: SignedDuration::from_mins(5),
        usual: SignedDuration::from_secs(10),
    };
    /// FilterLogEvents may be called five times a second where it may be called least (CloudWatch Logs quotas).
    const PAUSE: Duration = Duration::from_secs(2);

    async fn look(&self, window: Window, teller: &Teller<T>) -> anyhow::Result<()> {
        let pattern = self.pattern.as_deref();
        let tell = async |events| {
            teller.tell(self.arrivals(events)).await;
            ControlFlow::Continue(())
        };
        log_events(self.group, pattern, window, &self.aws, tell).await?;
        Ok(())
    }

    async fn listen(&self, teller: &Teller<T>) {
        if self.live {
            let live_tail = LiveTail {
                aws: &self.aws,
                group: self.group,
                pattern: self.pattern.as_deref(),
            };
            let tell = async |events| teller.tell(self.arrivals(events)).await;
            live_tail.listen(teller, tell).await;
        }
        std::future::pending::<()>().await;
    }
}

impl<T, R: Fn(LogEvent) -> Option<(Id, T)>> LogFeed<'_, R> {
    fn arrivals(&self, events: Vec<LogEvent>) -> Vec<Arrival<T>> {
        let arrival = |event: LogEvent| {
            let time = event.time;
            (self.read)(event).map(|(id, item)| Arrival { id, time, item })
        };
        events.into_iter().filter_map(arrival).collect()
    }
}
