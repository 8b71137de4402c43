//! `ecrmon metrics publish --every`: turn after turn, whatever fails in one.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::metrics_publish::{PUT, calls_of, listed, scanned, words, world_with};
use crate::support::fault::Fault;
use crate::support::world::World;

fn await_calls(world: &World, operation: &str, count: usize) {
    let deadline = Instant::now() + Duration::from_mins(3);
    while calls_of(world, operation) < count {
        assert!(Instant::now() < deadline, "no {count} calls of {operation}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// It takes two turns of the clock, the only thing here that cannot be hurried.
#[test]
fn it_goes_on_turn_after_turn_whatever_fails_in_one() {
    let world = world_with(&scanned());
    let arguments = "metrics publish --yes --every 1m --output ndjson --max-metrics 16";
    let running = world.command().args(arguments.split_whitespace()).start();
    await_calls(&world, PUT, 1);
    world.settle();
    // At the second turn the session has expired; by the third it is renewed, and there is a repository too many.
    world.inject(Fault::expired_token("DescribeRepositories").times(1));
    let new = json!({"name": "a-new-one", "images": [{"tags": ["a"], "findings": {}}]});
    world.arrange("registry", &json!({"repositories": [new]}));
    await_calls(&world, PUT, 2);
    world.settle();
    world.client().interrupt();
    let transcript = running.finish();
    transcript
        .exits(0)
        .says("nothing was published this time; the next turn is at ")
        .says(
            "more than 16 metrics are not allowed, so these repositories are left out: a-new-one",
        );
    world.met_every_fault();
    let turns: Vec<Value> = transcript
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    assert_eq!(turns[0]["published"], 15);
    let left_out: Vec<&Value> = turns.iter().map(|turn| &turn["left_out"]).collect();
    assert_eq!(left_out[..2], [&json!([]), &json!(["a-new-one"])]);
    let named = listed(&world).iter().map(words).collect::<String>();
    assert!(!named.contains("a-new-one"), "{named}");
}
