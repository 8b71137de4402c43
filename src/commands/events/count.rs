//! `ecrmon events --by …`: how many calls, by what they have in common.

use super::opener::Opener;
use super::passed_over::Chosen;
use crate::context::Context;
use crate::error::Exit;
use crate::events::{Dimension, Query, stream};
use crate::output::answer::{Answer, Told};
use crate::output::counts::CountTable;
use crate::time;

pub(super) async fn count(
    by: &[Dimension],
    limit: Option<usize>,
    opener: &Opener<'_>,
    query: &mut Query,
    context: &Context,
) -> anyhow::Result<Exit> {
    let zone = time::zone(context.output.utc);
    let counted = opener.first(
        query,
        || true,
        async |sources, query| stream::count(&sources, query, by, zone.clone()).await,
    );
    let Chosen {
        kind,
        why,
        unread,
        answer: (counts, mut reading),
    } = counted.await?;
    reading.unread.extend(unread);
    let calls = counts.calls();
    let mut rows = counts.into_rows();
    let in_all = rows.len();
    rows.truncate(limit.unwrap_or(in_all));
    let told = Told::Counts {
        shown: rows.len(),
        rows: in_all,
        calls,
    };
    let answer = Answer::new(kind.name(), &why, reading, told, query.window);
    context.output.result(&CountTable::new(by, rows, &answer))?;
    answer.say(&context.output);
    Ok(answer.exit())
}
