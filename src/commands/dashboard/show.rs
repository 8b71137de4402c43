//! `ecrmon dashboard show`.

use anyhow::Context as _;
use clap::Args;
use jiff::{Span, Timestamp, Zoned};
use serde_json::Value;

use super::place::{Place, missing};
use crate::commands::flags::Times;
use crate::context::Context;
use crate::error::{Exit, Usage};
use crate::events::Window;
use crate::metrics::period;
use crate::metrics::view::live::{self, Wish};
use crate::metrics::view::variables;
use crate::output::dashboard::DashboardView;
use crate::output::history::columns;
use crate::plan::Resource;
use crate::resources::dashboard::Dashboard;
use crate::time;

/// What CloudWatch shows of a dashboard that does not say.
const THREE_HOURS: &str = "3h";
/// The period that the values of the widgets are laid out by, in seconds.
const PERIOD: u32 = 300;

/// Draw a dashboard as text, with live values
///
/// Any dashboard, as far as it can be drawn here; a widget that cannot says so. CloudWatch bills the metrics that are
/// read ($0.01 per 1,000). Queries of log groups are run with `--logs` alone, and billed by the data they scan.
#[derive(Debug, Args)]
#[command(mut_arg("since", |since| since.help("Begin here: `90m`, `2d 4h`, `today`, `yesterday`, `2026-11-01`, or an RFC 3339 time [default: the dashboard's own]")))]
#[command(mut_arg("until", |until| until.help("End here, in the same forms [default: the dashboard's own, or now]")))]
#[command(after_help = "Examples:
  ecrmon dashboard show
  ecrmon dashboard show --since 7d --select repository=team-a/api
  ecrmon dashboard show Other-Dashboard --logs
  ecrmon dashboard show --output json | jq '.widgets[].title'")]
pub(crate) struct Show {
    #[command(flatten)]
    place: Place,

    /// Set a variable of the dashboard, such as its repository selector; may be repeated [default: its own, or the first value]
    #[arg(long, value_name = "VARIABLE=VALUE", value_parser = selection)]
    select: Vec<(String, String)>,

    /// Run the queries of log widgets too, which is billed by the data they scan
    #[arg(long)]
    logs: bool,

    #[command(flatten)]
    times: Times,
}

fn selection(text: &str) -> Result<(String, String), String> {
    let parts = text
        .split_once('=')
        .filter(|(variable, _)| !variable.is_empty());
    let (variable, value) =
        parts.ok_or("a selection is VARIABLE=VALUE, such as repository=team-a/api")?;
    Ok((variable.to_owned(), value.to_owned()))
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.output.without_rows()?;
        let aws = context.connect().await?;
        let name = self.place.find(&aws).await?;
        let found = Dashboard::observe(&name, &aws)
            .await
            .with_context(|| format!("cannot read dashboard `{name}`"))?;
        let mut dashboard = found.ok_or_else(|| missing(&name))?;
        let window = self.window(&dashboard.body, context.output.utc)?;
        let reading = aws.progress.spinner("reading the dashboard");
        let selected = variables::put_in(&mut dashboard.body, &self.select, window, &aws).await?;
        let wish = Wish {
            window,
            logs: self.logs,
        };
        let widgets = live::read(dashboard.widgets(), wish, &aws).await?;
        reading.finish_and_clear();
        let view = DashboardView {
            name,
            account: aws.account.clone(),
            region: aws.region.clone(),
            window,
            selected,
            widgets,
            columns: columns(&context.output),
            utc: context.output.utc,
        };
        context.output.result(&view)?;
        view.say(&context.output);
        Ok(view.exit())
    }

    /// The dashboard's own time, unless a flag says otherwise.
    fn window(&self, body: &Value, utc: bool) -> Result<Window, Usage> {
        let now = Timestamp::now().to_zoned(time::zone(utc));
        let own = |name: &str| Some(moment(body[name].as_str()?, &now)?.to_string());
        let (start, end) = (own("start"), own("end"));
        let since = start.as_deref().unwrap_or(THREE_HOURS);
        // Its end belongs to its own beginning.
        let until = end.as_deref().filter(|_| !self.times.begins());
        let window = self
            .times
            .window_between(since, until.unwrap_or("now"), utc)?;
        let period = PERIOD.max(period::shortest(window.from, window.until));
        Ok(period::aligned(window, period))
    }
}

/// A moment as a dashboard has it: a time, or a span before now such as `-PT6H` or `-P3M`.
fn moment(text: &str, now: &Zoned) -> Option<Timestamp> {
    match text.strip_prefix('-') {
        Some(span) => now
            .checked_sub(span.parse::<Span>().ok()?)
            .ok()
            .map(|time| time.timestamp()),
        None => time::parse_moment(text, now).ok(),
    }
}
