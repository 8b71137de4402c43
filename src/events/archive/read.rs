//! Reads an archive: lists, fetches, inflates and parses side by side, and tells events in the order of delivery.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::mpsc::{self, Receiver, Sender};
use futures::{SinkExt, StreamExt, stream};
use jiff::{SignedDuration, Timestamp};

use super::bucket::Fetch;
use super::folder::Files;
use super::listing::Listing;
use super::object::{Location, MINUTE, Wanted};
use super::place::Place;
use super::records::{RecordReader, Records};
use super::tally::Tally;
use super::workers::{Done, Job, Workers, cores};
use crate::aws::Aws;
use crate::events::{Enough, Event, Order, Query, Reading, Recorded, Sink};
use crate::terminal::Progress;

/// The files of CloudTrail at one or several places, as one archive.
pub(crate) struct Archive {
    places: Vec<Place>,
    aws: Option<Aws>,
    progress: Progress,
    recorded: Recorded,
}

/// Days listed ahead of the one that is read.
const DAYS_AHEAD: usize = 2;

/// Objects fetched side by side from a bucket: enough to hide the way to S3. Packed, they are some 100 KB each.
const FETCHES: usize = 16;

/// With oldest first, how much later than its event a file may come and its events still be in order.
const LATE: SignedDuration = SignedDuration::from_mins(30);

impl Archive {
    /// `aws` may be absent where no place is a bucket.
    pub(crate) fn new(places: Vec<Place>, aws: Option<Aws>, progress: Progress) -> Self {
        Self {
            places,
            aws,
            progress,
            recorded: Recorded::UNKNOWN,
        }
    }

    /// The same, with what is known of the trail: for which time it has delivered.
    pub(crate) fn recorded(mut self, recorded: Recorded) -> Self {
        self.recorded = recorded;
        self
    }

    /// # Errors
    /// Where a place does not exist or may not be listed. A file that cannot be read is no error: the reading names it.
    pub(crate) async fn read(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        let tally = Mutex::new(Tally::new(self.progress.spinner("listing the archive")));
        let wanted = Wanted::of(query);
        let survey = Listing::survey(&self.places, self.aws.as_ref(), wanted.clone(), query.order);
        let listing = survey.await?;
        let (sender, days) = mpsc::channel(DAYS_AHEAD);
        let telling = Telling {
            order: query.order,
            sink,
            latest: None,
        };
        let workers = Workers::new(RecordReader::new(query));
        let ((), (), oldest) = tokio::try_join!(
            list(&listing, sender, &tally),
            self.tell(days, &workers, telling, &tally),
            self.oldest(&listing),
        )?;
        let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(self.judged(tally.reading(query, &wanted), oldest, query))
    }

    /// The oldest file, where it is not known when the trail began: the trail was recording then.
    async fn oldest(&self, listing: &Listing) -> anyhow::Result<Option<Timestamp>> {
        match self.recorded.since {
            Some(_) => Ok(None),
            None => listing.oldest().await,
        }
    }

    /// Before its trail began, an archive is complete for nothing.
    fn judged(&self, reading: Reading, oldest: Option<Timestamp>, query: &Query) -> Reading {
        let recorded = Recorded {
            since: self.recorded.since.or(oldest),
            ..self.recorded
        };
        let mut reading = reading.within(recorded);
        let began = match oldest {
            Some(_) => "the oldest file of the archive is of",
            None => "the trail started at",
        };
        let since = recorded.since.filter(|since| *since > query.window.from);
        reading.note(
            since.map(|since| format!("{began} {since:.0}: what happened before may be missing")),
        );
        reading
    }

    async fn tell(
        &self,
        days: Receiver<Files>,
        workers: &Arc<Workers>,
        mut telling: Telling<'_>,
        tally: &Mutex<Tally>,
    ) -> anyhow::Result<()> {
        let objects = days.flat_map(|files| stream::iter(files.objects));
        let read = objects.map(|object| async { (read(&object.location, workers).await, object) });
        let ahead = if self.aws.is_some() {
            FETCHES
        } else {
            cores() + 1
        };
        let mut read = std::pin::pin!(read.buffered(ahead));
        while let Some((done, object)) = read.next().await {
            let Done { bytes, records } = done?;
            let records = records.unwrap_or_else(|why| {
                lock(tally).lost(&object, &why);
                Records::default()
            });
            lock(tally).read(bytes, records.unreadable);
            if telling.tell(object.time, records.events).await == Err(Enough) {
                lock(tally).stopped_at(telling.latest);
                break;
            }
        }
        Ok(())
    }
}

/// Lists the archive as long as somebody reads it.
async fn list(
    listing: &Listing,
    mut days: Sender<Files>,
    tally: &Mutex<Tally>,
) -> anyhow::Result<()> {
    lock(tally).unread(listing.unread());
    for step in listing.steps() {
        let mut files = listing.files(step).await?;
        lock(tally).listed(&files.objects);
        lock(tally).unread(&std::mem::take(&mut files.unread));
        if days.send(files).await.is_err() {
            return Ok(());
        }
    }
    lock(tally).listing_ended();
    Ok(())
}

/// Has a file read by a worker.
///
/// # Errors
/// Where no file can be had any more.
async fn read(location: &Location, workers: &Arc<Workers>) -> anyhow::Result<Done> {
    let job = match location {
        Location::File(path) => Job::Open(path.clone()),
        Location::Key(bucket, key) => match bucket.fetch(key).await {
            Ok(contents) => Job::Read(contents),
            Err(Fetch::Skip(why)) => {
                return Ok(Done {
                    bytes: 0,
                    records: Err(why),
                });
            }
            Err(Fetch::Stop(error)) => return Err(error.into()),
        },
    };
    workers.clone().work(job).await
}

/// Tells the events of files that come in the order of their delivery.
struct Telling<'s> {
    order: Order,
    sink: &'s Sink,
    /// Up to where all was told.
    latest: Option<Timestamp>,
}

impl Telling<'_> {
    async fn tell(
        &mut self,
        delivered: Option<Timestamp>,
        events: Vec<Event>,
    ) -> Result<(), Enough> {
        let passed = delivered.and_then(|time| self.passed(time));
        if let Some(passed) = passed.filter(|_| passed != self.latest) {
            self.sink.passed(passed).await?;
            self.latest = Some(passed);
        }
        self.sink.events(events).await
    }

    /// What is passed when a file delivered in that minute is next. No event is later than its delivery, so newest
    /// first the answer is exact.
    fn passed(&self, delivered: Timestamp) -> Option<Timestamp> {
        match self.order {
            Order::NewestFirst => delivered.checked_add(MINUTE).ok(),
            Order::OldestFirst => delivered.checked_sub(LATE).ok(),
        }
    }
}

fn lock(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}
