//! `ecrmon events --by …`: counts, where the events are if their server can count.

use serde_json::{Value, json};

use crate::an_hour::{HOUR, ask, events, make_table, source, world};
use crate::deliveries::{happen, world_delivering};
use crate::events_athena::statements;
use crate::support::world::World;

const SOURCES: [&str; 4] = ["logs", "insights", "archive", "athena"];

fn world_with_table() -> World {
    let world = world();
    make_table(&world).exits(0);
    world
}

/// The queries that Insights was asked.
fn queries(world: &World) -> Vec<String> {
    let calls = world.calls().into_iter();
    let started = calls.filter(|call| call.operation == "StartQuery");
    started
        .map(|call| {
            let asked: Value = serde_json::from_slice(&call.body).expect("the request is JSON");
            asked["queryString"].as_str().expect("a query").to_owned()
        })
        .collect()
}

#[test]
fn calls_are_counted_the_most_first() {
    let world = world_with_table();
    for from in SOURCES {
        let by = ["--by", "action", "--output", "json"];
        let answer = ask(&world, from, &by).exits(0).json();
        let wanted = json!([
            {"action": "push", "calls": 3},
            {"action": "delete", "calls": 1},
            {"action": "pull", "calls": 1},
        ]);
        assert_eq!(answer["counts"], wanted, "{from}");
        assert_eq!(answer["complete_from"], "2026-10-01T10:00:00Z", "{from}");
    }
}

#[test]
fn hours_are_in_their_order_and_those_of_the_zone() {
    let world = world_with_table();
    for from in SOURCES {
        let asked = [
            "events",
            "--since",
            "2026-10-01T09:00:00Z",
            "--until",
            "2026-10-01T12:00:00Z",
            "--by",
            "hour,error",
            "--output",
            "csv",
        ];
        let command = world.command().args(asked).args(source(&world, from));
        let transcript = command.env("TZ", "Asia/Kathmandu").run();
        let rows: Vec<&str> = transcript.exits(0).stdout.lines().collect();
        // Half past ten is a quarter past four in Kathmandu, an hour's last quarter is the next one's first.
        let wanted = [
            "hour,error,calls",
            "2026-10-01T15:00+05:45,,3",
            "2026-10-01T16:00+05:45,,3",
            "2026-10-01T16:00+05:45,AccessDenied,1",
        ];
        assert_eq!(rows, wanted, "{from}");
    }
}

#[test]
fn people_see_bars() {
    let world = world_with_table();
    for from in SOURCES {
        ask(&world, from, &["--by", "action"])
            .exits(0)
            .prints("ACTION")
            .prints("████████████████████")
            .says("3 rows of 5 calls. Complete from");
    }
}

#[test]
fn a_limit_shows_the_rows_of_most_calls_and_tells_of_the_others() {
    let world = world_with_table();
    for from in SOURCES {
        let by = ["--by", "action", "--limit", "1"];
        ask(&world, from, &by)
            .exits(0)
            .says("1 of 3 rows of 5 calls, as many as `--limit` allows. Complete from");
        let answer = ask(&world, from, &[&by[..], &["--output", "json"]].concat())
            .exits(0)
            .json();
        let most = json!([{"action": "push", "calls": 3}]);
        assert_eq!(answer["counts"], most, "{from}");
        assert_eq!(answer["limited"], true, "{from}");
        assert_eq!(answer["complete_from"], "2026-10-01T10:00:00Z", "{from}");
    }
}

#[test]
fn filters_hold_for_what_is_counted() {
    let world = world_with_table();
    for from in SOURCES {
        for (filter, calls) in [
            (&["--errors"][..], 1),
            (&["--repo", "team/[ab]"], 2),
            (&["--reads"], 1),
            (&["--writes"], 4),
            (&["--action", "delete", "--event", "PutImage"], 0),
        ] {
            let by = ["--by", "error", "--output", "json"];
            let answer = ask(&world, from, &[&by, filter].concat()).exits(0).json();
            let counts = answer["counts"].as_array().expect("counts");
            let counted: Option<u64> = counts.iter().map(|row| row["calls"].as_u64()).sum();
            assert_eq!(counted, Some(calls), "{from} {filter:?}");
        }
    }
}

