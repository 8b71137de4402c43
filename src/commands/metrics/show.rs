//! `ecrmon metrics show`: a metric over time, as a chart, as points or as a picture.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;

use crate::aws::Aws;
use crate::commands::flags::{Repositories, Times};
use crate::context::Context;
use crate::error::{Exit, Usage};
use crate::metrics::history::{self, History, Question};
use crate::metrics::topic::{By, Topic};
use crate::metrics::{period, picture};
use crate::names;
use crate::output::chart::periods_in;
use crate::output::history::{HistoryChart, columns};
use crate::output::picture::Target;
use crate::time;

/// Where it begins if nobody says.
const WEEK: &str = "7d";
/// As many series as fit a screen.
const TOP: &str = "6";
/// A minute, in seconds: CloudWatch counts periods in these.
const MINUTE: i64 = 60;
/// In seconds; a period may be as long as points are kept.
const LONGEST: i64 = 455 * 86_400;

/// Draw a metric over time
///
/// Each series has a panel and a scale of its own, in percent a common one. A break in the axis is a period without a
/// value; of pulls, none is zero. CloudWatch bills a cent for a thousand series that are read.
#[derive(Debug, Args)]
#[command(mut_arg("since", |since| since.help("Begin here: `90m`, `2d 4h`, `today`, `yesterday`, `2026-11-01`, or an RFC 3339 time [default: 7d]")))]
#[command(after_help = "Examples:
  ecrmon metrics show pulls
  ecrmon metrics show pulls --repo 'team-a/*' --since 1d --period 1h
  ecrmon metrics show quota --since 1h --period 1m
  ecrmon metrics show images --since 30d --output csv > images.csv
  ecrmon metrics show pulls --png pulls.png
  ecrmon metrics show AWS/Logs/IncomingBytes --stat Sum")]
pub(crate) struct Show {
    /// The metric: one of these words, or any other as NAMESPACE/NAME
    ///
    ///   pulls         by repository
    ///   api-calls     by operation
    ///   images        by repository
    ///   repositories  how many there are
    ///   quota         how much is used, in percent, by operation and resource
    ///
    /// and where `ecrmon metrics publish` runs
    ///
    ///   size          by repository, the sum of its images' sizes
    ///   untagged      images without a tag, by repository
    ///   findings      by severity; of each repository with `--repo`
    #[arg(value_name = "METRIC", verbatim_doc_comment)]
    metric: String,

    #[command(flatten)]
    repositories: Repositories,

    /// Divide the time into periods of this length, such as `5m` or `1h` [default: what fits the chart]
    #[arg(long, value_name = "SPAN", value_parser = period)]
    period: Option<u32>,

    /// Show this statistic of each period: Sum, Average, Minimum, Maximum, SampleCount, p99, … [default: the metric's own]
    #[arg(long, value_name = "STATISTIC", value_parser = statistic)]
    stat: Option<String>,

    /// Draw the N busiest series; the others are counted, and complete in JSON and CSV
    #[arg(long, value_name = "N", default_value = TOP, value_parser = names::count::<u16>)]
    top: u16,

    /// Have CloudWatch draw a PNG into this file instead, `-` for stdout; a PNG that is there is replaced, other files are not
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,

    #[command(flatten)]
    times: Times,
}

impl Show {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let question = self.question(context)?;
        let target = self.target(context)?;
        let aws = context.connect().await?;
        let history = history::read(question, &aws).await?;
        if let Some(target) = target {
            return draw(&history, usize::from(self.top), &target, context, &aws).await;
        }
        let chart = HistoryChart::new(history, usize::from(self.top), &context.output);
        chart.write(&context.output)?;
        chart.say(&context.output);
        Ok(chart.exit())
    }

    fn question(&self, context: &Context) -> Result<Question, Usage> {
        let topic = Topic::parse(&self.metric)?;
        let repositories = self.repositories.selection()?.repositories;
        if !repositories.is_empty() && !topic.has_repositories() {
            return Err(Usage::new(
                format!("AWS does not count {} by repository", topic.word),
                "leave `--repo` out",
            ));
        }
        if topic.by == By::Quota && self.stat.is_some() {
            return Err(Usage::new(
                "the use of a quota has no statistic to choose",
                "leave `--stat` out",
            ));
        }
        let window = self.times.window(WEEK, context.output.utc)?;
        let points = periods_in(columns(&context.output));
        let period = period::chosen(self.period, window, points, topic.every, Timestamp::now())?;
        Ok(Question {
            statistic: self
                .stat
                .clone()
                .unwrap_or_else(|| topic.statistic.to_owned()),
            period,
            window: period::aligned(window, period),
            repositories,
            topic,
        })
    }

    /// # Errors
    /// [`Usage`] for a picture where there can be none.
    fn target(&self, context: &Context) -> Result<Option<Target>, Usage> {
        let Some(file) = &self.png else {
            return Ok(None);
        };
        if usize::from(self.top) > picture::MOST_SERIES {
            return Err(Usage::new(
                format!("a picture holds {} series", picture::MOST_SERIES),
                "use a smaller `--top`",
            ));
        }
        Target::of(file, &context.output).map(Some)
    }
}

async fn draw(
    history: &History,
    top: usize,
    target: &Target,
    context: &Context,
    aws: &Aws,
) -> anyhow::Result<Exit> {
    let chart = HistoryChart::new(history.clone(), top, &context.output);
    if history.tracks.is_empty() {
        chart.say(&context.output);
        return Ok(Exit::Failure);
    }
    let png = picture::of(history, top, aws).await?;
    target.write(&png, &context.output)?;
    chart.say(&context.output);
    Ok(chart.exit())
}

/// # Errors
/// A text that shows what is accepted.
fn period(text: &str) -> Result<u32, String> {
    let seconds = time::parse_span(text)?.as_secs();
    if seconds % MINUTE != 0 || seconds > LONGEST {
        return Err("use whole minutes, such as `1m`, `5m` or `1h`".to_owned());
    }
    u32::try_from(seconds).map_err(|error| error.to_string())
}

/// # Errors
/// A text that shows what is accepted.
fn statistic(text: &str) -> Result<String, String> {
    const WORDS: [&str; 5] = ["Sum", "Average", "Minimum", "Maximum", "SampleCount"];
    if let Some(word) = WORDS.iter().find(|word| word.eq_ignore_ascii_case(text)) {
        return Ok((*word).to_owned());
    }
    let percentile = text
        .strip_prefix('p')
        .and_then(|rest| rest.parse::<f64>().ok());
    // Trimmed means and the like (CloudWatch user guide, "statistics definitions") are CloudWatch's to judge.
    let is_ranged = [
        "tm", "wm", "ts", "tc", "pr", "TM(", "WM(", "TS(", "TC(", "PR(",
    ]
    .iter()
    .any(|start| text.starts_with(start));
    if percentile.is_some_and(|percent| (0.0..=100.0).contains(&percent))
        || text == "IQM"
        || is_ranged
    {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "use {}, a percentile such as `p99`, or a trimmed mean such as `tm90`",
            WORDS.join(", ")
        ))
    }
}
