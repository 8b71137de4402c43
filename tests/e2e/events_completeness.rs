//! What an answer is complete for, and which source is passed over because it would not be.

use serde_json::{Value, json};

use crate::deliveries::{LOG_GROUP, TRAIL, made_log_group_at};
use crate::events_story::{at, hour, world};
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

fn seconds(second: i64) -> u64 {
    let time: jiff::Timestamp = at(second).parse().expect("a time");
    time.as_second().unsigned_abs()
}

fn ask_hour(world: &World, flags: &[&str]) -> Transcript {
    let command = world.command().args(["events", "--output", "json"]);
    command.args(hour()).args(flags).run()
}

/// Eight hours, of which the hour is a part: for them a log group is asked first.
fn ask_widely(world: &World, flags: &[&str]) -> Transcript {
    let command = world.command().args(["events", "--output", "json"]);
    let (since, until) = (at(-3600), at(7 * 3600));
    let window = ["--since", &since, "--until", &until];
    command.args(window).args(flags).run()
}

fn set_status(world: &World, status: &Value) {
    world.set_trail_status(world.region(), TRAIL, status);
}

#[test]
fn a_log_group_has_nothing_from_before_it_was_made() {
    let world = world();
    made_log_group_at(&world, seconds(1800));
    for flags in [
        &["--source", "logs"][..],
        &["--source", "insights"],
        &["--log-group", LOG_GROUP],
    ] {
        let transcript = ask_hour(&world, flags);
        transcript.exits(0).says("the log group keeps events since");
        assert_eq!(transcript.json()["complete_from"], at(1800), "{flags:?}");
    }
    ask_widely(&world, &[])
        .exits(0)
        .says("source: event history")
        .says("log group: it has events since");
}

#[test]
fn a_log_group_has_nothing_from_before_its_retention() {
    let world = world();
    let logs = Clients::of(&world).logs;
    let keep = logs.put_retention_policy().log_group_name(LOG_GROUP);
    let kept = world.block_on(keep.retention_in_days(1).send());
    kept.expect("set the retention");
    for source in ["logs", "insights"] {
        world
            .ecrmon(["events", "--since", "3d", "--source", source])
            .exits(0)
            .says("the log group keeps events since");
    }
}

#[test]
fn where_a_trails_beginning_is_hidden_it_is_not_known_since_when_an_answer_is_complete() {
    let world = world();
    world.inject(Fault::access_denied("GetTrailStatus"));
    for source in ["logs", "insights"] {
        let transcript = ask_hour(&world, &["--source", source]);
        transcript
            .exits(0)
            .says("Complete up to ")
            .says(", since when is not known.")
            .says("`cloudtrail:GetTrailStatus` is not allowed");
        let answer = transcript.json();
        assert_eq!(answer["complete_from"], Value::Null);
        assert_eq!(answer["complete_until"], at(3600));
    }
    ask_widely(&world, &[])
        .exits(0)
        .says("source: event history");
}

#[test]
fn what_a_trail_that_stopped_or_fails_will_never_deliver_is_looked_for_elsewhere() {
    let stopped = json!({"IsLogging": false, "StopLoggingTime": seconds(1800)});
    let failing = json!({"LatestCloudWatchLogsDeliveryError": "AccessDenied",
        "LatestCloudWatchLogsDeliveryTime": seconds(2700)});
    for status in [stopped, failing] {
        let world = world();
        set_status(&world, &status);
        let transcript = ask_hour(&world, &["--source", "logs"]);
        transcript
            .exits(0)
            .says("; what happened later may be missing.");
        assert_eq!(transcript.json()["complete_until"], at(1800));
        ask_widely(&world, &[])
            .exits(0)
            .says("source: event history")
            .says("log group: it has events until");
    }
}

#[test]
fn a_part_of_an_answer_is_better_than_none() {
    let world = world();
    set_status(&world, &json!({"StartLoggingTime": seconds(1800)}));
    world.inject(Fault::access_denied("LookupEvents"));
    let transcript = ask_widely(&world, &[]);
    transcript
        .exits(5)
        .says("source: log group")
        .says("not read: event history: ")
        .says("`cloudtrail:LookupEvents`");
    assert_eq!(transcript.json()["complete_from"], at(1800));
}

#[test]
fn a_region_that_refuses_is_told_of_wherever_it_is_named() {
    let world = world();
    let refused = |calls| {
        Fault::error(
            calls,
            400,
            "UnrecognizedClientException",
            "The security token is invalid.",
        )
    };
    world.inject(refused("DescribeTrails"));
    world.inject(refused("LookupEvents").times(1));
    let transcript = ask_widely(&world, &["--region", "af-south-1,eu-west-1"]);
    transcript
        .exits(5)
        .says("source: event history")
        .says("not read: region ");
    world.met_every_fault();
}

#[test]
fn a_note_is_said_once() {
    let world = world();
    set_status(&world, &json!({"StartLoggingTime": seconds(1800)}));
    let transcript = ask_hour(&world, &["--source", "insights", "--by", "action"]);
    let started = format!("the trail {TRAIL} started at");
    assert_eq!(transcript.exits(0).stderr.matches(&started).count(), 1);
    // In the person's words for times, as the line above it.
    let day_and_minute = at(1800)[..16].replace('T', " ");
    transcript.says(&format!("{started} {day_and_minute} UTC:"));
}
