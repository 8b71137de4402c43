//! What others add to what is ours is theirs: it is no drift, and it is kept. A dashboard that a person made or edited,
//! or that is another stack's, is kept as well.

use aws_sdk_s3::types::{
    BucketLifecycleConfiguration, ExpirationStatus, LifecycleExpiration, LifecycleRule,
    LifecycleRuleFilter,
};
use serde_json::{Value, json};

use crate::stack::{
    DASHBOARD, DELETE_ALL, LOG_GROUP, TRAIL, bucket, changes_nothing, put_dashboard, role, set_up,
    world_with, wrote_nothing,
};
use crate::support::clients::Clients;
use crate::support::world::World;

/// Adds to everything that takes additions.
fn add_everywhere(world: &World) {
    add_to_the_bucket(world);
    let Clients {
        iam,
        logs,
        cloudtrail,
        ..
    } = Clients::of(world);
    let trail = format!(
        "arn:aws:cloudtrail:{}:{}:trail/{TRAIL}",
        world.region(),
        world.account()
    );
    let group = format!(
        "arn:aws:logs:{}:{}:log-group:{LOG_GROUP}",
        world.region(),
        world.account()
    );
    let tag = aws_sdk_cloudtrail::types::Tag::builder()
        .key("theirs")
        .value("kept")
        .build()
        .expect("a tag");
    let role_tag = aws_sdk_iam::types::Tag::builder()
        .key("theirs")
        .value("kept")
        .build()
        .expect("a tag");
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]});
    let policy = iam
        .put_role_policy()
        .role_name(role(world))
        .policy_name("theirs")
        .policy_document(policy.to_string());
    world.block_on(async {
        cloudtrail
            .add_tags()
            .resource_id(trail)
            .tags_list(tag)
            .send()
            .await
            .expect("the trail is tagged");
        logs.tag_resource()
            .resource_arn(group)
            .tags("theirs", "kept")
            .send()
            .await
            .expect("the group is tagged");
        iam.tag_role()
            .role_name(role(world))
            .tags(role_tag)
            .send()
            .await
            .expect("the role is tagged");
        policy.send().await.expect("the role's other policy is put");
    });
}

fn add_to_the_bucket(world: &World) {
    let (s3, bucket) = (Clients::of(world).s3, bucket(world));
    let mut policy = world.state()["buckets"][&bucket]["policy"].clone();
    policy["Statement"].as_array_mut().expect("statements").insert(
        0,
        json!({
            "Sid": "Theirs", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:DeleteBucket",
            "Resource": format!("arn:aws:s3:::{bucket}"),
        }),
    );
    let tag = |key, value| {
        aws_sdk_s3::types::Tag::builder()
            .key(key)
            .value(value)
            .build()
            .expect("a tag")
    };
    let tags = [tag("ecrmon:stack", TRAIL), tag("theirs", "kept")];
    let tagging = aws_sdk_s3::types::Tagging::builder()
        .set_tag_set(Some(tags.to_vec()))
        .build()
        .expect("tags");
    let rule = LifecycleRule::builder()
        .id("theirs")
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix("scratch/").build())
        .expiration(LifecycleExpiration::builder().days(3).build());
    let lifecycle = BucketLifecycleConfiguration::builder()
        .rules(rule.build().expect("a rule"))
        .build()
        .expect("a lifecycle");
    world.block_on(async {
        s3.put_bucket_policy()
            .bucket(&bucket)
            .policy(policy.to_string())
            .send()
            .await
            .expect("the policy is put");
        s3.put_bucket_tagging()
            .bucket(&bucket)
            .tagging(tagging)
            .send()
            .await
            .expect("the bucket is tagged");
        let request = s3
            .put_bucket_lifecycle_configuration()
            .bucket(&bucket)
            .lifecycle_configuration(lifecycle);
        request.send().await.expect("the lifecycle is put");
    });
}

#[test]
fn what_others_added_is_no_drift() {
    let world = world_with(&[]);
    add_everywhere(&world);
    let before = world.state();
    world.ecrmon(["setup", "--check"]).exits(0);
    world.ecrmon(["status"]).exits(0);
    changes_nothing(&world, &[]);
    assert_eq!(world.state(), before);
}

