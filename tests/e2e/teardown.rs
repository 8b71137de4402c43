//! `ecrmon teardown`: what setup made goes, after a question, and what it keeps a later setup takes up again.

use serde_json::{Value, json};

use crate::stack::{DELETE_ALL, TRAIL, resources, world_with, wrote_nothing};
use crate::support::calls::names;
use crate::trails::seconds_ago;

/// Other names than setup would choose.
pub const OTHER_NAMES: [&str; 6] = [
    "--log-group",
    "/ours",
    "--role",
    "our-role",
    "--dashboard",
    "ours",
];

/// Of an account in which there is nothing.
pub fn empty_state() -> Value {
    json!({"buckets": {}, "dashboards": {}, "log_groups": {}, "roles": {}, "trails": []})
}

#[test]
fn bucket_and_log_group_stay_and_a_later_setup_takes_them_up_again() {
    let world = world_with(&[]);
    let before = world.state();
    world
        .ecrmon(["teardown", "--yes"])
        .exits(0)
        .says("holds the history; `--delete-logs` deletes it");
    let mut left = before.clone();
    left["trails"] = json!([]);
    left["roles"] = json!({});
    left["dashboards"] = json!({});
    assert_eq!(world.state(), left);

    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .says("3 to create, 2 to keep");
    assert_eq!(world.state(), before);
}

#[test]
fn a_terminal_asks_for_the_name_of_the_trail() {
    let world = world_with(&[]);
    let before = world.state();
    for wrong in ["y", "yes", "", "ecr-monitor"] {
        let mut terminal = world.terminal(["teardown"]);
        terminal
            .awaits("Type the trail's name, ecr-monitor-trail, to go on:")
            .types(wrong);
        terminal.finish().exits(1).prints("nothing was changed");
        assert_eq!(world.state(), before, "after {wrong:?}");
    }
    let mut terminal = world.terminal(["teardown", "--delete-logs"]);
    terminal
        .awaits("every event in it is deleted for good")
        .awaits("Type the trail's name")
        .types(TRAIL);
    terminal.finish().exits(0);
    assert_eq!(world.state()["trails"], json!([]));
}

#[test]
fn without_a_terminal_teardown_needs_yes() {
    let world = world_with(&[]);
    let before = world.state();
    world.forget_calls();
    world.ecrmon(["teardown"]).exits(2).says("--yes");
    wrote_nothing(&world);
    assert_eq!(world.state(), before);
}

#[test]
fn a_dry_run_shows_what_would_go_and_a_check_says_that_something_would() {
    let world = world_with(&[]);
    let before = world.state();
    world
        .ecrmon(["teardown", "--dry-run", "--delete-logs"])
        .exits(0)
        .prints("5 to delete")
        .prints("deleted for good");
    world
        .ecrmon(["teardown", "--check"])
        .exits(3)
        .prints("3 to delete, 2 to keep");
    assert_eq!(world.state(), before);
    world.ecrmon(DELETE_ALL).exits(0);
    world.ecrmon(["teardown", "--check"]).exits(0);
}

#[test]
fn deleting_what_is_gone_succeeds() {
    let world = world_with(&[]);
    world.ecrmon(DELETE_ALL).exits(0);
    world.forget_calls();
    world
        .ecrmon(DELETE_ALL)
        .exits(0)
        .prints("Nothing to do: there is nothing of this stack.");
    wrote_nothing(&world);
}

#[test]
fn the_trail_goes_first_and_nothing_is_ever_searched_for() {
    let world = world_with(&[]);
    world.forget_calls();
    world.ecrmon(DELETE_ALL).exits(0);
    let mutating = names(&world.mutating_calls());
    let position = |call: &str| {
        mutating
            .iter()
            .position(|name| name == call)
            .unwrap_or_else(|| panic!("no {call}"))
    };
    assert!(
        position("cloudtrail:StopLogging") < position("cloudtrail:DeleteTrail"),
        "{mutating:?}"
    );
    for later in ["iam:DeleteRole", "logs:DeleteLogGroup", "s3:DeleteBucket"] {
        assert!(
            position("cloudtrail:DeleteTrail") < position(later),
            "{mutating:?}"
        );
    }
    for call in names(&world.calls()) {
        let searches = [
            "s3:ListBuckets",
            "iam:ListRoles",
            "cloudtrail:ListTrails",
            "cloudwatch:ListDashboards",
        ];
        assert!(
            !searches.contains(&call.as_str()) && !call.starts_with("tagging:"),
            "searched the account: {call}"
        );
    }
}

#[test]
fn the_outcome_as_json_names_what_was_done() {
    let world = world_with(&[]);
    let outcome = world.ecrmon(["teardown", "--yes", "--output", "json"]);
    let outcome = outcome.exits(0).json();
    assert_eq!(
        resources(&outcome, "plan"),
        ["dashboard", "trail", "role", "log group", "bucket"]
    );
    assert_eq!(resources(&outcome, "done"), ["dashboard", "trail", "role"]);
    assert_eq!(
        (&outcome["failed"], &outcome["not_tried"]),
        (&json!([]), &json!([]))
    );
    assert_eq!(outcome["account"], world.account());
    let actions: Vec<_> = outcome["plan"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|step| step["action"].clone())
        .collect();
    assert_eq!(actions, ["delete", "delete", "delete", "keep", "keep"]);
}

#[test]
fn a_name_that_was_given_to_setup_is_found_again_without_it() {
    let world = world_with(&[&OTHER_NAMES[..], &["--retention", "30"]].concat());
    world.set_trail_status(
        "eu-west-1",
        TRAIL,
        &json!({"LatestDeliveryTime": seconds_ago(60)}),
    );
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), empty_state());
}
