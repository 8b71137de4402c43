//! `ecrmon events`: who did what in the registry, when, and from where.

use clap::Args;

use super::event_flags::{Filters, Places, View};
use super::event_view::Rows;
use super::flags::Times;
use crate::context::Context;
use crate::error::Exit;
use crate::events::choice::{Candidate, is_denied};
use crate::events::{Query, Reading, stream};
use crate::output::answer::Answer;

/// Show who did what in the registry, when and from where
///
/// The calls of a push, a pull or a deletion are shown as one operation; `--raw` shows every call. Rows come as they
/// are found, newest first. What the answer is complete for is said at the end, on stderr.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon events
  ecrmon events --since 1d --action delete --output csv
  ecrmon events --since 2h --repo 'team-*/api' --principal '*ci*'
  ecrmon events --since today --errors --raw
  ecrmon events --follow")]
pub(crate) struct Events {
    #[command(flatten)]
    times: Times,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    places: Places,
    #[command(flatten)]
    view: View,
}

/// Where a question begins if nobody says.
const LATELY: &str = "1h";
/// The same with `--follow`: events come some 5 minutes late.
const JUST_NOW: &str = "10m";

impl Events {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let follow = self.view.follow();
        let query = self.query(context)?;
        let mut rows = Rows::new(&self.view.wish(), &query, context)?;
        let candidates = self.places.candidates(&query, context).await?;
        let (candidate, reading) = read(&candidates, &query, follow, &mut rows, context).await?;
        let told = rows.finish()?;
        let answer = Answer::new(candidate.name, &candidate.why, reading, told, query.window);
        rows.end(&answer)?;
        if !follow {
            answer.say(&context.output);
        }
        Ok(answer.exit())
    }

    fn query(&self, context: &Context) -> anyhow::Result<Query> {
        let since = if self.view.follow() { JUST_NOW } else { LATELY };
        Ok(Query {
            window: self.times.window(since, context.output.utc)?,
            filter: self.filters.filter()?,
            order: self.view.order(),
            registry: self.places.registry(),
            keep_records: false,
        })
    }
}

/// Reads from the first candidate that lets itself be read.
async fn read<'c>(
    candidates: &'c [Candidate],
    query: &Query,
    follow: bool,
    rows: &mut Rows,
    context: &Context,
) -> anyhow::Result<(&'c Candidate, Reading)> {
    let mut left = candidates;
    loop {
        let [candidate, others @ ..] = left else {
            anyhow::bail!("there is nothing to read events from");
        };
        match stream::read(&candidate.sources, query, follow, |events| {
            rows.take(events)
        })
        .await
        {
            Err(error) if is_denied(&error) && rows.is_empty() && !others.is_empty() => {
                context.output.say(|page| {
                    page.line(format!("{} cannot be read: {error:#}", candidate.name));
                });
                left = others;
            }
            reading => return Ok((candidate, reading?)),
        }
    }
}
