//! `ecrmon logs query`: any query of Logs Insights, or one of ours by its name.

use clap::Args;
use jiff::Timestamp;

use super::place::Place;
use crate::commands::flags::{LATELY, Times};
use crate::context::Context;
use crate::error::{Exit, Usage};
use crate::events::insights::{Answer, Ask, Insights, cost, named};
use crate::events::{Recorded, Window};
use crate::output::query::{NamedTable, ResultTable};
use crate::terminal::Tone;

/// Ask a log group in the language of CloudWatch Logs Insights
///
/// What is scanned is billed: the amount and its price are said on stderr. Times are those of the log events:
/// CloudTrail gives them the time of delivery, some 5 minutes after the call.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon logs query --list
  ecrmon logs query pushes-by-hour --since 1d
  ecrmon logs query 'fields @timestamp, eventName | limit 5' --output csv")]
pub(crate) struct Query {
    /// The query, or the name of one of ours
    #[arg(value_name = "QUERY|NAME", required_unless_present = "list")]
    question: Option<String>,

    /// List our queries and what they answer
    #[arg(long, conflicts_with = "question")]
    list: bool,

    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    times: Times,
}

impl Query {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let Some(asked) = &self.question else {
            context.output.result(&NamedTable::new())?;
            return Ok(Exit::Done);
        };
        let query = text(asked)?;
        let window = self.times.window(LATELY, context.output.utc)?;
        let aws = context.connect().await?;
        let group = self.place.find(&aws).await?;
        let insights = Insights {
            aws: group.client(&aws),
            log_group: group.arn.clone().unwrap_or_else(|| group.name.clone()),
            recorded: Recorded::ALWAYS,
            notes: Vec::new(),
        };
        let answer = answer(&insights, query, window).await?;
        context.output.result(&ResultTable::new(&answer))?;
        context.output.say(|page| {
            page.put(Tone::Faint, summary(&answer)).end();
        });
        Ok(Exit::Done)
    }
}

/// One word is a name: no query is that short.
///
/// # Errors
/// [`Usage`] for a name that no query has.
fn text(asked: &str) -> Result<&str, Usage> {
    if asked.contains(char::is_whitespace) {
        return Ok(asked);
    }
    let named = named::find(asked).ok_or_else(|| {
        Usage::new(
            format!("there is no query named `{asked}`"),
            "`ecrmon logs query --list` lists them; a query of your own is such as 'fields @timestamp | limit 5'",
        )
    })?;
    Ok(named.query)
}

async fn answer(insights: &Insights, query: &str, window: Window) -> anyhow::Result<Answer> {
    let ask = Ask {
        query,
        from: window.from.as_second(),
        until: last_second(window.until).max(window.from.as_second()),
    };
    let answer = insights.run(&ask, std::future::pending()).await?;
    Ok(answer.unwrap_or_default())
}

/// The second in which the window ends: Logs Insights takes it for a part of what is asked for.
fn last_second(until: Timestamp) -> i64 {
    until.as_second() - i64::from(until.subsec_nanosecond() == 0)
}

fn summary(answer: &Answer) -> String {
    let rows = if answer.rows.len() == 1 {
        "row"
    } else {
        "rows"
    };
    format!(
        "{} {rows} of {} records that matched; {}",
        answer.rows.len(),
        answer.matched,
        cost(answer.scanned)
    )
}
