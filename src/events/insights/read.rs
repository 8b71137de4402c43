//! Reading events by Logs Insights: the whole window at first, and what the limit of rows cut off in parts.

use std::cell::{Cell, RefCell};

use futures::future::{LocalBoxFuture, join_all};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::language::{Conditions, LIMIT, MOST};
use super::seconds::Seconds;
use super::{Answer, Ask, DELAY, Insights, cost};
use crate::events::{Enough, Event, Order, Query, Reading, Sink, Window};

/// Queries that run side by side; an account has 100 places, which others want too.
const SIDE_BY_SIDE: usize = 4;
/// Rows that a part is cut for: half of what it may have, as events are not spread evenly.
const ROWS_OF_PART: u64 = LIMIT / 2;

impl Insights {
    /// Tells the events that the query wants, batch after batch in its order.
    ///
    /// # Errors
    /// A query that could not be run.
    pub(crate) async fn read(&self, query: &Query, sink: &Sink) -> anyhow::Result<Reading> {
        let reader = Reader::new(self, query, sink);
        if let Some(conditions) = Conditions::of(query) {
            reader.read(&conditions).await?;
        }
        Ok(self.noted(reader.reading()))
    }

    /// Within what the log group can have, and with what readers must know of it.
    pub(super) fn noted(&self, reading: Reading) -> Reading {
        let mut reading = reading.within(self.recorded);
        reading.note(self.notes.iter().cloned());
        reading
    }
}

/// The state of one reading.
pub(super) struct Reader<'a> {
    insights: &'a Insights,
    query: &'a Query,
    sink: &'a Sink,
    scanned: Cell<u64>,
    unreadable: Cell<u64>,
    unread: RefCell<Vec<String>>,
    /// What could have been delivered when the reading began.
    delivered: Window,
    complete: Cell<Option<Window>>,
    enough: Cell<bool>,
}

/// A record as Insights gives it.
struct Row {
    /// When it was delivered.
    time: Option<Timestamp>,
    message: String,
}

impl<'a> Reader<'a> {
    pub(super) fn new(insights: &'a Insights, query: &'a Query, sink: &'a Sink) -> Self {
        let delivered = query.window.delivered(DELAY);
        Self {
            insights,
            query,
            sink,
            scanned: Cell::default(),
            unreadable: Cell::default(),
            unread: RefCell::default(),
            delivered,
            complete: Cell::new(Some(delivered)),
            enough: Cell::default(),
        }
    }

    async fn read(&self, conditions: &Conditions) -> anyhow::Result<()> {
        let whole = Seconds::of_deliveries(self.query.window);
        let Some(answer) = self.ask(conditions, whole, LIMIT).await? else {
            return Ok(());
        };
        let (mut rows, matched) = rows(answer);
        let is_cut = (rows.len() as u64) < matched;
        let rest = is_cut.then(|| self.keep_complete(&mut rows, whole));
        let missing = matched.saturating_sub(rows.len() as u64);
        let through = less(whole, rest, self.query.order);
        let told = self.tell(self.events(&rows), through).await;
        match rest {
            Some(rest) if told.is_ok() => self.parts(conditions, rest, missing).await,
            _ => Ok(()),
        }
    }

    /// What fails after something was told is said beside it; but Ctrl-C ends all.
    fn fail(&self, part: Seconds, error: anyhow::Error) -> anyhow::Result<()> {
        if self.insights.aws.interrupt.is_requested() {
            return Err(error);
        }
        let (words, edge) = match self.query.order {
            Order::NewestFirst => ("until", part.until),
            Order::OldestFirst => ("from", part.from),
        };
        let edge = Timestamp::from_second(edge).unwrap_or_default();
        let what = format!("what was delivered {words} {edge}: {error:#}");
        self.unread.borrow_mut().push(what);
        let through = through(self.query, edge);
        self.complete
            .set(through.map(|through| through.within(self.delivered)));
        Ok(())
    }

    /// Leaves the rows of those seconds that are complete, and answers the other seconds.
    fn keep_complete(&self, rows: &mut Vec<Row>, whole: Seconds) -> Seconds {
        let times = rows.iter().filter_map(|row| row.time);
        let rest = match self.query.order {
            // The oldest row may have company of its second that was cut off.
            Order::NewestFirst => Seconds {
                until: times.min().map_or(whole.until, |time| time.as_second() + 1),
                ..whole
            },
            Order::OldestFirst => Seconds {
                from: times.max().map_or(whole.from, Timestamp::as_second),
                ..whole
            },
        };
        let is_in_rest = |row: &Row| {
            row.time
                .is_none_or(|time| (rest.from..rest.until).contains(&time.as_second()))
        };
        rows.retain(|row| !is_in_rest(row));
        rest
    }

