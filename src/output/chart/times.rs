//! The axis of time: how many columns a period has, and where which time is written below them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::Chart;

/// Between the beginnings of two labels: the longest, `Nov 15`, and a space on either side.
const APART: i64 = 8;
/// The widest bar, in columns.
const WIDEST: usize = 8;
const DAY: i64 = 24 * 60;
/// From label to label, in minutes.
const STEPS: [i64; 14] = [
    5,
    10,
    15,
    30,
    60,
    2 * 60,
    3 * 60,
    6 * 60,
    12 * 60,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
];

pub(super) struct TimeAxis {
    /// Columns of a value.
    width: usize,
    /// Values of a column, where there are more of them than columns.
    merged: usize,
    /// Columns and what is written from there on.
    labels: Vec<(usize, String)>,
}

impl TimeAxis {
    /// For so many periods in a plot of so many columns.
    pub(super) fn new(chart: &Chart<'_>, periods: usize, plot: usize) -> Self {
        let periods = periods.max(1);
        let mut axis = Self {
            width: (plot / periods).clamp(1, WIDEST),
            merged: periods.div_ceil(plot),
            labels: Vec::new(),
        };
        let column = i64::from(chart.period.max(1)) * whole(axis.merged);
        let columns = whole(periods.div_ceil(axis.merged));
        let from = chart.from.as_second();
        let until = from.saturating_add(column.saturating_mul(columns));
        for tick in ticks(chart, until, apart(column, axis.width)) {
            let second = tick.timestamp().as_second();
            let value = usize::try_from((second - from) / column).unwrap_or(0);
            axis.write(value * axis.width, written(&tick), plot);
        }
        if axis.labels.is_empty() {
            let label = chart.from.to_zoned(chart.zone.clone());
            axis.write(0, label.strftime("%b %-d %H:%M").to_string(), plot);
        }
        axis
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn merged(&self) -> usize {
        self.merged
    }

    pub(super) fn is_tick(&self, column: usize) -> bool {
        self.labels.iter().any(|(at, _)| *at == column)
    }

    /// The line below the axis.
    pub(super) fn labels(&self) -> String {
        let mut line = String::new();
        for (at, label) in &self.labels {
            line.push_str(&" ".repeat(at.saturating_sub(line.len())));
            line.push_str(label);
        }
        line
    }

    /// Writes a label unless it would run into another one or out of the plot.
    fn write(&mut self, column: usize, label: String, plot: usize) {
        let end = |(at, label): &(usize, String)| at + label.len() + 1;
        let free = self.labels.last().map_or(0, end);
        if column >= free && column + label.len() <= plot {
            self.labels.push((column, label));
        }
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The least step, in minutes, that keeps labels apart where a value spans so many seconds and columns.
fn apart(seconds: i64, width: usize) -> i64 {
    let is_apart = |step: &&i64| **step * 60 * whole(width) >= APART.saturating_mul(seconds);
    *STEPS
        .iter()
        .find(is_apart)
        .unwrap_or(&STEPS[STEPS.len() - 1])
}

/// The times of the zone's clock within the chart that are multiples of a step.
fn ticks(chart: &Chart<'_>, until: i64, step: i64) -> Vec<Zoned> {
    let first = chart.from.to_zoned(chart.zone.clone());
    let is_within = |time: &Zoned| {
        let second = time.timestamp().as_second();
        second >= chart.from.as_second() && second < until
    };
    let midnights = || {
        let days = first.date().series(1.day());
        days.map_while(|day| day.to_zoned(chart.zone.clone()).ok())
            .take_while(|midnight| midnight.timestamp().as_second() < until)
    };
    if step < DAY {
        let times = midnights().flat_map(|midnight| times_of(midnight.date(), step, &chart.zone));
        return times.filter(is_within).collect();
    }
    let days = usize::try_from(step / DAY).unwrap_or(1);
    midnights().filter(is_within).step_by(days).collect()
}

/// Where the clock is put forward, a time may not exist; the one after it stands for it.
fn times_of(day: Date, step: i64, zone: &TimeZone) -> Vec<Zoned> {
    let steps = usize::try_from(step).unwrap_or(1).max(1);
    let time = |minute: i64| {
        let (hour, minute) = (minute / 60, minute % 60);
        let time = day.at(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, 0, 0);
        time.to_zoned(zone.clone()).ok()
    };
    (0..DAY).step_by(steps).filter_map(time).collect()
}

fn written(tick: &Zoned) -> String {
    let is_midnight = tick.hour() == 0 && tick.minute() == 0;
    let format = if is_midnight { "%b %-d" } else { "%H:%M" };
    tick.strftime(format).to_string()
}
