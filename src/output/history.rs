//! What `ecrmon metrics show` says: series as a chart for people, as points for programs.

use jiff::Timestamp;
use serde::Serialize;

use super::chart::{self, Chart, Line};
use super::points::{self, Document};
use super::{Format, Output, Report};
use crate::error::Exit;
use crate::metrics::dimensions::LISTED_FOR;
use crate::metrics::history::{History, Question, Track};
use crate::metrics::period;
use crate::metrics::topic::By;
use crate::metrics::unit::Unit;
use crate::terminal::{Page, Tone, clean, stdout_columns};
use crate::time;

/// The width of a chart that goes into a pipe.
const PIPE: usize = 80;

pub(crate) struct HistoryChart {
    history: History,
    /// How many series are drawn at most.
    top: usize,
    columns: usize,
    utc: bool,
}

/// How wide a chart is.
pub(crate) fn columns(output: &Output) -> usize {
    let terminal = stdout_columns().filter(|_| output.format == Format::Text);
    terminal.unwrap_or(PIPE)
}

impl HistoryChart {
    pub(crate) fn new(history: History, top: usize, output: &Output) -> Self {
        Self {
            history,
            top,
            columns: columns(output),
            utc: output.utc,
        }
    }

    /// Writes it: as a whole, or as rows of points.
    ///
    /// # Errors
    /// A failed write.
    pub(crate) fn write(&self, output: &Output) -> anyhow::Result<()> {
        if matches!(output.format, Format::Text | Format::Json) {
            return output.result(self);
        }
        points::write(&self.history, output)
    }

    pub(crate) fn exit(&self) -> Exit {
        if self.history.unread.is_empty() {
            Exit::Done
        } else {
            Exit::Incomplete
        }
    }

    /// Says what a reader must know of it. What is missing is said even under `--quiet`.
    pub(crate) fn say(&self, output: &Output) {
        output.say(|page| {
            for note in self.notes() {
                page.put(Tone::Faint, "note: ").line(note);
            }
            put_cost(page, self.history.billed);
        });
        output.tell(|page| {
            let unread = &self.history.unread;
            let said = |(label, why): &(String, String)| format!("{label}: {why}");
            let rest = unread.len().saturating_sub(self.top);
            let rest = (rest > 0).then(|| format!("{rest} others"));
            for text in unread.iter().take(self.top).map(said).chain(rest) {
                page.labelled(Tone::Warn, "not all read", &text);
            }
        });
    }

    fn notes(&self) -> Vec<String> {
        let question = &self.history.question;
        let topic = &question.topic;
        let now = Timestamp::now();
        let mut notes = Vec::new();
        if self.history.tracks.is_empty() {
            notes.push(nothing(question));
        }
        let is_listed = question
            .repositories
            .literals()
            .is_none_or(<[String]>::is_empty)
            || topic.named("").is_none();
        if is_listed && now.duration_since(question.window.from) > LISTED_FOR {
            notes.push("CloudWatch lists only what had a point in the last two weeks: what ended before is not here".to_owned());
        }
        if !is_listed {
            let is_silent =
                |track: &&Track| track.values.iter().flatten().all(|value| *value == 0.0);
            let silent = self.history.tracks.iter().filter(is_silent);
            notes.extend(silent.map(|track| format!("CloudWatch has no pull of `{}` in that time; it does not tell whether there is such a repository", track.label)));
        }
        if topic.by == By::Quota && question.period > MINUTE {
            notes.push(format!("quotas of calls are by the second, and this is the average of {}: `--since 1h --period 1m` shows short peaks",
                period::each(question.period)));
        }
        if question.window.until > now && !self.history.tracks.is_empty() {
            notes.push("the newest period is not over yet".to_owned());
        }
        notes
    }

    /// `pulls by repository, Sum of each 3 h, 2026-11-14 15:00 to 2026-11-21 15:00`
    fn title(&self) -> String {
        let question = &self.history.question;
        let by = match question.topic.by {
            By::Repository => " by repository",
            By::Operation => " by operation",
            By::Quota | By::Nothing | By::Dimensions => "",
        };
        let statistic = match question.topic.by {
            By::Quota => "average percent",
            _ => question.statistic.as_str(),
        };
        let each = period::each(question.period);
        let word = &question.topic.word;
        format!("{word}{by}, {statistic} of {each}, {}", self.times())
    }

