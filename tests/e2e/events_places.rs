//! Where `ecrmon events` reads: regions side by side, the choice of a source, and the calls that each one needs.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::deliveries::{LOG_GROUP, bucket};
use crate::events_story::{at, hour, world};
use crate::support::calls;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

fn ask(world: &World, flags: &[&str]) -> Transcript {
    world.forget_calls();
    world
        .command()
        .args(["events", "--output", "json"])
        .args(hour())
        .args(flags)
        .run()
}

fn repositories(transcript: &Transcript) -> Vec<String> {
    let document = transcript.json();
    let operations = document["operations"].as_array().expect("a list");
    let named: BTreeSet<&str> = operations
        .iter()
        .filter_map(|operation| operation["repository"].as_str())
        .collect();
    named.into_iter().map(str::to_owned).collect()
}

/// The names of the calls that were made, each once.
fn kinds_of_calls(world: &World) -> Vec<String> {
    let names: BTreeSet<String> = calls::names(&world.calls()).into_iter().collect();
    names.into_iter().collect()
}

const LOGS: [&str; 2] = ["logs:DescribeLogGroups", "logs:FilterLogEvents"];
const HISTORY: &str = "cloudtrail:LookupEvents";

#[test]
fn several_regions_are_one_answer() {
    let world = world();
    let transcript = ask(
        &world,
        &["--source", "history", "--region", "eu-west-1,us-east-1"],
    );
    assert_eq!(repositories(transcript.exits(0)), ["elsewhere", "team/api"]);
    assert_eq!(calls::names(&world.calls()), [HISTORY; 2]);
    let transcript = ask(&world, &["--source", "history", "--region", "us-east-1"]);
    assert_eq!(repositories(transcript.exits(0)), ["elsewhere"]);
    for source in [&["--source", "logs"][..], &["--source", "archive"]] {
        let flags = [source, &["--region", "eu-west-1,us-east-1"]].concat();
        let told = ask(&world, &flags);
        assert_eq!(
            repositories(told.exits(0)),
            ["elsewhere", "team/api"],
            "{source:?}"
        );
    }
}

#[test]
fn a_table_of_several_regions_says_of_which_each_row_is() {
    let world = world();
    let of = |regions: &str| {
        let flags = ["events", "--source", "history", "--region", regions];
        world.command().args(flags).args(hour()).run()
    };
    of("eu-west-1,us-east-1")
        .prints("REGION")
        .prints("us-east-1");
    of("us-east-1").does_not_print("REGION");
}

#[test]
fn a_region_that_refuses_is_told_of_and_the_others_are_read() {
    let world = world();
    world.inject(Fault::access_denied("LookupEvents").times(1));
    let transcript = ask(
        &world,
        &["--source", "history", "--region", "eu-west-1,us-east-1"],
    );
    transcript
        .exits(5)
        .says("not read: region ")
        .says("LookupEvents");
    assert_eq!(repositories(&transcript).len(), 1);
    let unread = transcript.json()["unread"].take();
    assert_eq!(unread.as_array().map(Vec::len), Some(1), "{unread}");
    world.met_every_fault();
}

#[test]
fn where_every_region_refuses_there_is_no_answer() {
    let world = world();
    world.inject(Fault::access_denied("LookupEvents"));
    let transcript = ask(
        &world,
        &["--source", "history", "--region", "eu-west-1,us-east-1"],
    );
    transcript
        .exits(1)
        .says("error: cannot read the event history")
        .says("hint: allow `cloudtrail:LookupEvents`");
    assert_eq!(transcript.stdout, "");
}

#[test]
fn every_region_of_the_partition_is_read_on_request() {
    let world = world();
    world.inject(Fault::access_denied("LookupEvents").times(2).after(20));
    let transcript = ask(&world, &["--source", "history", "--all-regions"]);
    transcript.exits(5);
    let document = transcript.json();
    assert_eq!(
        document["unread"].as_array().map(Vec::len),
        Some(2),
        "{transcript}"
    );
    assert!(
        world.calls().len() >= 30,
        "{:?}",
        calls::names(&world.calls())
    );
}

#[test]
fn events_of_ecr_public_are_read_where_they_are_recorded() {
    let world = world();
    for source in [
        &["--source", "history"][..],
        &["--source", "logs"],
        &["--source", "archive"],
    ] {
        let transcript = ask(&world, &[source, &["--public"]].concat());
        assert_eq!(repositories(transcript.exits(0)), ["open"], "{source:?}");
    }
}

#[test]
fn other_commands_act_in_one_region() {
    let world = World::new();
    for command in [
        &["status"][..],
        &["setup", "--dry-run"],
        &["trail", "list"],
        &["teardown", "--dry-run"],
    ] {
        let transcript = world
            .command()
            .args(command)
            .args(["--region", "eu-west-1,us-east-1"])
            .run();
        transcript.exits(2).says("--region");
    }
    assert_eq!(calls::names(&world.calls()), Vec::<String>::new());
}

