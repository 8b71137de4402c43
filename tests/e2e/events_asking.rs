//! What can be asked of `ecrmon events`: each filter, times, and what is refused.

use serde_json::{Value, json};

use crate::events_story::{at, day, hour, world};
use crate::support::calls;
use crate::support::transcript::Transcript;
use crate::support::world::World;

fn ask(world: &World, filters: &[&str]) -> Transcript {
    let question = world
        .command()
        .args(["events", "--source", "history", "--raw", "--output", "json"]);
    question.args(hour()).args(filters).run()
}

/// The ids of what is told, oldest first.
fn ids(transcript: &Transcript) -> Vec<String> {
    let mut document = transcript.exits(0).json();
    let events: Vec<Value> = serde_json::from_value(document["events"].take()).expect("a list");
    let ids = events
        .iter()
        .rev()
        .map(|event| event["event_id"].as_str().expect("an id").to_owned());
    ids.collect()
}

#[track_caller]
fn tells(world: &World, filters: &[&str], expected: &[&str]) {
    assert_eq!(ids(&ask(world, filters)), expected, "{filters:?}");
}

#[test]
fn every_filter_chooses_alone() {
    let world = world();
    let owner = world.account();
    for (filters, expected) in [
        (
            &["--repo", "team/*"][..],
            &[
                "e01", "e03", "e04", "e05", "e06", "e07", "e09", "e10", "e11", "e14", "e15", "e16",
                "e17",
            ][..],
        ),
        (&["--repo", "team"], &[]),
        (&["--action", "delete"], &["e15", "e16"]),
        (&["--event", "Put*"], &["e07"]),
        (&["--event", "putimage"], &[]),
        (&["--principal", "*eks*"], &["e09", "e10", "e11"]),
        (&["--image", "v?"], &["e07", "e09", "e15", "e16"]),
        (&["--image", "sha256:98*"], &["e07", "e16"]),
        (&["--image", "sha256:02"], &["e17"]),
        (&["--ip", "203.0.113.7"], &["e01"]),
        (&["--ip", "AWS Internal", "--action", "expire"], &["e17"]),
        (&["--errors"], &["e15"]),
        (&["--reads"], &["e02", "e03", "e09", "e10", "e11", "e17"]),
        (
            &["--writes"],
            &["e01", "e04", "e05", "e06", "e07", "e14", "e15", "e16"],
        ),
        (&["--owner", "000000000000"], &[]),
    ] {
        tells(&world, filters, expected);
    }
    let of_repositories = ids(&ask(&world, &["--repo", "*"]));
    assert_eq!(ids(&ask(&world, &["--owner", owner])), of_repositories);
}

#[test]
fn values_of_one_filter_widen_and_several_filters_narrow() {
    let world = world();
    for (filters, expected) in [
        (&["--action", "login,policy"][..], &["e02", "e14"][..]),
        (
            &["--action", "login", "--action", "policy"],
            &["e02", "e14"],
        ),
        (
            &["--event", "PutImage,Set*", "--event", "Complete*"],
            &["e06", "e07", "e14"],
        ),
        (
            &["--principal", "user/anna", "--principal", "user/mallory"],
            &["e14", "e15", "e16"],
        ),
        (
            &[
                "--repo",
                "nobody",
                "--repo",
                "team/{api,web}",
                "--action",
                "delete",
                "--principal",
                "*anna*",
                "--image",
                "v1",
                "--writes",
            ],
            &["e16"],
        ),
        (&["--action", "push", "--event", "BatchGetImage"], &[]),
        (&["--errors", "--reads"], &[]),
    ] {
        tells(&world, filters, expected);
    }
}

#[test]
fn a_window_begins_with_its_first_moment_and_ends_before_its_last() {
    let world = world();
    let told = |since: i64, until: i64| {
        let question = world
            .command()
            .args(["events", "--source", "history", "--raw", "--output", "json"]);
        ids(&question
            .args(["--since", &at(since), "--until", &at(until)])
            .run())
    };
    assert_eq!(told(60, 65), ["e02"]);
    assert_eq!(told(59, 66), ["e02", "e03"]);
    assert_eq!(told(61, 65), Vec::<String>::new());
}

