//! The state of alarms that a widget names by their ARNs.

use std::collections::{BTreeMap, HashMap};

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

/// The most names that one call takes, and the most alarms that a page has (CloudWatch API reference, DescribeAlarms).
const NAMES: i32 = 100;

/// The alarms in the order of the ARNs, which may be of several regions. One that is gone has no state.
///
/// # Errors
/// A [`CallError`].
pub(super) async fn read(arns: &[String], aws: &Aws) -> Result<Vec<Alarm>, CallError> {
    let mut by_region: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
    for arn in arns {
        by_region.entry(region(arn)).or_default().push(arn);
    }
    let mut found = HashMap::new();
    for (region, arns) in by_region {
        let there = if region.is_empty() || region == aws.region {
            aws.clone()
        } else {
            aws.in_region(region)
        };
        for arns in arns.chunks(NAMES as usize) {
            found.extend(of_region(arns, &there).await?);
        }
    }
    let alarm = |arn: &String| found.get(arn).cloned().unwrap_or_else(|| unknown(arn));
    Ok(arns.iter().map(alarm).collect())
}

/// In `arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME`.
fn region(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

/// Alarms of one region, by their ARNs.
async fn of_region(arns: &[&String], there: &Aws) -> Result<HashMap<String, Alarm>, CallError> {
    let request = there
        .cloudwatch
        .describe_alarms()
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm)
        .max_records(NAMES)
        .set_alarm_names(Some(arns.iter().map(|arn| name(arn).to_owned()).collect()));
    let answer = there
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
