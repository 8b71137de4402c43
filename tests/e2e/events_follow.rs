//! `ecrmon events --follow`: every event once, whatever the order it comes in and whatever fails meanwhile.

use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::deliveries::{
    LOG_GROUP, delivers_for_years, event, happen, log_group_arn, world_delivering,
};
use crate::support::calls::names;
use crate::support::fault::Fault;
use crate::support::terminal::Terminal;
use crate::support::world::World;

/// An event that happened so many minutes ago, where the world is.
fn minutes_ago(world: &World, minutes: i64, id: &str) -> Value {
    let mut event = event(id, "PutImage", "10:00");
    let time = Timestamp::now() - SignedDuration::from_mins(minutes);
    event["eventTime"] = json!(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    event["awsRegion"] = json!(world.region());
    event
}

/// A world whose trail holds these events back; what is asked of it leaves none behind.
fn world_holding(ids: &[&str]) -> World {
    let world = world_delivering("held");
    let events: Vec<Value> = ids.iter().map(|id| minutes_ago(&world, 5, id)).collect();
    happen(&world, &events);
    world.arrange("delivery", &json!({"mode": "off"}));
    world.arrange("live-tail", &json!({"update_seconds": 0.2}));
    delivers_for_years(&world);
    world
}

fn deliver(world: &World, ids: &[&str]) {
    world.arrange("deliver", &json!({"event_ids": ids, "to": ["logs"]}));
}

fn follow<'w>(world: &'w World, arguments: &str) -> Terminal<'w> {
    let arguments =
        format!("events --follow --raw --fields repository,event_id --output csv {arguments}");
    world.terminal(arguments.split_whitespace())
}

/// By the group's ARN, which Live Tail wants.
fn follow_logs(world: &World) -> Terminal<'_> {
    follow(
        world,
        &format!("--source logs --log-group {}", log_group_arn(world)),
    )
}

/// Each of these events, and no other, is on the screen exactly once.
#[track_caller]
fn shows_once(terminal: Terminal<'_>, ids: &[&str]) {
    let mut terminal = terminal;
    terminal.presses_control('c');
    let transcript = terminal.finish();
    transcript.exits(0).does_not_print("interrupted");
    for id in ids {
        let name = format!("team/{id},");
        assert_eq!(
            transcript.stdout.matches(&name).count(),
            1,
            "{id}:\n{transcript}"
        );
    }
    assert_eq!(
        transcript.stdout.matches("team/").count(),
        ids.len(),
        "{transcript}"
    );
}

fn await_sessions(world: &World, count: usize) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while sessions(world) < count {
        assert!(
            Instant::now() < deadline,
            "there are {} sessions",
            sessions(world)
        );
        thread::sleep(Duration::from_millis(2));
    }
}

fn sessions(world: &World) -> usize {
    let calls = names(&world.calls());
    calls
        .iter()
        .filter(|call| *call == "logs:StartLiveTail")
        .count()
}

#[test]
fn what_happens_meanwhile_is_shown() {
    let world = world_delivering("off");
    happen(&world, &[minutes_ago(&world, 5, "before")]);
    let mut terminal = follow(&world, "--source history");
    terminal.awaits("team/before");
    happen(&world, &[minutes_ago(&world, 0, "now")]);
    terminal.awaits("team/now");
    shows_once(terminal, &["before", "now"]);
}

#[test]
fn a_push_made_meanwhile_becomes_one_operation() {
    let world = world_delivering("off");
    let mut terminal = world.terminal([
        "events", "--follow", "--source", "history", "--output", "ndjson",
    ]);
    let push = [
        "InitiateLayerUpload",
        "UploadLayerPart",
        "CompleteLayerUpload",
        "PutImage",
    ];
    let calls = push.map(|name| {
        let mut call = minutes_ago(&world, 0, "api");
        call["eventName"] = json!(name);
        call["eventID"] = json!(name);
        call
    });
    happen(&world, &calls);
    terminal
        .awaits("\"action\":\"push\"")
        .awaits("\"calls\":4")
        .presses_control('c');
    terminal.finish().exits(0);
}

#[test]
fn late_events_behind_newer_ones_are_shown_once_each() {
    let world = world_delivering("off");
    happen(&world, &[minutes_ago(&world, 5, "first")]);
    let mut terminal = follow(&world, "--source history --since 1h");
    terminal.awaits("team/first");
    happen(&world, &[minutes_ago(&world, 0, "newest")]);
    terminal.awaits("team/newest");
    // Far behind what was shown already.
    happen(
        &world,
        &[
            minutes_ago(&world, 25, "late"),
            minutes_ago(&world, 10, "less"),
        ],
    );
    terminal.awaits("team/").awaits("team/");
    happen(&world, &[minutes_ago(&world, 0, "last")]);
    terminal.awaits("team/last");
    shows_once(terminal, &["first", "newest", "late", "less", "last"]);
}

#[test]
fn held_shuffled_and_doubled_deliveries_are_shown_once_each() {
    let world = world_holding(&["a", "b", "c", "d", "e"]);
    deliver(&world, &["c"]);
    let mut terminal = follow_logs(&world);
    terminal.awaits("team/c").awaits("following by Live Tail");
    deliver(&world, &["e", "a"]);
    terminal.awaits("team/").awaits("team/");
    deliver(&world, &["c", "b", "b", "e", "d"]);
    terminal.awaits("team/").awaits("team/");
    shows_once(terminal, &["a", "b", "c", "d", "e"]);
}