#[test]
fn a_short_window_is_asked_of_the_event_history_alone() {
    let world = world();
    let transcript = ask(&world, &[]);
    transcript
        .exits(0)
        .says("source: event history (the window is short)");
    assert_eq!(transcript.json()["source"], "event history");
    assert_eq!(kinds_of_calls(&world), [HISTORY]);
}

#[test]
fn a_longer_window_is_asked_of_the_log_group_of_a_trail() {
    let world = world();
    world.forget_calls();
    let question = [
        "events",
        "--output",
        "json",
        "--since",
        &at(-3600),
        "--until",
        &at(7 * 3600),
    ];
    let transcript = world.ecrmon(question);
    transcript
        .exits(0)
        .says("source: log group (the window is longer than 3 hours)");
    assert_eq!(transcript.json()["source"], "log group");
    assert!(!kinds_of_calls(&world).contains(&HISTORY.to_owned()));
}

#[test]
fn a_wide_window_is_looked_through_by_a_server_and_what_that_costs_is_said() {
    let world = world();
    let since = at(-5 * 86_400);
    let transcript = world.ecrmon([
        "events",
        "--output",
        "json",
        "--since",
        &since,
        "--until",
        &at(3600),
    ]);
    transcript
        .exits(0)
        .says("source: Logs Insights (the window is longer than 2 days)")
        .says("scanned");
    assert_eq!(repositories(&transcript), ["before", "team/api"]);
    assert!(!kinds_of_calls(&world).contains(&"logs:FilterLogEvents".to_owned()));
}

#[test]
fn without_a_trail_a_longer_window_is_asked_of_the_event_history_and_that_is_said() {
    let world = World::new();
    let transcript = world.ecrmon(["events", "--since", "9h"]);
    transcript
        .exits(0)
        .says("source: event history")
        .says("log group: ");
    assert!(kinds_of_calls(&world).contains(&HISTORY.to_owned()));
}

#[test]
fn where_the_event_history_is_denied_the_log_group_answers_and_that_is_said() {
    let world = world();
    world.inject(Fault::access_denied("LookupEvents"));
    let transcript = ask(&world, &[]);
    transcript
        .exits(0)
        .says("source: log group")
        .says("event history: ")
        .says("LookupEvents");
    assert_eq!(repositories(&transcript), ["team/api"]);
}

#[test]
fn where_everything_is_denied_the_explanation_names_what_to_allow() {
    let world = world();
    world.inject(Fault::access_denied("*"));
    let transcript = ask(&world, &[]);
    transcript
        .exits(1)
        .says("error: ")
        .says("hint: allow `cloudtrail:");
    assert_eq!(transcript.stdout, "");
}

#[test]
fn each_source_makes_the_calls_that_it_needs_and_no_other() {
    let world = world();
    let place = format!("s3://{}", bucket(&world));
    let trail = [
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
    ];
    let with_trail = |more: &[&'static str]| [&trail[..], more].concat();
    for (flags, expected) in [
        (&["--source", "history"][..], vec![HISTORY]),
        (&["--log-group", LOG_GROUP], with_trail(&LOGS)),
        (&["--source", "logs"], with_trail(&LOGS)),
        (
            &["--source", "insights", "--log-group", LOG_GROUP],
            with_trail(&[
                "logs:DescribeLogGroups",
                "logs:GetQueryResults",
                "logs:StartQuery",
            ]),
        ),
        (
            &["--source", "archive"],
            with_trail(&["s3:GetObject", "s3:HeadBucket", "s3:ListObjectsV2"]),
        ),
        (
            &["--archive", &place],
            vec!["s3:GetObject", "s3:HeadBucket", "s3:ListObjectsV2"],
        ),
    ] {
        let transcript = ask(&world, flags);
        transcript.exits(0);
        assert_eq!(kinds_of_calls(&world), expected, "{flags:?}");
    }
}

#[test]
fn what_would_be_good_to_know_besides_may_be_denied_without_harm() {
    let world = world();
    world.inject(Fault::access_denied(
        "GetTrailStatus|GetEventSelectors|DescribeLogGroups",
    ));
    for flags in [&["--source", "logs"][..], &["--source", "archive"]] {
        let transcript = ask(&world, flags);
        transcript.exits(0);
        assert_eq!(transcript.json()["unread"], json!([]));
        assert_eq!(repositories(&transcript), ["team/api"], "{flags:?}");
    }
}

#[test]
fn a_trail_that_records_writes_only_is_said_to_miss_reads() {
    let world = world();
    let write_only = json!({
        "trail": {"TrailARN": crate::trails::trail_arn(&world, crate::deliveries::TRAIL), "IsMultiRegionTrail": true,
            "S3BucketName": bucket(&world), "CloudWatchLogsLogGroupArn": format!("{}:*", crate::deliveries::log_group_arn(&world))},
        "selectors": {"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]},
        "status": {"IsLogging": true},
    });
    world.add_trail(&write_only);
    let transcript = ask(&world, &["--source", "logs"]);
    let notes: Vec<Value> =
        serde_json::from_value(transcript.exits(0).json()["notes"].take()).expect("a list");
    assert!(
        notes
            .iter()
            .any(|note| note.as_str().is_some_and(|note| note.contains("pulls"))),
        "{notes:?}"
    );
}
