//! `ecrmon setup` from nothing and again, and the ways to look before it leaps. Names and regions are in `names`.

use serde_json::json;

use crate::stack::{self, changes_nothing, is_empty, resources, world_with, wrote_nothing};
use crate::support::calls;
use crate::support::fault::Fault;
use crate::support::world::World;

#[test]
fn a_first_setup_creates_everything_and_a_second_one_changes_nothing() {
    let world = World::new();
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .prints("created")
        .says("ecrmon status");
    changes_nothing(&world, &[]);
    world.ecrmon(["status"]).exits(0).prints("logging");
}

#[test]
fn a_dry_run_shows_the_plan_and_changes_nothing() {
    let world = World::new();
    world
        .ecrmon(["setup", "--dry-run"])
        .exits(0)
        .prints("Plan: 5 to create")
        .prints("Cost");
    wrote_nothing(&world);
    assert!(is_empty(&world.state()));
}

#[test]
fn a_check_exits_3_before_setup_and_0_after_it() {
    let world = World::new();
    world
        .ecrmon(["setup", "--check"])
        .exits(3)
        .prints("Plan: 5 to create");
    assert!(is_empty(&world.state()));
    stack::set_up(&world, &[]);
    world
        .ecrmon(["setup", "--check"])
        .exits(0)
        .prints("5 to keep");
}

#[test]
fn setup_without_terminal_and_yes_is_a_usage_error_and_writes_nothing() {
    let world = World::new();
    world
        .ecrmon(["setup"])
        .exits(2)
        .says("there is no terminal to ask at")
        .says("--yes")
        .says("Plan: 5 to create");
    world.command().args(["setup"]).input("y\n").run().exits(2);
    wrote_nothing(&world);
}

#[test]
fn nothing_is_written_before_the_plan_is_confirmed() {
    let world = World::new();
    let mut terminal = world.terminal(["setup"]);
    terminal.awaits("Plan: 5 to create").awaits("Apply?");
    wrote_nothing(&world);
    terminal.types("n");
    terminal.finish().exits(1);
    assert!(is_empty(&world.state()));
}

#[test]
fn everything_is_looked_at_before_the_first_write() {
    let world = World::new();
    world.ecrmon(["setup", "--dry-run"]).exits(0);
    let mut looks = calls::names(&world.calls());
    world.forget_calls();
    stack::set_up(&world, &[]);
    let mut before: Vec<String> = calls::names(
        &world
            .calls()
            .into_iter()
            .take_while(|call| !call.mutating)
            .collect::<Vec<_>>(),
    );
    looks.sort();
    before.sort();
    assert_eq!(before, looks);
}

#[test]
fn the_result_of_a_setup_as_json_tells_what_was_planned_and_done() {
    let world = World::new();
    let transcript = world.ecrmon(["setup", "--yes", "--output", "json"]);
    let mut result = transcript.exits(0).json();
    for step in result["plan"].as_array_mut().expect("a plan") {
        let changes = step["changes"].as_array().expect("changes").iter();
        let fields: Vec<&str> = changes
            .filter_map(|change| change["field"].as_str())
            .collect();
        step["changes"] = fields.join(", ").into();
    }
    let text = serde_json::to_string_pretty(&result).expect("JSON");
    insta::assert_snapshot!(text.replace(world.account(), "123456789012"), @r#"
    {
      "account": "123456789012",
      "region": "eu-west-1",
      "plan": [
        {
          "resource": "bucket",
          "name": "ecr-monitor-trail-123456789012-eu-west-1",
          "action": "create",
          "changes": "public_access, ownership, encryption, versioning, policy, tags"
        },
        {
          "resource": "log group",
          "name": "/aws/cloudtrail/ecr-logs",
          "action": "create",
          "changes": "retention_days, tags"
        },
        {
          "resource": "role",
          "name": "ecr-monitor-trail-eu-west-1-logs",
          "action": "create",
          "changes": "path, trust, policy, tags"
        },
        {
          "resource": "trail",
          "name": "ecr-monitor-trail",
          "action": "create",
          "changes": "bucket, log_group, role, multi_region, log_file_validation, records, logging, tags"
        },
        {
          "resource": "dashboard",
          "name": "ECR-Operations-Dashboard",
          "action": "create",
          "changes": "start, variable repository, header, Pulls per repository, The 10 busiest repositories, API calls by operation, Repositories, Images per repository, Pulls of chosen-repository, Images in chosen-repository, Recent pushes, Deletions, Denied calls, Policy changes, Top principals"
        }
      ],
      "done": [
        {
          "resource": "bucket",
          "name": "ecr-monitor-trail-123456789012-eu-west-1"
        },
        {
          "resource": "log group",
          "name": "/aws/cloudtrail/ecr-logs"
        },
        {
          "resource": "role",
          "name": "ecr-monitor-trail-eu-west-1-logs"
        },
        {
          "resource": "trail",
          "name": "ecr-monitor-trail"
        },
        {
          "resource": "dashboard",
          "name": "ECR-Operations-Dashboard"
        }
      ],
      "failed": [],
      "not_tried": []
    }
    "#);
}

#[test]
fn a_failed_setup_tells_what_was_done_what_failed_and_what_was_not_tried() {
    let world = World::new();
    world.inject(Fault::access_denied("CreateRole"));
    let transcript = world.ecrmon(["setup", "--yes", "--output", "json"]);
    let result = transcript.exits(1).says("iam:CreateRole").json();
    assert_eq!(
        resources(&result, "done"),
        [json!("bucket"), json!("log group")]
    );
    assert_eq!(resources(&result, "failed"), [json!("role")]);
    assert_eq!(
        resources(&result, "not_tried"),
        [json!("trail"), json!("dashboard")]
    );
    assert!(result["failed"][0]["hint"].is_string(), "{result:#}");
    world.clear_faults();
    stack::set_up(&world, &[]);
    changes_nothing(&world, &[]);
}

#[test]
fn a_setup_without_dashboard_makes_none_and_stays_so() {
    let world = world_with(&["--no-dashboard"]);
    assert_eq!(world.state()["dashboards"], json!({}));
    changes_nothing(&world, &[]);
    world
        .ecrmon(["status"])
        .exits(0)
        .does_not_print("dashboard");
}

#[test]
fn trail_ensure_makes_all_but_the_dashboard() {
    let world = World::new();
    world
        .ecrmon(["trail", "ensure", "--yes"])
        .exits(0)
        .prints("created");
    let state = world.state();
    assert_eq!(state["dashboards"], json!({}));
    assert_eq!(state["trails"][0]["logging"], json!(true));
    world.ecrmon(["trail", "ensure", "--check"]).exits(0);
}

#[test]
fn dashboard_create_makes_the_dashboard_alone() {
    let world = World::new();
    world
        .ecrmon(["dashboard", "create", "--yes"])
        .exits(0)
        .prints("created");
    assert_eq!(
        calls::names(&world.mutating_calls()),
        ["cloudwatch:PutDashboard"]
    );
    world.ecrmon(["dashboard", "create", "--check"]).exits(0);
}
