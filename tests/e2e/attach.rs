//! `--attach`: a person's trail is given our log group and role, nothing else, and gives them back.

use serde_json::{Value, json};

use crate::stack::DELETE_ALL;
use crate::support::world::World;
use crate::trails::{changes_of_trails, delivering, organization, silent, trail, trail_arn};

/// A world with a trail `audit` that delivers to no log group.
fn with_audit() -> World {
    let world = World::new();
    world.add_trail(&silent(&world, "audit"));
    world
}

/// What a trail is like apart from where it delivers its events as logs.
fn apart_from_logs(mut trail: Value) -> Value {
    for field in ["CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"] {
        trail["description"]
            .as_object_mut()
            .expect("a description")
            .remove(field);
    }
    trail
}

#[test]
fn an_attached_trail_gets_two_fields_and_is_as_it_was_after_teardown() {
    let world = with_audit();
    let before = world.state();
    world
        .ecrmon(["setup", "--yes", "--attach", "audit"])
        .exits(0)
        .says("gets our log group and role alone");
    let attached = trail(&world, "audit");
    let group = format!(
        "arn:aws:logs:eu-west-1:{}:log-group:/aws/cloudtrail/ecr-logs:*",
        world.account()
    );
    assert_eq!(attached["description"]["CloudWatchLogsLogGroupArn"], group);
    assert_eq!(apart_from_logs(attached), before["trails"][0]);
    assert_eq!(changes_of_trails(&world), ["UpdateTrail"]);

    world.forget_calls();
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .prints("Nothing to do: all 4 resources are as wanted.");
    world.ecrmon(["setup", "--check"]).exits(0);
    world.ecrmon(["status"]).exits(0);
    assert_eq!(world.mutating_calls().len(), 0);

    world
        .ecrmon(DELETE_ALL)
        .exits(0)
        .says("gives up our log group and role");
    assert_eq!(world.state(), before);
}

#[test]
fn an_arn_attaches_as_well_and_a_second_time_changes_nothing() {
    let world = with_audit();
    let arn = trail_arn(&world, "audit");
    world.ecrmon(["setup", "--yes", "--attach", &arn]).exits(0);
    world.forget_calls();
    world
        .ecrmon(["setup", "--yes", "--attach", &arn])
        .exits(0)
        .prints("Nothing to do");
    assert_eq!(world.mutating_calls().len(), 0);
}

#[test]
fn names_and_retention_given_with_attach_are_remembered_by_the_role() {
    let world = with_audit();
    let before = world.state();
    let names = [
        "--log-group",
        "/ours",
        "--role",
        "our-role",
        "--retention",
        "30",
        "--role-path",
        "/made/",
    ];
    let attach = ["setup", "--yes", "--attach", "audit", "--no-dashboard"];
    world.ecrmon(attach.into_iter().chain(names)).exits(0);
    let state = world.state();
    assert_eq!(state["log_groups"]["eu-west-1:/ours"]["retention"], 30);
    let tags = &state["roles"]["our-role"]["tags"];
    assert_eq!(
        (&tags["ecrmon:log-group"], &tags["ecrmon:retention"]),
        (&json!("/ours"), &json!("30"))
    );

    world.forget_calls();
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .prints("Nothing to do: all 3 resources are as wanted.");
    world.ecrmon(["status"]).exits(0).prints("/ours");
    assert_eq!(world.mutating_calls().len(), 0);
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
}

#[test]
fn detaching_comes_before_the_role_goes() {
    let world = with_audit();
    world
        .ecrmon(["setup", "--yes", "--attach", "audit", "--no-dashboard"])
        .exits(0);
    world.forget_calls();
    world.ecrmon(["teardown", "--yes"]).exits(0);
    let calls = crate::support::calls::names(&world.mutating_calls());
    assert_eq!(
        calls,
        [
            "cloudtrail:UpdateTrail",
            "iam:DeleteRolePolicy",
            "iam:DeleteRole"
        ]
    );
}

#[test]
fn a_trail_that_was_pointed_elsewhere_meanwhile_keeps_what_it_names() {
    let world = with_audit();
    world
        .ecrmon(["setup", "--yes", "--attach", "audit", "--no-dashboard"])
        .exits(0);
    let role = trail(&world, "audit")["description"]["CloudWatchLogsRoleArn"].clone();
    let mut elsewhere = delivering(&world, "audit", world.region(), world.account());
    elsewhere["trail"]["CloudWatchLogsRoleArn"] = role;
    world.add_trail(&elsewhere);
    let before = world.state();
    world
        .ecrmon(["teardown", "--yes"])
        .exits(0)
        .prints("trail `audit` uses it");
    assert_eq!(world.state(), before);
}

/// Attaching ends with 2 and this reason, and nothing was written.
#[track_caller]
fn refuses(world: &World, arguments: &[&str], reason: &str) {
    let before = world.state();
    world
        .ecrmon(["setup", "--yes"].iter().chain(arguments))
        .exits(2)
        .says(reason)
        .says("hint: ");
    assert_eq!(world.state(), before);
    assert_eq!(world.mutating_calls().len(), 0);
}

#[test]
fn a_trail_that_is_not_there_cannot_be_attached() {
    refuses(
        &with_audit(),
        &["--attach", "missing"],
        "there is no trail `missing` to attach to",
    );
}

#[test]
fn an_organisation_trail_cannot_be_attached() {
    let world = World::new();
    world.add_trail(&organization(&world, "org"));
    refuses(
        &world,
        &["--attach", "org"],
        "trail `org` cannot be given our log group: an organisation trail",
    );
}

#[test]
fn a_trail_that_delivers_already_cannot_be_attached() {
    let world = World::new();
    world.add_trail(&delivering(&world, "audit", world.region(), "999988887777"));
    refuses(
        &world,
        &["--attach", "audit"],
        "it names a log group or a role already",
    );
}

#[test]
fn a_trail_is_attached_from_its_home_region_alone() {
    let why = "its home region is eu-west-1: run there, with `--region eu-west-1`";
    refuses(
        &with_audit(),
        &["--attach", "audit", "--region", "us-east-1"],
        why,
    );
}

#[test]
fn a_second_trail_is_neither_attached_nor_made_beside_an_attached_one() {
    let world = with_audit();
    world.add_trail(&silent(&world, "second"));
    world
        .ecrmon(["setup", "--yes", "--attach", "audit"])
        .exits(0);
    world.forget_calls();
    let why = "trail `audit` delivers to this stack's log group already";
    refuses(&world, &["--attach", "second"], why);
    refuses(&world, &["--new-trail"], why);
}

#[test]
fn attaching_and_making_a_new_trail_exclude_each_other() {
    let world = with_audit();
    world
        .ecrmon(["setup", "--attach", "audit", "--new-trail"])
        .exits(2)
        .says("cannot be used with");
    assert_eq!(world.calls().len(), 0);
}
