//! `ecrmon events --source insights`: what is asked and billed, how it ends, and that no limit of rows loses any.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::an_hour::{HOUR, ask, world, world_with_seconds};
use crate::deliveries::{LOG_GROUP, TRAIL, happen, world_delivering};
use crate::events_history::ids;
use crate::support::calls::{self, Call};
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;
use crate::{an_hour, deliveries};

const RAW: [&str; 3] = ["--raw", "--output", "ndjson"];

fn ask_raw(world: &World, more: &[&str]) -> Transcript {
    ask(world, "insights", &[&RAW, more].concat())
}

/// The group's part of what was called, each name once.
fn names(world: &World) -> BTreeSet<String> {
    calls::names(&world.calls()).into_iter().collect()
}

fn count(world: &World, operation: &str) -> usize {
    let is_it = |call: &Call| call.operation == operation;
    world.calls().iter().filter(|call| is_it(call)).count()
}

/// Queries that nobody stopped go on, and are billed.
#[track_caller]
fn nothing_runs(world: &World) {
    let logs = Clients::of(world).logs;
    let listed = world.block_on(logs.describe_queries().send());
    let listed = listed.expect("list the queries");
    assert!(!listed.queries().is_empty(), "no query was started");
    for query in listed.queries() {
        let status = query.status().expect("a status").as_str();
        assert!(
            ["Complete", "Cancelled", "Failed"].contains(&status),
            "{status}"
        );
    }
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("e{number:03}")).collect()
}

/// What asks, and what tells for which time the group has everything.
const CALLS: [&str; 6] = [
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetEventSelectors",
    "cloudtrail:GetTrailStatus",
    "logs:DescribeLogGroups",
    "logs:GetQueryResults",
    "logs:StartQuery",
];

#[test]
fn a_named_group_is_asked_with_few_calls_and_the_bill_is_said() {
    let world = world();
    let transcript = ask_raw(&world, &[]);
    transcript
        .exits(0)
        .says("bytes scanned, less than $0.0001 at the prices of us-east-1");
    assert_eq!(ids(&transcript), ["z", "e", "d", "b", "a"]);
    assert_eq!(names(&world), CALLS.map(str::to_owned).into());
    assert_eq!(count(&world, "StartQuery"), 1);
    let oldest_first = ask_raw(&world, &["--oldest-first"]);
    assert_eq!(ids(oldest_first.exits(0)), ["a", "b", "d", "e", "z"]);
}

#[test]
fn the_group_is_found_through_its_trail_which_says_since_when_it_records() {
    let world = world();
    // Half past ten on 1 October 2026.
    let started = json!({"StartLoggingTime": 1_790_850_600});
    world.set_trail_status(world.region(), TRAIL, &started);
    world.forget_calls();
    let question = [
        "events", "--source", "insights", "--raw", "--output", "json", "--utc",
    ];
    let answer = world.ecrmon(question.iter().chain(&HOUR)).exits(0).json();
    assert_eq!(answer["events"].as_array().map(Vec::len), Some(5));
    assert_eq!(answer["complete_from"], "2026-10-01T10:30:00Z");
    assert_eq!(answer["complete_until"], "2026-10-01T11:00:00Z");
    assert_eq!(names(&world), CALLS.map(str::to_owned).into());
}

#[test]
fn the_latest_minutes_are_not_said_to_be_complete() {
    let world = world();
    let question = ["events", "--source", "insights", "--log-group", LOG_GROUP];
    let question = question.iter().chain(&["--output", "json"]);
    let transcript = world.ecrmon(question);
    let answer = transcript
        .exits(0)
        .says("newer events may still arrive")
        .json();
    let until = answer["complete_until"].as_str().expect("a time");
    let until: jiff::Timestamp = until.parse().expect("a time");
    assert!(until <= jiff::Timestamp::now() - jiff::SignedDuration::from_mins(5));
}

#[test]
fn every_filter_gives_what_it_gives_elsewhere() {
    let world = world();
    an_hour::keeps_every_filter(|filter| ask_raw(&world, filter));
}

#[test]
fn what_comes_late_and_twice_is_told_once_in_its_place() {
    let world = world_delivering("held");
    happen(&world, &an_hour::events(&world));
    let late = json!({"event_ids": ["z", "a", "d"], "delay_seconds": 1_100, "duplicate": true});
    world.arrange("deliver", &late);
    let rest = json!({"event_ids": ["e", "b", "before", "after"], "delay_seconds": 60});
    world.arrange("deliver", &rest);
    world.arrange("delivery", &json!({"mode": "off"}));
    let transcript = ask_raw(&world, &[]);
    assert_eq!(ids(transcript.exits(0)), ["z", "e", "d", "b", "a"]);
}

#[test]
fn what_the_limit_of_rows_cuts_off_is_read_in_parts_each_event_once() {
    // Some seconds have more than one event, none more than an answer has rows.
    let seconds: Vec<u32> = (0..36)
        .map(|number| number / 3 * 2 + number / 20 * 300)
        .collect();
    let world = world_with_seconds(&seconds);
    world.arrange("insights", &json!({"polls": 0, "rows": 4, "page_size": 3}));
    let mut told = ids(ask_raw(&world, &[]).exits(0));
    assert!(count(&world, "StartQuery") > 4);
    told.sort();
    assert_eq!(told, numbered(36));
    let mut told = ids(ask_raw(&world, &["--oldest-first"]).exits(0));
    told.sort();
    assert_eq!(told, numbered(36));
    nothing_runs(&world);
}

