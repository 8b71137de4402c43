//! `ecrmon teardown` beside what is not ours: it goes only where it is ours, whatever its name.

use serde_json::json;

use crate::stack::{DASHBOARD, DELETE_ALL, TRAIL, edit_dashboard, put_dashboard, role, world_with};
use crate::support::clients::Clients;
use crate::support::world::World;
use crate::trails::{make_bucket, make_log_group, silent};

/// A bucket, a log group, a role, a dashboard and a trail of somebody's.
fn with_foreign_resources() -> World {
    let world = World::new();
    let lambda = json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"});
    let trust = json!({"Version": "2012-10-17", "Statement": [lambda]}).to_string();
    let role = Clients::of(&world)
        .iam
        .create_role()
        .role_name("theirs")
        .assume_role_policy_document(trust);
    world.block_on(role.send()).expect("make a role");
    make_bucket(&world, "eu-west-1", &format!("theirs-{}", world.account()));
    put_dashboard(&world, "theirs", r#"{"widgets":[]}"#);
    make_log_group(&world, "eu-west-1", "/theirs");
    world.add_trail(&silent(&world, "theirs"));
    world
}

#[test]
fn teardown_leaves_nothing_that_setup_made_and_everything_it_did_not() {
    let world = with_foreign_resources();
    let before = world.state();
    world.ecrmon(["setup", "--yes", "--new-trail"]).exits(0);
    assert_ne!(world.state(), before);
    world.ecrmon(DELETE_ALL).exits(0).says("5 to delete");
    assert_eq!(world.state(), before);
}

#[test]
fn resources_under_our_names_without_our_tag_are_kept() {
    let world = world_with(&[]);
    let clients = Clients::of(&world);
    let group = format!(
        "arn:aws:logs:eu-west-1:{}:log-group:/aws/cloudtrail/ecr-logs",
        world.account()
    );
    world.block_on(async {
        let untagged = clients
            .logs
            .untag_resource()
            .resource_arn(group)
            .tag_keys("ecrmon:stack")
            .send();
        untagged.await.expect("untag the log group");
        let untagged = clients
            .iam
            .untag_role()
            .role_name(role(&world))
            .tag_keys("ecrmon:stack")
            .send();
        untagged.await.expect("untag the role");
    });
    let before = world.state();
    world
        .ecrmon(DELETE_ALL)
        .exits(0)
        .says("not made by this stack");
    let after = world.state();
    assert_eq!(
        (&after["log_groups"], &after["roles"]),
        (&before["log_groups"], &before["roles"])
    );
    assert_eq!(
        (&after["trails"], &after["buckets"], &after["dashboards"]),
        (&json!([]), &json!({}), &json!({}))
    );
}

#[test]
fn a_trail_under_our_name_without_our_tag_is_kept() {
    let world = World::new();
    world.add_trail(&silent(&world, TRAIL));
    let before = world.state();
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
}

#[test]
fn a_dashboard_of_another_stack_or_of_nobody_is_kept() {
    let world = world_with(&[]);
    let (ours, theirs) = (DASHBOARD, r#"{"widgets":[]}"#);
    world
        .ecrmon(["teardown", "--yes", "--trail", "another", "--delete-logs"])
        .exits(0);
    assert!(world.state()["dashboards"][ours].is_string());

    put_dashboard(&world, ours, theirs);
    world
        .ecrmon(DELETE_ALL)
        .exits(0)
        .says("not made by this stack");
    assert_eq!(world.state()["dashboards"], json!({ ours: theirs }));
}

#[test]
fn a_dashboard_that_was_edited_goes_and_the_plan_says_so() {
    let world = world_with(&[]);
    edit_dashboard(&world);
    world
        .ecrmon(["teardown", "--yes"])
        .exits(0)
        .says("edited by hand since ecrmon made it");
    assert_eq!(world.state()["dashboards"], json!({}));
}

#[test]
fn a_bucket_of_somebody_gives_back_our_statements_and_nothing_else() {
    let world = with_foreign_resources();
    let before = world.state();
    let theirs = format!("theirs-{}", world.account());
    world
        .ecrmon(["setup", "--yes", "--new-trail", "--bucket", &theirs])
        .exits(0);
    assert!(world.state()["buckets"][&theirs]["policy"].is_object());
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
}