#[test]
fn live_tail_tells_what_arrives_while_no_look_works() {
    let world = world_holding(&["a", "b"]);
    let mut terminal = follow(&world, &format!("--log-group {LOG_GROUP}"));
    terminal.awaits("following by Live Tail");
    world.inject(Fault::access_denied("FilterLogEvents"));
    terminal.awaits("following goes on, but access denied");
    deliver(&world, &["a"]);
    terminal.awaits("team/a");
    world.clear_faults();
    deliver(&world, &["b"]);
    terminal.awaits("team/b");
    shows_once(terminal, &["a", "b"]);
}

#[test]
fn what_live_tail_samples_is_made_up_for() {
    let ids: Vec<String> = (0..600).map(|number| format!("e{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let world = world_holding(&ids);
    let mut terminal = follow_logs(&world);
    terminal.awaits("following by Live Tail");
    deliver(&world, &ids);
    for _ in &ids {
        terminal.awaits("team/");
    }
    shows_once(terminal, &ids);
}

#[test]
fn a_session_that_ends_is_begun_again_and_nothing_is_lost_between() {
    for end in [
        Value::Null,
        json!("SessionTimeoutException"),
        json!("SessionStreamingException"),
    ] {
        let world = world_holding(&["a", "b", "c"]);
        world.arrange(
            "live-tail",
            &json!({"close_after": 2, "close_with": end, "update_seconds": 0.2}),
        );
        // So that there is a time between two sessions.
        world.inject(Fault::delay("StartLiveTail", Duration::from_millis(300)));
        let mut terminal = follow_logs(&world);
        for id in ["a", "b", "c"] {
            let begun = sessions(&world);
            await_sessions(&world, begun + 2);
            deliver(&world, &[id]);
            terminal.awaits(&format!("team/{id}"));
        }
        shows_once(terminal, &["a", "b", "c"]);
    }
}

#[test]
fn without_live_tail_the_group_is_looked_at() {
    for (code, words) in [
        (
            "AccessDeniedException",
            "without Live Tail, new events are looked for",
        ),
        (
            "InvalidOperationException",
            "without Live Tail, new events are looked for",
        ),
        ("LimitExceededException", "until Live Tail is there"),
    ] {
        let world = world_holding(&["a", "b"]);
        world.arrange("live-tail", &json!({"refuse": code}));
        let mut terminal = follow_logs(&world);
        terminal.awaits(words);
        deliver(&world, &["b"]);
        terminal.awaits("team/b");
        deliver(&world, &["a"]);
        terminal.awaits("team/a");
        shows_once(terminal, &["a", "b"]);
    }
}

#[test]
fn throttled_looks_and_expired_sessions_are_outlasted() {
    for (fault, words) in [
        (Fault::throttling("LookupEvents"), "Rate exceeded"),
        (
            Fault::expired_token("LookupEvents"),
            "renew the credentials",
        ),
    ] {
        let world = world_delivering("off");
        happen(&world, &[minutes_ago(&world, 5, "before")]);
        let mut terminal = follow(&world, "--source history --max-attempts 1");
        terminal.awaits("team/before");
        world.inject(fault);
        terminal.awaits("following goes on, but").awaits(words);
        happen(&world, &[minutes_ago(&world, 0, "meanwhile")]);
        world.clear_faults();
        terminal.awaits("team/meanwhile");
        shows_once(terminal, &["before", "meanwhile"]);
    }
}

#[test]
fn what_fails_at_the_very_start_ends_it() {
    let world = world_delivering("off");
    world.inject(Fault::access_denied("LookupEvents"));
    world
        .ecrmon(["events", "--follow", "--source", "history"])
        .exits(1)
        .says("`cloudtrail:LookupEvents`")
        .says("hint: allow");
    world.clear_faults();
    world.inject(Fault::expired_token("LookupEvents"));
    world
        .ecrmon(["events", "--follow", "--source", "history"])
        .exits(4);
}

#[test]
fn a_region_that_cannot_be_followed_beside_others_is_named_at_once() {
    let world = world_delivering("off");
    world.inject(Fault::access_denied("LookupEvents").times(1));
    let mut terminal = world.terminal([
        "events",
        "--follow",
        "--source",
        "history",
        "--region",
        "eu-west-1,eu-central-1",
    ]);
    terminal
        .awaits("not followed: region eu-")
        .presses_control('c');
    terminal.finish().exits(5);
}

#[test]
fn the_source_that_tells_first_is_followed_and_an_archive_never_is() {
    let world = world_holding(&["a"]);
    let mut terminal = follow(&world, "");
    terminal.awaits("following by Live Tail");
    deliver(&world, &["a"]);
    terminal.awaits("team/a");
    shows_once(terminal, &["a"]);

    let without_trail = World::new();
    happen(&without_trail, &[minutes_ago(&without_trail, 5, "b")]);
    let mut terminal = follow(&without_trail, "");
    terminal.awaits("team/b");
    shows_once(terminal, &["b"]);

    world
        .ecrmon(["events", "--follow", "--archive", "."])
        .exits(2)
        .says("this source tells nothing of what happens from now on")
        .says("hint: follow `--source history` or `--source logs`");
}

#[test]
fn a_log_group_is_followed_although_the_state_of_its_trail_is_hidden() {
    let world = world_holding(&["a"]);
    world.inject(Fault::access_denied("GetTrailStatus|LookupEvents"));
    let mut terminal = follow(&world, "");
    terminal.awaits("following by Live Tail");
    deliver(&world, &["a"]);
    terminal.awaits("team/a");
    shows_once(terminal, &["a"]);
}
