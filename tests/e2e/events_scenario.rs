//! One story asked of every source: each must tell the same.

use std::fs;

use serde_json::{Value, json};

use crate::deliveries::{LOG_GROUP, bucket};
use crate::events_story::{OPERATIONS, hour, story, summary, world, world_delivering_story};
use crate::support::clients::Clients;
use crate::support::transcript::Transcript;
use crate::support::world::World;

/// A copy of what was delivered to the bucket, in a folder.
fn copy_of_bucket(world: &World) -> String {
    let folder = world.home().join("copy");
    let (s3, bucket) = (Clients::of(world).s3, bucket(world));
    let listed = world.block_on(s3.list_objects_v2().bucket(&bucket).send());
    for key in listed
        .expect("list the bucket")
        .contents()
        .iter()
        .filter_map(|object| object.key())
    {
        let bytes = world.block_on(async {
            let object = s3.get_object().bucket(&bucket).key(key).send().await;
            object
                .expect("read an object")
                .body
                .collect()
                .await
                .expect("read its body")
                .into_bytes()
        });
        let path = folder.join(key);
        fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
        fs::write(path, bytes).expect("write a file");
    }
    folder.display().to_string()
}

/// The flags that name each source of what a trail delivered.
pub fn sources_of_trail(world: &World) -> Vec<Vec<String>> {
    let place = format!("s3://{}", bucket(world));
    let results = format!("s3://{}/results/", bucket(world));
    let copy = copy_of_bucket(world);
    let made = world.ecrmon([
        "events",
        "--athena-create",
        "--yes",
        "--athena-results",
        &results,
    ]);
    made.exits(0);
    let sources: [&[&str]; 7] = [
        &["--source", "logs"],
        &["--log-group", LOG_GROUP],
        &["--source", "insights"],
        &["--source", "archive"],
        // A named archive is read whole, unless a region is named too.
        &["--archive", &place, "--region", world.region()],
        &["--archive", &copy, "--region", world.region()],
        &["--source", "athena", "--athena-results", &results],
    ];
    sources
        .map(|flags| flags.iter().map(|&flag| flag.to_owned()).collect())
        .to_vec()
}

fn ask(world: &World, source: &[String], more: &[&str]) -> Transcript {
    let question = ["events", "--output", "json"]
        .iter()
        .chain(more)
        .map(|&word| word.to_owned());
    let transcript = world.ecrmon(question.chain(hour()).chain(source.iter().cloned()));
    transcript.exits(0);
    transcript
}

fn told(world: &World, source: &[String], raw: bool) -> Value {
    let (flags, list): (&[&str], _) = if raw {
        (&["--raw"], "events")
    } else {
        (&[], "operations")
    };
    ask(world, source, flags).json()[list].take()
}

/// The flags of the event history.
pub fn history() -> Vec<String> {
    ["--source", "history"].map(str::to_owned).to_vec()
}

fn summaries(operations: &Value) -> Vec<String> {
    operations
        .as_array()
        .expect("a list")
        .iter()
        .map(summary)
        .collect()
}

#[test]
fn every_source_tells_the_same_operations_and_the_same_events() {
    let world = world();
    let operations = told(&world, &history(), false);
    assert_eq!(summaries(&operations), OPERATIONS);
    let events = told(&world, &history(), true);
    assert_eq!(events.as_array().map(Vec::len), Some(14));
    for source in sources_of_trail(&world) {
        assert_eq!(told(&world, &source, false), operations, "{source:?}");
        assert_eq!(told(&world, &source, true), events, "{source:?}");
    }
}

#[test]
fn the_oldest_first_is_the_same_the_other_way_round() {
    let world = world();
    let mut expected = told(&world, &history(), true);
    expected.as_array_mut().expect("a list").reverse();
    let mut sources = sources_of_trail(&world);
    sources.push(history());
    for mut source in sources {
        source.push("--oldest-first".to_owned());
        assert_eq!(told(&world, &source, true), expected, "{source:?}");
        let operations = summaries(&told(&world, &source, false));
        assert_eq!(
            operations,
            OPERATIONS.iter().rev().copied().collect::<Vec<_>>(),
            "{source:?}"
        );
    }
}

#[test]
fn what_is_delivered_late_out_of_order_and_twice_is_told_all_the_same() {
    let world = world_delivering_story("held");
    let (operations, events) = (
        told(&world, &history(), false),
        told(&world, &history(), true),
    );
    let mut ids: Vec<Value> = story(&world)
        .into_iter()
        .map(|mut record| record["eventID"].take())
        .collect();
    ids.reverse();
    ids.rotate_left(7);
    for (group, delay) in ids.chunks(4).zip([1_080, 30, 600, 300, 90]) {
        world.arrange(
            "deliver",
            &json!({"event_ids": group, "delay_seconds": delay, "duplicate": true}),
        );
    }
    for source in sources_of_trail(&world) {
        assert_eq!(told(&world, &source, false), operations, "{source:?}");
        assert_eq!(told(&world, &source, true), events, "{source:?}");
    }
}

#[test]
fn every_filter_gives_the_same_from_every_source() {
    let world = world();
    let sources = sources_of_trail(&world);
    for (filter, expected) in [
        (&["--repo", "team/*"][..], 13),
        (&["--action", "push,delete"], 7),
        (&["--event", "*Image", "--writes"], 3),
        (&["--principal", "role/*", "--reads"], 5),
        (&["--repo", "nobody,{team,x}/*"], 13),
        (&["--image", "v1"], 4),
        (&["--image", "v0,v1"], 4),
        (&["--image", "sha256:98*"], 2),
        (&["--ip", "203.0.113.*"], 1),
        (&["--errors"], 1),
        (&["--action", "read"], 0),
    ] {
        let mut more = vec!["--raw"];
        more.extend(filter);
        let events = ask(&world, &history(), &more).json()["events"].take();
        assert_eq!(
            events.as_array().map(Vec::len),
            Some(expected),
            "{filter:?}: {events:#}"
        );
        for source in &sources {
            let told = ask(&world, source, &more).json()["events"].take();
            assert_eq!(told, events, "{filter:?} from {source:?}");
        }
    }
}
