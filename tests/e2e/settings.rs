//! Settings are recorded on the trail: what a flag said once, a plain command means later.

use aws_sdk_cloudtrail::types::Tag;
use serde_json::{Value, json};

use crate::stack::{TRAIL, bucket, changes_nothing, log_group_key, set_up, world_with};
use crate::support::clients::Clients;
use crate::support::world::World;

#[rustfmt::skip]
const EVERY_FLAG: [&str; 19] = [
    "--log-group", "/custom/group#1",
    "--role", "custom+role=1,2@x",
    "--role-path", "/service/monitoring/",
    "--dashboard", "custom-dashboard",
    "--retention", "30",
    "--expire-logs", "365",
    "--prefix", "some/prefix",
    "--single-region",
    "--tag", "team=platform",
    "--tag", "cost center=4 711/a",
];

/// A bucket's name is its own in the whole world.
fn custom_bucket(world: &World) -> String {
    format!("custom-{}", world.account())
}

/// Sets up a stack with every flag that exists, and answers the state before it.
fn set_up_with_every_flag(world: &World) -> Value {
    let (key, log_key) = (world.add_key(), world.add_key());
    let boundary = format!("arn:aws:iam::{}:policy/boundary", world.account());
    let before = world.state();
    let bucket = custom_bucket(world);
    let keys = [
        "--bucket",
        &bucket,
        "--kms-key",
        &key,
        "--log-kms-key",
        &log_key,
        "--permissions-boundary",
        &boundary,
    ];
    set_up(
        world,
        &[&["--trail", "custom.trail"], &EVERY_FLAG[..], &keys[..]].concat(),
    );
    before
}

#[test]
fn a_plain_setup_after_one_with_every_flag_has_nothing_to_do() {
    let world = World::new();
    set_up_with_every_flag(&world);
    changes_nothing(&world, &["--trail", "custom.trail"]);
    world
        .ecrmon(["setup", "--check", "--trail", "custom.trail"])
        .exits(0);
    world
        .ecrmon(["trail", "ensure", "--check", "--trail", "custom.trail"])
        .exits(0);
}

#[test]
fn every_flag_takes_effect() {
    let world = World::new();
    set_up_with_every_flag(&world);
    let state = world.state();
    let trail = &state["trails"][0];
    let bucket = &state["buckets"][custom_bucket(&world)];
    let group = &state["log_groups"]["eu-west-1:/custom/group#1"];
    let role = &state["roles"]["custom+role=1,2@x"];
    assert_eq!(trail["description"]["S3KeyPrefix"], json!("some/prefix"));
    assert_eq!(trail["description"]["IsMultiRegionTrail"], json!(false));
    assert!(
        trail["description"]["KmsKeyId"].is_string() && group["kms_key"].is_string(),
        "{state:#}"
    );
    assert_eq!(bucket["encryption"]["SSEAlgorithm"], json!("aws:kms"));
    assert_eq!(bucket["lifecycle"].as_array().map(Vec::len), Some(1));
    assert_eq!(group["retention"].to_string().trim_matches('"'), "30");
    assert_eq!(role["path"], json!("/service/monitoring/"));
    assert!(
        role["boundary"]
            .as_str()
            .is_some_and(|arn| arn.ends_with(":policy/boundary")),
        "{role:#}"
    );
    for tagged in [trail, bucket, group, role] {
        assert_eq!(
            (&tagged["tags"]["team"], &tagged["tags"]["cost center"]),
            (&json!("platform"), &json!("4 711/a"))
        );
    }
}

#[test]
fn status_sees_no_drift_after_a_setup_with_every_flag() {
    let world = World::new();
    set_up_with_every_flag(&world);
    let status = world.ecrmon(["status", "--trail", "custom.trail", "--output", "json"]);
    let checks = status.exits(0).json()["checks"].clone();
    assert!(
        checks.as_array().is_some_and(|checks| checks.len() == 5),
        "{checks:#}"
    );
}

