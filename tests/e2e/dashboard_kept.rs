//! Dashboards that are there: which are ours, what is an edit and what is none, how changes and complaints are told.

use serde_json::json;

use crate::dashboards::{body, titles};
use crate::stack::{DASHBOARD, changes_nothing, put_dashboard, set_up, world_with};
use crate::support::world::World;

#[test]
fn a_dashboard_of_an_older_ecrmon_is_ours_and_brought_up_to_date() {
    let world = world_with(&["--no-dashboard"]);
    put_dashboard(&world, DASHBOARD, include_str!("dashboard_before.json"));
    world
        .ecrmon(["dashboard", "list"])
        .exits(0)
        .prints("ours")
        .does_not_print("edited");
    set_up(&world, &["--dashboard", DASHBOARD]);
    assert!(titles(&body(&world)).contains(&"Recent pushes".to_owned()));
    changes_nothing(&world, &[]);
}

#[test]
fn a_plan_tells_of_each_widget_that_changes_by_its_title() {
    let world = world_with(&[]);
    let mut edited = body(&world);
    edited["widgets"]
        .as_array_mut()
        .expect("widgets")
        .retain(|widget| widget["properties"]["title"] != "Deletions");
    let pulls = edited["widgets"][1].as_object_mut().expect("a widget");
    pulls["properties"]["title"] = json!("Fetches");
    put_dashboard(&world, DASHBOARD, &edited.to_string());
    let plan = world.ecrmon(["dashboard", "create", "--dry-run", "--overwrite"]);
    plan.exits(0)
        .prints("Fetches")
        .prints("Pulls per repository")
        .prints("Deletions")
        .does_not_print("Denied calls")
        .does_not_print("header");
}

#[test]
fn order_and_defaults_that_the_console_spells_out_are_no_edit() {
    let world = world_with(&[]);
    let mut saved = body(&world);
    saved["widgets"].as_array_mut().expect("widgets").reverse();
    for widget in saved["widgets"].as_array_mut().expect("widgets") {
        if widget["type"] == "metric" {
            widget["properties"]["stat"] = json!("Average");
            widget["properties"]["liveData"] = json!(false);
        }
    }
    put_dashboard(&world, DASHBOARD, &saved.to_string());
    world
        .ecrmon(["setup", "--check"])
        .exits(0)
        .does_not_print("edited by hand");
    changes_nothing(&world, &[]);
}

#[test]
fn warnings_of_cloudwatch_are_told_with_the_title_of_the_widget() {
    let world = World::new();
    let message =
        json!({"DataPath": "/widgets/1/properties/metrics/0", "Message": "Should be shorter"});
    world.arrange("dashboard-warnings", &json!({"messages": [message]}));
    world
        .ecrmon(["dashboard", "create", "--yes"])
        .exits(0)
        .says("warning: CloudWatch on widget `Pulls per repository`: Should be shorter (`properties/metrics/0`)");
}

#[test]
fn a_refusal_of_cloudwatch_is_told_with_the_title_of_the_widget() {
    let world = World::new();
    let message = json!({"DataPath": "/widgets/1/properties/view", "Message": "Should be another"});
    world.arrange(
        "dashboard-warnings",
        &json!({"messages": [message], "refuse": true}),
    );
    world
        .ecrmon(["dashboard", "create", "--yes"])
        .exits(1)
        .says("cannot create dashboard `ECR-Operations-Dashboard`")
        .says("widget `Pulls per repository`: Should be another (`properties/view`)")
        .says("hint:");
}
