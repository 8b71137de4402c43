//! `ecrmon events`: who did what in the registry, when, and from where.

mod athena;
mod count;
mod filters;
mod opener;
mod passed_over;
mod places;
mod rows;
mod view;
mod whole;

use std::cell::RefCell;

use clap::Args;

use self::filters::Filters;
use self::opener::Opener;
use self::passed_over::Chosen;
use self::places::Places;
use self::rows::{Rows, Wish};
use self::view::View;
use super::flags::{LATELY, Times};
use crate::context::Context;
use crate::error::Exit;
use crate::events::{Query, stream};
use crate::output::answer::Answer;
use crate::terminal::Tone;

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
  ecrmon events --by principal,action --since 7d
  ecrmon events --follow
  ecrmon events --since 2026-11-01 --source archive --archive ./AWSLogs
  ecrmon events --show 9354dd7f-6a6c-4c2b-a3f7-31b5e52cc1a5")]
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

impl Events {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let by = self.view.by()?;
        self.places.fit()?;
        let opener = Opener::new(&self.places, context);
        if let Some(exit) = opener.create().await? {
            return Ok(exit);
        }
        let mut query = self.query(context)?;
        if let Some(id) = &self.view.show {
            whole::show(id, &opener, &mut query, context).await
        } else if !by.is_empty() {
            count::count(by, self.view.most_rows(), &opener, &mut query, context).await
        } else if self.view.follow {
            self.follow(&opener, &mut query, context).await
        } else {
            self.list(&opener, &mut query, context).await
        }
    }

    fn query(&self, context: &Context) -> anyhow::Result<Query> {
        let since = match self.view.show {
            Some(_) => whole::SINCE,
            None => LATELY,
        };
        let mut filter = self.filters.filter()?;
        filter.accounts = self.places.accounts();
        Ok(Query {
            window: self.times.window(since, context.output.utc)?,
            filter,
            order: self.view.order(),
            registry: self.places.registry(),
            keep_records: false,
        })
    }

    fn wish(&self, context: &Context) -> Wish {
        let regions = self.places.all_regions || context.regions.len() > 1;
        self.view.wish(regions)
    }

    async fn list(
        &self,
        opener: &Opener<'_>,
        query: &mut Query,
        context: &Context,
    ) -> anyhow::Result<Exit> {
        let rows = RefCell::new(Rows::new(&self.wish(context), query, context)?);
        let nothing_shown = || rows.borrow().is_empty();
        let read = opener.first(query, nothing_shown, async |sources, query| {
            stream::read(&sources, query, |events| rows.borrow_mut().take(events)).await
        });
        let Chosen {
            kind,
            why,
            unread,
            answer: mut reading,
        } = read.await?;
        reading.unread.extend(unread);
        let mut rows = rows.into_inner();
        let answer = Answer::new(kind.name(), &why, reading, rows.finish()?, query.window);
        rows.end(&answer)?;
        answer.say(&context.output);
        Ok(answer.exit())
    }

    async fn follow(
        &self,
        opener: &Opener<'_>,
        query: &mut Query,
        context: &Context,
    ) -> anyhow::Result<Exit> {
        let mut rows = Rows::new(&self.wish(context), query, context)?;
        let (kind, sources) = opener.follow(query).await?;
        context.output.say(|page| {
            let following = format!("following the {}; Ctrl-C ends it", kind.name());
            page.put(Tone::Faint, following).end();
        });
        let reading = stream::read(&sources, query, |events| rows.follow(events)).await?;
        let answer = Answer::new(kind.name(), "", reading, rows.finish()?, query.window);
        rows.end(&answer)?;
        Ok(answer.exit())
    }
}
