//! What `ecrmon dashboard show` says: the widgets below one another, with their values.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::chart::{Chart, Line};
use super::query::ResultTable;
use super::{Output, Report};
use crate::error::Exit;
use crate::events::Window;
use crate::metrics::data::Series;
use crate::metrics::view::{Alarm, Drawn, Picture, Plot, Selected};
use crate::terminal::{Page, Tone, clean};
use crate::time;

/// Series of a widget that are drawn; JSON has all.
const DRAWN: usize = 4;
/// Newest values that are listed, likewise.
const LISTED: usize = 20;

pub(crate) struct DashboardView {
    pub name: String,
    pub account: String,
    pub region: String,
    pub window: Window,
    pub selected: Vec<Selected>,
    pub widgets: Vec<Drawn>,
    pub columns: usize,
    pub utc: bool,
}

impl DashboardView {
    /// Whether all that can be drawn here could be read.
    pub(crate) fn exit(&self) -> Exit {
        if self.widgets.iter().all(|widget| widget.missing.is_empty()) {
            Exit::Done
        } else {
            Exit::Incomplete
        }
    }

    /// Says what is missing, even under `--quiet`.
    pub(crate) fn say(&self, output: &Output) {
        output.tell(|page| {
            for widget in &self.widgets {
                for why in &widget.missing {
                    page.labelled(
                        Tone::Warn,
                        "not all read",
                        &format!("{}: {why}", widget.title),
                    );
                }
            }
        });
    }

    fn put_widget(&self, page: &mut Page, widget: &Drawn) {
        if !matches!(widget.picture, Picture::Text(_)) {
            self.put_wrapped(page, Tone::Strong, &widget.title);
        }
        match &widget.picture {
            Picture::Series(plot) if plot.newest_alone => put_newest(page, plot),
            Picture::Series(plot) => self.put_plot(page, plot),
            Picture::Rows(answer) => ResultTable::new(answer).human(page),
            Picture::Alarms(alarms) => alarms.iter().for_each(|alarm| self.put_alarm(page, alarm)),
            Picture::Nothing(why) => self.put_wrapped(page, Tone::Faint, why),
            Picture::Text(text) => self.put_text(page, text),
        }
    }

    fn put_text(&self, page: &mut Page, text: &str) {
        for line in text.lines() {
            self.put_wrapped(page, Tone::Plain, line);
        }
    }

    fn put_wrapped(&self, page: &mut Page, tone: Tone, text: &str) {
        for line in textwrap::wrap(&clean(text), self.columns) {
            page.put(tone, line).end();
        }
    }

    /// The series with the most in them, each with a scale of its own.
    fn put_plot(&self, page: &mut Page, plot: &Plot) {
        let known: Vec<&Series> = by_size(plot);
        if known.is_empty() {
            page.put(Tone::Faint, "no values in this time").end();
            return;
        }
        let line = |series: &&Series| self.line(series, plot.period);
        let lines: Vec<Line> = known.iter().take(DRAWN).map(line).collect();
        let chart = Chart {
            rows: if lines.len() == 1 { 4 } else { 2 },
            lines: &lines,
            from: self.window.from,
            period: plot.period,
            unit: plot.unit,
            adds_up: plot.adds_up,
            zone: time::zone(self.utc),
        };
        chart.put(page, self.columns);
        put_others(page, known.len(), DRAWN);
    }

    /// A value for each period of the window; where a series has several in one, the highest.
    fn line(&self, series: &Series, period: u32) -> Line {
        let period = i64::from(period.max(1));
        let place = |moment: Timestamp| {
            let place = (moment.as_second() - self.window.from.as_second()).div_euclid(period);
            usize::try_from(place).ok()
        };
        let last = place(self.window.until - jiff::SignedDuration::from_secs(1)).unwrap_or(0);
        let mut values: Vec<Option<f64>> = vec![None; last + 1];
        for (moment, value) in &series.points {
            if let Some(slot) = place(*moment).and_then(|place| values.get_mut(place)) {
                *slot = Some(slot.map_or(*value, |there: f64| there.max(*value)));
            }
        }
        Line {
            label: series.label.clone(),
            values,
        }
    }

