//! `ecrmon events --show ID`: one event as CloudTrail recorded it.

use std::ops::ControlFlow;

use super::opener::Opener;
use super::passed_over::Chosen;
use crate::context::Context;
use crate::error::{Exit, Refusal};
use crate::events::{Query, stream};
use crate::output::answer::{Whole, put_notes};

/// An event that is asked for by its id may be as old as the event history goes back.
pub(super) const SINCE: &str = "90d";

pub(super) async fn show(
    id: &str,
    opener: &Opener<'_>,
    query: &mut Query,
    context: &Context,
) -> anyhow::Result<Exit> {
    query.filter.event_id = Some(id.to_owned());
    query.keep_records = true;
    let found = opener.first(
        query,
        || true,
        async |sources, query| {
            let mut found = None;
            let reading = stream::read(&sources, query, |events| {
                found = found.take().or(events.into_iter().next());
                Ok(if found.is_some() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                })
            });
            let reading = reading.await?;
            Ok((reading, found))
        },
    );
    let Chosen {
        kind,
        unread,
        answer: (mut reading, found),
        ..
    } = found.await?;
    reading.unread.extend(unread);
    let notes: Vec<_> = reading
        .notes
        .into_iter()
        .chain(reading.cost.map(|cost| cost.to_string()))
        .collect();
    context
        .output
        .say(|page| put_notes(page, notes.iter(), context.output.utc));
    let record = found.and_then(|mut event| event.record.take()).ok_or_else(|| {
        Refusal::new(
            missing(id, kind.name(), &reading.unread),
            "give its time with `--since`, its region with `--region`, or look elsewhere with `--source`",
        )
    })?;
    context.output.result(&Whole::of(&record)?)?;
    Ok(Exit::Done)
}

fn missing(id: &str, source: &str, unread: &[String]) -> String {
    let missing = format!("there is no event `{id}` in the {source}");
    if unread.is_empty() {
        missing
    } else {
        format!(
            "{missing} as far as it could be read: {}",
            unread.join("; ")
        )
    }
}
