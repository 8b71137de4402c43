//! One question, five sources, one answer: what a source has its server look for changes nothing of what is found.

use std::thread;

use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::an_hour::{make_table, source};
use crate::deliveries::{event, happen, world_delivering};
use crate::random_events::{self, Dice, began};
use crate::support::world::World;

const SOURCES: [&str; 5] = ["history", "logs", "insights", "archive", "athena"];
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
/// More than history's four pages; what every source reads in a moment.
const RECORDS: usize = 240;
const QUESTIONS: usize = 8;

fn world_of(records: &[Value], world: World) -> World {
    happen(&world, records);
    world.arrange("delivery", &json!({"mode": "off"}));
    make_table(&world).exits(0);
    for query in ["insights", "athena"] {
        world.arrange(query, &json!({"polls": 0}));
    }
    world
}

fn random_world(dice: &mut Dice) -> World {
    let world = world_delivering("at once");
    let records = random_events::records(dice, RECORDS, world.account(), &REGIONS);
    world_of(&records, world)
}

/// What the source answers, without what is said of the source. Of one second, sources may tell in any order.
fn answer(world: &World, from: &str, question: &[String], zone: &str, name: &str) -> Vec<Value> {
    let command = world.command().args(["events", "--output", "json"]);
    let command = command.args(source(world, from)).args(question);
    let transcript = command.env("TZ", zone).run();
    let answer = transcript.exits(0).json();
    let mut rows = answer[name].as_array().cloned().expect("a list of rows");
    if name == "events" {
        let times = || rows.iter().map(|row| row["time"].as_str());
        let is_in_order = if question.iter().any(|flag| flag == "--oldest-first") {
            times().is_sorted()
        } else {
            times().rev().is_sorted()
        };
        assert!(is_in_order, "{transcript}");
        rows.sort_by_key(|row| row["event_id"].as_str().map(str::to_owned));
    }
    rows
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

/// A repository's short life: made, pushed to, pulled from, opened to everybody, looked at in vain, emptied, deleted.
fn a_short_life(world: &World) -> Vec<Value> {
    let open = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]});
    let image = json!({"imageTag": "v1", "imageDigest": "sha256:aa11"});
    let calls: [(&str, i64, Value); 11] = [
        ("CreateRepository", 0, json!({})),
        ("InitiateLayerUpload", 60, json!({})),
        ("UploadLayerPart", 61, json!({})),
        ("CompleteLayerUpload", 62, json!({})),
        ("PutImage", 63, json!({"imageTag": "v1"})),
        ("BatchGetImage", 300, json!({"imageIds": [image]})),
        ("GetDownloadUrlForLayer", 301, json!({})),
        (
            "SetRepositoryPolicy",
            600,
            json!({"policyText": open.to_string()}),
        ),
        ("BatchGetImage", 900, json!({"imageIds": [image]})),
        ("BatchDeleteImage", 1200, json!({"imageIds": [image]})),
        ("DeleteRepository", 1500, json!({"force": true})),
    ];
    let numbered = calls.into_iter().enumerate();
    numbered
        .map(|(number, (name, second, mut request))| {
            request["repositoryName"] = json!("team/api");
            let mut event = event(&format!("e{number:02}"), name, "00:00");
            event["eventTime"] = json!((began() + SignedDuration::from_secs(second)).to_string());
            event["awsRegion"] = json!(world.region());
            event["requestParameters"] = request;
            event["userIdentity"] =
                json!({"type": "IAMUser", "userName": "mary", "arn": "arn:aws:iam::1:user/mary"});
            if second == 900 {
                event["errorCode"] = json!("AccessDenied");
            }
            event
        })
        .collect()
}

#[test]
fn every_source_tells_the_same_operations_of_a_short_life() {
    let world = world_delivering("at once");
    let world = world_of(&a_short_life(&world), world);
    let until = began() + SignedDuration::from_hours(1);
    let question = [
        "--since",
        &began().to_string(),
        "--until",
        &until.to_string(),
    ]
    .map(str::to_owned);
    let operations = agreed(&world, &question, "UTC", "operations");
    let actions: Vec<_> = operations
        .iter()
        .map(|operation| &operation["action"])
        .collect();
    assert_eq!(
        actions,
        [
            "delete-repository",
            "delete",
            "pull",
            "policy",
            "pull",
            "push",
            "create-repository"
        ]
    );
    assert_eq!(operations[2]["error_code"], "AccessDenied");
    assert_eq!(operations[5]["calls"], 4);
}