    fn put_alarm(&self, page: &mut Page, alarm: &Alarm) {
        let (tone, sign) = match alarm.state.as_deref() {
            Some("OK") => (Tone::Good, "✓"),
            Some("ALARM") => (Tone::Bad, "✗"),
            _ => (Tone::Warn, "?"),
        };
        let state = alarm.state.as_deref().unwrap_or("unknown: it is not there");
        let since = alarm
            .since
            .map(|since| format!(" since {}", time::local(since, self.utc)));
        page.put(tone, sign)
            .plain(format!(" {}  ", alarm.name))
            .tail(format!("{state}{}", since.unwrap_or_default()));
    }
}

/// Those that have values, the ones with the most first.
fn by_size(plot: &Plot) -> Vec<&Series> {
    let mut known: Vec<&Series> = plot
        .series
        .iter()
        .filter(|series| !series.points.is_empty())
        .collect();
    let size = |series: &Series| series.points.iter().map(|(_, value)| value).sum::<f64>();
    known.sort_by(|one, other| size(other).total_cmp(&size(one)));
    known
}

fn put_newest(page: &mut Page, plot: &Plot) {
    let known = by_size(plot);
    if known.is_empty() {
        page.put(Tone::Faint, "no values in this time").end();
    }
    for series in known.iter().take(LISTED) {
        if let Some((_, newest)) = series.points.last() {
            page.plain(format!("{}  ", series.label))
                .tail(plot.unit.show(*newest));
        }
    }
    put_others(page, known.len(), LISTED);
}

fn put_others(page: &mut Page, all: usize, shown: usize) {
    if all > shown {
        let others = match all - shown {
            1 => "and 1 other (`--output json` has all)".to_owned(),
            others => format!("and {others} others (`--output json` has all)"),
        };
        page.put(Tone::Faint, others).end();
    }
}

impl Report for DashboardView {
    fn human(&self, page: &mut Page) {
        let time = |time| time::local(time, self.utc);
        let Window { from, until } = self.window;
        let title = format!("{}, {} to {}", self.name, time(from), time(until));
        self.put_wrapped(page, Tone::Strong, &title);
        for selected in &self.selected {
            let value = selected
                .value
                .as_deref()
                .unwrap_or("nothing to select from");
            self.put_wrapped(page, Tone::Plain, &format!("{}: {value}", selected.label));
        }
        for widget in &self.widgets {
            page.end();
            self.put_widget(page, widget);
        }
    }
}

impl Serialize for DashboardView {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let widgets: Vec<Value> = self.widgets.iter().map(value).collect();
        json!({
            "account": self.account, "region": self.region, "dashboard": self.name,
            "from": self.window.from, "until": self.window.until,
            "selected": self.selected, "widgets": widgets,
        })
        .serialize(serializer)
    }
}

/// A widget with the one field that its kind has: `series`, `rows`, `alarms` or `text`; else `not_drawn` says why.
fn value(widget: &Drawn) -> Value {
    let mut value =
        json!({"title": widget.title, "type": widget.kind, "complete": widget.missing.is_empty()});
    let (field, content) = match &widget.picture {
        Picture::Series(plot) => ("series", plot.series.iter().map(series).collect()),
        Picture::Rows(answer) => ("rows", json!(ResultTable::new(answer))),
        Picture::Alarms(alarms) => ("alarms", json!(alarms)),
        Picture::Text(text) => ("text", json!(text)),
        Picture::Nothing(why) => ("not_drawn", json!(why)),
    };
    value[field] = content;
    value
}

fn series(series: &Series) -> Value {
    let point = |(time, value): &(Timestamp, f64)| json!({"time": time, "value": value});
    let points: Vec<Value> = series.points.iter().map(point).collect();
    json!({"label": series.label, "points": points, "shortfall": series.shortfall})
}