    /// `2026-11-14 15:00 to 2026-11-21 15:00 UTC`; a day is said once.
    fn times(&self) -> String {
        let zone = time::zone(self.utc);
        let window = &self.history.question.window;
        let [from, until] = [window.from, window.until].map(|time| time.to_zoned(zone.clone()));
        let is_a_day = from.date() == until.date();
        let until = until.strftime(if is_a_day { "%H:%M" } else { "%Y-%m-%d %H:%M" });
        let utc = if self.utc { " UTC" } else { "" };
        format!("{} to {until}{utc}", from.strftime("%Y-%m-%d %H:%M"))
    }

    /// What is drawn: the total of several, then the busiest of them.
    fn lines(&self) -> Vec<Line> {
        let tracks = &self.history.tracks;
        let total = self.history.total.as_ref().filter(|_| tracks.len() > 1);
        let total = total.map(|values| Line {
            label: format!("all {} {}", tracks.len(), self.kind()),
            values: values.clone(),
        });
        let drawn = tracks.iter().take(self.top).map(|track| Line {
            label: track.label.clone(),
            values: track.values.clone(),
        });
        total.into_iter().chain(drawn).collect()
    }

    /// What there are several of.
    fn kind(&self) -> &'static str {
        match self.history.question.topic.by {
            By::Repository => "repositories",
            By::Operation => "operations",
            By::Quota | By::Nothing | By::Dimensions => "series",
        }
    }

    fn put_others(&self, page: &mut Page) {
        let others = self.history.tracks.get(self.top..).unwrap_or_default();
        if others.is_empty() {
            return;
        }
        let sum: f64 = others
            .iter()
            .flat_map(|track| track.values.iter().flatten())
            .sum();
        let unit = self.history.question.topic.unit.unwrap_or(Unit::Count);
        let sum = if self.history.question.is_summed() {
            format!(", together {}", unit.show(sum))
        } else {
            String::new()
        };
        let line = format!(
            "and {} others{sum} (`--top {}` draws them)",
            others.len(),
            self.history.tracks.len()
        );
        page.put(Tone::Faint, line).end();
    }
}

/// The shortest period, in seconds, that a quota is looked at with.
const MINUTE: u32 = 60;

fn nothing(question: &Question) -> String {
    let topic = &question.topic;
    if topic.is_ours() {
        return format!(
            "nothing publishes {}: `ecrmon metrics publish` begins to",
            topic.metric
        );
    }
    let of = if question.repositories.is_empty() {
        ""
    } else {
        " of these repositories"
    };
    format!(
        "CloudWatch has no point of {}/{}{of} in the last two weeks; `ecrmon metrics list` tells what it has",
        topic.namespace, topic.metric
    )
}

/// What reading so many metrics cost, where that is worth a word (CloudWatch pricing, GetMetricData in us-east-1).
pub(super) fn put_cost(page: &mut Page, metrics: usize) {
    const METRICS_A_CENT: usize = 1_000;
    if metrics >= METRICS_A_CENT {
        let cents = metrics.div_ceil(METRICS_A_CENT);
        let cost = format!(
            "note: read {metrics} metrics, about ${}.{:02} in us-east-1",
            cents / 100,
            cents % 100
        );
        page.put(Tone::Faint, cost).end();
    }
}

impl Report for HistoryChart {
    fn human(&self, page: &mut Page) {
        let lines = self.lines();
        if lines.is_empty() {
            page.line("No values.");
            return;
        }
        for line in textwrap::wrap(&clean(&self.title()), self.columns) {
            page.put(Tone::Strong, line).end();
        }
        let Question {
            topic,
            window,
            period,
            ..
        } = &self.history.question;
        let chart = Chart {
            rows: chart::rows_of(lines.len()),
            lines: &lines,
            from: window.from,
            period: *period,
            unit: topic.unit.unwrap_or(Unit::Count),
            adds_up: self.history.question.is_summed(),
            zone: time::zone(self.utc),
        };
        chart.put(page, self.columns);
        self.put_others(page);
    }
}

impl Serialize for HistoryChart {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document::of(&self.history).serialize(serializer)
    }
}
