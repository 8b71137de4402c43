//! Who has enough ends the fetching: by `--limit`, or by closing the pipe.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::deliveries::happen;
use crate::events_output::{ask, question};
use crate::events_story::{call, user};
use crate::support::calls;
use crate::support::world::World;

/// A registry with so many pushes within the hour, a second apart.
fn busy(pushes: i64) -> World {
    let world = World::new();
    let push = |second| {
        let mut event = call(
            &world,
            second,
            "PutImage",
            &user(&world, "ci"),
            &json!({"repositoryName": format!("r{second}")}),
        );
        event["eventID"] = json!(format!("e{second:04}"));
        event
    };
    happen(&world, &(0..pushes).map(push).collect::<Vec<_>>());
    world
}

#[test]
fn a_limit_ends_the_fetching() {
    let world = busy(400);
    let transcript = ask(&world, &["--raw", "--limit", "3", "--output", "json"]);
    let document = transcript.json();
    let ids: Vec<&Value> = document["events"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|event| &event["event_id"])
        .collect();
    assert_eq!(ids, ["e0399", "e0398", "e0397"]);
    assert_eq!(document["limited"], true);
    assert_eq!(document["complete_from"], Value::Null);
    transcript.says("3 calls, as many as `--limit` allows; there may be more.\n");
    // All of it would be eight pages.
    assert!(
        world.calls().len() <= 3,
        "{:?}",
        calls::names(&world.calls())
    );
}

#[test]
fn a_reader_that_goes_away_ends_the_fetching_without_a_word() {
    let world = busy(400);
    for format in ["text", "json", "ndjson", "csv"] {
        world.forget_calls();
        let mut command = question(&world, &["--raw", "--output", format, "--quiet"]).prepared();
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("start ecrmon");
        let mut first = String::new();
        // The reader, and with it the pipe, goes after one line.
        BufReader::new(process.stdout.take().expect("a pipe"))
            .read_line(&mut first)
            .expect("read a line");
        let ended = process.wait_with_output().expect("wait for ecrmon");
        assert_eq!(ended.status.code(), Some(0), "{format}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{format}");
        world.settle();
        assert!(
            world.calls().len() <= 4,
            "{format}: {:?}",
            calls::names(&world.calls())
        );
    }
}
