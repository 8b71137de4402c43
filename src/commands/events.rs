//! `ecrmon events`: who did what in the registry, when, and from where.

use clap::Args;

use super::event_flags::{Filters, View};
use super::event_places::{Opener, Places};
use super::event_view::Rows;
use super::flags::{LATELY, Times};
use crate::context::Context;
use crate::error::{Exit, Usage};
use crate::events::choice::{Kind, may_pass_over};
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
  ecrmon events --follow
  ecrmon events --since 2026-11-01 --source archive --archive ./AWSLogs")]
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

/// Where following begins if nobody says: events come some 5 minutes late.
const JUST_NOW: &str = "10m";

impl Events {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let follow = self.view.follow();
        let mut query = self.query(context)?;
        let mut rows = Rows::new(&self.view.wish(), &query, context)?;
        let (kind, why, reading) = self.read(&mut query, &mut rows, context).await?;
        let answer = Answer::new(kind.name(), &why, reading, rows.finish()?, query.window);
        rows.end(&answer)?;
        if !follow {
            answer.say(&context.output);
        }
        Ok(answer.exit())
    }

    fn query(&self, context: &Context) -> anyhow::Result<Query> {
        let mut filter = self.filters.filter()?;
        filter.accounts = self.places.accounts();
        let since = if self.view.follow() { JUST_NOW } else { LATELY };
        Ok(Query {
            window: self.times.window(since, context.output.utc)?,
            filter,
            order: self.view.order(),
            registry: self.places.registry(),
            keep_records: false,
        })
    }

    /// Reads from the first source that lets itself be read, and says why it was that one.
    async fn read(
        &self,
        query: &mut Query,
        rows: &mut Rows,
        context: &Context,
    ) -> anyhow::Result<(Kind, String, Reading)> {
        let opener = Opener::new(&self.places, context);
        let follow = self.view.follow();
        let (kinds, why) = self.places.kinds(query, follow);
        if follow && !kinds.iter().all(|kind| kind.can_be_followed()) {
            return Err(not_to_be_followed().into());
        }
        let mut reasons = vec![why.to_owned()];
        for (number, kind) in kinds.iter().enumerate() {
            match read_one(*kind, &opener, query, follow, rows).await {
                Err(error)
                    if number + 1 < kinds.len() && rows.is_empty() && may_pass_over(&error) =>
                {
                    reasons.push(format!("{}: {error:#}", kind.name()));
                }
                reading => return Ok((*kind, reasons.join("; "), reading?)),
            }
        }
        anyhow::bail!("there is nothing to read events from")
    }
}

async fn read_one(
    kind: Kind,
    opener: &Opener<'_>,
    query: &mut Query,
    follow: bool,
    rows: &mut Rows,
) -> anyhow::Result<Reading> {
    let sources = opener.open(kind, query).await?;
    stream::read(&sources, query, follow, |events| rows.take(events)).await
}

fn not_to_be_followed() -> Usage {
    Usage::new(
        "an archive cannot be followed: its files come minutes apart",
        "follow the log group or the event history: `--source logs` or `--source history`",
    )
}
