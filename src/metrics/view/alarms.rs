//! The state of alarms that a widget names by their ARNs.

use aws_sdk_cloudwatch::types::{AlarmType, StateValue};
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use serde::Serialize;

use crate::aws::{Aws, CallError};
use crate::time;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Alarm {
    pub name: String,
    /// `OK`, `ALARM` or `INSUFFICIENT_DATA`; unknown for one that was not found.
    pub state: Option<String>,
    pub reason: Option<String>,
    pub since: Option<Timestamp>,
}

/// The most names that one call takes (CloudWatch API reference, DescribeAlarms).
const NAMES: usize = 100;

/// The alarms in the order of the ARNs. One that is gone has no state.
///
/// # Errors
/// A [`CallError`].
pub(super) async fn read(arns: &[String], aws: &Aws) -> Result<Vec<Alarm>, CallError> {
    let mut read = Vec::new();
    for arns in arns.chunks(NAMES) {
        let found = found(arns, aws).await?;
        read.extend(arns.iter().map(|arn| {
            let alarm = found.iter().find(|(found, _)| found == arn);
            alarm.map_or_else(|| unknown(arn), |(_, alarm)| alarm.clone())
        }));
    }
    Ok(read)
}

/// The alarms of one region, of which all are if they stand on one dashboard of ours.
async fn found(arns: &[String], aws: &Aws) -> Result<Vec<(String, Alarm)>, CallError> {
    let region = arns.first().and_then(|arn| arn.split(':').nth(3));
    let there = match region {
        Some(region) if region != aws.region => aws.in_region(region),
        _ => aws.clone(),
    };
    let request = there
        .cloudwatch
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .set_alarm_names(Some(arns.iter().map(|arn| name(arn).to_owned()).collect()));
    let answer = aws
        .call("cloudwatch:DescribeAlarms", "the alarms", request.send())
        .await?;
    let of_metrics = answer
        .metric_alarms
        .unwrap_or_default()
        .into_iter()
        .map(|found| {
            let since = found.state_updated_timestamp;
            let alarm = alarm(
                found.alarm_name,
                found.state_value,
                found.state_reason,
                since,
            );
            (found.alarm_arn.unwrap_or_default(), alarm)
        });
    let composite = answer
        .composite_alarms
        .unwrap_or_default()
        .into_iter()
        .map(|found| {
            let since = found.state_updated_timestamp;
            let alarm = alarm(
                found.alarm_name,
                found.state_value,
                found.state_reason,
                since,
            );
            (found.alarm_arn.unwrap_or_default(), alarm)
        });
    Ok(of_metrics.chain(composite).collect())
}

fn alarm(
    name: Option<String>,
    state: Option<StateValue>,
    reason: Option<String>,
    since: Option<DateTime>,
) -> Alarm {
    Alarm {
        name: name.unwrap_or_default(),
        state: state.map(|state| state.as_str().to_owned()),
        reason,
        since: since.as_ref().and_then(time::from_aws),
    }
}

fn unknown(arn: &str) -> Alarm {
    Alarm {
        name: name(arn).to_owned(),
        state: None,
        reason: None,
        since: None,
    }
}

/// The name in `arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME`, which may hold colons.
fn name(arn: &str) -> &str {
    arn.splitn(7, ':').nth(6).unwrap_or(arn)
}