#[test]
fn what_others_added_is_kept_when_everything_of_ours_changes() {
    let world = world_with(&[]);
    add_everywhere(&world);
    let before = world.state();
    set_up(
        &world,
        &[
            "--tag",
            "team=platform",
            "--expire-logs",
            "30",
            "--prefix",
            "logs",
        ],
    );
    let state = world.state();
    let archive = &state["buckets"][bucket(&world)];
    assert_eq!(archive["policy"]["Statement"][0]["Sid"], json!("Theirs"));
    assert_eq!(
        archive["lifecycle"].as_array().map(Vec::len),
        Some(2),
        "{archive:#}"
    );
    assert!(
        state["roles"][role(&world)]["inline_policies"]["theirs"].is_object(),
        "{state:#}"
    );
    let group = &state["log_groups"][crate::stack::log_group_key(&world)];
    for tagged in [
        archive,
        group,
        &state["roles"][role(&world)],
        &state["trails"][0],
    ] {
        assert_eq!(
            (&tagged["tags"]["theirs"], &tagged["tags"]["team"]),
            (&json!("kept"), &json!("platform")),
            "{tagged:#}"
        );
    }
    set_up(&world, &["--expire-logs", "never", "--prefix", ""]);
    assert_eq!(
        world.state()["buckets"][bucket(&world)]["lifecycle"],
        before["buckets"][bucket(&world)]["lifecycle"]
    );
}

fn body(world: &World) -> Value {
    let shown = Clients::of(world)
        .cloudwatch
        .get_dashboard()
        .dashboard_name(DASHBOARD);
    let shown = world.block_on(shown.send()).expect("there is a dashboard");
    serde_json::from_str(shown.dashboard_body().expect("it has a body")).expect("the body is JSON")
}

fn put_body(world: &World, body: &Value) {
    put_dashboard(world, DASHBOARD, &body.to_string());
}

fn somebodys_body() -> Value {
    let properties = json!({"markdown": "# mine"});
    json!({"widgets": [{"type": "text", "x": 0, "y": 0, "width": 6, "height": 3, "properties": properties}]})
}

#[test]
fn a_dashboard_edited_by_hand_is_reported_and_kept_until_overwrite_replaces_it() {
    let world = world_with(&[]);
    let made = body(&world);
    let mut edited = made.clone();
    edited["widgets"]
        .as_array_mut()
        .expect("widgets")
        .truncate(2);
    put_body(&world, &edited);
    world
        .ecrmon(["setup", "--check"])
        .exits(0)
        .prints("edited by hand")
        .prints("--overwrite");
    world.ecrmon(["status"]).exits(0).prints("edited by hand");
    changes_nothing(&world, &[]);
    assert_eq!(body(&world), edited);
    set_up(&world, &["--overwrite"]);
    assert_eq!(body(&world), made);
    changes_nothing(&world, &["--overwrite"]);
}

#[test]
fn a_dashboard_of_somebody_else_is_kept_until_overwrite_replaces_it() {
    let world = World::new();
    put_body(&world, &somebodys_body());
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .says("not made by ecrmon");
    assert_eq!(body(&world), somebodys_body());
    world
        .ecrmon(["dashboard", "create", "--yes", "--overwrite"])
        .exits(0)
        .prints("updated");
    assert_ne!(body(&world), somebodys_body());
}

#[test]
fn teardown_keeps_a_dashboard_of_somebody_else() {
    let world = World::new();
    put_body(&world, &somebodys_body());
    let before = world.state();
    set_up(&world, &[]);
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
}

#[test]
fn a_dashboard_of_another_stack_is_refused_with_a_hint() {
    let world = world_with(&[]);
    world.forget_calls();
    let transcript = world.ecrmon(["setup", "--yes", "--trail", "another-trail", "--new-trail"]);
    transcript
        .exits(2)
        .says("belongs to stack `ecr-monitor-trail` in eu-west-1")
        .says("--dashboard NAME");
    wrote_nothing(&world);
}

#[test]
fn a_dashboard_of_another_region_is_refused_with_a_hint() {
    let world = world_with(&[]);
    let transcript = world
        .command()
        .args(["setup", "--yes", "--region", "eu-central-1", "--new-trail"])
        .run();
    transcript
        .exits(2)
        .says("dashboards are global")
        .says("--dashboard NAME");
}
