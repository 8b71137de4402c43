//! `ecrmon teardown`: what setup made goes, everything else stays.

use serde_json::{Value, json};

use crate::support::calls::names;
use crate::support::clients::Clients;
use crate::support::world::World;
use crate::trails::{OUR_TRAIL, make_log_group, seconds_ago, silent};

const DELETE_ALL: [&str; 3] = ["teardown", "--yes", "--delete-logs"];
const LOG_GROUP: &str = "eu-west-1:/aws/cloudtrail/ecr-logs";

pub fn set_up() -> World {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0);
    world
}

pub fn bucket(world: &World) -> String {
    format!("{OUR_TRAIL}-{}-{}", world.account(), world.region())
}

/// A bucket, a log group, a role, a dashboard and a trail of somebody's.
fn with_foreign_resources() -> World {
    let world = World::new();
    let clients = Clients::of(&world);
    let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint("eu-west-1".into())
        .build();
    let lambda = json!({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"});
    let trust = json!({"Version": "2012-10-17", "Statement": [lambda]}).to_string();
    world.block_on(async {
        let bucket = format!("theirs-{}", world.account());
        let made = clients
            .s3
            .create_bucket()
            .bucket(bucket)
            .create_bucket_configuration(place)
            .send();
        made.await.expect("make a bucket");
        let role = clients
            .iam
            .create_role()
            .role_name("theirs")
            .assume_role_policy_document(trust);
        role.send().await.expect("make a role");
        let dashboard = clients
            .cloudwatch
            .put_dashboard()
            .dashboard_name("theirs")
            .dashboard_body(r#"{"widgets":[]}"#);
        dashboard.send().await.expect("make a dashboard");
    });
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
fn bucket_and_log_group_stay_and_a_later_setup_takes_them_up_again() {
    let world = set_up();
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
    let world = set_up();
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
        .types(OUR_TRAIL);
    terminal.finish().exits(0);
    assert_eq!(world.state()["trails"], json!([]));
}

#[test]
fn without_a_terminal_teardown_needs_yes() {
    let world = set_up();
    let before = world.state();
    world.forget_calls();
    world.ecrmon(["teardown"]).exits(2).says("--yes");
    assert_eq!(names(&world.mutating_calls()), Vec::<String>::new());
    assert_eq!(world.state(), before);
}

#[test]
fn a_dry_run_shows_what_would_go_and_a_check_says_that_something_would() {
    let world = set_up();
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
    let world = set_up();
    world.ecrmon(DELETE_ALL).exits(0);
    world.forget_calls();
    world
        .ecrmon(DELETE_ALL)
        .exits(0)
        .prints("Nothing to do: there is nothing of this stack.");
    assert_eq!(names(&world.mutating_calls()), Vec::<String>::new());
}

#[test]
fn what_somebody_else_deletes_meanwhile_is_no_failure() {
    let world = set_up();
    let clients = Clients::of(&world);
    let fault = crate::support::fault::Fault::on_call("StopLogging", {
        let runtime = crate::support::proxy::runtime();
        move || {
            runtime.block_on(async {
                clients
                    .cloudtrail
                    .delete_trail()
                    .name(OUR_TRAIL)
                    .send()
                    .await
                    .expect("delete the trail");
                let group = clients
                    .logs
                    .delete_log_group()
                    .log_group_name("/aws/cloudtrail/ecr-logs");
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
fn the_trail_goes_first_and_nothing_is_ever_searched_for() {
    let world = set_up();
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
fn resources_under_our_names_without_our_tag_are_kept() {
    let world = set_up();
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
        let role = format!("{OUR_TRAIL}-eu-west-1-logs");
        let untagged = clients
            .iam
            .untag_role()
            .role_name(role)
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
fn a_trail_under_our_name_without_our_tag_is_kept_with_its_bucket_permissions() {
    let world = World::new();
    world.add_trail(&silent(&world, OUR_TRAIL));
    let before = world.state();
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
}

#[test]
fn a_dashboard_of_another_stack_or_of_nobody_is_kept() {
    let world = set_up();
    let (ours, theirs) = ("ECR-Operations-Dashboard", r#"{"widgets":[]}"#);
    world
        .ecrmon(["teardown", "--yes", "--trail", "another", "--delete-logs"])
        .exits(0);
    assert!(world.state()["dashboards"][ours].is_string());

    let put = Clients::of(&world)
        .cloudwatch
        .put_dashboard()
        .dashboard_name(ours)
        .dashboard_body(theirs);
    world.block_on(put.send()).expect("replace the dashboard");
    world
        .ecrmon(DELETE_ALL)
        .exits(0)
        .says("not made by this stack");
    assert_eq!(world.state()["dashboards"], json!({ ours: theirs }));
}

#[test]
fn a_dashboard_that_was_edited_goes_and_the_plan_says_so() {
    let world = set_up();
    let name = "ECR-Operations-Dashboard";
    let body = world.state()["dashboards"][name]
        .as_str()
        .expect("a body")
        .replace("Pulls", "Fetches");
    let put = Clients::of(&world)
        .cloudwatch
        .put_dashboard()
        .dashboard_name(name)
        .dashboard_body(body);
    world.block_on(put.send()).expect("edit the dashboard");
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

#[test]
fn the_outcome_as_json_names_what_was_done() {
    let world = set_up();
    let outcome = world.ecrmon(["teardown", "--yes", "--output", "json"]);
    let outcome = outcome.exits(0).json();
    let resources = |field: &str| -> Vec<Value> {
        outcome[field]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["resource"].clone())
            .collect()
    };
    assert_eq!(
        resources("plan"),
        ["dashboard", "trail", "role", "log group", "bucket"]
    );
    assert_eq!(resources("done"), ["dashboard", "trail", "role"]);
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
fn a_step_that_fails_leaves_the_later_ones_alone_and_says_how_to_go_on() {
    let world = set_up();
    world.inject(crate::support::fault::Fault::access_denied("DeleteTrail"));
    let teardown = world.ecrmon(DELETE_ALL);
    teardown
        .exits(1)
        .says("cannot delete trail `ecr-monitor-trail`")
        .says("cloudtrail:DeleteTrail")
        .prints("not tried");
    assert!(world.state()["log_groups"][LOG_GROUP].is_object());
    world.clear_faults();
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state()["buckets"], json!({}));
}

#[test]
fn a_name_that_was_given_to_setup_is_found_again_without_it() {
    let world = World::new();
    let names = [
        "--log-group",
        "/ours",
        "--role",
        "our-role",
        "--dashboard",
        "ours",
        "--retention",
        "30",
    ];
    world
        .ecrmon(["setup", "--yes"].iter().chain(&names))
        .exits(0);
    world.set_trail_status(
        "eu-west-1",
        OUR_TRAIL,
        &json!({"LatestDeliveryTime": seconds_ago(60)}),
    );
    world.ecrmon(DELETE_ALL).exits(0);
    let empty =
        json!({"buckets": {}, "dashboards": {}, "log_groups": {}, "roles": {}, "trails": []});
    assert_eq!(world.state(), empty);
}

#[test]
fn the_failure_as_json_says_what_was_done_what_failed_and_what_was_not_tried() {
    let world = set_up();
    world.inject(crate::support::fault::Fault::access_denied("DeleteTrail"));
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
    let world = World::new();
    let names = [
        "--log-group",
        "/ours",
        "--role",
        "our-role",
        "--dashboard",
        "ours",
    ];
    world
        .ecrmon(["setup", "--yes"].iter().chain(&names))
        .exits(0);
    world.inject(crate::support::fault::Fault::access_denied(
        "DeleteDashboards|DeleteRole",
    ));
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
    let empty =
        json!({"buckets": {}, "dashboards": {}, "log_groups": {}, "roles": {}, "trails": []});
    assert_eq!(world.state(), empty);
}
