//! `ecrmon events` from the event history: pages, paces, tokens, edges of time, and what is said of it.

use serde_json::{Value, json};

use crate::deliveries::{event, happen};
use crate::events_story::day;
use crate::support::calls;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

/// A minute in which `count` events happened, as many in each of its seconds.
fn busy_minute(count: usize) -> World {
    let world = World::in_region("us-east-1");
    let events: Vec<Value> = (0..count)
        .map(|number| {
            let mut event = event(&format!("e{number:03}"), "PutImage", "10:00");
            event["eventTime"] = json!(format!("{}T10:00:{:02}Z", day(), number * 60 / count));
            event
        })
        .collect();
    happen(&world, &events);
    world
}

/// Asks with these flags, in which `DAY` is the day of the minute: CloudTrail would forget any other.
fn ask(world: &World, more: &[&str]) -> Transcript {
    let question = ["events", "--raw", "--utc", "--output", "ndjson"];
    world.ecrmon(
        question
            .iter()
            .chain(more)
            .map(|word| word.replace("DAY", &day())),
    )
}

/// The ids, as they were shown.
pub fn ids(transcript: &Transcript) -> Vec<String> {
    let rows = transcript.stdout.lines();
    rows.filter_map(|row| {
        let row: Value = serde_json::from_str(row).expect("a line is JSON");
        row["event_id"].as_str().map(str::to_owned)
    })
    .collect()
}

const MINUTE: [&str; 4] = ["--since", "DAYT10:00:00Z", "--until", "DAYT10:01:00Z"];

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("e{number:03}")).collect()
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

#[test]
fn history_tells_every_page_and_calls_nothing_else() {
    let world = busy_minute(120);
    let transcript = ask(&world, &MINUTE);
    transcript.exits(0);
    assert_eq!(sorted(ids(&transcript)), numbered(120));
    assert_eq!(calls::names(&world.calls()), ["cloudtrail:LookupEvents"; 3]);
}

#[test]
fn history_can_be_told_oldest_first() {
    let world = busy_minute(60);
    let mut question = MINUTE.to_vec();
    question.push("--oldest-first");
    let transcript = ask(&world, &question);
    transcript.exits(0);
    assert_eq!(ids(&transcript), numbered(60));
}

#[test]
fn a_window_holds_its_first_second_and_not_its_last() {
    let world = busy_minute(60);
    for (since, until, told) in [
        ("10:00:10Z", "10:00:12Z", vec!["e011", "e010"]),
        ("10:00:10.5Z", "10:00:12.5Z", vec!["e012", "e011"]),
        ("10:00:10Z", "10:00:10.5Z", vec!["e010"]),
        ("10:00:10.2Z", "10:00:10.7Z", vec![]),
    ] {
        let (since, until) = (format!("DAYT{since}"), format!("DAYT{until}"));
        let transcript = ask(&world, &["--since", &since, "--until", &until]);
        transcript.exits(0);
        assert_eq!(ids(&transcript), told, "from {since} until {until}");
    }
}

#[test]
fn history_is_never_throttled_at_two_calls_a_second() {
    let world = busy_minute(200);
    world.arrange(
        "throttle",
        &json!({"operation": "LookupEvents", "per_second": 2}),
    );
    let transcript = ask(&world, &MINUTE);
    transcript.exits(0);
    assert_eq!(sorted(ids(&transcript)), numbered(200));
    assert_eq!(world.throttled()["LookupEvents"], 0);
}

#[test]
fn history_survives_being_throttled_by_others() {
    let world = busy_minute(60);
    world.inject(Fault::throttling("LookupEvents").after(1).times(1));
    let transcript = ask(&world, &MINUTE);
    transcript.exits(0);
    assert_eq!(sorted(ids(&transcript)), numbered(60));
    world.met_every_fault();
}

#[test]
fn slow_answers_are_read_side_by_side_and_each_event_is_told_once() {
    for order in [&[][..], &["--oldest-first"]] {
        let world = busy_minute(400);
        world.inject(Fault::delay(
            "LookupEvents",
            std::time::Duration::from_millis(1_200),
        ));
        let transcript = ask(&world, &[&MINUTE[..], order].concat());
        transcript.exits(0);
        assert_eq!(sorted(ids(&transcript)), numbered(400));
    }
}

#[test]
fn a_forgotten_token_loses_and_repeats_nothing() {
    let world = busy_minute(120);
    let forgotten = |after| {
        let message = "Invalid NextToken.";
        Fault::error("LookupEvents", 400, "InvalidNextTokenException", message)
            .after(after)
            .times(1)
    };
    world.inject(forgotten(1));
    world.inject(forgotten(2));
    let transcript = ask(&world, &MINUTE);
    transcript.exits(0);
    assert_eq!(sorted(ids(&transcript)), numbered(120));
    world.met_every_fault();
}

#[test]
fn history_says_that_it_goes_back_90_days() {
    let world = busy_minute(1);
    let transcript = ask(&world, &["--since", "200d", "--until", "1d"]);
    transcript
        .exits(0)
        .says("the event history goes back 90 days");
    assert_eq!(ids(&transcript), ["e000"]);
}

#[test]
fn history_that_nobody_may_read_says_what_is_missing() {
    let world = busy_minute(1);
    world.inject(Fault::access_denied("LookupEvents"));
    ask(&world, &MINUTE)
        .exits(1)
        .says("access denied")
        .says("cloudtrail:LookupEvents");
}

#[test]
fn history_that_breaks_off_says_what_was_not_read() {
    let world = busy_minute(120);
    world.inject(Fault::access_denied("LookupEvents").after(2));
    let transcript = ask(&world, &MINUTE);
    transcript.exits(5).says(
        &"the event history of us-east-1 from DAYT10:00:00Z until DAYT10:00:10Z"
            .replace("DAY", &day()),
    );
    assert_eq!(ids(&transcript).len(), 100);
}
