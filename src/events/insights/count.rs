//! Counting by Logs Insights. What it counts are records by the hour or minute that stands in them; the broken hours
//! at both ends of a window are read and counted here, and so is everything where the language cannot say it.

use jiff::tz::TimeZone;
use jiff::{RoundMode, Timestamp, TimestampRound, Unit};

use super::language::{CALLS, Conditions, LIMIT, SINCE, group_name};
use super::read::Reader;
use super::seconds::Seconds;
use super::{Answer, Insights};
use crate::events::groups::{self, Group, HOUR, beginning_of_time};
use crate::events::{Counts, Dimension, Query, Reading, Sink, Window, tally};

const TOLD_TWICE: &str =
    "counted in the log group, where a record that CloudTrail delivered twice counts twice";

impl Insights {
    /// Counts the events that the query wants; `zone` is whose hours and days are meant.
    ///
    /// # Errors
    /// A query that could not be run.
    pub(crate) async fn count(
        &self,
        query: &Query,
        by: &[Dimension],
        zone: TimeZone,
    ) -> anyhow::Result<(Counts, Reading)> {
        let time = beginning_of_time(query.window, &zone);
        let mut counts = Counts::new(by, zone.clone());
        let mut tried = None;
        if let Some(body) = whole_units(query.window, time) {
            let (reading, is_counted) =
                self.count_there(query, by, body, time, &mut counts).await?;
            if is_counted {
                let reading = self.with_edges(reading, query, body, &mut counts).await?;
                return Ok((counts, self.noted(reading)));
            }
            tried = reading.cost;
        }
        let mut counts = Counts::new(by, zone);
        let reading = self.count_here(query, &mut counts).await?;
        Ok((counts, self.noted(reading.after(tried))))
    }

    async fn with_edges(
        &self,
        mut reading: Reading,
        query: &Query,
        body: Window,
        counts: &mut Counts,
    ) -> anyhow::Result<Reading> {
        let complete = reading.complete;
        for edge in edges(query.window, body) {
            let edge = Query {
                window: edge,
                ..query.clone()
            };
            reading = reading.and(self.count_here(&edge, counts).await?);
        }
        // Each of the parts is complete for itself.
        reading.complete = complete.filter(|_| reading.unread.is_empty());
        Ok(reading)
    }

    async fn count_here(&self, query: &Query, counts: &mut Counts) -> anyhow::Result<Reading> {
        tally::count(counts, query, async |query: &Query, sink: &Sink| {
            self.read(query, sink).await
        })
        .await
    }

    /// Not counted where the answer does not tell what is to be; it may have cost something all the same.
    async fn count_there(
        &self,
        query: &Query,
        by: &[Dimension],
        body: Window,
        time: usize,
        counts: &mut Counts,
    ) -> anyhow::Result<(Reading, bool)> {
        // How Insights writes truth values is not documented.
        let says_truth = query.filter.read_only.is_some();
        let Some(fields) = groups::fields(query, by).filter(|_| !says_truth) else {
            return Ok((Reading::default(), false));
        };
        let (sink, _reader) = Sink::new();
        let reader = Reader::new(self, query, &sink);
        let Some(conditions) = Conditions::of(query) else {
            return Ok((reader.reading(), true));
        };
        let mut spans = vec![Seconds::of_deliveries(body)];
        while let Some(span) = spans.pop() {
            let text = conditions.groups(span, &fields, time);
            let Some(answer) = reader.run(&text, span).await? else {
                return Ok((reader.reading(), false));
            };
            if answer.rows.len() as u64 >= LIMIT && !span.is_one() {
                spans.extend(span.parts(2));
                continue;
            }
            match groups_of(query, &fields, &answer)? {
                Some(groups) => add(counts, query, body, &groups),
                None => return Ok((reader.reading(), false)),
            }
        }
        let mut reading = reader.reading();
        reading.notes.push(TOLD_TWICE.to_owned());
        Ok((reading, true))
    }
}

/// `None` where rows were cut off, or a group has no time to tell whether it belongs to the window.
fn groups_of(
    query: &Query,
    fields: &[&'static str],
    answer: &Answer,
) -> anyhow::Result<Option<Vec<Group>>> {
    let mut groups = Vec::with_capacity(answer.rows.len());
    for row in &answer.rows {
        let value = |name: &str| {
            row.iter()
                .find(|(field, _)| field == name)
                .map(|(_, value)| value.as_str())
        };
        let names: Vec<_> = (0..fields.len()).map(group_name).collect();
        let values = fields
            .iter()
            .zip(&names)
            .map(|(field, name)| (*field, value(name)));
        let calls = value(CALLS)
            .and_then(|calls| calls.parse().ok())
            .unwrap_or(0);
        groups.push(Group::new(query, values, value(SINCE), calls)?);
    }
    let counted: u64 = groups.iter().map(|group| group.calls).sum();
    let all_have_times = groups.iter().all(|group| group.event.time.is_some());
    Ok((counted == answer.matched && all_have_times).then_some(groups))
}

fn add(counts: &mut Counts, query: &Query, body: Window, groups: &[Group]) {
    for group in groups {
        let is_in_time = group.event.time.is_some_and(|time| body.contains(time));
        if is_in_time && query.filter.matches(&group.event) {
            counts.add_calls(&group.event, group.calls);
        }
    }
}

/// The hours or minutes that lie in the window as a whole, if there are any; by so much of an `eventTime`.
fn whole_units(window: Window, time: usize) -> Option<Window> {
    let unit = if time == HOUR {
        Unit::Hour
    } else {
        Unit::Minute
    };
    let rounded = |time: Timestamp, mode| {
        let rounding = TimestampRound::new().smallest(unit).mode(mode);
        time.round(rounding).ok()
    };
    let body = Window {
        from: rounded(window.from, RoundMode::Ceil)?,
        until: rounded(window.until, RoundMode::Floor)?,
    };
    (body.from < body.until).then_some(body)
}

/// What of the window is not in the body.
fn edges(window: Window, body: Window) -> impl Iterator<Item = Window> {
    let head = Window {
        until: body.from,
        ..window
    };
    let tail = Window {
        from: body.until,
        ..window
    };
    [head, tail]
        .into_iter()
        .filter(|edge| edge.from < edge.until)
}
