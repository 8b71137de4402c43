//! `ecrmon logs groups` and `logs streams`: which log groups receive CloudTrail, and what is in them.

use serde_json::{Value, json};

use crate::deliveries::{
    LOG_GROUP, TRAIL, event, log_group_arn, world_delivering, world_with_events,
};
use crate::support::fault::Fault;
use crate::support::world::World;
use crate::trails::trail_arn;

fn rows(world: &World, command: &str) -> Vec<Value> {
    let report = world
        .ecrmon(command.split_whitespace().chain(["--output", "ndjson"]))
        .exits(0)
        .stdout
        .clone();
    let row = |line: &str| serde_json::from_str(line).expect("a row is JSON");
    report.lines().map(row).collect()
}

#[test]
fn a_group_is_shown_with_the_trails_that_feed_it() {
    let world = world_with_events(&[event("a", "PutImage", "10:00")]);
    let delivered = json!({"LatestCloudWatchLogsDeliveryTime": 1_790_849_100});
    world.set_trail_status(world.region(), TRAIL, &delivered);
    world.add_trail(&json!({
        "trail": {
            "TrailARN": trail_arn(&world, "writes"),
            "CloudWatchLogsLogGroupArn": format!("{}:*", log_group_arn(&world)),
        },
        "selectors": {"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]},
        "status": {"IsLogging": false},
    }));
    insta::assert_snapshot!(world.ecrmon(["logs", "groups", "--utc"]), @r"
    $ ecrmon logs groups --utc
    LOG GROUP   TRAILS             RECORD OF ECR                                     RETENTION     SIZE   NEWEST EVENT
    /delivered  deliverer, writes  reads and writes; writes only: pulls are missing  never expire  331 B  2026-10-01 10:05 UTC
    Account 123456789012, region eu-west-1

    [exit 0]
    ");
    let groups = rows(&world, "logs groups");
    assert_eq!(groups[0]["log_group"], LOG_GROUP);
    assert_eq!(groups[0]["exists"], true);
    assert_eq!(groups[0]["newest_event"], "2026-10-01T10:05:00Z");
    let trail = |name: &str, records: &str, logging: bool| json!({"trail": name, "records": records, "logging": logging});
    let feeding = [
        trail(TRAIL, "reads and writes", true),
        trail("writes", "writes only: pulls are missing", false),
    ];
    assert_eq!(groups[0]["trails"], json!(feeding));
}

#[test]
fn what_is_hidden_is_unknown_and_the_list_incomplete() {
    let world = world_delivering("off");
    world.inject(Fault::access_denied("DescribeLogGroups"));
    let transcript = world.ecrmon(["logs", "groups"]);
    transcript
        .exits(5)
        .prints("unknown")
        .prints("`logs:DescribeLogGroups` is not allowed");
    let report = world
        .ecrmon(["logs", "groups", "--output", "json"])
        .exits(5)
        .json();
    let group = &report["log_groups"][0];
    assert_eq!(
        (&group["exists"], &group["retention"]),
        (&Value::Null, &Value::Null)
    );
}

#[test]
fn a_trail_whose_state_is_hidden_is_said_to_be_not_read() {
    let world = world_delivering("off");
    world.inject(Fault::access_denied("GetTrailStatus"));
    let said = "whether the trail deliverer is logging: cannot tell: `cloudtrail:GetTrailStatus` is not allowed";
    let transcript = world.ecrmon(["logs", "groups"]);
    transcript.exits(5).says(&format!("not read: {said}"));
    let report = world.ecrmon(["logs", "groups", "--output", "json"]);
    assert_eq!(report.exits(5).json()["unread"], json!([said]));
}

#[test]
fn a_group_that_is_gone_or_of_another_account_is_said_to_be() {
    let world = World::new();
    let trail = |name: &str, group: &str| {
        json!({
            "trail": {"TrailARN": trail_arn(&world, name), "CloudWatchLogsLogGroupArn": group},
            "status": {"IsLogging": true},
        })
    };
    world.add_trail(&trail("one", &format!("{}:*", log_group_arn(&world))));
    world.add_trail(&trail(
        "two",
        "arn:aws:logs:eu-west-1:999999999999:log-group:theirs:*",
    ));
    world
        .ecrmon(["logs", "groups"])
        .exits(5)
        .prints("(does not exist)")
        .prints("it belongs to account 999999999999");
}

#[test]
fn no_trail_with_a_log_group_is_said_and_is_no_error() {
    let world = World::new();
    world
        .ecrmon(["logs", "groups"])
        .exits(0)
        .prints("No trail that is seen from here delivers to a log group.");
    world
        .ecrmon(["logs", "streams"])
        .exits(1)
        .says("no trail of this region delivers its events to a log group")
        .says("hint: `ecrmon setup` makes one");
}

#[test]
fn streams_are_listed_with_their_newest_event_and_no_made_up_size() {
    let world = world_with_events(&[
        event("a", "PutImage", "10:00"),
        event("b", "PutImage", "11:00"),
    ]);
    // As AWS does; the simulator counts them.
    world.inject(Fault::rewrite_answer("DescribeLogStreams", |answer| {
        let mut answer: Value = serde_json::from_slice(&answer).expect("the answer is JSON");
        for stream in answer["logStreams"].as_array_mut().into_iter().flatten() {
            stream["storedBytes"] = json!(0);
        }
        answer.to_string().into_bytes()
    }));
    insta::assert_snapshot!(world.ecrmon(["logs", "streams", "--utc"]), @r"
    $ ecrmon logs streams --utc
    STREAM                             NEWEST EVENT          OLDEST EVENT          SIZE
    123456789012_CloudTrail_eu-west-1  2026-10-01 11:05 UTC  2026-10-01 10:05 UTC  unknown
    Account 123456789012, region eu-west-1

    [exit 0]
    ");
    let streams = rows(&world, &format!("logs streams --log-group {LOG_GROUP}"));
    assert_eq!(streams.len(), 1);
    assert_eq!(streams[0]["newest_event"], "2026-10-01T11:05:00Z");
    assert_eq!(streams[0]["oldest_event"], "2026-10-01T10:05:00Z");
    world
        .ecrmon(["logs", "streams", "--log-group", "/missing"])
        .exits(1)
        .says("`/missing`");
}
