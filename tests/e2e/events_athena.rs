//! `ecrmon events --source athena`: what is asked and billed, how it ends, and what is said of the answer.

use serde_json::{Value, json};

use crate::an_hour::{HOUR, ask, make_table, results, source, world, world_with_seconds};
use crate::deliveries::{TRAIL, bucket, happen, world_delivering};
use crate::events_history::ids;
use crate::support::calls;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;
use crate::trails::trail_arn;
use crate::{an_hour, deliveries};

const RAW: [&str; 3] = ["--raw", "--output", "ndjson"];

fn ask_raw(world: &World, more: &[&str]) -> Transcript {
    ask(world, "athena", &[&RAW, more].concat())
}

fn world_with_table() -> World {
    let world = world();
    make_table(&world).exits(0);
    world
}

fn count(world: &World, operation: &str) -> usize {
    let calls = world.calls();
    calls
        .iter()
        .filter(|call| call.operation == operation)
        .count()
}

/// The statements that Athena was asked to run.
pub fn statements(world: &World) -> Vec<String> {
    let calls = world.calls().into_iter();
    let started = calls.filter(|call| call.operation == "StartQueryExecution");
    started
        .map(|call| {
            let asked: Value = serde_json::from_slice(&call.body).expect("the request is JSON");
            asked["QueryString"]
                .as_str()
                .expect("a statement")
                .to_owned()
        })
        .collect()
}

#[test]
fn the_table_is_asked_with_few_calls_and_the_bill_is_said() {
    let world = world_with_table();
    let transcript = ask_raw(&world, &[]);
    transcript
        .exits(0)
        .says("bytes scanned, less than $0.0001 at the prices of us-east-1");
    assert_eq!(ids(&transcript), ["z", "e", "d", "b", "a"]);
    let mut called = calls::names(&world.calls());
    called.sort();
    called.dedup();
    let wanted = [
        "athena:GetQueryExecution",
        "athena:GetQueryResults",
        "athena:GetTableMetadata",
        "athena:StartQueryExecution",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
    ];
    assert_eq!(called, wanted);
    assert_eq!(statements(&world).len(), 1);
    let oldest_first = ask_raw(&world, &["--oldest-first"]);
    assert_eq!(ids(oldest_first.exits(0)), ["a", "b", "d", "e", "z"]);
}

#[test]
fn an_archive_that_is_named_is_asked_of_athena_alone() {
    let world = world_with_table();
    let place = format!("s3://{}", bucket(&world));
    let transcript = ask_raw(&world, &["--archive", &place]);
    assert_eq!(ids(transcript.exits(0)), ["z", "e", "d", "b", "a"]);
    let others = calls::names(&world.calls());
    assert!(
        others.iter().all(|call| call.starts_with("athena:")),
        "{others:?}"
    );
}

#[test]
fn every_filter_gives_what_it_gives_elsewhere() {
    let world = world_with_table();
    an_hour::keeps_every_filter(|filter| ask_raw(&world, filter));
}

#[test]
fn what_was_delivered_late_and_twice_is_told_once_in_its_place() {
    let world = world_delivering("held");
    happen(&world, &an_hour::events(&world));
    let late = json!({"event_ids": ["z", "a", "d"], "delay_seconds": 36_000, "duplicate": true});
    world.arrange("deliver", &late);
    let rest = json!({"event_ids": ["e", "b", "before", "after"], "delay_seconds": 60});
    world.arrange("deliver", &rest);
    world.arrange("delivery", &json!({"mode": "off"}));
    make_table(&world).exits(0);
    let transcript = ask_raw(&world, &[]);
    assert_eq!(ids(transcript.exits(0)), ["z", "e", "d", "b", "a"]);
}

#[test]
fn pages_lose_and_repeat_nothing_and_a_limit_leaves_the_rest_unread() {
    let seconds: Vec<u32> = (0..40).map(|number| number * 60).collect();
    let world = world_with_seconds(&seconds);
    make_table(&world).exits(0);
    world.arrange("athena", &json!({"polls": 0, "page_size": 2}));
    let wanted: Vec<_> = (0..40).rev().map(|id| format!("e{id:03}")).collect();
    assert_eq!(ids(ask_raw(&world, &[]).exits(0)), wanted);
    let all = count(&world, "GetQueryResults");
    let limited = ask_raw(&world, &["--limit", "1"]);
    limited.exits(0).says("as many as `--limit` allows");
    assert_eq!(ids(&limited), wanted[..1]);
    assert!(count(&world, "GetQueryResults") < all / 2);
}

#[test]
fn ctrl_c_stops_the_query_before_the_command_ends() {
    let world = world_with_table();
    world.arrange("athena", &json!({"endless": true}));
    world.inject(Fault::interrupt_client_during("GetQueryExecution"));
    ask_raw(&world, &[]).exits(130);
    let stopped: Vec<_> = world
        .calls()
        .into_iter()
        .filter(|call| call.operation == "StopQueryExecution")
        .map(|call| call.status)
        .collect();
    assert_eq!(stopped, [Some(200)]);
}

#[test]
fn a_query_that_cannot_be_looked_at_is_stopped() {
    let world = world_with_table();
    world.inject(Fault::access_denied("GetQueryExecution"));
    ask_raw(&world, &[])
        .exits(1)
        .says("athena:GetQueryExecution");
    assert_eq!(count(&world, "StopQueryExecution"), 1);
}

#[test]
fn a_query_that_fails_is_told_with_athenas_reason() {
    let world = world_with_table();
    let reason = "GENERIC_INTERNAL_ERROR: a worker was lost";
    world.arrange("athena", &json!({ "reason": reason }));
    ask_raw(&world, &[])
        .exits(1)
        .says("the Athena query did not end well")
        .says(reason)
        .says("hint: the query is ");
    assert_eq!(count(&world, "StopQueryExecution"), 0);
}

