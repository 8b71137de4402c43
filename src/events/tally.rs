//! Counting here what a source reads, where the source's server cannot count it.

use super::count::Counts;
use super::ids::Ids;
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
        let mut seen = Ids::default();
        while let Some(found) = found.recv().await {
            let Found::Events(events) = found else {
                continue;
            };
            for event in events {
                let key = event.event_id().map(|id| seen.key(id));
                if key.is_none_or(|key| seen.insert(key)) {
                    counts.add(&event);
                }
            }
        }
    };
    let (reading, ()) = tokio::join!(read, count);
    reading
}
