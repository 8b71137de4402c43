//! What somebody changes by hand is found by `setup --check` and `status`, and mended by `setup`.
//! Here: how a drift is tried, and those of the log group and of what was deleted.

use serde_json::{Value, json};

use crate::stack::{DASHBOARD, LOG_GROUP, TRAIL, bucket, world_with};
use crate::support::clients::Clients;
use crate::support::world::World;

/// What somebody does by hand, and the fields that are found to differ by it.
pub struct Drift {
    pub name: &'static str,
    pub fields: &'static [&'static str],
    pub make: fn(&World),
}

/// Tries one drift after the other on a stack: after each, the state must be as it was before.
pub fn is_found_and_mended(world: &World, drifts: &[Drift]) {
    let before = world.state();
    for Drift { name, fields, make } in drifts {
        make(world);
        assert_ne!(world.state(), before, "{name} changes something");
        let check = world.ecrmon(["setup", "--check", "--output", "json"]);
        assert_eq!(changed_fields(&check.exits(3).json()), *fields, "{name}");
        let status = world.ecrmon(["status", "--output", "json"]);
        assert!(
            status.exits(3).json()["checks"]
                .as_array()
                .expect("checks")
                .iter()
                .any(|check| tells_of(check, fields)),
            "{name}:\n{status}"
        );
        world.ecrmon(["setup", "--yes"]).exits(0);
        assert_eq!(world.state(), before, "{name} is mended");
    }
}

fn tells_of(check: &Value, fields: &[&str]) -> bool {
    let (state, detail) = (
        check["state"].as_str().unwrap_or_default(),
        check["detail"].as_str().unwrap_or_default(),
    );
    match fields {
        ["all"] => state == "missing",
        _ => {
            matches!(state, "drift" | "failing")
                && detail.contains(&format!("not as wanted: {}", fields.join(", ")))
        }
    }
}

/// The fields of what is to be updated; `all` for what is to be created.
fn changed_fields(plan: &Value) -> Vec<String> {
    let changed = |step: &Value| match step["action"].as_str() {
        Some("update") => step["changes"]
            .as_array()
            .expect("changes")
            .iter()
            .map(|change| change["field"].clone())
            .collect(),
        Some("create") => vec![json!("all")],
        _ => Vec::new(),
    };
    let fields = plan["plan"]
        .as_array()
        .expect("a plan")
        .iter()
        .flat_map(changed);
    fields
        .map(|field| field.as_str().expect("a field's name").to_owned())
        .collect()
}

/// By field, and the whole group at last.
const OF_THE_LOG_GROUP: &[Drift] = &[
    Drift {
        name: "a shorter retention",
        fields: &["retention_days"],
        make: |world| {
            let request = Clients::of(world)
                .logs
                .put_retention_policy()
                .log_group_name(LOG_GROUP)
                .retention_in_days(7);
            world.block_on(request.send()).expect("retention is set");
        },
    },
    Drift {
        name: "no retention while nothing is stored",
        fields: &["retention_days"],
        make: |world| {
            let request = Clients::of(world)
                .logs
                .delete_retention_policy()
                .log_group_name(LOG_GROUP);
            world
                .block_on(request.send())
                .expect("retention is deleted");
        },
    },
    Drift {
        name: "another key",
        fields: &["kms_key"],
        make: |world| {
            let request = Clients::of(world)
                .logs
                .associate_kms_key()
                .log_group_name(LOG_GROUP)
                .kms_key_id(world.add_key());
            world.block_on(request.send()).expect("the key is set");
        },
    },
    Drift {
        name: "a tag removed",
        fields: &["tags"],
        make: |world| {
            let arn = format!(
                "arn:aws:logs:{}:{}:log-group:{LOG_GROUP}",
                world.region(),
                world.account()
            );
            world
                .block_on(
                    Clients::of(world)
                        .logs
                        .untag_resource()
                        .resource_arn(arn)
                        .tag_keys("team")
                        .send(),
                )
                .expect("untagged");
        },
    },
    Drift {
        name: "the group deleted",
        fields: &["all"],
        make: |world| {
            world
                .block_on(
                    Clients::of(world)
                        .logs
                        .delete_log_group()
                        .log_group_name(LOG_GROUP)
                        .send(),
                )
                .expect("deleted");
        },
    },
];

#[test]
fn drift_of_the_log_group_is_found_and_mended() {
    let world = world_with(&["--tag", "team=platform"]);
    is_found_and_mended(&world, OF_THE_LOG_GROUP);
}

/// What else can be deleted as a whole.
const DELETIONS: &[Drift] = &[
    Drift {
        name: "the dashboard deleted",
        fields: &["all"],
        make: |world| {
            let request = Clients::of(world)
                .cloudwatch
                .delete_dashboards()
                .dashboard_names(DASHBOARD);
            world.block_on(request.send()).expect("deleted");
        },
    },
    Drift {
        name: "the bucket deleted",
        fields: &["all"],
        make: |world| {
            world
                .block_on(
                    Clients::of(world)
                        .s3
                        .delete_bucket()
                        .bucket(bucket(world))
                        .send(),
                )
                .expect("deleted");
        },
    },
    Drift {
        name: "the trail deleted",
        fields: &["all"],
        make: |world| {
            world
                .block_on(
                    Clients::of(world)
                        .cloudtrail
                        .delete_trail()
                        .name(TRAIL)
                        .send(),
                )
                .expect("deleted");
        },
    },
];

#[test]
fn a_deleted_trail_bucket_or_dashboard_is_made_again() {
    let world = world_with(&[]);
    is_found_and_mended(&world, DELETIONS);
}
