//! `ecrmon logs query`: any query of Logs Insights, stopped when it is not wanted any more.

use serde_json::{Value, json};

use crate::deliveries::{LOG_GROUP, event, world_with_events};
use crate::support::calls::names;
use crate::support::fault::Fault;
use crate::support::world::World;

/// The simulator's events lie in October 2026.
const SINCE: &str = "2026-10-01";
const QUERY: &str = "fields eventName, eventID | sort eventID asc";

fn world() -> World {
    let mut denied = event("c", "PutImage", "11:20");
    denied["errorCode"] = json!("AccessDenied");
    world_with_events(&[
        event("a", "PutImage", "10:00"),
        event("b", "BatchGetImage", "10:10"),
        denied,
    ])
}

fn query(world: &World, text: &str, format: &str) -> crate::support::transcript::Transcript {
    world.ecrmon([
        "logs",
        "query",
        text,
        "--since",
        SINCE,
        "--log-group",
        LOG_GROUP,
        "--output",
        format,
    ])
}

#[test]
fn a_query_answers_in_every_format_and_says_its_cost() {
    let world = world();
    let rows = json!([
        {"eventName": "PutImage", "eventID": "a"},
        {"eventName": "BatchGetImage", "eventID": "b"},
        {"eventName": "PutImage", "eventID": "c"},
    ]);
    assert_eq!(query(&world, QUERY, "json").exits(0).json(), rows);
    let ndjson = query(&world, QUERY, "ndjson");
    let lines: Vec<Value> = ndjson
        .exits(0)
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row is JSON"))
        .collect();
    assert_eq!(json!(lines), rows);
    query(&world, QUERY, "csv")
        .exits(0)
        .prints("eventName,eventID\nPutImage,a\n");
    query(&world, QUERY, "text")
        .exits(0)
        .prints("eventName")
        .says("3 rows of 3 records that matched")
        .says("at the prices of us-east-1");
}

#[test]
fn a_named_query_runs_and_the_list_says_what_there_is() {
    let world = world();
    let list = world
        .ecrmon(["logs", "query", "--list", "--output", "json"])
        .exits(0)
        .json();
    for named in list["queries"].as_array().expect("a list") {
        let name = named["name"].as_str().expect("a name");
        query(&world, name, "json").exits(0);
    }
    let errors = query(&world, "errors", "json").exits(0).json();
    assert_eq!(errors[0]["errorCode"], "AccessDenied");
    query(&world, "no-such-query", "text")
        .exits(2)
        .says("there is no query named `no-such-query`");
}

#[test]
fn only_three_actions_on_the_group_are_needed() {
    let world = world();
    world.forget_calls();
    query(&world, QUERY, "json").exits(0);
    let mut calls = names(&world.calls());
    calls.dedup();
    assert_eq!(
        calls,
        [
            "sts:GetCallerIdentity",
            "logs:StartQuery",
            "logs:GetQueryResults"
        ]
    );
}

#[test]
fn results_are_read_page_after_page() {
    let world = world();
    world.arrange("insights", &json!({"page_size": 1}));
    let rows = query(&world, QUERY, "json").exits(0).json();
    assert_eq!(rows.as_array().map(Vec::len), Some(3));
}

#[test]
fn a_query_that_cannot_be_read_is_shown_where_it_is_wrong() {
    let world = world();
    query(&world, "fields eventName | sort eventID upwards", "text")
        .exits(2)
        .says("cannot read the query")
        .says("at character 33:")
        .says(&format!("upwards\n  {}^^^^^^^\n", " ".repeat(32)));
}

#[test]
fn a_query_that_does_not_end_well_is_said() {
    for (end, words) in [
        ("Failed", "failed"),
        ("Timeout", "took longer than the hour"),
    ] {
        let world = world();
        world.arrange("insights", &json!({ "end": end }));
        query(&world, QUERY, "text")
            .exits(1)
            .says(words)
            .says("hint:");
    }
}

#[test]
fn ctrl_c_stops_the_query_before_the_command_ends() {
    let world = world();
    world.arrange("insights", &json!({"endless": true}));
    world.inject(Fault::interrupt_client_during("GetQueryResults"));
    query(&world, QUERY, "text").exits(130);
    let stopped = world
        .calls()
        .into_iter()
        .find(|call| call.operation == "StopQuery");
    assert_eq!(stopped.expect("the query is stopped").status, Some(200));
}

#[test]
fn a_group_that_is_not_there_is_named() {
    let world = World::new();
    world
        .ecrmon(["logs", "query", QUERY, "--log-group", "/none"])
        .exits(1)
        .says("there is no log group `/none`")
        .says("ecrmon logs groups");
}
