//! What the tests of a plain stack share: its names, and short ways to set it up and to look at it.

use serde_json::Value;

use crate::support::calls;
use crate::support::clients::Clients;
use crate::support::world::World;

pub const TRAIL: &str = "ecr-monitor-trail";
pub const LOG_GROUP: &str = "/aws/cloudtrail/ecr-logs";
pub const DASHBOARD: &str = "ECR-Operations-Dashboard";

/// The teardown that leaves nothing.
pub const DELETE_ALL: [&str; 3] = ["teardown", "--yes", "--delete-logs"];

pub fn bucket(world: &World) -> String {
    format!("{TRAIL}-{}-{}", world.account(), world.region())
}

pub fn role(world: &World) -> String {
    format!("{TRAIL}-{}-logs", world.region())
}

/// The log group's key in the world's state.
pub fn log_group_key(world: &World) -> String {
    format!("{}:{LOG_GROUP}", world.region())
}

/// A world in which `setup --yes` with these further arguments has succeeded.
pub fn world_with(arguments: &[&str]) -> World {
    let world = World::new();
    set_up(&world, arguments);
    world
}

pub fn set_up(world: &World, arguments: &[&str]) {
    world
        .ecrmon([&["setup", "--yes"], arguments].concat())
        .exits(0);
}

/// A further `setup --yes` finds nothing to do and writes nothing.
#[track_caller]
pub fn changes_nothing(world: &World, arguments: &[&str]) {
    world.forget_calls();
    world
        .ecrmon([&["setup", "--yes"], arguments].concat())
        .exits(0)
        .prints("Nothing to do");
    wrote_nothing(world);
}

/// Since the world was made or its calls were forgotten.
#[track_caller]
pub fn wrote_nothing(world: &World) {
    assert_eq!(calls::names(&world.mutating_calls()), Vec::<String>::new());
}

/// The resources of the steps that a report as JSON lists under this key.
#[track_caller]
pub fn resources(report: &Value, key: &str) -> Vec<Value> {
    report[key]
        .as_array()
        .expect("a list")
        .iter()
        .map(|step| step["resource"].clone())
        .collect()
}

/// An empty world, and the state that an undisturbed `setup` would bring it to.
pub fn world_and_its_stack() -> (World, Value) {
    let world = world_with(&[]);
    let state = world.state();
    world.start_over();
    (world, state)
}

pub fn put_dashboard(world: &World, name: &str, body: &str) {
    let request = Clients::of(world)
        .cloudwatch
        .put_dashboard()
        .dashboard_name(name)
        .dashboard_body(body);
    world
        .block_on(request.send())
        .expect("the dashboard is put");
}

/// A person gives a widget of our dashboard another title.
pub fn edit_dashboard(world: &World) {
    let body = world.state()["dashboards"][DASHBOARD]
        .as_str()
        .expect("a body")
        .replace("Pulls", "Fetches");
    put_dashboard(world, DASHBOARD, &body);
}

/// Nothing of any kind is there.
pub fn is_empty(state: &Value) -> bool {
    let empty = |kind: &Value| {
        kind.as_array().is_some_and(Vec::is_empty)
            || kind.as_object().is_some_and(serde_json::Map::is_empty)
    };
    state
        .as_object()
        .is_some_and(|kinds| kinds.values().all(empty))
}
