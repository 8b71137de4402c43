//! `ecrmon status` where something is wrong: what it is, and the worst comes first.

use serde_json::{Value, json};

use crate::stack::{DASHBOARD, LOG_GROUP, TRAIL};
use crate::status::{deliver, set_up, states};
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;
use crate::trails::{covering, seconds_ago, silent};

fn set(world: &World, fields: &Value) {
    world.set_trail_status(world.region(), TRAIL, fields);
}

fn stop_logging(world: &World) {
    let cloudtrail = Clients::of(world).cloudtrail;
    world
        .block_on(cloudtrail.stop_logging().name(TRAIL).send())
        .expect("stop logging");
}

#[track_caller]
fn begins_with(status: &Transcript, worst: &str) {
    assert!(
        status.stdout.starts_with(worst),
        "the worst is not first:\n{status}"
    );
}

#[test]
fn logging_that_was_stopped_is_told_with_who_stopped_it() {
    let world = set_up();
    stop_logging(&world);
    let status = world.ecrmon(["status"]);
    status
        .exits(3)
        .prints("not logging, stopped ")
        .prints(" ago by ");
    begins_with(&status, "✗ trail");

    world.ecrmon(["setup", "--yes"]).exits(0);
    deliver(&world, TRAIL);
    world.ecrmon(["status"]).exits(0);
}

#[test]
fn a_stop_is_told_without_who_where_the_history_is_not_allowed() {
    let world = set_up();
    stop_logging(&world);
    world.inject(Fault::access_denied("LookupEvents"));
    world
        .ecrmon(["status"])
        .exits(3)
        .prints("not logging, stopped ")
        .does_not_print(" ago by ");
}

#[test]
fn errors_of_delivery_are_unhealthy_and_come_first() {
    for (field, resource) in [
        ("LatestDeliveryError", "bucket"),
        ("LatestCloudWatchLogsDeliveryError", "log group"),
    ] {
        let world = set_up();
        set(&world, &json!({ field: "AccessDenied" }));
        let status = world.ecrmon(["status"]);
        status.exits(3).prints("delivery fails: AccessDenied");
        begins_with(&status, &format!("✗ {resource}"));
    }
}

#[test]
fn silence_for_longer_than_max_age_is_unhealthy() {
    let world = set_up();
    set(
        &world,
        &json!({"LatestDeliveryTime": seconds_ago(3 * 3600 + 5)}),
    );
    world
        .ecrmon(["status"])
        .exits(0)
        .prints("last delivery 3 h ago");
    world.ecrmon(["status", "--max-age", "4h"]).exits(0);
    world
        .ecrmon(["status", "--max-age", "2h"])
        .exits(3)
        .prints("last delivery 3 h ago, longer than --max-age");
    world
        .ecrmon(["status", "--max-age", "soon"])
        .exits(2)
        .says("cannot read `soon` as a span");
}

#[test]
fn a_trail_that_never_delivered_is_unhealthy_once_it_had_the_time() {
    let world = set_up();
    set(
        &world,
        &json!({"LatestDeliveryTime": null, "LatestCloudWatchLogsDeliveryTime": null}),
    );
    let json = world.ecrmon(["status", "--output", "json"]);
    // The log group has the time since its role was made, which is now.
    assert_eq!(
        states(json.exits(3))[..2],
        ["bucket failing", "log group waiting"]
    );
}

#[test]
fn drift_is_unhealthy_and_names_the_fields() {
    let world = set_up();
    let logs = Clients::of(&world).logs;
    let request = logs
        .put_retention_policy()
        .log_group_name(LOG_GROUP)
        .retention_in_days(1);
    world
        .block_on(request.send())
        .expect("change the retention");
    let status = world.ecrmon(["status"]);
    status.exits(3).prints("not as wanted: retention");
    begins_with(&status, "! log group");
}

#[test]
fn what_is_missing_is_told_for_each_resource() {
    let world = set_up();
    let clients = Clients::of(&world);
    world.block_on(async {
        let logs = clients
            .logs
            .delete_log_group()
            .log_group_name(LOG_GROUP)
            .send();
        logs.await.expect("delete the log group");
        let dashboard = clients
            .cloudwatch
            .delete_dashboards()
            .dashboard_names(DASHBOARD)
            .send();
        dashboard.await.expect("delete the dashboard");
    });
    let json = world.ecrmon(["status", "--output", "json"]);
    let expected = [
        "log group missing",
        "dashboard missing",
        "trail ok",
        "bucket ok",
        "role ok",
    ];
    assert_eq!(states(json.exits(3)), expected);
}

#[test]
fn the_log_group_of_an_adopted_trail_can_be_missing() {
    let world = World::new();
    covering(&world, "audit");
    let logs = Clients::of(&world).logs;
    world
        .block_on(logs.delete_log_group().log_group_name("/audit").send())
        .expect("delete the log group");
    let json = world.ecrmon(["status", "--output", "json"]);
    assert_eq!(
        states(json.exits(3))[..2],
        ["log group missing", "dashboard missing"]
    );
}

#[test]
fn a_status_that_is_hidden_is_unhealthy_because_nobody_can_tell() {
    let world = World::new();
    let mut audit = silent(&world, "audit");
    world.add_trail(&audit);
    world
        .ecrmon(["setup", "--yes", "--attach", "audit", "--no-dashboard"])
        .exits(0);
    audit["trail"] = crate::trails::trail(&world, "audit")["description"].clone();
    audit["status"] = json!({"error": "AccessDeniedException"});
    world.add_trail(&audit);
    world
        .ecrmon(["status"])
        .exits(3)
        .prints("cannot tell: `cloudtrail:GetTrailStatus` is not allowed");
}
