//! A chart as CloudWatch itself draws it: GetMetricWidgetImage.

use anyhow::Context;
use serde_json::{Value, json};

use super::history::{History, Question, Track};
use super::quota;
use super::topic::By;
use crate::aws::Aws;

/// The most metrics and expressions of a picture (CloudWatch API reference, GetMetricWidgetImage).
const METRICS: usize = 100;
/// Of these, a series that is filled up or calculated takes two.
pub(crate) const MOST_SERIES: usize = METRICS / 2;
/// In pixels; up to 2,000 either way (CloudWatch API reference, metric widget structure).
const WIDTH: u32 = 1_200;
const HEIGHT: u32 = 600;

/// A PNG of the first so many series.
///
/// # Errors
/// A `CallError`, or an answer without a picture.
pub(crate) async fn of(history: &History, series: usize, aws: &Aws) -> anyhow::Result<Vec<u8>> {
    let widget = widget(history, series.min(MOST_SERIES), &aws.region);
    let request = aws
        .cloudwatch
        .get_metric_widget_image()
        .metric_widget(widget.to_string());
    let answer = aws
        .call(
            "cloudwatch:GetMetricWidgetImage",
            "the picture",
            request.send(),
        )
        .await
        .context("cannot have the picture drawn")?;
    let image = answer
        .metric_widget_image
        .map(aws_smithy_types::Blob::into_inner);
    image.context("CloudWatch answered without a picture")
}

/// The widget, by the structure that the API reference gives.
fn widget(history: &History, series: usize, region: &str) -> Value {
    let question = &history.question;
    let tracks = history.tracks.iter().take(series).enumerate();
    let metrics: Vec<Value> = tracks
        .flat_map(|(number, track)| metrics(question, track, number))
        .collect();
    let axis = if question.topic.by == By::Quota {
        json!({"min": 0, "label": "%", "showUnits": false})
    } else {
        json!({"min": 0})
    };
    json!({
        "title": question.topic.word,
        "width": WIDTH,
        "height": HEIGHT,
        "region": region,
        "view": "timeSeries",
        "stat": question.statistic,
        "period": question.period,
        "start": question.window.from.to_string(),
        "end": question.window.until.to_string(),
        "yAxis": {"left": axis},
        "metrics": metrics,
    })
}

/// A series as it is, or hidden behind an expression that fills or divides it.
fn metrics(question: &Question, track: &Track, number: usize) -> Vec<Value> {
    let mut path = vec![json!(track.metric.namespace), json!(track.metric.name)];
    for (name, value) in &track.metric.dimensions {
        path.extend([json!(name), json!(value)]);
    }
    let id = format!("m{number}");
    let shown = match question.topic.by {
        By::Quota => Some((
            quota::expression(&id, &track.metric),
            quota::statistic(&track.metric),
        )),
        _ if question.topic.none_is_zero => {
            Some((format!("FILL({id}, 0)"), question.statistic.as_str()))
        }
        _ => None,
    };
    let Some((expression, statistic)) = shown else {
        path.push(json!({"label": track.label}));
        return vec![json!(path)];
    };
    path.push(json!({"id": id, "visible": false, "stat": statistic}));
    let expression =
        json!([{"expression": expression, "label": track.label, "id": format!("e{number}")}]);
    vec![json!(path), expression]
}
