//! What `ecrmon events` makes of a stream of events: rows of calls or of operations, at most so many.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::context::Context;
use crate::error::Usage;
use crate::events::{Event, Grouping, Operation, Query};
use crate::output::answer::Told;
use crate::output::events::{columns, fields};
use crate::output::stream::{Breadth, Look, Row, RowWriter};
use crate::time;

/// The calls of one operation are delivered within this time of each other, mostly together.
const REST: Duration = Duration::from_secs(5);

/// The rows of an answer, while they come.
pub(super) struct Rows {
    /// None where the calls themselves are shown.
    grouping: Option<Grouping>,
    writer: RowWriter,
    limit: Option<u64>,
    /// The calls that the written rows are made of.
    calls: u64,
    limited: bool,
}

/// How rows are to be shown.
pub(super) struct Wish {
    pub raw: bool,
    pub breadth: Breadth,
    pub fields: Vec<String>,
    pub limit: Option<u64>,
}

impl Rows {
    /// # Errors
    /// [`Usage`] for a field that there is not.
    pub(super) fn new(wish: &Wish, query: &Query, context: &Context) -> Result<Self, Usage> {
        let zone = time::zone(context.output.utc);
        let day = |time: jiff::Timestamp| time.to_zoned(zone.clone()).date();
        let look = Look {
            name: if wish.raw { "events" } else { "operations" },
            columns: columns(wish.raw, wish.breadth),
            fields: chosen_fields(wish)?,
            by_field: !wish.fields.is_empty(),
            with_day: day(query.window.from) != day(jiff::Timestamp::now()),
            breadth: wish.breadth,
            zone,
        };
        Ok(Self {
            grouping: (!wish.raw).then(Grouping::default),
            writer: RowWriter::new(&context.output, look),
            limit: wish.limit,
            calls: 0,
            limited: false,
        })
    }

    /// Takes the next events of the stream, and breaks off when enough rows are written.
    pub(super) fn take(&mut self, events: Vec<Event>) -> anyhow::Result<ControlFlow<()>> {
        let Some(grouping) = &mut self.grouping else {
            return self.write(&events, |_| 1);
        };
        let operations = grouping.take(events);
        self.write_operations(&operations)
    }

    /// Takes the next events of a stream that goes on: an operation that rests is over.
    pub(super) fn follow(&mut self, events: Vec<Event>) -> anyhow::Result<ControlFlow<()>> {
        if self.take(events)?.is_break() {
            return Ok(ControlFlow::Break(()));
        }
        let resting = self
            .grouping
            .as_mut()
            .map(|grouping| grouping.complete_idle(REST));
        self.write_operations(&resting.unwrap_or_default())
    }

    /// Writes what the stream's end completes.
    pub(super) fn finish(&mut self) -> anyhow::Result<Told> {
        let left = self.grouping.as_mut().map(Grouping::finish);
        if !self.limited {
            let _ = self.write_operations(&left.unwrap_or_default())?;
        }
        let (calls, limited) = (self.calls, self.limited);
        Ok(match self.grouping {
            Some(_) => Told::Operations {
                operations: self.writer.written(),
                calls,
                limited,
            },
            None => Told::Calls { calls, limited },
        })
    }

    pub(super) fn end(&self, rest: &impl serde::Serialize) -> anyhow::Result<()> {
        self.writer.finish(rest)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.writer.written() == 0
    }

    fn write_operations(&mut self, rows: &[Operation]) -> anyhow::Result<ControlFlow<()>> {
        self.write(rows, |operation| operation.calls)
    }

    /// Writes rows as far as the limit allows; `calls` tells of how many calls a row is.
    fn write<R: Row>(
        &mut self,
        rows: &[R],
        calls: impl Fn(&R) -> u64,
    ) -> anyhow::Result<ControlFlow<()>> {
        let left = self
            .limit
            .map(|limit| limit.saturating_sub(self.writer.written()));
        let wanted = left.and_then(|left| usize::try_from(left).ok());
        let rows = &rows[..wanted.map_or(rows.len(), |wanted| wanted.min(rows.len()))];
        let flow = self.writer.write(rows)?;
        self.calls += rows.iter().map(calls).sum::<u64>();
        self.limited = self
            .limit
            .is_some_and(|limit| self.writer.written() >= limit);
        Ok(if self.limited {
            ControlFlow::Break(())
        } else {
            flow
        })
    }
}

fn chosen_fields(wish: &Wish) -> Result<Vec<String>, Usage> {
    let known = fields(wish.raw);
    let unknown = wish.fields.iter().find(|field| !known.contains(field));
    match unknown {
        Some(unknown) => Err(Usage::new(
            format!("there is no field `{unknown}`"),
            format!("use some of {}", known.join(", ")),
        )),
        None if wish.fields.is_empty() => Ok(known),
        None => Ok(wish.fields.clone()),
    }
}
