//! Trails, log groups and buckets that were in the account before ecrmon came, as the tests of several files want them.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_s3::types::CreateBucketConfiguration;
use serde_json::{Value, json};

use crate::support::clients::Clients;
use crate::support::world::World;

pub fn trail_arn(world: &World, name: &str) -> String {
    format!(
        "arn:aws:cloudtrail:{}:{}:trail/{name}",
        world.region(),
        world.account()
    )
}

/// A time as the AWS wire has it.
pub fn seconds_ago(seconds: u64) -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is past 1970");
    now.as_secs() - seconds
}

/// A trail of all regions that records everything, has delivered to its bucket, and delivers to no log group.
pub fn silent(world: &World, name: &str) -> Value {
    json!({
        "trail": {"TrailARN": trail_arn(world, name), "S3BucketName": format!("{name}-bucket"), "IsMultiRegionTrail": true},
        "status": {"IsLogging": true, "StartLoggingTime": seconds_ago(86_400), "LatestDeliveryTime": seconds_ago(240)},
    })
}

/// As `silent`, delivering to the log group `/NAME` of a region and an account.
pub fn delivering(world: &World, name: &str, region: &str, account: &str) -> Value {
    let mut trail = silent(world, name);
    trail["trail"]["CloudWatchLogsLogGroupArn"] = json!(format!(
        "arn:aws:logs:{region}:{account}:log-group:/{name}:*"
    ));
    trail["trail"]["CloudWatchLogsRoleArn"] = json!(format!("arn:aws:iam::{account}:role/{name}"));
    trail["status"]["LatestCloudWatchLogsDeliveryTime"] = json!(seconds_ago(120));
    trail
}

/// An organisation's trail as a member account sees it: its selectors are hidden.
pub fn organization(world: &World, name: &str) -> Value {
    let mut trail = silent(world, name);
    trail["trail"]["TrailARN"] = json!(format!(
        "arn:aws:cloudtrail:us-east-1:999988887777:trail/{name}"
    ));
    trail["trail"]["IsOrganizationTrail"] = json!(true);
    trail["selectors"] = json!({"error": "AccessDeniedException"});
    trail
}

/// A trail that covers everything, with the log group that it delivers to, in the world's region and account.
pub fn covering(world: &World, name: &str) {
    world.add_trail(&delivering(world, name, world.region(), world.account()));
    make_log_group(world, world.region(), &format!("/{name}"));
}

pub fn make_log_group(world: &World, region: &str, name: &str) {
    let logs = Clients::in_region(world, region).logs;
    world
        .block_on(logs.create_log_group().log_group_name(name).send())
        .expect("make a log group");
}

/// As S3 makes buckets of itself since 2023: private.
pub fn make_bucket(world: &World, region: &str, name: &str) {
    let place = CreateBucketConfiguration::builder()
        .location_constraint(region.into())
        .build();
    let request = Clients::in_region(world, region)
        .s3
        .create_bucket()
        .bucket(name)
        .create_bucket_configuration(place);
    world.block_on(request.send()).expect("make a bucket");
}

/// The account's trail of that name, with all that the simulator knows of it.
#[track_caller]
pub fn trail(world: &World, name: &str) -> Value {
    let state = world.state();
    let trails = state["trails"].as_array().expect("trails are a list");
    let named = trails
        .iter()
        .find(|trail| trail["description"]["Name"] == name);
    named
        .unwrap_or_else(|| panic!("no trail {name} in {trails:?}"))
        .clone()
}

/// The operations on CloudTrail that changed something.
pub fn changes_of_trails(world: &World) -> Vec<String> {
    let calls = world
        .mutating_calls()
        .into_iter()
        .filter(|call| call.service == "cloudtrail");
    calls.map(|call| call.operation).collect()
}
