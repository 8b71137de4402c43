//! Charts of numbers over time, drawn with block characters: below one another a panel for each series, with a scale
//! of its own. That is readable without colour, and a quiet series beside a busy one too.
//!
//! What is drawn, and of which period, is the caller's affair; so are title and notes.

mod bars;
mod numbers;
mod scale;
mod times;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::metrics::unit::Unit;
use crate::terminal::{Page, Tone, clean};
use bars::Bars;
use scale::{Range, Scale};
use times::TimeAxis;

/// One series: a value for each period, `None` where there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    pub label: String,
    pub values: Vec<Option<f64>>,
}

/// Series over the same periods.
#[derive(Debug, Clone)]
pub(crate) struct Chart<'a> {
    pub lines: &'a [Line],
    /// When the first period begins.
    pub from: Timestamp,
    /// In seconds.
    pub period: u32,
    pub unit: Unit,
    /// The values of a series add up, so that their sum says something.
    pub adds_up: bool,
    pub zone: TimeZone,
    /// About how many rows a panel has above its axis, from 1 on; [`rows_of`] knows a good number.
    pub rows: usize,
}

/// The narrowest chart there is.
const NARROWEST: usize = 24;

/// How many rows suit a panel when there are so many.
pub(crate) fn rows_of(panels: usize) -> usize {
    match panels {
        0 | 1 => 10,
        2 => 6,
        3 | 4 => 4,
        _ => 2,
    }
}

/// How many periods a chart of that width can draw, each in a column of its own.
pub(crate) fn periods_in(columns: usize) -> u32 {
    // Beside them stand a tick's label, seldom wider than this, and the axis.
    const LABEL: usize = 10;
    u32::try_from(columns.max(NARROWEST) - LABEL).unwrap_or(u32::MAX)
}

impl Chart<'_> {
    /// Draws no wider than so many columns, and in no less than 24.
    pub(crate) fn put(&self, page: &mut Page, columns: usize) {
        let columns = columns.max(NARROWEST);
        let scales = self.scales();
        let gutter = scales.iter().map(Scale::label_width).max().unwrap_or(0);
        let plot = columns.saturating_sub(gutter + 2).max(1);
        let periods = self.lines.iter().map(|line| line.values.len()).max();
        let times = TimeAxis::new(self, periods.unwrap_or(0), plot);
        for (number, (line, scale)) in self.lines.iter().zip(&scales).enumerate() {
            let tone = Tone::Series(number);
            put_legend(page, tone, &line.label, &self.figures(line), columns);
            let bars = Bars::new(&line.values, scale, &times);
            bars.put(page, tone, gutter);
        }
        if !self.lines.is_empty() {
            let labels = format!("{:gutter$}  {}", "", times.labels());
            page.put(Tone::Faint, labels).end();
        }
        self.put_notes(page, &times, columns);
    }

    /// One for each panel. Parts of a hundred are compared with each other, so they share one.
    fn scales(&self) -> Vec<Scale> {
        let ranges = self.lines.iter().map(|line| Range::of(&line.values));
        let scale = |range: Range| Scale::new(range, self.rows, self.unit);
        if self.unit == Unit::Percent {
            let all = ranges.fold(Range::default(), Range::and);
            return vec![scale(all); self.lines.len()];
        }
        ranges.map(scale).collect()
    }

    /// `sum 2688  min 6  max 24  last 24`
    fn figures(&self, line: &Line) -> String {
        let known = || line.values.iter().flatten().copied();
        let Some(last) = known().last() else {
            return "no values".to_owned();
        };
        let shown = |name: &str, value: f64| format!("{name} {}", self.unit.show(value));
        let mut figures = vec![
            shown("min", known().fold(f64::INFINITY, f64::min)),
            shown("max", known().fold(f64::NEG_INFINITY, f64::max)),
            shown("last", last),
        ];
        if self.adds_up {
            figures.insert(0, shown("sum", known().sum()));
        }
        figures.join("  ")
    }

    fn put_notes(&self, page: &mut Page, times: &TimeAxis, columns: usize) {
        let has_gaps = self.lines.iter().any(|line| line.values.contains(&None));
        let gaps = has_gaps.then(|| "Where the axis is broken there is no value.".to_owned());
        let merged = times.merged();
        let merged =
            (merged > 1).then(|| format!("Each column shows the highest of {merged} values."));
        let notes: Vec<String> = gaps.into_iter().chain(merged).collect();
        for line in textwrap::wrap(&notes.join(" "), columns) {
            page.put(Tone::Faint, line).end();
        }
    }
}

/// The name and the figures on one line, or below one another where that is too narrow.
fn put_legend(page: &mut Page, tone: Tone, label: &str, figures: &str, columns: usize) {
    let label = clean(label);
    let names = textwrap::wrap(&label, columns);
    let last = names
        .last()
        .map_or(0, |line| textwrap::core::display_width(line));
    for (number, name) in names.iter().enumerate() {
        page.put(tone, name);
        if number + 1 < names.len() {
            page.end();
        }
    }
    if last + 2 + textwrap::core::display_width(figures) <= columns {
        page.plain("  ").line(figures);
        return;
    }
    page.end();
    for line in textwrap::wrap(figures, columns) {
        page.line(line);
    }
}

#[cfg(test)]
#[path = "chart_tests.rs"]
mod tests;
