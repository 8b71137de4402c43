//! `ecrmon events` from the event history: pages, paces, tokens, edges of time, and what is said of it.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp, Unit};
use serde_json::{Value, json};

use crate::deliveries::{event, happen};
use crate::support::calls;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

/// A minute of some days ago: the history goes back 90 days only.
static MINUTE: LazyLock<Timestamp> = LazyLock::new(|| {
    let days_ago = Timestamp::now() - SignedDuration::from_hours(5 * 24);
    days_ago.round(Unit::Minute).expect("round a time")
});

/// So many seconds after the minute began.
fn at(seconds: f64) -> String {
    let since = SignedDuration::try_from_secs_f64(seconds).expect("a duration");
    (*MINUTE + since).to_string()
}

/// The minute in which `count` events happened, as many in each of its seconds.
fn busy_minute(count: usize) -> World {
    let world = World::in_region("us-east-1");
    let events: Vec<Value> = (0..count)
        .map(|number| {
            let mut event = event(&format!("e{number:03}"), "PutImage", "10:00");
            let second = u32::try_from(number * 60 / count).expect("it is one of 60");
            event["eventTime"] = json!(at(second.into()));
            event
        })
        .collect();
    happen(&world, &events);
    world
}

fn ask(world: &World, more: &[&str]) -> Transcript {
    let question = [
        "events", "--raw", "--utc", "--output", "ndjson", "--source", "history",
    ];
    world.ecrmon(question.iter().chain(more))
}

fn ask_for_the_minute(world: &World, more: &[&str]) -> Transcript {
    let minute = ["--since", &at(0.0), "--until", &at(60.0)];
    ask(world, &[&minute[..], more].concat())
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
    let transcript = ask_for_the_minute(&world, &[]);
    transcript.exits(0);
    assert_eq!(sorted(ids(&transcript)), numbered(120));
    assert_eq!(calls::names(&world.calls()), ["cloudtrail:LookupEvents"; 3]);
}

#[test]
fn history_can_be_told_oldest_first() {
    let world = busy_minute(60);
    let transcript = ask_for_the_minute(&world, &["--oldest-first"]);
    transcript.exits(0);
    assert_eq!(ids(&transcript), numbered(60));
}

#[test]
fn a_window_holds_its_first_second_and_not_its_last() {
    let world = busy_minute(60);
    for (since, until, told) in [
        (10.0, 12.0, vec!["e011", "e010"]),
        (10.5, 12.5, vec!["e012", "e011"]),
        (10.0, 10.5, vec!["e010"]),
        (10.2, 10.7, vec![]),
    ] {
        let (since, until) = (at(since), at(until));
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
    let transcript = ask_for_the_minute(&world, &[]);
    transcript.exits(0);
    assert_eq!(sorted(ids(&transcript)), numbered(200));
    assert_eq!(world.throttled()["LookupEvents"], 0);
}

#[test]
fn history_survives_being_throttled_by_others() {
    let world = busy_minute(60);
    world.inject(Fault::throttling("LookupEvents").after(1).times(1));
    let transcript = ask_for_the_minute(&world, &[]);
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
        let transcript = ask_for_the_minute(&world, order);
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
    let transcript = ask_for_the_minute(&world, &[]);
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
    ask_for_the_minute(&world, &[])
        .exits(1)
        .says("access denied")
        .says("cloudtrail:LookupEvents");
}

#[test]
fn history_that_breaks_off_says_what_was_not_read() {
    let world = busy_minute(120);
    world.inject(Fault::access_denied("LookupEvents").after(2));
    let transcript = ask_for_the_minute(&world, &[]);
    let unread = format!(
        "the event history of us-east-1 from {} until {}",
        at(0.0),
        at(10.0)
    );
    transcript.exits(5).says(&unread);
    assert_eq!(ids(&transcript).len(), 100);
}
