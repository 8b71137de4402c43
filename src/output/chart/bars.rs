//! The bars of one panel: rows of block characters above and below an axis that is broken where there is no value.

use super::scale::Scale;
use super::times::TimeAxis;
use crate::terminal::{Page, Tone};

/// Upward, to an eighth of a row.
const UP: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// Downward, to a half: fonts have no more.
const DOWN: [&str; 3] = [" ", "▀", "█"];

pub(super) struct Bars<'a> {
    /// The value of each column.
    values: Vec<Option<f64>>,
    scale: &'a Scale,
    times: &'a TimeAxis,
}

impl<'a> Bars<'a> {
    pub(super) fn new(values: &[Option<f64>], scale: &'a Scale, times: &'a TimeAxis) -> Self {
        let merged = values.chunks(times.merged()).map(highest);
        Self {
            values: merged.collect(),
            scale,
            times,
        }
    }

    /// Puts the rows, each after a gutter of that width with its tick.
    pub(super) fn put(&self, page: &mut Page, tone: Tone, gutter: usize) {
        for row in (1..=self.scale.rows_above().cast_signed()).rev() {
            self.put_row(page, tone, gutter, row);
        }
        let zero = self.scale.label(0).unwrap_or_default();
        page.put(Tone::Faint, format!("{zero:>gutter$} ┼{}", self.axis()));
        page.end();
        for row in 1..=self.scale.rows_below().cast_signed() {
            self.put_row(page, tone, gutter, -row);
        }
    }

    fn put_row(&self, page: &mut Page, tone: Tone, gutter: usize, row: isize) {
        let tick = match self.scale.label(row) {
            Some(label) => format!("{label:>gutter$} ┤"),
            None => format!("{:gutter$} │", ""),
        };
        let cell = |value: &Option<f64>| self.cell(*value, row).repeat(self.times.width());
        let cells: String = self.values.iter().map(cell).collect();
        page.put(Tone::Faint, tick).put(tone, cells.trim_end());
        page.end();
    }

    fn cell(&self, value: Option<f64>, row: isize) -> &'static str {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            return " ";
        };
        // A bar goes to one side of the axis only.
        if (value < 0.0) != (row < 0) {
            return " ";
        }
        let glyphs: &[&'static str] = if row > 0 { &UP } else { &DOWN };
        let whole = glyphs.len() - 1;
        let below = (row.unsigned_abs() - 1) * whole;
        let parts = self.scale.parts(value, whole).saturating_sub(below);
        glyphs[parts.min(whole)]
    }

    fn axis(&self) -> String {
        let mut axis = String::new();
        for (number, value) in self.values.iter().enumerate() {
            for column in 0..self.times.width() {
                let is_tick = self.times.is_tick(number * self.times.width() + column);
                axis.push(match (value, is_tick) {
                    (None, _) => ' ',
                    (Some(_), true) => '┬',
                    (Some(_), false) => '─',
                });
            }
        }
        axis.trim_end().to_owned()
    }
}

/// The value farthest from zero: what is merged into one column must not hide a peak.
fn highest(values: &[Option<f64>]) -> Option<f64> {
    let known = values.iter().flatten().copied();
    known.max_by(|one, other| one.abs().total_cmp(&other.abs()))
}