#[test]
fn servers_count_what_they_can_and_no_record_leaves_them_for_it() {
    let world = world_with_table();
    ask(&world, "insights", &["--by", "repo,principal"])
        .exits(0)
        .says("a record that CloudTrail delivered twice counts twice")
        .says("bytes scanned");
    let asked = queries(&world);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("| stats count(*)"), "{asked:?}");

    ask(&world, "athena", &["--by", "repo,principal"])
        .exits(0)
        .says("bytes scanned");
    let asked = statements(&world);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("GROUP BY"), "{asked:?}");
}

#[test]
fn broken_hours_are_read_beside_what_is_counted_and_all_of_it_is_billed() {
    let world = world_with_table();
    let asked = [
        "events",
        "--since",
        "2026-10-01T09:30:00Z",
        "--until",
        "2026-10-01T11:00:30Z",
        "--by",
        "action",
        "--output",
        "json",
    ];
    world.forget_calls();
    let command = world.command().args(asked).args(source(&world, "insights"));
    let answer = command.run().exits(0).json();
    assert_eq!(answer["counts"][0], json!({"action": "push", "calls": 5}));
    assert_eq!(answer["complete_from"], "2026-10-01T09:30:00Z");
    assert_eq!(answer["complete_until"], "2026-10-01T11:00:30Z");
    let queries = queries(&world);
    let grouped = queries
        .iter()
        .filter(|query| query.contains("stats"))
        .count();
    assert_eq!((queries.len(), grouped), (3, 1), "{queries:?}");

    let whole = ask(&world, "insights", &["--by", "action", "--output", "json"]);
    let bytes = |answer: &Value| -> u64 {
        let cost = answer["cost"].as_str().expect("a cost");
        let (bytes, _) = cost.split_once(' ').expect("a number and more");
        bytes.parse().expect("a number")
    };
    assert!(bytes(&answer) > bytes(&whole.json()));
}

#[test]
fn what_was_delivered_twice_counts_once_where_that_can_be_known() {
    let world = world_delivering("held");
    happen(&world, &events(&world));
    world.arrange("deliver", &json!({"duplicate": true, "delay_seconds": 300}));
    world.arrange("delivery", &json!({"mode": "off"}));
    make_table(&world).exits(0);
    for (from, calls) in [("logs", 3), ("archive", 3), ("athena", 3), ("insights", 6)] {
        let by = ["--by", "action", "--output", "json"];
        let answer = ask(&world, from, &by).exits(0).json();
        let wanted = json!({"action": "push", "calls": calls});
        assert_eq!(answer["counts"][0], wanted, "{from}");
    }
    // Images are in lists, which only whole records tell: those are read, and each is known again.
    let by = ["--by", "image", "--output", "json"];
    let answer = ask(&world, "insights", &by).exits(0).json();
    assert_eq!(answer["counts"], json!([{"image": null, "calls": 5}]));
}

#[test]
fn ctrl_c_stops_what_counts() {
    for (from, look, stop) in [
        ("insights", "GetQueryResults", "StopQuery"),
        ("athena", "GetQueryExecution", "StopQueryExecution"),
    ] {
        let world = world_with_table();
        world.arrange(from, &json!({"endless": true}));
        world.inject(crate::support::fault::Fault::interrupt_client_during(look));
        ask(&world, from, &["--by", "action"]).exits(130);
        let calls = world.calls();
        let stopped = calls.iter().filter(|call| call.operation == stop).count();
        assert_eq!(stopped, 1, "{from}");
    }
}

#[test]
fn two_things_to_count_by_are_the_most_and_must_differ() {
    for by in ["repo,action,error", "repo,repo"] {
        let question = ["events", "--source", "history", "--by", by];
        let world = World::new();
        world
            .ecrmon(question.iter().chain(&HOUR))
            .exits(2)
            .says("one or two");
        assert!(world.calls().is_empty());
    }
}