#[test]
fn days_are_those_of_the_reader_or_of_utc() {
    let world = world();
    let told = |zone: &str, flags: &[&str]| {
        let question = world
            .command()
            .env("TZ", zone)
            .args(["events", "--source", "history", "--raw", "--output", "json"]);
        ids(&question.args(flags).run()).len()
    };
    // Noon of yesterday, an hour of it, and one event before and after.
    assert_eq!(
        told("UTC", &["--since", "yesterday", "--until", "today"]),
        16
    );
    assert_eq!(
        told(
            "Pacific/Kiritimati",
            &["--since", "yesterday", "--until", "today", "--utc"]
        ),
        16
    );
    assert_eq!(told("UTC", &["--since", &day(), "--until", "today"]), 16);
    assert_eq!(told("UTC", &["--since", "today"]), 0);
}

#[test]
fn what_cannot_be_asked_is_refused_with_what_can_before_any_call() {
    let world = World::new();
    let times = "use a span (`90m`, `2d 4h`), a day (`today`, `yesterday`, `2026-11-01`) or an RFC 3339 time";
    for (flags, said) in [
        (&["--since", "a while ago"][..], times),
        (&["--since", "10"], times),
        (&["--since", "-1h"], times),
        (&["--until", "--errors"], times),
        (&["--until", "2026-13-01"], times),
        (&["--since", "2026-02-30"], times),
        (
            &["--since", "1h", "--until", "2h"],
            "let `--since` be earlier than `--until`",
        ),
        (
            &["--since", "1h", "--until", "1h"],
            "let `--since` be earlier than `--until`",
        ),
        (
            &["--repo", "team-["],
            "the wildcards are `*`, `?`, `[abc]` and `{a,b}`",
        ),
        (&["--principal", "{a"], "the wildcards are"),
        (
            &["--action", "destroy"],
            "possible values: push, pull, delete",
        ),
        (&["--owner", "me"], "an account has twelve digits"),
        (&["--reads", "--writes"], "cannot be used with"),
        (&["--limit", "0"], "use a whole number from 1 on"),
        (
            &["--source", "disk"],
            "possible values: auto, history, logs, insights, archive, athena",
        ),
        (&["--wide", "--fields", "time"], "cannot be used with"),
        (&["--public", "--all-regions"], "cannot be used with"),
        (&["--region", "eu_west"], "a region's code has"),
        (
            &["--log-group", "arn:aws:s3:::bucket", "--source", "logs"],
            "is no log group's ARN",
        ),
        (
            &["--source", "history", "--archive", "/does/not/exist"],
            "use `--source archive` or `--source athena`",
        ),
        (
            &["--source", "athena", "--log-group", "nope"],
            "use `--source logs` or `--source insights`",
        ),
        (
            &["--archive", "folder", "--athena-table", "t"],
            "`--athena-table` means nothing",
        ),
        (
            &["--athena-results", "s3://bucket/"],
            "use `--source athena`",
        ),
        (
            &["--archive", "folder", "--log-group", "g"],
            "`--log-group`",
        ),
    ] {
        let transcript = world.command().args(["events"]).args(flags).run();
        transcript.exits(2).says(said);
        assert_eq!(transcript.stdout, "", "{transcript}");
    }
    assert_eq!(calls::names(&world.calls()), Vec::<String>::new());
}

#[test]
fn a_window_before_anything_was_kept_is_said_to_be_incomplete() {
    let world = world();
    let transcript = world.ecrmon([
        "events",
        "--source",
        "history",
        "--since",
        "2020-01-01",
        "--until",
        "2020-01-02",
        "--output",
        "json",
    ]);
    transcript
        .exits(0)
        .says("the event history goes back 90 days");
    assert_eq!(transcript.json()["operations"], json!([]));
    assert_eq!(transcript.json()["complete_from"], Value::Null);
}