#[test]
fn rows_of_one_second_that_cannot_be_had_are_said_to_be_missing() {
    let world = world_with_seconds(&[60, 120, 120, 120, 120, 180]);
    world.arrange("insights", &json!({"polls": 0, "rows": 3}));
    let transcript = ask_raw(&world, &[]);
    transcript
        .exits(5)
        .says("1 records delivered in the second 2026-10-01T10:07:00Z");
    assert_eq!(ids(&transcript).len(), 5);
}

#[test]
fn a_limit_ends_the_reading_and_every_query_of_it() {
    // The first answer tells more than what may still come between its events.
    let seconds: Vec<u32> = (0..30).map(|number| number * 120).collect();
    let world = world_with_seconds(&seconds);
    world.arrange("insights", &json!({"polls": 1, "rows": 8}));
    ask_raw(&world, &[]).exits(0);
    let all = count(&world, "StartQuery");
    let limited = ask_raw(&world, &["--limit", "1"]);
    limited.exits(0).says("as many as `--limit` allows");
    assert_eq!(ids(&limited), ["e029"]);
    assert!(count(&world, "StartQuery") < all);
    nothing_runs(&world);
}

#[test]
fn ctrl_c_stops_the_query_before_the_command_ends() {
    let world = world();
    world.arrange("insights", &json!({"endless": true}));
    world.inject(Fault::interrupt_client_during("GetQueryResults"));
    ask_raw(&world, &[]).exits(130);
    assert_eq!(count(&world, "StopQuery"), 1);
    nothing_runs(&world);
}

#[test]
fn ctrl_c_stops_every_query_that_runs_beside_others() {
    let world = world();
    world.arrange("insights", &json!({"rows": 2}));
    // The first query is complete at its third look, and its rows are the fourth answer.
    world.inject(Fault::interrupt_client_during("GetQueryResults").after(4));
    ask_raw(&world, &[]).exits(130);
    world.met_every_fault();
    assert!(count(&world, "StartQuery") > 1);
    assert_eq!(count(&world, "StopQuery"), count(&world, "StartQuery") - 1);
    nothing_runs(&world);
}

#[test]
fn a_query_that_cannot_be_looked_at_is_stopped() {
    let world = world();
    world.inject(Fault::access_denied("GetQueryResults"));
    ask_raw(&world, &[]).exits(1).says("logs:GetQueryResults");
    assert_eq!(count(&world, "StopQuery"), 1);
    nothing_runs(&world);
}

#[test]
fn a_query_that_cannot_be_stopped_is_said_to_go_on() {
    let world = world();
    world.arrange("insights", &json!({"endless": true}));
    world.inject(Fault::access_denied("StopQuery"));
    world.inject(Fault::interrupt_client_during("GetQueryResults"));
    ask_raw(&world, &[])
        .exits(130)
        .says("goes on, and is billed")
        .says("logs:StopQuery");
}

#[test]
fn a_place_among_the_queries_of_the_account_is_waited_for() {
    let world = world();
    let full = "The maximum number of concurrent queries is reached.";
    let full = Fault::error("StartQuery", 400, "LimitExceededException", full);
    // The SDK itself tries three times before.
    world.inject(full.times(4));
    let transcript = ask_raw(&world, &[]);
    transcript
        .exits(0)
        .says("waiting for other Logs Insights queries");
    assert_eq!(ids(&transcript).len(), 5);
    world.met_every_fault();
}

#[test]
fn a_query_that_does_not_end_well_is_explained() {
    for (end, words) in [
        ("Failed", "CloudWatch does not say why"),
        ("Timeout", "longer than the hour that it may take"),
        ("Cancelled", "cancelled by somebody else"),
    ] {
        let world = world();
        world.arrange("insights", &json!({ "end": end }));
        ask_raw(&world, &[]).exits(1).says(words).says("hint:");
    }
}

#[test]
fn what_failed_after_something_was_told_is_said_beside_it() {
    let world = world_with_seconds(&(0..30).map(|number| number * 60).collect::<Vec<_>>());
    world.arrange("insights", &json!({"polls": 0, "rows": 5}));
    world.inject(Fault::access_denied("StartQuery").after(1));
    let question = ["--raw", "--output", "json"];
    let transcript = ask(&world, "insights", &question);
    let answer = transcript.exits(5).says("what was delivered until").json();
    let told = answer["events"].as_array().expect("events");
    let first: Vec<&Value> = told.iter().map(|event| &event["event_id"]).collect();
    assert_eq!(first, ["e029", "e028", "e027", "e026"]);
    let from = answer["complete_from"].as_str().expect("a time");
    // Delivered five minutes after it happened, and so is what could not be read.
    assert!(from > "2026-10-01T10:29:00Z", "{from}");
}

#[test]
fn a_group_that_is_not_there_is_named() {
    let world = World::new();
    let question = ["events", "--source", "insights", "--log-group", "/none"];
    world
        .ecrmon(question)
        .exits(1)
        .says("there is no log group `/none`")
        .says("--log-group");
}

#[test]
fn what_happens_from_now_on_is_not_to_be_had() {
    for from in ["insights", "athena"] {
        let world = deliveries::world_delivering("off");
        let command = world.command().args(["events", "--follow"]);
        command
            .args(an_hour::source(&world, from))
            .run()
            .exits(2)
            .says("--source history");
        assert_eq!(count(&world, "StartQuery"), 0);
    }
}

#[test]
fn one_event_is_shown_whole_and_its_search_is_billed() {
    let world = world();
    let show = ["--show", "d", "--output", "json"];
    let transcript = ask(&world, "insights", &show);
    let record = transcript.exits(0).says("bytes scanned").json();
    assert_eq!(record["errorCode"], "AccessDenied");
}
