//! The log groups that trails deliver to, with what is known of them, and the streams of one.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::types::{LogGroup, LogStream, OrderBy};
use futures::future::try_join_all;
use jiff::{SignedDuration, Timestamp};

use super::log_group_arn::LogGroupArn;
use crate::aws::{Aws, CallError, optional};
use crate::coverage::{Known, TrailFacts};
use crate::settings::Retention;

/// A log group and the trails that feed it.
pub(crate) struct FedGroup {
    /// As the trails have it, which is not checked by anyone.
    pub arn: String,
    pub place: Option<LogGroupArn>,
    pub trails: Vec<TrailFacts>,
    /// `None` for one that does not exist.
    pub details: Known<Option<Details>>,
}

pub(crate) struct Details {
    pub retention: Retention,
    pub stored_bytes: Option<i64>,
    pub class: Option<String>,
    /// As far as is known; CloudWatch Logs may take an hour to count in the newest.
    pub newest_event: Option<Timestamp>,
}

/// A stream of a log group.
pub(crate) struct Stream {
    pub name: String,
    pub newest_event: Option<Timestamp>,
    pub oldest_event: Option<Timestamp>,
    pub stored_bytes: Option<i64>,
}

/// DescribeLogStreams answers this many at once (CloudWatch Logs API reference).
const STREAMS: i32 = 50;

/// The log groups of these trails, in the order of the trails. Two calls for each group.
///
/// # Errors
/// A [`CallError`]; what is merely hidden from us is [`Known::Unknown`] instead.
pub(crate) async fn fed_by(trails: &[TrailFacts], aws: &Aws) -> Result<Vec<FedGroup>, CallError> {
    let mut arns: Vec<&String> = Vec::new();
    for arn in trails.iter().filter_map(|trail| trail.log_group.as_ref()) {
        if !arns.contains(&arn) {
            arns.push(arn);
        }
    }
    try_join_all(arns.into_iter().map(|arn| fed(arn, trails, aws))).await
}

async fn fed(arn: &str, trails: &[TrailFacts], aws: &Aws) -> Result<FedGroup, CallError> {
    let place = LogGroupArn::parse(arn);
    let feeds = |trail: &&TrailFacts| trail.log_group.as_deref() == Some(arn);
    let hidden = |why: String| Ok(Known::Unknown(why));
    let details = match &place {
        None => hidden("it is no log group's ARN".to_owned()),
        Some(place) if place.account != aws.account => {
            hidden(format!("it belongs to account {}", place.account))
        }
        Some(place) => match details(place, aws).await {
            Ok(details) => Ok(Known::Known(details)),
            Err(error) if error.is_denied() => hidden(format!(
                "cannot tell: `{}` is not allowed",
                error.denied_action()
            )),
            Err(error) => Err(error),
        },
    };
    Ok(FedGroup {
        arn: arn.to_owned(),
        trails: trails.iter().filter(feeds).cloned().collect(),
        details: details?,
        place,
    })
}

async fn details(place: &LogGroupArn, aws: &Aws) -> Result<Option<Details>, CallError> {
    let (group, newest) = tokio::join!(group(place, aws), newest_stream(place, aws));
    let Some(group) = group? else { return Ok(None) };
    let newest = newest?;
    Ok(Some(Details {
        retention: Retention::from(group.retention_in_days),
        stored_bytes: group.stored_bytes,
        class: group.log_group_class.map(|class| class.as_str().to_owned()),
        newest_event: newest.as_ref().and_then(newest_event),
    }))
}

async fn group(place: &LogGroupArn, aws: &Aws) -> Result<Option<LogGroup>, CallError> {
    let arn = place.arn(&aws.partition);
    described(&place.name, &arn, &aws.logs_in(&place.region), aws).await
}

/// DescribeLogGroups finds by prefix, in the order of names: the group itself, if it exists, is the first.
async fn described(
    name: &str,
    resource: &str,
    logs: &Client,
    aws: &Aws,
) -> Result<Option<LogGroup>, CallError> {
    let request = logs
        .describe_log_groups()
        .log_group_name_prefix(name)
        .limit(1);
    let answer = aws
        .call("logs:DescribeLogGroups", resource, request.send())
        .await?;
    let mut groups = answer.log_groups.into_iter().flatten();
    Ok(groups.find(|group| group.log_group_name() == Some(name)))
}

