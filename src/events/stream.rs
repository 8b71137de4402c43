//! Reads one or several sources side by side as one stream: in order, each event once; or counts what they have.

use std::ops::ControlFlow;

use futures::future::join_all;
use futures::stream::{SelectAll, StreamExt, once, poll_fn, select_all};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc::Receiver;

use super::count::{Counts, Dimension};
use super::event::Event;
use super::query::{Order, Query};
use super::sequence::Sequence;
use super::sink::{Found, Reading, Sink};
use super::source::Source;

/// Reads the sources and shows what they tell, until they are through or `show` breaks off.
///
/// # Errors
/// What `show` says; what the sources say where not one of them could be read. Where some could, the others are told
/// of in [`Reading::unread`].
pub(crate) async fn read(
    sources: &[Source],
    query: &Query,
    show: impl FnMut(Vec<Event>) -> anyhow::Result<ControlFlow<()>>,
) -> anyhow::Result<Reading> {
    let (sinks, receivers): (Vec<_>, Vec<_>) = sources.iter().map(|_| Sink::new()).unzip();
    let is_one_of_several = sources.len() > 1;
    let reading = sources.iter().zip(sinks).map(async |(source, sink)| {
        let reading = Box::pin(read_one(source, query, sink)).await;
        if let (Err(error), true) = (&reading, is_one_of_several) {
            source.say_at_once(error);
        }
        reading
    });
    let (readings, shown) = futures::join!(join_all(reading), merge(receivers, query.order, show));
    shown?;
    joined(sources, readings)
}

/// Counts what the query wants, where the events are if their server can count. `zone` is whose hours and days are
/// meant.
///
/// # Errors
/// Those of [`read`].
pub(crate) async fn count(
    sources: &[Source],
    query: &Query,
    by: &[Dimension],
    zone: TimeZone,
) -> anyhow::Result<(Counts, Reading)> {
    match sources {
        [Source::Insights(insights)] => insights.count(query, by, zone).await,
        [Source::Athena(athena)] => athena.count(query, by, zone).await,
        sources => {
            let mut counts = Counts::new(by, zone);
            let reading = read(sources, query, |events| {
                for event in &events {
                    counts.add(event);
                }
                Ok(ControlFlow::Continue(()))
            });
            let reading = reading.await?;
            Ok((counts, reading))
        }
    }
}

/// The sink goes with the reading, so that its receiver knows the end.
async fn read_one(source: &Source, query: &Query, sink: Sink) -> anyhow::Result<Reading> {
    if source.cleans_up() {
        return source.read(query, &sink).await;
    }
    tokio::select! {
        reading = source.read(query, &sink) => reading,
        () = sink.closed() => Ok(Reading::default()),
    }
}

fn joined(sources: &[Source], readings: Vec<anyhow::Result<Reading>>) -> anyhow::Result<Reading> {
    let mut failures = Vec::new();
    let mut joined: Option<Reading> = None;
    for (source, reading) in sources.iter().zip(readings) {
        match reading {
            Ok(reading) => {
                joined = Some(match joined {
                    Some(others) => others.and(reading),
                    None => reading,
                });
            }
            Err(error) => failures.push((source.place(), error)),
        }
    }
    match (joined, failures) {
        (Some(mut reading), failures) => {
            let unread = failures
                .iter()
                .map(|(place, error)| format!("{place}: {error:#}"));
            reading.unread.extend(unread);
            Ok(reading)
        }
        (None, failures) => Err(failures.into_iter().next().map_or_else(
            || anyhow::anyhow!("there is nothing to read from"),
            |(_, error)| error,
        )),
    }
}

type Tagged = (usize, Option<Found>);

/// Everything that the receivers tell, each with its number; nothing where one has ended.
fn tagged(
    receivers: Vec<Receiver<Found>>,
) -> SelectAll<impl futures::Stream<Item = Tagged> + Unpin> {
    select_all(
        receivers
            .into_iter()
            .enumerate()
            .map(|(number, mut receiver)| {
                poll_fn(move |context| receiver.poll_recv(context))
                    .map(move |found| (number, Some(found)))
                    .chain(once(std::future::ready((number, None))))
            }),
    )
}

async fn merge(
    receivers: Vec<Receiver<Found>>,
    order: Order,
    mut show: impl FnMut(Vec<Event>) -> anyhow::Result<ControlFlow<()>>,
) -> anyhow::Result<()> {
    let mut marks = Marks::new(order, receivers.len());
    let mut sequence = Sequence::new(order);
    let mut told = tagged(receivers);
    while let Some((number, found)) = told.next().await {
        let found = match found {
            Some(Found::Passed(time)) => marks.pass(number, time),
            None => marks.end(number),
            events => events,
        };
        let events = found.map_or_else(Vec::new, |found| sequence.take(found));
        if show(events)?.is_break() {
            return Ok(());
        }
    }
    show(sequence.finish()).map(|_| ())
}

/// How far each source has told everything.
struct Marks {
    order: Order,
    sources: Vec<Mark>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Begun,
    Passed(Timestamp),
    Ended,
}

impl Marks {
    fn new(order: Order, sources: usize) -> Self {
        Self {
            order,
            sources: vec![Mark::Begun; sources],
        }
    }

    fn pass(&mut self, number: usize, time: Timestamp) -> Option<Found> {
        self.sources[number] = Mark::Passed(time);
        self.common()
    }

    fn end(&mut self, number: usize) -> Option<Found> {
        self.sources[number] = Mark::Ended;
        self.common()
    }

    /// What all sources together have passed; nothing while one of them has only begun.
    fn common(&self) -> Option<Found> {
        if self.sources.contains(&Mark::Begun) {
            return None;
        }
        let times = self.sources.iter().filter_map(|mark| match mark {
            Mark::Passed(time) => Some(*time),
            Mark::Begun | Mark::Ended => None,
        });
        let least_far = match self.order {
            Order::NewestFirst => times.max(),
            Order::OldestFirst => times.min(),
        };
        least_far.map(Found::Passed)
    }
}
