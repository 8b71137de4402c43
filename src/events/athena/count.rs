//! Counting by Athena: GROUP BY the raw fields, or reading where only whole events tell.

use jiff::tz::TimeZone;

use super::read::without;
use super::row::resources;
use super::sql::{self, IRREGULAR};
use super::{Athena, cost};
use crate::events::groups::{self, Group, RESOURCES, beginning_of_time};
use crate::events::{Counts, Dimension, Query, Reading, Sink, tally};

impl Athena {
    /// Counts the events that the query wants; `zone` is whose hours and days are meant.
    ///
    /// # Errors
    /// Those of the statement.
    pub(crate) async fn count(
        &self,
        query: &Query,
        by: &[Dimension],
        zone: TimeZone,
    ) -> anyhow::Result<(Counts, Reading)> {
        let mut counts = Counts::new(by, zone.clone());
        let (tried, is_counted) = self.count_there(query, by, &zone, &mut counts).await?;
        if is_counted {
            let reading = without(tried, self.lacking(query).await);
            return Ok((counts, reading));
        }
        let mut counts = Counts::new(by, zone);
        let read = async |query: &Query, sink: &Sink| self.read(query, sink).await;
        let reading = tally::count(&mut counts, query, read).await?;
        Ok((counts, reading.after(tried.cost)))
    }

    /// Not counted where the answer does not tell what is to be; it may have cost something all the same.
    async fn count_there(
        &self,
        query: &Query,
        by: &[Dimension],
        zone: &TimeZone,
        counts: &mut Counts,
    ) -> anyhow::Result<(Reading, bool)> {
        let mut reading = self.whole(query.window);
        let Some(fields) = groups::fields(query, by) else {
            return Ok((reading, false));
        };
        let by_time = by.iter().any(|dimension| dimension.is_time());
        let time = if by_time {
            beginning_of_time(query.window, zone)
        } else {
            0
        };
        let Some(statement) = sql::groups(&self.name, query, &fields, time) else {
            return Ok((reading, true));
        };
        let never = std::future::pending();
        let Some(done) = self.run(&statement, never).await? else {
            return Ok((reading, false));
        };
        reading.cost = Some(cost(done.scanned));
        let mut token = None;
        loop {
            let page = self.page(&done.id, token).await?;
            for row in &page.rows {
                let Some(group) = group(query, &fields, row)? else {
                    return Ok((reading, false));
                };
                // The statement has judged the time, to the second.
                if query.filter.matches(&group.event) {
                    counts.add_calls(&group.event, group.calls);
                }
            }
            token = page.next;
            if token.is_none() {
                return Ok((reading, true));
            }
        }
    }
}

/// A row as its event and its count; `None` where its time is written in a way that SQL did not judge.
fn group(
    query: &Query,
    fields: &[&'static str],
    row: &[Option<String>],
) -> anyhow::Result<Option<Group>> {
    let (values, [since, calls]) = row
        .split_last_chunk()
        .ok_or_else(|| anyhow::anyhow!("Athena's answer has too few columns"))?;
    if since.as_deref() == Some(IRREGULAR) {
        return Ok(None);
    }
    let calls = calls.as_deref().and_then(|calls| calls.parse().ok());
    let calls =
        calls.ok_or_else(|| anyhow::anyhow!("Athena's answer has a count that is no number"))?;
    let as_in_record: Vec<_> = fields
        .iter()
        .zip(values)
        .map(|(field, value)| match value {
            Some(text) if *field == RESOURCES => (*field, Some(resources(text).to_string())),
            other => (*field, other.clone()),
        })
        .collect();
    let values = as_in_record
        .iter()
        .map(|(field, value)| (*field, value.as_deref()));
    let since = since.as_deref().filter(|since| !since.is_empty());
    Group::new(query, values, since, calls).map(Some)
}
