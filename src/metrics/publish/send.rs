//! PutMetricData: the values of a moment, in as few calls as it takes, side by side.

use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use aws_smithy_types::DateTime;
use futures::stream::{self, StreamExt};
use jiff::Timestamp;

use super::offer::{Datum, SEVERITY, SIZE};
use crate::aws::{Aws, CallError};
use crate::metrics::OURS;
use crate::metrics::dimensions::REPOSITORY;

/// The most metrics of one call (CloudWatch API reference, PutMetricData). With ECR's longest names, of 256 characters,
/// they take half of the megabyte that a call may have.
pub(crate) const DATA_A_CALL: usize = 1_000;
/// Calls side by side, far below the quota of 500 a second.
const CALLS_AT_ONCE: usize = 4;

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub published: usize,
    pub failures: Vec<CallError>,
}

/// Publishes the values as those of that moment. A call that fails keeps no other from being made.
pub(crate) async fn send(
    data: impl IntoIterator<Item = &Datum>,
    time: Timestamp,
    aws: &Aws,
) -> Sent {
    let data: Vec<MetricDatum> = data.into_iter().map(|datum| as_sent(datum, time)).collect();
    let batches: Vec<Vec<MetricDatum>> = data.chunks(DATA_A_CALL).map(<[_]>::to_vec).collect();
    let sending = stream::iter(batches).map(|batch| put(batch, aws));
    let all = sending.buffered(CALLS_AT_ONCE).collect::<Vec<_>>().await;
    let mut sent = Sent::default();
    for put in all {
        match put {
            Ok(count) => sent.published += count,
            Err(error) => sent.failures.push(error),
        }
    }
    sent
}

async fn put(batch: Vec<MetricDatum>, aws: &Aws) -> Result<usize, CallError> {
    let count = batch.len();
    let request = aws
        .cloudwatch
        .put_metric_data()
        .namespace(OURS)
        .set_metric_data(Some(batch));
    aws.call("cloudwatch:PutMetricData", OURS, request.send())
        .await?;
    Ok(count)
}

fn as_sent(datum: &Datum, time: Timestamp) -> MetricDatum {
    let dimensions = [
        (REPOSITORY, datum.repository.as_deref()),
        (SEVERITY, datum.severity),
    ];
    let dimensions = dimensions
        .into_iter()
        .filter_map(|(name, value)| Some(Dimension::builder().name(name).value(value?).build()));
    let unit = match datum.metric {
        SIZE => StandardUnit::Bytes,
        _ => StandardUnit::Count,
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "CloudWatch keeps doubles, exact up to nine petabytes"
    )]
    let value = datum.value as f64;
    MetricDatum::builder()
        .metric_name(datum.metric)
        .set_dimensions(Some(dimensions.collect()))
        .timestamp(DateTime::from_secs(time.as_second()))
        .value(value)
        .unit(unit)
        .build()
}
