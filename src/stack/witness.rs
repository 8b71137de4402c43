//! What is nice to know besides: asked for side by side, and missing without harm where it is not allowed.

use aws_sdk_cloudtrail::types::{LookupAttribute, LookupAttributeKey};
use aws_sdk_cloudwatchlogs::types::OrderBy;
use jiff::Timestamp;

use crate::aws::Aws;
use crate::coverage::TrailFacts;
use crate::resources::log_group_arn::LogGroupArn;

/// The time of the newest event of a log group. CloudWatch Logs updates it within about an hour (DescribeLogStreams).
pub(super) async fn newest_event(log_group: &LogGroupArn, aws: &Aws) -> Option<Timestamp> {
    let logs = if log_group.region == aws.region {
        aws.logs.clone()
    } else {
        aws.logs_in(&log_group.region)
    };
    let request = logs
        .describe_log_streams()
        .log_group_name(&log_group.name)
        .order_by(OrderBy::LastEventTime)
        .descending(true)
        .limit(1);
    let answer = aws
        .call("logs:DescribeLogStreams", &log_group.name, request.send())
        .await
        .ok()?;
    Timestamp::from_millisecond(answer.log_streams().first()?.last_event_timestamp()?).ok()
}

/// Who stopped the trail's logging last, if CloudTrail's event history (90 days) still knows.
pub(super) async fn stopped_by(trail: &TrailFacts, aws: &Aws) -> Option<String> {
    let by_name = LookupAttribute::builder()
        .attribute_key(LookupAttributeKey::EventName)
        .attribute_value("StopLogging")
        .build()
        .ok()?;
    let request = aws
        .cloudtrail_in(&trail.home_region)
        .lookup_events()
        .lookup_attributes(by_name);
    let answer = aws
        .call("cloudtrail:LookupEvents", &trail.arn, request.send())
        .await
        .ok()?;
    let names_it = |record: &str| {
        record.contains(&trail.arn) || record.contains(&format!("\"{}\"", trail.name))
    };
    let event = answer
        .events()
        .iter()
        .find(|event| event.cloud_trail_event().is_some_and(names_it))?;
    event.username().map(str::to_owned)
}
