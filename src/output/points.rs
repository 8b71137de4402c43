//! The points of series for programs: as one document, or as long rows.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Output;
use super::grid::Cell;
use super::stream::{Breadth, Look, Row, RowWriter};
use crate::metrics::history::{History, Question, Track};
use crate::metrics::topic::By;
use crate::metrics::unit::Unit;
use crate::time;

/// Writes rows one series after another, so that many points need not be held twice.
///
/// # Errors
/// A failed write.
pub(super) fn write(history: &History, output: &Output) -> anyhow::Result<()> {
    let mut rows = RowWriter::new(output, look(output));
    for track in &history.tracks {
        let points: Vec<Point> =
            points(&history.question, Some(&track.label), &track.values).collect();
        if rows.write(&points)?.is_break() {
            break;
        }
    }
    rows.finish(&json!({}))
}

#[derive(Serialize)]
struct Point<'a> {
    time: Timestamp,
    /// Of its series, where that is not said already.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    value: Option<f64>,
}

impl Row for Point<'_> {
    /// For people there is the chart.
    fn cells(&self, _: &Look) -> Vec<Cell> {
        Vec::new()
    }
}

fn points<'a>(
    question: &'a Question,
    label: Option<&'a str>,
    values: &'a [Option<f64>],
) -> impl Iterator<Item = Point<'a>> {
    let values = question.times().zip(values);
    values.map(move |(time, value)| Point {
        time,
        label,
        value: *value,
    })
}

fn look(output: &Output) -> Look {
    Look {
        name: "points",
        columns: Vec::new(),
        fields: ["time", "label", "value"].map(str::to_owned).to_vec(),
        by_field: false,
        zone: time::zone(output.utc),
        with_day: true,
        breadth: Breadth::Narrow,
    }
}

/// All there is to know of an answer.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    metric: &'a str,
    namespace: &'a str,
    /// None of a quota's use, which is calculated.
    statistic: Option<&'a str>,
    period_seconds: u32,
    unit: Option<Unit>,
    from: Timestamp,
    until: Timestamp,
    series: Vec<SeriesDocument<'a>>,
    total: Option<Vec<Point<'a>>>,
}

#[derive(Serialize)]
struct SeriesDocument<'a> {
    label: &'a str,
    /// What it is of, in our words.
    #[serde(flatten)]
    of: Map<String, Value>,
    dimensions: Map<String, Value>,
    points: Vec<Point<'a>>,
    complete: bool,
    shortfall: Option<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn of(history: &'a History) -> Self {
        let question = &history.question;
        let statistic =
            Some(question.statistic.as_str()).filter(|_| question.topic.by != By::Quota);
        let series = history.tracks.iter();
        let total = history.total.as_ref();
        Self {
            metric: &question.topic.metric,
            namespace: &question.topic.namespace,
            statistic,
            period_seconds: question.period,
            unit: question.topic.unit,
            from: question.window.from,
            until: question.window.until,
            series: series
                .map(|track| SeriesDocument::new(question, track))
                .collect(),
            total: total.map(|values| points(question, None, values).collect()),
        }
    }
}

impl<'a> SeriesDocument<'a> {
    fn new(question: &'a Question, track: &'a Track) -> Self {
        let dimensions = track.metric.dimensions.iter();
        Self {
            label: &track.label,
            of: of(track),
            dimensions: dimensions
                .map(|(name, value)| (name.clone(), value.as_str().into()))
                .collect(),
            points: points(question, None, &track.values).collect(),
            complete: track.shortfall.is_none(),
            shortfall: track.shortfall.as_deref(),
        }
    }
}

fn of(track: &Track) -> Map<String, Value> {
    let metric = &track.metric;
    let operation = metric
        .value("Resource")
        .filter(|_| metric.value("Type") == Some("API"));
    let known = [
        ("repository", metric.repository()),
        ("operation", operation),
        ("severity", metric.value("Severity")),
    ];
    let known = known
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
    known.collect()
}
