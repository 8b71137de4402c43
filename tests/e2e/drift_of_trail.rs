//! Drift of each managed field of our trail. How it is tried stands in `drift`.

use aws_sdk_cloudtrail::operation::update_trail::builders::UpdateTrailFluentBuilder;
use aws_sdk_cloudtrail::types::{EventSelector, ReadWriteType, Tag};
use serde_json::{Value, json};

use crate::drift::{Drift, is_found_and_mended};
use crate::stack::{TRAIL, bucket, world_with};
use crate::support::clients::Clients;
use crate::support::world::World;
use crate::trails::make_bucket;

/// In the order of the fields.
const OF_THE_TRAIL: &[Drift] = &[
    Drift {
        name: "another bucket",
        fields: &["bucket"],
        make: |world| {
            update(world, |trail| trail.s3_bucket_name(another_bucket(world)));
        },
    },
    Drift {
        name: "a prefix",
        fields: &["prefix"],
        make: |world| update(world, |trail| trail.s3_key_prefix("elsewhere")),
    },
    Drift {
        name: "a key",
        fields: &["kms_key"],
        make: |world| update(world, |trail| trail.kms_key_id(world.add_key())),
    },
    Drift {
        name: "no log group",
        fields: &["log_group", "role"],
        make: |world| {
            update(world, |trail| {
                trail
                    .cloud_watch_logs_log_group_arn("")
                    .cloud_watch_logs_role_arn("")
            });
        },
    },
    Drift {
        name: "one region alone",
        fields: &["multi_region"],
        make: |world| {
            update(world, |trail| trail.is_multi_region_trail(false));
        },
    },
    Drift {
        name: "no validation",
        fields: &["log_file_validation"],
        make: |world| {
            update(world, |trail| trail.enable_log_file_validation(false));
        },
    },
    Drift {
        name: "writes only",
        fields: &["records"],
        make: |world| {
            select(
                world,
                &EventSelector::builder()
                    .read_write_type(ReadWriteType::WriteOnly)
                    .include_management_events(true)
                    .build(),
            );
        },
    },
    Drift {
        name: "no management events",
        fields: &["records"],
        make: |world| {
            select(
                world,
                &EventSelector::builder()
                    .read_write_type(ReadWriteType::All)
                    .include_management_events(false)
                    .build(),
            );
        },
    },
    Drift {
        name: "logging off",
        fields: &["logging"],
        make: |world| {
            world
                .block_on(
                    Clients::of(world)
                        .cloudtrail
                        .stop_logging()
                        .name(TRAIL)
                        .send(),
                )
                .expect("logging is stopped");
        },
    },
    Drift {
        name: "a tag removed",
        fields: &["tags"],
        make: untag,
    },
];

#[test]
fn drift_of_the_trail_is_found_and_mended() {
    let world = world_with(&["--tag", "team=platform"]);
    let mut ours = world.state()["buckets"][bucket(&world)]["policy"].clone();
    ours["Statement"]
        .as_array_mut()
        .expect("statements")
        .push(open_to_cloudtrail(&bucket(&world)));
    put_policy(&world, &bucket(&world), &ours);
    add_another_bucket(&world);
    is_found_and_mended(&world, OF_THE_TRAIL);
}

fn update(
    world: &World,
    change: impl FnOnce(UpdateTrailFluentBuilder) -> UpdateTrailFluentBuilder,
) {
    let request = change(Clients::of(world).cloudtrail.update_trail().name(TRAIL));
    world
        .block_on(request.send())
        .expect("the trail is updated");
}

fn select(world: &World, selector: &EventSelector) {
    let request = Clients::of(world)
        .cloudtrail
        .put_event_selectors()
        .trail_name(TRAIL)
        .event_selectors(selector.clone());
    world
        .block_on(request.send())
        .expect("the selectors are put");
}

fn untag(world: &World) {
    let arn = format!(
        "arn:aws:cloudtrail:{}:{}:trail/{TRAIL}",
        world.region(),
        world.account()
    );
    let tag = Tag::builder()
        .key("team")
        .value("platform")
        .build()
        .expect("a tag");
    let request = Clients::of(world)
        .cloudtrail
        .remove_tags()
        .resource_id(arn)
        .tags_list(tag);
    world.block_on(request.send()).expect("the tag is removed");
}

fn another_bucket(world: &World) -> String {
    format!("another-{}", world.account())
}

fn add_another_bucket(world: &World) {
    make_bucket(world, world.region(), &another_bucket(world));
    let policy =
        json!({"Version": "2012-10-17", "Statement": [open_to_cloudtrail(&another_bucket(world))]});
    put_policy(world, &another_bucket(world), &policy);
}

/// A foreign statement by which CloudTrail may write under any prefix.
fn open_to_cloudtrail(bucket: &str) -> Value {
    json!({
        "Sid": "Theirs", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": [format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")],
    })
}

fn put_policy(world: &World, bucket: &str, policy: &Value) {
    let request = Clients::of(world)
        .s3
        .put_bucket_policy()
        .bucket(bucket)
        .policy(policy.to_string());
    world.block_on(request.send()).expect("the policy is put");
}