/// Since when a log group holds what it was given: it had nothing before it was made, and drops what is older than its
/// retention. `None` for one of another account. `aws` is in its region.
///
/// # Errors
/// A [`CallError`].
pub(crate) async fn kept_since(
    name: &str,
    arn: Option<&str>,
    aws: &Aws,
) -> Result<Option<Timestamp>, CallError> {
    let group = described(name, arn.unwrap_or(name), &aws.logs, aws).await?;
    let is_meant = |group: &LogGroup| {
        arn.is_none_or(|arn| {
            group
                .arn()
                .is_some_and(|of| of.trim_end_matches(":*") == arn)
        })
    };
    let kept = group.filter(is_meant).and_then(|group| {
        let days = group.retention_in_days.map(i64::from);
        let retained = days.map(|days| Timestamp::now() - SignedDuration::from_hours(24 * days));
        Some(
            group
                .creation_time
                .and_then(time)?
                .max(retained.unwrap_or(Timestamp::MIN)),
        )
    });
    Ok(kept)
}

async fn newest_stream(place: &LogGroupArn, aws: &Aws) -> Result<Option<LogStream>, CallError> {
    let there = aws.in_region(&place.region);
    let page = optional(page(&place.name, None, 1, None, &there).await)?;
    Ok(page.and_then(|(streams, _)| streams.into_iter().next()))
}

/// Streams by their newest event, newest first, and the token of the next ones.
async fn page(
    name: &str,
    arn: Option<&str>,
    limit: i32,
    token: Option<String>,
    aws: &Aws,
) -> Result<(Vec<LogStream>, Option<String>), CallError> {
    let request = aws
        .logs
        .describe_log_streams()
        .set_log_group_identifier(arn.map(str::to_owned))
        .set_log_group_name(arn.is_none().then(|| name.to_owned()))
        .order_by(OrderBy::LastEventTime)
        .descending(true)
        .limit(limit)
        .set_next_token(token);
    let answer = aws
        .call("logs:DescribeLogStreams", name, request.send())
        .await?;
    Ok((answer.log_streams.unwrap_or_default(), answer.next_token))
}

/// Every stream of a log group, newest event first. The group is named by its ARN where that is known, since it may be
/// another account's; `aws` is in its region.
///
/// # Errors
/// A [`CallError`].
pub(crate) async fn streams(
    name: &str,
    arn: Option<&str>,
    aws: &Aws,
) -> Result<Vec<Stream>, CallError> {
    let mut streams = Vec::new();
    let mut token = None;
    loop {
        let (found, next) = page(name, arn, STREAMS, token, aws).await?;
        streams.extend(found.into_iter().map(Stream::from));
        token = next.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    // AWS's own order may lag behind its own figures.
    streams.sort_by_key(|stream| std::cmp::Reverse(stream.newest_event));
    Ok(streams)
}

impl From<LogStream> for Stream {
    fn from(stream: LogStream) -> Self {
        Self {
            newest_event: newest_event(&stream),
            oldest_event: stream.first_event_timestamp.and_then(time),
            stored_bytes: stored_bytes(&stream),
            name: stream.log_stream_name.unwrap_or_default(),
        }
    }
}

/// AWS reports 0 for every stream since June 2019 (CloudWatch Logs API reference), which says nothing.
#[expect(
    deprecated,
    reason = "it is asked all the same: what is not 0 is known"
)]
fn stored_bytes(stream: &LogStream) -> Option<i64> {
    stream.stored_bytes.filter(|bytes| *bytes > 0)
}

fn newest_event(stream: &LogStream) -> Option<Timestamp> {
    stream.last_event_timestamp.and_then(time)
}

fn time(milliseconds: i64) -> Option<Timestamp> {
    Timestamp::from_millisecond(milliseconds).ok()
}
