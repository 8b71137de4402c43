//! `ecrmon teardown` that fails midway: what is said, and how it goes on.

use serde_json::json;

use crate::stack::{DELETE_ALL, LOG_GROUP, TRAIL, log_group_key, world_with};
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::proxy;
use crate::teardown::{OTHER_NAMES, empty_state};

#[test]
fn what_somebody_else_deletes_meanwhile_is_no_failure() {
    let world = world_with(&[]);
    let clients = Clients::of(&world);
    let fault = Fault::on_call("StopLogging", {
        let runtime = proxy::runtime();
        move || {
            runtime.block_on(async {
                clients
                    .cloudtrail
                    .delete_trail()
                    .name(TRAIL)
                    .send()
                    .await
                    .expect("delete the trail");
                let group = clients.logs.delete_log_group().log_group_name(LOG_GROUP);
                group.send().await.expect("delete the log group");
            });
        }
    });
    world.inject(fault.times(1));
    world.ecrmon(DELETE_ALL).exits(0);
    let state = world.state();
    assert_eq!(
        (&state["trails"], &state["log_groups"], &state["buckets"]),
        (&json!([]), &json!({}), &json!({}))
    );
}

#[test]
fn a_step_that_fails_leaves_the_later_ones_alone_and_says_how_to_go_on() {
    let world = world_with(&[]);
    world.inject(Fault::access_denied("DeleteTrail"));
    let teardown = world.ecrmon(DELETE_ALL);
    teardown
        .exits(1)
        .says("cannot delete trail `ecr-monitor-trail`")
        .says("cloudtrail:DeleteTrail")
        .prints("not tried");
    assert!(world.state()["log_groups"][log_group_key(&world)].is_object());
    world.clear_faults();
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state()["buckets"], json!({}));
}

#[test]
fn the_failure_as_json_says_what_was_done_what_failed_and_what_was_not_tried() {
    let world = world_with(&[]);
    world.inject(Fault::access_denied("DeleteTrail"));
    let outcome = world.ecrmon(["teardown", "--yes", "--output", "json"]);
    let outcome = outcome.exits(1).json();
    assert_eq!(outcome["done"][0]["resource"], "dashboard");
    assert_eq!(outcome["failed"][0]["resource"], "trail");
    assert_eq!(
        outcome["failed"][0]["error"],
        "cannot delete trail `ecr-monitor-trail`"
    );
    assert!(
        outcome["failed"][0]["hint"]
            .as_str()
            .is_some_and(|hint| hint.contains("cloudtrail:DeleteTrail")),
        "{outcome}"
    );
    assert_eq!(
        outcome["not_tried"]
            .as_array()
            .map(|steps| steps.iter().map(|step| &step["resource"]).collect()),
        Some(vec![&json!("role")])
    );
}

/// With the trail go the settings that it recorded.
#[test]
fn a_teardown_that_failed_after_the_trail_was_gone_says_the_command_that_ends_it() {
    let world = world_with(&OTHER_NAMES);
    world.inject(Fault::access_denied("DeleteDashboards|DeleteRole"));
    let failed = world.ecrmon(DELETE_ALL);
    failed.exits(1).says("cannot delete dashboard `ours`");
    world.clear_faults();
    let command = failed.stderr.lines().find_map(|line| {
        line.split('`')
            .find(|part| part.starts_with("ecrmon teardown"))
    });
    let command = command.unwrap_or_else(|| panic!("no command in:\n{failed}"));
    world
        .ecrmon(command.split(' ').skip(1).chain(["--yes", "--delete-logs"]))
        .exits(0);
    assert_eq!(world.state(), empty_state());
}
