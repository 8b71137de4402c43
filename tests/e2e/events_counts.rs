//! `ecrmon events --by` and `--show`: the same counts and the same record from every source.

use serde_json::{Value, json};

use crate::events_scenario::{history, sources_of_trail};
use crate::events_story::{hour, story, world};
use crate::support::calls;
use crate::support::transcript::Transcript;
use crate::support::world::World;

fn count(world: &World, source: &[String], by: &[&str]) -> Value {
    let question = world
        .command()
        .args(["events", "--output", "json", "--by"])
        .args(by);
    let transcript = question.args(hour()).args(source).run();
    transcript.exits(0).json()["counts"].take()
}

fn show(world: &World, id: &str, source: &[String]) -> Transcript {
    world
        .command()
        .args(["events", "--output", "json", "--show", id])
        .args(source)
        .run()
}

#[test]
fn calls_are_counted_alike_by_every_source() {
    let world = world();
    let sources = sources_of_trail(&world);
    for by in [
        &["repo"][..],
        &["principal"],
        &["action"],
        &["error"],
        &["hour"],
        &["day"],
        &["image"],
        &["principal,action"],
        &["action", "--errors"],
    ] {
        let counts = count(&world, &history(), by);
        let total: u64 = counts
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|row| row["calls"].as_u64())
            .sum();
        assert!(total > 0, "{by:?}: {counts}");
        for source in &sources {
            assert_eq!(count(&world, source, by), counts, "{by:?} from {source:?}");
        }
    }
}

#[test]
fn counts_are_those_of_the_story() {
    let world = world();
    let row = |(principal, action, calls)| json!({"principal": principal, "action": action, "calls": calls});
    let expected = [
        ("role/ci (build-812)", "push", 5),
        ("role/eks-node (i-0abc)", "pull", 3),
        ("role/ci (build-812)", "create-repository", 1),
        ("role/ci (build-812)", "login", 1),
        ("service/AWS Internal", "expire", 1),
        ("user/anna", "delete", 1),
        ("user/anna", "policy", 1),
        ("user/mallory", "delete", 1),
    ];
    let expected: Value = expected.map(row).to_vec().into();
    assert_eq!(count(&world, &history(), &["principal,action"]), expected);
}

#[test]
fn an_event_is_shown_whole_by_every_source_that_keeps_it() {
    let world = world();
    let policy = story(&world).swap_remove(14);
    let mut sources = sources_of_trail(&world);
    sources.retain(|source| !source.contains(&"athena".to_owned()));
    sources.push(history());
    for mut source in sources {
        source.extend(hour());
        let mut shown = show(&world, "e14", &source).exits(0).json();
        let kept = shown.as_object_mut().expect("an object");
        // What the simulator adds is CloudTrail's own.
        kept.retain(|field, _| policy.get(field).is_some());
        assert_eq!(shown, policy, "{source:?}");
    }
}

#[test]
fn an_event_is_looked_up_by_its_id_at_no_cost() {
    let world = world();
    world.forget_calls();
    let shown = show(&world, "e01", &[]);
    assert_eq!(shown.exits(0).json()["eventName"], "CreateRepository");
    assert_eq!(calls::names(&world.calls()), ["cloudtrail:LookupEvents"]);
    let transcript = show(&world, "nobody", &history());
    transcript
        .exits(1)
        .says("there is no event `nobody` in the event history")
        .says("--since");
}
