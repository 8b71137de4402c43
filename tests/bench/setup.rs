//! How many calls and round trips `setup` takes, counted from the proxy's record, beside the limits that it must keep.
//! It exits with 1 if one is passed. Run it with `cargo bench --bench setup`.

#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

use support::calls::{self, Call};
use support::fault::Fault;
use support::world::World;

#[expect(dead_code, reason = "a benchmark needs a part of what tests need")]
#[path = "../support/mod.rs"]
mod support;

/// What a command may take at most.
struct Limits {
    calls: usize,
    mutating: usize,
    round_trips: usize,
}

/// As far away as AWS is: calls sent side by side overlap however slow the program under test was built.
const DISTANCE: Duration = Duration::from_millis(250);

const FIRST_SETUP: Limits = Limits {
    calls: 50,
    mutating: 50,
    round_trips: 15,
};
const NOTHING_TO_DO: Limits = Limits {
    calls: 24,
    mutating: 0,
    round_trips: 4,
};
const CALLS_PER_FURTHER_TRAIL: usize = 2;
const FURTHER_TRAILS: usize = 3;

fn main() -> ExitCode {
    let world = World::new();
    world.inject(Fault::delay("*", DISTANCE));
    println!(
        "{:<34}{:>12}{:>12}{:>14}",
        "setup --yes", "calls", "mutating", "round trips"
    );
    let mut kept = kept("first setup", &setup(&world), &FIRST_SETUP);
    kept &= self::kept("nothing to do", &setup(&world), &NOTHING_TO_DO);
    (1..=FURTHER_TRAILS).for_each(|number| add_trail(&world, number));
    let limits = Limits {
        calls: NOTHING_TO_DO.calls + CALLS_PER_FURTHER_TRAIL * FURTHER_TRAILS,
        ..NOTHING_TO_DO
    };
    kept &= self::kept(
        &format!("nothing to do, {FURTHER_TRAILS} further trails"),
        &setup(&world),
        &limits,
    );
    ExitCode::from(u8::from(!kept))
}

/// The first tries of the calls that a setup makes.
fn setup(world: &World) -> Vec<Call> {
    world.forget_calls();
    world.ecrmon(["setup", "--yes"]).exits(0);
    world
        .calls()
        .into_iter()
        .filter(|call| call.attempt == 1)
        .collect()
}

/// A trail that records ECR and delivers to a bucket alone.
fn add_trail(world: &World, number: usize) {
    let arn = format!(
        "arn:aws:cloudtrail:{}:{}:trail/further-{number}",
        world.region(),
        world.account()
    );
    let selectors =
        json!({"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true}]});
    world.add_trail(&json!({
        "trail": {"TrailARN": arn, "S3BucketName": "elsewhere"}, "selectors": selectors, "status": {"IsLogging": true},
    }));
}

/// Prints a row of the table, each figure beside its limit, and answers whether all are kept.
fn kept(name: &str, calls: &[Call], limits: &Limits) -> bool {
    let mutating = calls.iter().filter(|call| call.mutating).count();
    let figures = [
        (calls.len(), limits.calls),
        (mutating, limits.mutating),
        (calls::round_trips(calls), limits.round_trips),
    ];
    let [calls, mutating, round_trips] =
        figures.map(|(figure, limit)| format!("{figure} of {limit}"));
    println!("{name:<34}{calls:>12}{mutating:>12}{round_trips:>14}");
    figures.iter().all(|(figure, limit)| figure <= limit)
}
