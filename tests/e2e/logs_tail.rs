//! `ecrmon logs tail`: messages as they are, newest last, and those that arrive.

use std::io::Read;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::deliveries::{LOG_GROUP, event, happen, world_delivering, world_with_events};
use crate::support::fault::Fault;
use crate::support::world::World;

/// The simulator's events lie in October 2026.
const SINCE: &str = "2026-10-01";

fn deliver(world: &World, ids: &[&str], delivery: &Value) {
    let mut delivery = delivery.clone();
    delivery["event_ids"] = json!(ids);
    world.arrange("deliver", &delivery);
}

/// A world that holds these events back, and nothing else.
fn world_holding(ids: &[&str]) -> World {
    let world = world_delivering("held");
    let events: Vec<Value> = ids
        .iter()
        .map(|id| event(id, "PutImage", "10:00"))
        .collect();
    happen(&world, &events);
    world.arrange("delivery", &json!({"mode": "off"}));
    world
}

#[test]
fn messages_come_as_they_are_newest_last() {
    let world = world_with_events(&[
        event("b", "PutImage", "11:00"),
        event("a", "PutImage", "10:00"),
    ]);
    let transcript = world.ecrmon(["logs", "tail", "--since", SINCE]);
    let records: Vec<Value> = transcript
        .exits(0)
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a record is JSON"))
        .collect();
    assert_eq!(records[0]["eventID"], "a");
    assert_eq!(records[1]["eventID"], "b");
    assert_eq!(records.len(), 2);
}

#[test]
fn every_format_tells_time_stream_and_message() {
    let world = world_with_events(&[event("a", "PutImage", "10:00")]);
    let tail = |format: &str| world.ecrmon(["logs", "tail", "--since", SINCE, "--output", format]);
    let row: Value = serde_json::from_str(&tail("ndjson").exits(0).stdout).expect("one row");
    assert_eq!(row["time"], "2026-10-01T10:05:00Z");
    assert_eq!(
        row["log_stream"],
        format!("{}_CloudTrail_{}", world.account(), world.region())
    );
    assert!(
        row["message"]
            .as_str()
            .is_some_and(|message| message.contains("\"eventID\":\"a\""))
    );
    assert_eq!(tail("json").exits(0).json()["log_events"], json!([row]));
    tail("csv")
        .exits(0)
        .prints("time,event_id,log_stream,message\n2026-10-01T10:05:00Z,");
}

#[test]
fn pages_of_any_size_and_empty_ones_lose_nothing() {
    let events: Vec<Value> = (0..20)
        .map(|number| event(&format!("e{number}"), "PutImage", "10:00"))
        .collect();
    let world = world_with_events(&events);
    world.arrange("logs", &json!({"page_size": 3, "empty_pages": 1}));
    let transcript = world.ecrmon(["logs", "tail", "--since", SINCE]);
    assert_eq!(transcript.exits(0).stdout.lines().count(), 20);
}

#[test]
fn a_named_group_needs_no_trail_and_one_permission() {
    let world = world_with_events(&[event("a", "PutImage", "10:00")]);
    world
        .ecrmon(["logs", "tail", "--since", SINCE, "--log-group", LOG_GROUP])
        .exits(0)
        .prints("\"a\"");
    let calls = crate::support::calls::names(&world.calls());
    assert_eq!(calls, ["sts:GetCallerIdentity", "logs:FilterLogEvents"]);
}

#[test]
fn what_is_missing_or_denied_is_said() {
    let world = World::new();
    world
        .ecrmon(["logs", "tail", "--log-group", "/missing"])
        .exits(1)
        .says("cannot read the log group `/missing`");
    world.inject(Fault::access_denied("FilterLogEvents"));
    world
        .ecrmon(["logs", "tail", "--follow", "--log-group", "/missing"])
        .exits(1)
        .says("`logs:FilterLogEvents`")
        .says("hint: allow");
}

#[test]
fn following_shows_what_arrives_once_and_ends_well_with_control_c() {
    let world = world_holding(&["first", "second", "third"]);
    deliver(&world, &["first"], &json!({}));
    let mut terminal = world.terminal(["logs", "tail", "--follow", "--output", "ndjson"]);
    terminal.awaits("first");
    deliver(&world, &["third"], &json!({}));
    terminal.awaits("third");
    deliver(&world, &["second"], &json!({}));
    terminal.awaits("second").presses_control('c');
    let transcript = terminal.finish();
    transcript.exits(0).does_not_print("interrupted");
    for id in ["first", "second", "third"] {
        let name = format!("team/{id}");
        assert_eq!(transcript.stdout.matches(&name).count(), 1, "{transcript}");
    }
}

#[test]
fn following_outlasts_what_fails_and_says_so() {
    for (fault, words) in [
        (Fault::throttling("FilterLogEvents"), "Rate exceeded"),
        (
            Fault::expired_token("FilterLogEvents"),
            "renew the credentials",
        ),
        (
            Fault::lost_request("FilterLogEvents"),
            "could not reach AWS",
        ),
    ] {
        let world = world_holding(&["before", "after"]);
        deliver(&world, &["before"], &json!({}));
        let mut terminal = world
            .command()
            .args(["logs", "tail", "--follow", "--max-attempts", "1"])
            .terminal();
        terminal.awaits("before");
        world.inject(fault);
        terminal.awaits("following goes on, but").awaits(words);
        deliver(&world, &["after"], &json!({}));
        world.clear_faults();
        terminal.awaits("AWS answers again").presses_control('c');
        let transcript = terminal.finish();
        transcript.exits(0).prints("team/after");
        assert_eq!(
            transcript.stdout.matches("team/before").count(),
            1,
            "{transcript}"
        );
        assert_eq!(
            transcript.stdout.matches("team/after").count(),
            1,
            "{transcript}"
        );
    }
}

#[test]
fn following_ends_when_nobody_reads_any_more() {
    let world = world_holding(&["first", "second"]);
    deliver(&world, &["first"], &json!({}));
    let mut command = world
        .command()
        .args(["logs", "tail", "--follow"])
        .prepared();
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().expect("start ecrmon");
    let mut pipe = process.stdout.take().expect("a pipe");
    let mut byte = [0];
    pipe.read_exact(&mut byte).expect("something is written");
    drop(pipe);
    deliver(&world, &["second"], &json!({}));
    let status = process.wait().expect("ecrmon ends");
    assert_eq!(status.code(), Some(0));
}
