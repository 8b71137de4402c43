//! One hour of a registry, recorded by a trail with a bucket and a log group: what tests of single sources ask about.

use serde_json::{Value, json};

use crate::deliveries::{LOG_GROUP, bucket, delivers_for_years, event, happen, world_delivering};
use crate::events_history::ids;
use crate::support::transcript::Transcript;
use crate::support::world::World;

pub const HOUR: [&str; 4] = [
    "--since",
    "2026-10-01T10:00:00Z",
    "--until",
    "2026-10-01T11:00:00Z",
];

/// What happened in the hour, at its edges and beyond.
pub fn calls() -> Vec<Value> {
    let mut denied = event("d", "BatchGetImage", "10:30");
    denied["errorCode"] = json!("AccessDenied");
    let mut deleted = event("e", "BatchDeleteImage", "10:40");
    deleted["readOnly"] = json!(false);
    vec![
        event("before", "PutImage", "09:59"),
        event("a", "PutImage", "10:00"),
        event("b", "PutImage", "10:01"),
        denied,
        deleted,
        event("z", "PutImage", "10:59"),
        event("after", "PutImage", "11:00"),
    ]
}

/// The same, in the world's region.
pub fn events(world: &World) -> Vec<Value> {
    let mut events = calls();
    for event in &mut events {
        event["awsRegion"] = json!(world.region());
    }
    events
}

pub fn world() -> World {
    let world = world_delivering("at once");
    happen(&world, &events(&world));
    world.arrange("delivery", &json!({"mode": "off"}));
    delivers_for_years(&world);
    world
}

/// Seconds of ten o'clock in which events happened; their ids tell the order of their times.
pub fn world_with_seconds(seconds: &[u32]) -> World {
    let world = world_delivering("at once");
    let at = |(number, second): (usize, &u32)| {
        let mut event = event(&format!("e{number:03}"), "PutImage", "10:00");
        event["eventTime"] = json!(format!(
            "2026-10-01T10:{:02}:{:02}Z",
            second / 60,
            second % 60
        ));
        event["awsRegion"] = json!(world.region());
        event
    };
    let events: Vec<Value> = seconds.iter().enumerate().map(at).collect();
    happen(&world, &events);
    world.arrange("delivery", &json!({"mode": "off"}));
    delivers_for_years(&world);
    world
}

/// Where Athena may put its results.
pub fn results(world: &World) -> String {
    format!("s3://{}/results/", bucket(world))
}

/// Flags that name the source and what it needs to know.
pub fn source(world: &World, name: &str) -> Vec<String> {
    let more = match name {
        "logs" | "insights" => vec!["--log-group".to_owned(), LOG_GROUP.to_owned()],
        "athena" => vec!["--athena-results".to_owned(), results(world)],
        _ => Vec::new(),
    };
    ["--source".to_owned(), name.to_owned()]
        .into_iter()
        .chain(more)
        .collect()
}

/// Asks the source about the hour. The calls before are forgotten.
pub fn ask(world: &World, from: &str, more: &[&str]) -> Transcript {
    world.forget_calls();
    let command = world.command().args(["events", "--utc"]).args(HOUR);
    command.args(source(world, from)).args(more).run()
}

/// Lets Athena read the archive.
pub fn make_table(world: &World) -> Transcript {
    let create = ["events", "--athena-create", "--yes"];
    let command = world.command().args(create);
    command.args(source(world, "athena")).run()
}

/// Asks for the hour with every filter, and judges what is told.
pub fn keeps_every_filter(ask: impl Fn(&[&str]) -> Transcript) {
    for (filter, told) in [
        (vec!["--action", "delete"], vec!["e"]),
        (vec!["--errors"], vec!["d"]),
        (vec!["--repo", "team/[ab]"], vec!["b", "a"]),
        (vec!["--repo", "*/z", "--event", "Put*"], vec!["z"]),
        (vec!["--writes"], vec!["z", "e", "b", "a"]),
        (vec!["--reads"], vec!["d"]),
        (vec!["--action", "delete", "--event", "PutImage"], vec![]),
    ] {
        let transcript = ask(&filter);
        transcript.exits(0);
        assert_eq!(ids(&transcript), told, "{filter:?}");
    }
}
