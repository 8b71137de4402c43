//! One question, five sources, one answer: what a source has its server look for changes nothing of what is found.

use std::thread;

use serde_json::{Value, json};

use crate::an_hour::{make_table, source};
use crate::deliveries::{happen, world_delivering};
use crate::random_events::{self, Dice};
use crate::support::world::World;

const SOURCES: [&str; 5] = ["history", "logs", "insights", "archive", "athena"];
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
/// More than history's four pages; what every source reads in a moment.
const RECORDS: usize = 240;
const QUESTIONS: usize = 8;

fn random_world(dice: &mut Dice) -> World {
    let world = world_delivering("at once");
    let records = random_events::records(dice, RECORDS, world.account(), &REGIONS);
    happen(&world, &records);
    world.arrange("delivery", &json!({"mode": "off"}));
    make_table(&world).exits(0);
    for queries in ["insights", "athena"] {
        world.arrange(queries, &json!({"polls": 0}));
    }
    world
}

/// What the source answers, without what is said of the source.
fn answer(world: &World, from: &str, question: &[String], zone: &str, name: &str) -> Vec<Value> {
    let command = world.command().args(["events", "--output", "json"]);
    let command = command.args(source(world, from)).args(question);
    let transcript = command.env("TZ", zone).run();
    let answer = transcript.exits(0).json();
    let rows = answer[name].as_array();
    rows.cloned().expect("a list of rows")
}

/// Asks all sources at the same time, and answers what all of them do.
#[track_caller]
fn agreed(world: &World, question: &[String], zone: &str, rows: &str) -> Vec<Value> {
    let answers = thread::scope(|scope| {
        let asked =
            SOURCES.map(|from| scope.spawn(move || answer(world, from, question, zone, rows)));
        asked.map(|asked| {
            let answer = asked.join();
            answer.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    });
    for (from, answer) in SOURCES.iter().zip(&answers) {
        let what = format!("{from} on `events {}` in {zone}", question.join(" "));
        assert_eq!(ids(answer), ids(&answers[0]), "{what}");
        assert_eq!(answer, &answers[0], "{what}");
    }
    answers[0].clone()
}

fn ids(rows: &[Value]) -> Vec<&Value> {
    rows.iter().map(|row| &row["event_id"]).collect()
}

/// A window, filters, and a region or two.
fn question(dice: &mut Dice, world: &World, number: usize) -> Vec<String> {
    let mut question = dice.draw(&random_events::window());
    question.extend(dice.draw(&random_events::filters(world.account())));
    if number.is_multiple_of(2) {
        question.extend(["--region".to_owned(), REGIONS.join(",")]);
    }
    question
}

#[test]
fn random_questions_are_answered_with_the_same_events() {
    let mut dice = Dice::new();
    let world = random_world(&mut dice);
    let mut told = 0;
    for number in 0..QUESTIONS {
        let mut asked = question(&mut dice, &world, number);
        asked.push("--raw".to_owned());
        if number.is_multiple_of(3) {
            asked.push("--oldest-first".to_owned());
        }
        told += agreed(&world, &asked, "UTC", "events").len();
    }
    assert!(told > RECORDS / 4, "too little to compare: {told} events");
}

#[test]
fn random_questions_are_answered_with_the_same_counts() {
    let mut dice = Dice::new();
    let world = random_world(&mut dice);
    let mut counted = 0;
    for number in 0..QUESTIONS {
        let mut asked = question(&mut dice, &world, number);
        asked.extend(["--by".to_owned(), dice.draw(&random_events::by())]);
        let zone = dice.draw(&random_events::zone());
        counted += agreed(&world, &asked, zone, "counts").len();
    }
    assert!(
        counted > 2 * QUESTIONS,
        "too little to compare: {counted} rows"
    );
}
