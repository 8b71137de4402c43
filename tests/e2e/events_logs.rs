//! `ecrmon events` from a log group: found through its trail or named, pages, deliveries late and twice, filters.

use serde_json::{Value, json};

use crate::an_hour::{self, HOUR};
use crate::deliveries::{LOG_GROUP, TRAIL, happen, log_group_arn, world_delivering};
use crate::events_history::ids;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;
use crate::trails::trail_arn;

/// Asks for the events of all regions: the group is in another one than they are.
fn ask(world: &World, more: &[&str]) -> Transcript {
    ask_of_its_region(world, &[&["--all-regions"], more].concat())
}

fn ask_of_its_region(world: &World, more: &[&str]) -> Transcript {
    let question = [
        "events", "--raw", "--utc", "--output", "ndjson", "--source", "logs",
    ];
    world.forget_calls();
    world.ecrmon(question.iter().chain(&HOUR).chain(more))
}

fn world() -> World {
    let world = world_delivering("at once");
    happen(&world, &an_hour::calls());
    world.arrange("delivery", &json!({"mode": "off"}));
    world
}

#[test]
fn a_named_group_needs_one_permission() {
    let world = world();
    world.inject(Fault::access_denied("cloudtrail:*|DescribeLogGroups"));
    for name in [LOG_GROUP, &log_group_arn(&world)] {
        let transcript = ask(&world, &["--log-group", name]);
        transcript
            .exits(0)
            .says("since when is not known")
            .says("`cloudtrail:DescribeTrails`");
        assert_eq!(ids(&transcript), ["z", "e", "d", "b", "a"]);
    }
}

#[test]
fn events_are_those_of_the_region_that_is_asked_for() {
    let world = world();
    let transcript = ask_of_its_region(&world, &[]);
    transcript.exits(0);
    assert!(ids(&transcript).is_empty());
    let transcript = ask_of_its_region(&world, &["--region", "eu-west-1,us-east-1"]);
    transcript.exits(0);
    assert_eq!(ids(&transcript).len(), 5);
}

#[test]
fn the_group_is_found_through_its_trail() {
    let world = world();
    let transcript = ask(&world, &[]);
    transcript.exits(0);
    assert_eq!(ids(&transcript), ["z", "e", "d", "b", "a"]);
    let transcript = ask(&world, &["--oldest-first"]);
    transcript.exits(0);
    assert_eq!(ids(&transcript), ["a", "b", "d", "e", "z"]);
}

#[test]
fn what_the_trail_does_not_tell_is_no_failure() {
    let world = world();
    world.inject(Fault::access_denied("GetTrailStatus|GetEventSelectors"));
    let transcript = ask(&world, &[]);
    transcript.exits(0);
    assert_eq!(ids(&transcript).len(), 5);
}

#[test]
fn a_trail_that_records_writes_only_is_said_to_miss_pulls() {
    let world = world_delivering("at once");
    world.add_trail(&json!({
        "trail": {
            "TrailARN": trail_arn(&world, TRAIL),
            "IsMultiRegionTrail": true,
            "S3BucketName": "elsewhere",
            "CloudWatchLogsLogGroupArn": format!("{}:*", log_group_arn(&world)),
        },
        "selectors": {"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]},
        "status": {"IsLogging": true},
    }));
    for source in ["logs", "insights"] {
        world
            .ecrmon(["events", "--source", source].iter().chain(&HOUR))
            .exits(0)
            .says("records writes only: pulls are missing");
    }
}

#[test]
fn without_a_log_group_the_ways_out_are_said() {
    ask(&World::new(), &[])
        .exits(1)
        .says("no trail of this region delivers its events to a log group")
        .says("--log-group NAME");
}

#[test]
fn every_filter_gives_what_it_gives_elsewhere() {
    let world = world();
    an_hour::keeps_every_filter(|filter| {
        ask(&world, &[&["--log-group", LOG_GROUP], filter].concat())
    });
}

#[test]
fn small_and_empty_pages_lose_nothing() {
    let world = world();
    world.arrange("logs", &json!({"page_size": 1, "empty_pages": 2}));
    let transcript = ask(&world, &["--log-group", LOG_GROUP]);
    transcript.exits(0);
    assert_eq!(ids(&transcript), ["z", "e", "d", "b", "a"]);
}

#[test]
fn what_comes_late_out_of_order_and_twice_is_told_once_in_its_place() {
    let world = world_delivering("held");
    happen(&world, &an_hour::calls());
    let deliver = |request: Value| world.arrange("deliver", &request);
    deliver(json!({"event_ids": ["b"], "delay_seconds": 60}));
    deliver(
        json!({"event_ids": ["d", "a", "before", "after"], "delay_seconds": 900, "duplicate": true}),
    );
    deliver(json!({"event_ids": ["e", "z", "d"], "delay_seconds": 3_500}));
    for order in [&[][..], &["--oldest-first"]] {
        let transcript = ask(&world, &[&["--log-group", LOG_GROUP], order].concat());
        transcript.exits(0);
        let mut told = ids(&transcript);
        if !order.is_empty() {
            told.reverse();
        }
        assert_eq!(told, ["z", "e", "d", "b", "a"]);
    }
}

#[test]
fn a_group_that_nobody_may_read_says_what_is_missing() {
    let world = world();
    world.inject(Fault::access_denied("FilterLogEvents"));
    ask(&world, &["--log-group", LOG_GROUP])
        .exits(1)
        .says("access denied")
        .says("logs:FilterLogEvents");
}

#[test]
fn a_forgotten_token_is_no_loss() {
    let world = world();
    world.arrange("logs", &json!({"page_size": 1}));
    let message = "The specified nextToken is invalid.";
    let forgotten = Fault::error("FilterLogEvents", 400, "InvalidParameterException", message);
    world.inject(forgotten.after(5).times(1));
    let transcript = ask(&world, &["--log-group", LOG_GROUP]);
    transcript.exits(0);
    assert_eq!(ids(&transcript), ["z", "e", "d", "b", "a"]);
    world.met_every_fault();
}

#[test]
fn an_arn_of_something_else_is_refused() {
    ask(&World::new(), &["--log-group", "arn:aws:s3:::bucket"])
        .exits(2)
        .says("is no log group's ARN");
}
