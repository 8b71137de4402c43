//! Counting here what a source reads, where the source's server cannot count it.

use std::collections::HashSet;

use super::count::Counts;
use super::query::Query;
use super::sink::{Found, Reading, Sink};

/// Reads what the query wants and counts it, each event once.
///
/// # Errors
/// Those of the source.
pub(super) async fn count(
    counts: &mut Counts,
    query: &Query,
    read: impl AsyncFnOnce(&Query, &Sink) -> anyhow::Result<Reading>,
) -> anyhow::Result<Reading> {
    let (sink, mut found) = Sink::new();
    let read = async move { read(query, &sink).await };
    let count = async {
        let mut seen = HashSet::new();
        while let Some(found) = found.recv().await {
            let Found::Events(events) = found else {
                continue;
            };
            for event in events {
                let is_new = event
                    .event_id
                    .as_ref()
                    .is_none_or(|id| seen.insert(id.clone()));
                if is_new {
                    counts.add(&event);
                }
            }
        }
    };
    let (reading, ()) = tokio::join!(read, count);
    reading
}
