//! GetMetricData: the points of many metrics and expressions, page after page, batches side by side.

use anyhow::Context;
pub(crate) use aws_sdk_cloudwatch::types::MetricDataQuery as Query;
use aws_sdk_cloudwatch::types::{
    Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat, ScanBy, StatusCode,
};
use aws_smithy_types::DateTime;
use futures::stream::{self, StreamExt, TryStreamExt};
use jiff::Timestamp;

use crate::aws::{Aws, CallError};
use crate::events::Window;
use crate::time;

/// The most queries of one call (CloudWatch API reference, GetMetricData).
const QUERIES_A_CALL: usize = 500;
/// Calls side by side, far below the quota of 500 a second.
const CALLS_AT_ONCE: usize = 4;

/// The points of one metric, the earliest first. A query with a SEARCH has several.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    /// Of the query, as it was given.
    pub id: String,
    pub label: String,
    /// The beginning of each period that has a value, and the value.
    pub points: Vec<(Timestamp, f64)>,
    /// Why points may be missing, in CloudWatch's words; `None` where all are there.
    pub shortfall: Option<String>,
}

/// What is asked of a metric: one of its statistics (`Sum`, `Maximum`, `p99`, …) over periods of so many seconds.
pub(crate) struct Asked<'a> {
    pub namespace: &'a str,
    pub name: &'a str,
    pub dimensions: &'a [(&'a str, &'a str)],
    pub statistic: &'a str,
    pub period: u32,
}

/// A query for a metric. `id` begins with a lower-case letter and holds letters, digits and `_` alone.
pub(crate) fn metric(id: &str, asked: &Asked<'_>) -> MetricDataQuery {
    let dimensions = asked
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(*name).value(*value).build());
    let metric = Metric::builder()
        .namespace(asked.namespace)
        .metric_name(asked.name)
        .set_dimensions(Some(dimensions.collect()))
        .build();
    let statistic = MetricStat::builder()
        .metric(metric)
        .stat(asked.statistic)
        .period(asked.period.cast_signed())
        .build();
    MetricDataQuery::builder()
        .id(id)
        .metric_stat(statistic)
        .build()
}

/// A query for an expression of metric math or a SEARCH.
pub(crate) fn expression(id: &str, expression: &str, period: u32) -> MetricDataQuery {
    MetricDataQuery::builder()
        .id(id)
        .expression(expression)
        .period(period.cast_signed())
        .build()
}

/// Reads all series of all queries. Expressions may refer to other queries where there are at most 500 in all, or where
/// all queries stand in pairs, each an expression right after what it refers to: an even number of them is never parted.
///
/// # Errors
/// A [`CallError`].
pub(crate) async fn read(
    queries: Vec<MetricDataQuery>,
    window: Window,
    aws: &Aws,
) -> anyhow::Result<Vec<Series>> {
    let batches: Vec<Vec<MetricDataQuery>> = queries
        .chunks(QUERIES_A_CALL)
        .map(<[MetricDataQuery]>::to_vec)
        .collect();
    let read: Vec<Vec<Series>> = stream::iter(batches)
        .map(|batch| batch_of(batch, window, aws))
        .buffered(CALLS_AT_ONCE)
        .try_collect()
        .await
        .context("cannot read the metrics")?;
    Ok(read.into_iter().flatten().collect())
}

async fn batch_of(
    queries: Vec<MetricDataQuery>,
    window: Window,
    aws: &Aws,
) -> Result<Vec<Series>, CallError> {
    let mut all: Vec<Series> = Vec::new();
    let mut token = None;
    loop {
        let request = aws
            .cloudwatch
            .get_metric_data()
            .set_metric_data_queries(Some(queries.clone()))
            .start_time(DateTime::from_secs(window.from.as_second()))
            .end_time(DateTime::from_secs(window.until.as_second()))
            .scan_by(ScanBy::TimestampAscending)
            .set_next_token(token);
        let page = aws
            .call("cloudwatch:GetMetricData", "the metrics", request.send())
            .await?;
        take(page.metric_data_results.unwrap_or_default(), &mut all);
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(all);
        }
    }
}

/// A page may go on with series that an earlier one began; within a page, equal labels are different series.
fn take(results: Vec<MetricDataResult>, all: &mut Vec<Series>) {
    let begun_before = all.len();
    for series in results.into_iter().map(Series::of) {
        let is_it = |one: &&mut Series| one.id == series.id && one.label == series.label;
        match all[..begun_before].iter_mut().find(is_it) {
            Some(begun) => {
                begun.points.extend(series.points);
                // What counts is how the last page left it.
                begun.shortfall = series.shortfall;
            }
            None => all.push(series),
        }
    }
}

impl Series {
    fn of(result: MetricDataResult) -> Self {
        let times = result.timestamps.unwrap_or_default();
        let values = result.values.unwrap_or_default();
        let points = times
            .iter()
            .zip(values)
            .filter_map(|(time, value)| Some((time::from_aws(time)?, value)));
        let shortfall = match result.status_code {
            None | Some(StatusCode::Complete) => None,
            Some(code) => {
                let told = result.messages.unwrap_or_default();
                let told = told.iter().filter_map(|message| message.value());
                Some(told.fold(code.as_str().to_owned(), |all, one| format!("{all}: {one}")))
            }
        };
        Self {
            id: result.id.unwrap_or_default(),
            label: result.label.unwrap_or_default(),
            points: points.collect(),
            shortfall,
        }
    }
}
