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
        answer: (rows, mut reading),
    } = counted.await?;
    reading.unread.extend(unread);
    let told = Told::Counts(rows.len() as u64);
    let answer = Answer::new(kind.name(), &why, reading, told, query.window);
    context.output.result(&CountTable::new(by, rows, &answer))?;
    answer.say(&context.output);
    Ok(answer.exit())
}
