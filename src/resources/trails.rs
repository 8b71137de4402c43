//! Every trail that can be seen from here, with what it records and how it fares.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::operation::get_trail_status::GetTrailStatusOutput;
use aws_sdk_cloudtrail::types::{AdvancedFieldSelector, Trail};
use futures::future::try_join_all;

use crate::aws::{Aws, CallError};
use crate::coverage::{BasicSelector, Condition, Known, Selectors, TrailFacts, TrailStatus};
use crate::time;

/// Lists the trails of this region, shadows of trails homed elsewhere included, and how each fares.
///
/// # Errors
/// As [`look_into`].
pub(crate) async fn list(aws: &Aws) -> Result<Vec<TrailFacts>, CallError> {
    look_into(&describe(aws).await?, aws).await
}

/// The trails of this region, shadows of trails homed elsewhere included. One call.
pub(crate) async fn describe(aws: &Aws) -> Result<Vec<Trail>, CallError> {
    let request = aws.cloudtrail.describe_trails().include_shadow_trails(true);
    Ok(aws
        .call("cloudtrail:DescribeTrails", "*", request.send())
        .await?
        .trail_list
        .unwrap_or_default())
}

/// Two more calls for each trail, in its home region, where alone its state is the truth.
///
/// # Errors
/// A [`CallError`]; what is merely hidden from us (an organisation's trail) is [`Known::Unknown`] instead.
pub(crate) async fn look_into(trails: &[Trail], aws: &Aws) -> Result<Vec<TrailFacts>, CallError> {
    let facts = try_join_all(trails.iter().map(|trail| facts(trail, aws))).await?;
    Ok(facts.into_iter().flatten().collect())
}

async fn facts(trail: &Trail, aws: &Aws) -> Result<Option<TrailFacts>, CallError> {
    let arn = trail.trail_arn().unwrap_or_default().to_owned();
    let home_region = trail.home_region().unwrap_or(&aws.region).to_owned();
    let client = if home_region == aws.region {
        aws.cloudtrail.clone()
    } else {
        aws.cloudtrail_in(&home_region)
    };
    let (status, selectors) =
        tokio::join!(status(&client, &arn, aws), selectors(&client, &arn, aws));
    let (status, selectors) = match (status, selectors) {
        // Deleted since it was listed.
        (Err(error), _) | (_, Err(error)) if error.is_not_found() => return Ok(None),
        (status, selectors) => (known(status)?, known(selectors)?),
    };
    Ok(Some(TrailFacts {
        name: trail.name().unwrap_or_default().to_owned(),
        multi_region: trail.is_multi_region_trail().unwrap_or_default(),
        organization: trail.is_organization_trail().unwrap_or_default(),
        prefix: present(trail.s3_key_prefix()),
        kms_key: present(trail.kms_key_id()),
        log_file_validation: trail.log_file_validation_enabled().unwrap_or_default(),
        bucket: trail.s3_bucket_name().unwrap_or_default().to_owned(),
        log_group: present(trail.cloud_watch_logs_log_group_arn()),
        role: present(trail.cloud_watch_logs_role_arn()),
        arn,
        home_region,
        status,
        selectors,
    }))
}

/// A field that was cleared may come back as an empty text.
fn present(value: Option<&str>) -> Option<String> {
    value.filter(|value| !value.is_empty()).map(str::to_owned)
}

fn known<T>(result: Result<T, CallError>) -> Result<Known<T>, CallError> {
    match result {
        Ok(value) => Ok(Known::Known(value)),
        Err(error) if error.is_denied() => Ok(Known::Unknown(format!(
            "cannot tell: `{}` is not allowed",
            error.action
        ))),
        Err(error) => Err(error),
    }
}

async fn status(client: &Client, arn: &str, aws: &Aws) -> Result<TrailStatus, CallError> {
    let answer = aws
        .call(
            "cloudtrail:GetTrailStatus",
            arn,
            client.get_trail_status().name(arn).send(),
        )
        .await?;
    Ok(of_answer(&answer))
}

fn of_answer(answer: &GetTrailStatusOutput) -> TrailStatus {
    TrailStatus {
        logging: answer.is_logging().unwrap_or_default(),
        started: answer.start_logging_time().and_then(time::from_aws),
        stopped: answer.stop_logging_time().and_then(time::from_aws),
        bucket_delivery: answer.latest_delivery_time().and_then(time::from_aws),
        bucket_error: present(answer.latest_delivery_error()),
        logs_delivery: answer
            .latest_cloud_watch_logs_delivery_time()
            .and_then(time::from_aws),
        logs_error: present(answer.latest_cloud_watch_logs_delivery_error()),
    }
}

async fn selectors(client: &Client, arn: &str, aws: &Aws) -> Result<Selectors, CallError> {
    let request = client.get_event_selectors().trail_name(arn);
    let answer = aws
        .call("cloudtrail:GetEventSelectors", arn, request.send())
        .await?;
    let advanced = answer.advanced_event_selectors();
    if !advanced.is_empty() {
        return Ok(Selectors::Advanced(
            advanced
                .iter()
                .map(|one| one.field_selectors().iter().map(condition).collect())
                .collect(),
        ));
    }
    let basic = |one: &aws_sdk_cloudtrail::types::EventSelector| BasicSelector {
        management: one.include_management_events(),
        read_write: one.read_write_type().map(|kind| kind.as_str().to_owned()),
    };
    Ok(Selectors::Basic(
        answer.event_selectors().iter().map(basic).collect(),
    ))
}

fn condition(selector: &AdvancedFieldSelector) -> Condition {
    let others = [
        selector.starts_with(),
        selector.ends_with(),
        selector.not_starts_with(),
        selector.not_ends_with(),
    ];
    Condition {
        field: selector.field().to_owned(),
        equals: selector.equals().to_vec(),
        not_equals: selector.not_equals().to_vec(),
        other: others.iter().any(|values| !values.is_empty()),
    }
}
