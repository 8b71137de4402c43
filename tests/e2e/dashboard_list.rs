//! `ecrmon dashboard list`, `delete` and `open`.

use serde_json::{Value, json};

use crate::stack::{DASHBOARD, edit_dashboard, put_dashboard, world_with, wrote_nothing};
use crate::support::calls;
use crate::support::fault::Fault;
use crate::support::world::World;

/// Ours as it was made, one of another stack, and one of a person's.
fn several() -> World {
    let world = world_with(&[]);
    world
        .ecrmon([
            "dashboard",
            "create",
            "--yes",
            "--trail",
            "other-trail",
            "--dashboard",
            "Other",
        ])
        .exits(0);
    put_dashboard(&world, "Theirs", r#"{"widgets":[]}"#);
    world.forget_calls();
    world
}

#[test]
fn a_list_tells_whose_each_dashboard_is() {
    let world = several();
    let list = world
        .ecrmon(["dashboard", "list", "--output", "json"])
        .exits(0)
        .json();
    let owners: Vec<(&Value, &Value)> = list["dashboards"]
        .as_array()
        .expect("dashboards")
        .iter()
        .map(|row| (&row["dashboard"], &row["owner"]))
        .collect();
    assert_eq!(
        owners,
        [
            (&json!(DASHBOARD), &json!("ours")),
            (&json!("Other"), &json!("other stack")),
            (&json!("Theirs"), &json!("foreign")),
        ]
    );
    assert!(
        list["dashboards"][0]["size_bytes"].as_i64() > Some(1000),
        "{list:#}"
    );
    assert!(list["dashboards"][0]["modified"].is_string(), "{list:#}");
    edit_dashboard(&world);
    world
        .ecrmon(["dashboard", "list"])
        .exits(0)
        .prints("ours, edited by hand")
        .prints("of stack other-trail in eu-west-1");
    world
        .ecrmon(["dashboard", "list", "--output", "csv"])
        .exits(0)
        .prints("dashboard,size_bytes,modified,owner,stack,stack_region,hidden\n");
}

#[test]
fn a_list_asks_for_the_names_once_and_for_each_body_once() {
    let world = several();
    world.ecrmon(["dashboard", "list"]).exits(0);
    let mut calls = calls::names(&world.calls());
    calls.sort();
    assert_eq!(
        calls,
        [
            "cloudwatch:GetDashboard",
            "cloudwatch:GetDashboard",
            "cloudwatch:GetDashboard",
            "cloudwatch:ListDashboards",
            "sts:GetCallerIdentity",
        ]
    );
}

#[test]
fn a_dashboard_whose_body_is_hidden_is_listed_and_its_owner_unknown() {
    let world = several();
    world.inject(Fault::access_denied("GetDashboard").times(1));
    let list = world
        .ecrmon(["dashboard", "list", "--output", "json"])
        .exits(5)
        .json();
    let unknown = list["dashboards"].as_array().expect("dashboards").iter();
    let unknown: Vec<&Value> = unknown.filter(|row| row["owner"].is_null()).collect();
    assert_eq!(unknown.len(), 1, "{list:#}");
    let why = unknown[0]["hidden"].as_str().expect("a reason");
    assert!(why.contains("cloudwatch:GetDashboard"), "{why}");
}

#[test]
fn an_account_without_dashboards_is_said_to_have_none() {
    World::new()
        .ecrmon(["dashboard", "list"])
        .exits(0)
        .prints("There is no dashboard in this account.");
}

#[test]
fn what_ecrmon_made_is_deleted_and_nothing_else() {
    let world = several();
    world
        .ecrmon(["dashboard", "delete", "--dry-run"])
        .exits(0)
        .prints("- dashboard  ECR-Operations-Dashboard");
    wrote_nothing(&world);
    world
        .ecrmon(["dashboard", "delete", "--yes"])
        .exits(0)
        .prints("deleted");
    assert_eq!(
        calls::names(&world.mutating_calls()),
        ["cloudwatch:DeleteDashboards"]
    );
    let left = world.state()["dashboards"].clone();
    let left: Vec<&String> = left.as_object().expect("dashboards").keys().collect();
    assert_eq!(left, ["Other", "Theirs"]);
    world
        .ecrmon(["dashboard", "delete", "--yes"])
        .exits(0)
        .prints("Nothing to do: there is no dashboard `ECR-Operations-Dashboard`.");
}

#[test]
fn what_was_edited_or_is_not_ours_is_not_deleted_and_the_way_out_is_said() {
    let world = several();
    edit_dashboard(&world);
    world.forget_calls();
    for (name, why, way_out) in [
        (
            DASHBOARD,
            "was edited by hand since ecrmon made it",
            "--overwrite",
        ),
        (
            "Other",
            "belongs to stack `other-trail` in eu-west-1",
            "--trail other-trail --region eu-west-1",
        ),
        (
            "Theirs",
            "was not made by ecrmon",
            "aws cloudwatch delete-dashboards",
        ),
    ] {
        world
            .ecrmon(["dashboard", "delete", name, "--yes"])
            .exits(1)
            .says(why)
            .says(way_out);
    }
    wrote_nothing(&world);
    world
        .ecrmon([
            "dashboard",
            "delete",
            "Other",
            "--yes",
            "--trail",
            "other-trail",
        ])
        .exits(0);
}

#[test]
fn a_delete_asks_first() {
    let world = several();
    world
        .ecrmon(["dashboard", "delete"])
        .exits(2)
        .says("there is no terminal to ask at");
    let mut terminal = world.terminal(["dashboard", "delete"]);
    terminal.awaits("Delete?");
    terminal.types("n");
    terminal.finish().exits(1);
    wrote_nothing(&world);
}

#[test]
fn the_address_in_the_console_is_printed_and_nothing_else_is_done() {
    let world = World::new();
    for (region, address) in [
        (
            "eu-west-1",
            "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/Mine\n",
        ),
        (
            "cn-north-1",
            "https://cn-north-1.console.amazonaws.cn/cloudwatch/home?region=cn-north-1#dashboards/dashboard/Mine\n",
        ),
        (
            "us-gov-west-1",
            "https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#dashboards/dashboard/Mine\n",
        ),
    ] {
        let open = world.ecrmon(["dashboard", "open", "Mine", "--region", region]);
        assert_eq!(open.exits(0).stdout, address);
    }
    world
        .ecrmon([
            "dashboard",
            "open",
            "Mine",
            "--region",
            "eu-west-1,us-east-1",
        ])
        .exits(2)
        .says("this command acts in one region");
    world
        .ecrmon(["dashboard", "open", "Mine", "--region", "us-iso-east-1"])
        .exits(1)
        .says("the address of the console in the partition `aws-iso` is not known");
    assert!(world.calls().is_empty());
}

#[test]
fn without_a_name_the_dashboard_of_the_stack_is_meant() {
    let world = world_with(&["--dashboard", "watch"]);
    world
        .ecrmon(["dashboard", "open"])
        .exits(0)
        .prints("#dashboards/dashboard/watch\n");
    world
        .ecrmon(["dashboard", "show"])
        .exits(0)
        .prints("watch, ");
    world
        .ecrmon(["dashboard", "delete", "--dry-run"])
        .exits(0)
        .prints("- dashboard  watch");
    let world = world_with(&["--no-dashboard"]);
    for command in ["open", "show", "delete"] {
        world
            .ecrmon(["dashboard", command])
            .exits(1)
            .says("this stack was set up without a dashboard");
    }
}