#[test]
fn without_a_table_the_flag_that_makes_one_is_named_and_nothing_is_made() {
    let world = world();
    ask_raw(&world, &[])
        .exits(1)
        .says("Athena has no table `ecrmon.cloudtrail_")
        .says("--athena-create");
    let statements = statements(&world);
    assert_eq!(statements.len(), 1);
    assert!(statements[0].starts_with("SELECT "), "{statements:?}");
}

#[test]
fn without_a_place_for_results_the_flag_that_names_one_is_named() {
    let world = world();
    let question = ["events", "--source", "athena"];
    world
        .ecrmon(question.iter().chain(&HOUR))
        .exits(2)
        .says("workgroup `primary` has no place for results")
        .says("--athena-results s3://BUCKET/PREFIX/");
}

#[test]
fn a_workgroup_that_is_not_there_is_named() {
    let world = world_with_table();
    ask_raw(&world, &["--athena-workgroup", "nobody"])
        .exits(2)
        .says("no workgroup `nobody`")
        .says("--athena-workgroup NAME");
}

#[test]
fn a_folder_is_refused_before_anything_is_asked() {
    let world = World::new();
    for more in [&["--source", "athena"][..], &["--athena-create", "--yes"]] {
        let question = ["events", "--archive", "./AWSLogs"];
        world
            .ecrmon(question.iter().chain(more))
            .exits(2)
            .says("Athena reads buckets alone")
            .says("--source archive");
    }
    assert_eq!(count(&world, "StartQueryExecution"), 0);
}

#[test]
fn what_the_table_was_not_made_of_is_said_to_be_unread() {
    let world = world_with_table();
    for more in [&[][..], &["--by", "action"], &["--by", "image"]] {
        let asked = ["--of-account", "111122223333", "--output", "json"];
        let transcript = ask(&world, "athena", &[&asked, more].concat());
        let answer = transcript
            .exits(5)
            .says("account 111122223333: the table")
            .says("--athena-create --athena-table NAME")
            .json();
        assert_eq!(answer["complete_until"], Value::Null);
    }
    // What cannot be learnt of the table is no failure.
    world.inject(Fault::access_denied("GetTableMetadata"));
    let transcript = ask_raw(&world, &[]);
    assert_eq!(ids(transcript.exits(0)).len(), 5);
}

#[test]
fn an_organizations_trail_does_not_say_where_it_delivers() {
    let world = world();
    world.add_trail(&json!({
        "trail": {
            "TrailARN": trail_arn(&world, TRAIL),
            "IsMultiRegionTrail": true,
            "IsOrganizationTrail": true,
            "S3BucketName": bucket(&world),
            "S3KeyPrefix": "all",
        },
    }));
    let wanted = format!("--archive s3://{}/all/AWSLogs/o-ID", bucket(&world));
    ask_raw(&world, &[]).exits(2).says(&wanted);
    ask_raw(&world, &["--athena-create", "--yes"])
        .exits(2)
        .says(&wanted);
    assert_eq!(statements(&world), Vec::<String>::new());
}

#[test]
fn what_is_not_delivered_yet_is_not_said_to_be_complete() {
    let world = world_with_table();
    let since = json!({"StartLoggingTime": 1_790_850_600});
    world.set_trail_status(world.region(), TRAIL, &since);
    let answer = ask(&world, "athena", &["--output", "json"]).exits(0).json();
    assert_eq!(answer["complete_from"], "2026-10-01T10:30:00Z");
    assert_eq!(answer["complete_until"], "2026-10-01T11:00:00Z");

    let command = world.command().args(["events", "--output", "json"]);
    let transcript = command.args(source(&world, "athena")).run();
    let answer = transcript
        .exits(0)
        .says("newer events may still arrive")
        .json();
    let until = answer["complete_until"].as_str().expect("a time");
    let until: jiff::Timestamp = until.parse().expect("a time");
    assert!(until <= jiff::Timestamp::now() - jiff::SignedDuration::from_mins(15));
}

#[test]
fn one_event_is_shown_as_far_as_the_table_has_it_and_that_is_said() {
    let world = world_with_table();
    let transcript = ask(&world, "athena", &["--show", "d", "--output", "json"]);
    let record = transcript
        .exits(0)
        .says("put together from the table's columns")
        .json();
    assert_eq!(record["errorCode"], "AccessDenied");
    assert_eq!(record["requestParameters"]["repositoryName"], "team/d");
}

#[test]
fn a_table_of_another_kind_is_no_riddle() {
    let world = world_with_table();
    let reason = "COLUMN_NOT_FOUND: line 1:8: Column 'account' cannot be resolved";
    world.arrange("athena", &json!({ "reason": reason }));
    ask_raw(&world, &[])
        .exits(1)
        .says("is not like those that ecrmon makes")
        .says("--athena-create --athena-table NAME");
}

#[test]
fn a_table_of_its_own_name_and_place_is_read() {
    let world = deliveries::world_delivering("at once");
    happen(&world, &an_hour::events(&world));
    let named = ["--athena-database", "audit", "--athena-table", "calls"];
    let results = results(&world);
    let create = [
        "events",
        "--athena-create",
        "--yes",
        "--athena-results",
        &results,
    ];
    world.ecrmon(create.iter().chain(&named)).exits(0);
    let transcript = ask_raw(&world, &named);
    assert_eq!(ids(transcript.exits(0)), ["z", "e", "d", "b", "a"]);
    assert!(statements(&world)[0].contains(r#"FROM "audit"."calls""#));
}
