//! What is asked at a terminal, and what every answer does.

use serde_json::Value;

use crate::stack::{LOG_GROUP, wrote_nothing};
use crate::support::clients::Clients;
use crate::support::transcript::Transcript;
use crate::support::world::World;

const QUESTION: &str = "Apply? [y/N/explain]";

fn answered(world: &World, answers: &[&str]) -> Transcript {
    let mut terminal = world.terminal(["setup"]);
    for answer in answers {
        terminal.awaits(QUESTION).types(answer);
    }
    terminal.finish()
}

#[test]
fn yes_applies_the_plan() {
    for answer in ["y", "yes", " Y "] {
        let world = World::new();
        answered(&world, &[answer])
            .exits(0)
            .prints("Plan: 5 to create")
            .prints("✓ trail")
            .prints("ECR in this account is being watched");
        assert!(!world.mutating_calls().is_empty());
    }
}

#[test]
fn anything_but_yes_declines() {
    for answer in ["n", "", "no", "maybe", "yesterday"] {
        let world = World::new();
        answered(&world, &[answer])
            .exits(1)
            .prints("error: nothing was changed");
        wrote_nothing(&world);
    }
}

#[test]
fn the_end_of_input_declines() {
    let world = World::new();
    let mut terminal = world.terminal(["setup"]);
    terminal.awaits(QUESTION).presses_control('d');
    terminal
        .finish()
        .exits(1)
        .prints("error: nothing was changed");
    wrote_nothing(&world);
}

#[test]
fn explain_shows_the_documents_and_asks_again() {
    let world = World::new();
    answered(&world, &["explain", "e", "n"])
        .exits(1)
        .prints("sts:AssumeRole")
        .prints("s3:x-amz-acl")
        .prints("aws:SecureTransport")
        .prints("create dashboard `ECR-Operations-Dashboard`")
        .prints("error: nothing was changed");
    wrote_nothing(&world);
}

#[test]
fn nothing_to_do_asks_nothing() {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0);
    answered(&world, &[]).exits(0).prints("Nothing to do");
}

#[test]
fn without_a_terminal_there_is_no_question_but_a_choice_of_flags() {
    let world = World::new();
    world
        .ecrmon(["setup"])
        .exits(2)
        .says("Plan: 5 to create")
        .says("`--yes` applies the plan, `--dry-run` only shows it");
    world.command().args(["setup"]).input("y\n").run().exits(2);
    wrote_nothing(&world);
}

/// A stack whose log group keeps an event for 90 days.
fn with_events() -> World {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0);
    let logs = Clients::of(&world).logs;
    world.block_on(async {
        let (group, stream) = (LOG_GROUP, "a stream");
        logs.create_log_stream()
            .log_group_name(group)
            .log_stream_name(stream)
            .send()
            .await
            .expect("make a stream");
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .expect("it is past 1970");
        let now = i64::try_from(now.as_millis()).expect("a time");
        let event = aws_sdk_cloudwatchlogs::types::InputLogEvent::builder()
            .timestamp(now)
            .message("an event")
            .build();
        let put = logs
            .put_log_events()
            .log_group_name(group)
            .log_stream_name(stream)
            .log_events(event.expect("an event"));
        put.send().await.expect("put an event");
    });
    world.forget_calls();
    world
}

fn retention(world: &World) -> Option<i32> {
    let groups = Clients::of(world).logs.describe_log_groups().send();
    world
        .block_on(groups)
        .expect("list the groups")
        .log_groups()[0]
        .retention_in_days
}

#[test]
fn a_retention_that_is_shortened_is_confirmed_by_itself() {
    for (answer, code, kept) in [("n", 1, 90), ("", 1, 90), ("y", 0, 30)] {
        let world = with_events();
        let mut terminal = world.terminal(["setup", "--retention", "30"]);
        terminal
            .awaits("events older than 30 days are deleted for good")
            .awaits(QUESTION)
            .types("y");
        terminal.awaits("Really? [y/N]").types(answer);
        terminal.finish().exits(code);
        assert_eq!(retention(&world), Some(kept), "after {answer:?}");
    }
}

#[test]
fn a_retention_that_is_shortened_says_what_is_lost_without_a_terminal_too() {
    let world = with_events();
    world
        .ecrmon(["setup", "--retention", "30", "--dry-run"])
        .exits(0)
        .prints("events older than 30 days are deleted for good");
    world
        .ecrmon(["setup", "--retention", "30", "--yes"])
        .exits(0)
        .says("events older than 30 days are deleted for good");
    assert_eq!(retention(&world), Some(30));
}

#[test]
fn teardown_wants_the_name_of_the_trail() {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0);
    world.forget_calls();
    for answer in ["y", "yes", "", "ecr-monitor"] {
        let mut terminal = world.terminal(["teardown"]);
        terminal
            .awaits("Type the trail's name, ecr-monitor-trail, to go on:")
            .types(answer);
        terminal.finish().exits(1).prints("nothing was changed");
    }
    wrote_nothing(&world);
    let mut terminal = world.terminal(["teardown"]);
    terminal.awaits("to go on:").types("ecr-monitor-trail");
    terminal.finish().exits(0).prints("✓ trail");
}

#[test]
fn progress_is_shown_at_a_terminal_alone() {
    const SPINNING: &str = "create trail ecr-monitor-trail";
    let (world, other) = (World::new(), World::new());
    world
        .terminal(["setup", "--yes"])
        .finish()
        .exits(0)
        .prints(SPINNING);
    other
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .does_not_say(SPINNING)
        .does_not_say("\u{1b}")
        .does_not_print("\u{1b}");
}

#[test]
fn json_at_a_terminal_is_the_last_that_is_shown() {
    let world = World::new();
    let screen = world
        .terminal(["setup", "--dry-run", "--output", "json"])
        .finish()
        .exits(0)
        .stdout
        .clone();
    let start = screen.find('{').expect("JSON on the screen");
    let report: Value = serde_json::from_str(&screen[start..]).expect("valid JSON");
    assert_eq!(report["plan"].as_array().map(Vec::len), Some(5));
}