    /// Reads a span in parts, some of them side by side, and tells them one after the other.
    async fn parts(&self, conditions: &Conditions, span: Seconds, rows: u64) -> anyhow::Result<()> {
        let parts = self.in_order(span, rows);
        for some in parts.chunks(SIDE_BY_SIDE) {
            // All of them end before one that failed is looked at: none goes on unseen.
            let read = join_all(some.iter().map(|part| self.part(conditions, *part))).await;
            for (part, events) in some.iter().zip(read) {
                let events = match events {
                    Ok(events) => events,
                    Err(error) => return self.fail(*part, error),
                };
                if self.enough.get() || self.tell(events, *part).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// As many parts as so many rows take, at least two, in the order asked for.
    fn in_order(&self, span: Seconds, rows: u64) -> Vec<Seconds> {
        let count = i64::try_from(rows.div_ceil(ROWS_OF_PART)).unwrap_or(i64::MAX);
        let mut parts = span.parts(count.max(2));
        if self.query.order == Order::NewestFirst {
            parts.reverse();
        }
        parts
    }

    /// The events of a part, cut again as often as it takes.
    fn part<'s>(
        &'s self,
        conditions: &'s Conditions,
        part: Seconds,
    ) -> LocalBoxFuture<'s, anyhow::Result<Vec<Event>>> {
        Box::pin(async move {
            let limit = if part.is_one() { MOST } else { LIMIT };
            let Some(answer) = self.ask(conditions, part, limit).await? else {
                return Ok(Vec::new());
            };
            let (rows, matched) = rows(answer);
            let missing = matched.saturating_sub(rows.len() as u64);
            if missing == 0 {
                return Ok(self.events(&rows));
            }
            if part.is_one() {
                self.miss(part, missing);
                return Ok(self.events(&rows));
            }
            let mut events = Vec::new();
            for smaller in self.in_order(part, matched) {
                events.extend(self.part(conditions, smaller).await?);
            }
            Ok(events)
        })
    }

    fn miss(&self, second: Seconds, missing: u64) {
        let time = Timestamp::from_second(second.from).unwrap_or_default();
        self.unread.borrow_mut().push(format!(
            "{missing} records delivered in the second {time}: Logs Insights gives at most {MOST} of a second"
        ));
    }

    /// `None` where the reader has enough.
    pub(super) async fn ask(
        &self,
        conditions: &Conditions,
        seconds: Seconds,
        limit: u64,
    ) -> anyhow::Result<Option<Answer>> {
        let text = conditions.records(seconds, self.query.order, limit);
        self.run(&text, seconds).await
    }

    pub(super) async fn run(&self, text: &str, seconds: Seconds) -> anyhow::Result<Option<Answer>> {
        let ask = Ask {
            query: text,
            from: seconds.from,
            until: seconds.until,
        };
        let answer = self.insights.run(&ask, self.sink.closed()).await?;
        match &answer {
            Some(answer) => self.scanned.set(self.scanned.get() + answer.scanned),
            None => self.enough.set(true),
        }
        Ok(answer)
    }

    fn events(&self, rows: &[Row]) -> Vec<Event> {
        let mut events = Vec::new();
        for row in rows {
            match Event::from_record(&row.message) {
                Ok(mut event) if self.query.wants(&event) => {
                    let record = self.query.keep_records.then(|| row.message.as_str().into());
                    event.record = record;
                    events.push(event);
                }
                Ok(_) => {}
                Err(_) => self.unreadable.set(self.unreadable.get() + 1),
            }
        }
        events
    }

    /// Tells events, and how far the answer is with that span of log time.
    async fn tell(&self, events: Vec<Event>, span: Seconds) -> Result<(), Enough> {
        self.sink.events(events).await?;
        // No event is later than its delivery.
        let passed = match self.query.order {
            Order::NewestFirst => Timestamp::from_second(span.from).ok(),
            Order::OldestFirst => Timestamp::from_second(span.until)
                .ok()
                .and_then(|until| until.checked_sub(Seconds::lateness()).ok()),
        };
        match passed {
            Some(passed) => self.sink.passed(passed).await,
            None => Ok(()),
        }
    }

    pub(super) fn reading(self) -> Reading {
        Reading {
            complete: self.complete.get(),
            unread: self.unread.into_inner(),
            unreadable_records: self.unreadable.get(),
            cost: Some(cost(self.scanned.get())),
            ..Reading::default()
        }
    }
}

/// The part of a query's window for which all is told when the deliveries up to that edge are.
fn through(query: &Query, edge: Timestamp) -> Option<Window> {
    let window = match query.order {
        Order::NewestFirst => Window {
            from: edge.max(query.window.from),
            ..query.window
        },
        Order::OldestFirst => Window {
            until: (edge - Seconds::lateness()).min(query.window.until),
            ..query.window
        },
    };
    (window.from < window.until).then_some(window)
}

/// The seconds that are through when the rest is not.
fn less(whole: Seconds, rest: Option<Seconds>, order: Order) -> Seconds {
    match (rest, order) {
        (None, _) => whole,
        (Some(rest), Order::NewestFirst) => Seconds {
            from: rest.until,
            ..whole
        },
        (Some(rest), Order::OldestFirst) => Seconds {
            until: rest.from,
            ..whole
        },
    }
}

fn rows(answer: Answer) -> (Vec<Row>, u64) {
    let rows = answer.rows.into_iter().map(|fields| {
        let mut row = Row {
            time: None,
            message: String::new(),
        };
        for (name, value) in fields {
            match name.as_str() {
                "@timestamp" => row.time = time(&value),
                "@message" => row.message = value,
                _ => {}
            }
        }
        row
    });
    (rows.collect(), answer.matched)
}

/// `2026-11-21 08:12:45.123`, in UTC.
fn time(text: &str) -> Option<Timestamp> {
    let time: DateTime = text.parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}