#[test]
fn a_plain_teardown_leaves_nothing_of_a_setup_with_every_flag() {
    let world = World::new();
    let before = set_up_with_every_flag(&world);
    world
        .ecrmon([
            "teardown",
            "--yes",
            "--delete-logs",
            "--trail",
            "custom.trail",
        ])
        .exits(0);
    assert_eq!(world.state(), before);
    world
        .ecrmon([
            "teardown",
            "--yes",
            "--delete-logs",
            "--trail",
            "custom.trail",
        ])
        .exits(0)
        .prints("Nothing to do");
}

#[test]
fn a_flag_given_later_overrides_and_is_recorded_too() {
    let world = world_with(&["--retention", "30", "--prefix", "old"]);
    set_up(&world, &["--retention", "60", "--prefix", "new"]);
    changes_nothing(&world, &[]);
    let state = world.state();
    let tags = &state["trails"][0]["tags"];
    assert_eq!(
        (&tags["ecrmon:retention"], &tags["ecrmon:prefix"]),
        (&json!("60"), &json!("new"))
    );
    assert_eq!(
        state["trails"][0]["description"]["S3KeyPrefix"],
        json!("new")
    );
}

#[test]
fn a_flag_that_says_the_default_removes_the_record() {
    let world = world_with(&[]);
    let plain = world.state();
    let (key, log_key) = (world.add_key(), world.add_key());
    let boundary = format!("arn:aws:iam::{}:policy/boundary", world.account());
    set_up(
        &world,
        &[
            "--retention",
            "30",
            "--expire-logs",
            "9",
            "--single-region",
            "--prefix",
            "old",
        ],
    );
    set_up(
        &world,
        &[
            "--kms-key",
            &key,
            "--log-kms-key",
            &log_key,
            "--permissions-boundary",
            &boundary,
        ],
    );
    set_up(
        &world,
        &[
            "--retention",
            "90",
            "--expire-logs",
            "never",
            "--single-region=false",
            "--prefix",
            "",
        ],
    );
    set_up(
        &world,
        &[
            "--kms-key",
            "none",
            "--log-kms-key",
            "none",
            "--permissions-boundary",
            "none",
        ],
    );
    assert_eq!(world.state(), plain);
    changes_nothing(&world, &[]);
}

#[test]
fn a_dashboard_left_out_is_asked_for_again_by_its_name() {
    let world = world_with(&["--no-dashboard"]);
    changes_nothing(&world, &[]);
    set_up(&world, &["--dashboard", "watch"]);
    changes_nothing(&world, &[]);
    assert!(
        world.state()["dashboards"]["watch"].is_string()
            || world.state()["dashboards"]["watch"].is_object()
    );
}

#[test]
fn a_tag_given_later_joins_those_given_before() {
    let world = world_with(&["--tag", "team=platform"]);
    set_up(&world, &["--tag", "stage=prod"]);
    let state = world.state();
    let tagged = [
        &state["trails"][0],
        &state["buckets"][&bucket(&world)],
        &state["log_groups"][&log_group_key(&world)],
    ];
    for tagged in tagged {
        assert_eq!(
            (&tagged["tags"]["team"], &tagged["tags"]["stage"]),
            (&json!("platform"), &json!("prod"))
        );
    }
    changes_nothing(&world, &[]);
}

#[test]
fn a_recorded_value_that_its_flag_would_refuse_is_a_usage_error_that_names_the_tag() {
    let world = world_with(&[]);
    let arn = format!(
        "arn:aws:cloudtrail:eu-west-1:{}:trail/{TRAIL}",
        world.account()
    );
    let tag = Tag::builder()
        .key("ecrmon:retention")
        .value("91")
        .build()
        .expect("a tag");
    let clients = Clients::of(&world);
    world
        .block_on(
            clients
                .cloudtrail
                .add_tags()
                .resource_id(arn)
                .tags_list(tag)
                .send(),
        )
        .expect("the trail is tagged");
    for command in ["setup", "status", "teardown"] {
        world
            .ecrmon([command])
            .exits(2)
            .says("the tag `ecrmon:retention` of trail `ecr-monitor-trail` holds `91`")
            .says("hint:");
    }
}
