//! The alarms that are about ECR.

use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, Dimension, MetricAlarm};

use crate::aws::{Aws, CallError};
use crate::metrics::{ECR, OURS, USAGE};

/// The most alarms that an alarm widget shows (CloudWatch API reference, "Dashboard body structure and syntax").
const MOST: usize = 100;
/// The most alarms of a page (CloudWatch API reference, DescribeAlarms).
const PAGE: i32 = 100;
/// Pages that are read at most: an account with more alarms than 2,000 is not read to its end for a widget.
const PAGES: usize = 20;

/// The ARNs of at most a hundred alarms on ECR's metrics, or whose names begin with the stack's, in their order.
///
/// # Errors
/// A [`CallError`].
pub(super) async fn about_ecr(stack: &str, aws: &Aws) -> Result<Vec<String>, CallError> {
    let mut arns = Vec::new();
    let mut token = None;
    for _ in 0..PAGES {
        let request = aws
            .cloudwatch
            .describe_alarms()
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .max_records(PAGE)
            .set_next_token(token);
        let page = aws
            .call("cloudwatch:DescribeAlarms", "the alarms", request.send())
            .await?;
        let of_metrics = page.metric_alarms.unwrap_or_default().into_iter();
        arns.extend(of_metrics.filter_map(|alarm| of_metric(stack, alarm)));
        let composite = page.composite_alarms.unwrap_or_default().into_iter();
        arns.extend(composite.filter_map(|alarm| of_others(stack, alarm)));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() || arns.len() >= MOST {
            break;
        }
    }
    arns.sort();
    arns.truncate(MOST);
    Ok(arns)
}

fn of_metric(stack: &str, alarm: MetricAlarm) -> Option<String> {
    let is_named = alarm
        .alarm_name()
        .is_some_and(|name| name.starts_with(stack));
    let watches = is_about_ecr(alarm.namespace(), alarm.dimensions())
        || alarm.metrics().iter().any(|query| {
            let metric = query.metric_stat().and_then(|asked| asked.metric());
            metric.is_some_and(|metric| is_about_ecr(metric.namespace(), metric.dimensions()))
        });
    alarm.alarm_arn.filter(|_| is_named || watches)
}

fn of_others(stack: &str, alarm: CompositeAlarm) -> Option<String> {
    let is_named = alarm
        .alarm_name()
        .is_some_and(|name| name.starts_with(stack));
    alarm.alarm_arn.filter(|_| is_named)
}

fn is_about_ecr(namespace: Option<&str>, dimensions: &[Dimension]) -> bool {
    let is_ecr = |dimension: &Dimension| {
        (dimension.name(), dimension.value()) == (Some("Service"), Some("ECR"))
    };
    match namespace {
        Some(ECR | OURS) => true,
        Some(USAGE) => dimensions.iter().any(is_ecr),
        _ => false,
    }
}
