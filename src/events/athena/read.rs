//! Reading events by Athena: one statement in the order asked for, page after page.

use super::row::{columns, record};
use super::{Athena, cost, sql};
use crate::events::{Enough, Event, Query, Reading, Sink};

const REBUILT: &str = "the records are put together from the table's columns: they hold what an event is read from, and no more";

impl Athena {
    /// Tells the events that the query wants, page after page in its order.
    ///
    /// # Errors
    /// Those of the statement.
    pub(crate) async fn read(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        // What the table cannot have is good to know, and nobody waits for it.
        let (reading, lacking) = tokio::join!(self.rows(query, sink), self.lacking(query));
        Ok(without(reading?, lacking))
    }

    async fn rows(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        let mut reading = self.whole(query.window);
        let columns = columns();
        let Some(statement) = sql::events(&self.name, query, &columns) else {
            return Ok(reading);
        };
        let Some(done) = self.run(&statement, sink.closed()).await? else {
            return Ok(reading);
        };
        reading.cost = Some(cost(done.scanned));
        if query.keep_records {
            reading.notes.push(REBUILT.to_owned());
        }
        let (mut token, mut told_something) = (None, false);
        loop {
            let page = match self.page(&done.id, token).await {
                Ok(page) => page,
                Err(error) if told_something && !self.aws.interrupt.is_requested() => {
                    reading.complete = None;
                    reading
                        .unread
                        .push(format!("the rest of the answer: {error:#}"));
                    return Ok(reading);
                }
                Err(error) => return Err(error),
            };
            told_something = true;
            let records = page.rows.iter().map(|row| record(&columns, row));
            if tell(query, sink, records, &mut reading).await.is_err() || page.next.is_none() {
                return Ok(reading);
            }
            token = page.next;
        }
    }
}

/// A reading of a table that lacks something of what was asked for.
pub(super) fn without(mut reading: Reading, lacking: Vec<String>) -> Reading {
    if !lacking.is_empty() {
        reading.complete = None;
        reading.unread.extend(lacking);
    }
    reading
}

async fn tell(
    query: &Query,
    sink: &Sink,
    records: impl Iterator<Item = String>,
    reading: &mut Reading,
) -> Result<(), Enough> {
    let mut wanted = Vec::new();
    let mut last = None;
    for record in records {
        let Ok(mut event) = Event::from_record(&record) else {
            reading.unreadable_records += 1;
            continue;
        };
        // Rows come in the order of their times, those without one last.
        last = event.time.or(last);
        if query.wants(&event) {
            event.record = query.keep_records.then(|| record.into());
            wanted.push(event);
        }
    }
    sink.events(wanted).await?;
    match last {
        Some(last) => sink.passed(last).await,
        None => Ok(()),
    }
}
