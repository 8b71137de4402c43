//! `ecrmon teardown --delete-logs` on a bucket that is not empty.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ObjectLockRetention, ObjectLockRetentionMode};
use serde_json::json;

use crate::stack::{DELETE_ALL, bucket, world_with};
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::world::World;

async fn put(s3: &aws_sdk_s3::Client, bucket: &str, key: &str) {
    let body = ByteStream::from_static(b"{}");
    s3.put_object()
        .bucket(bucket)
        .key(key)
        .body(body)
        .send()
        .await
        .expect("put a log file");
}

fn put_from(world: &World) -> (aws_sdk_s3::Client, String) {
    (Clients::of(world).s3, bucket(world))
}

#[test]
fn a_bucket_of_more_than_a_thousand_versions_and_markers_is_emptied_in_batches() {
    let world = world_with(&[]);
    let (s3, bucket) = put_from(&world);
    world.block_on(async {
        // Many versions of few objects: what counts are the versions.
        for number in 0..1_010 {
            put(&s3, &bucket, &format!("AWSLogs/{}.json.gz", number % 7)).await;
        }
        for number in 0..7 {
            let key = format!("AWSLogs/{number}.json.gz");
            s3.delete_object()
                .bucket(&bucket)
                .key(key)
                .send()
                .await
                .expect("leave a delete marker");
        }
    });
    assert_eq!(world.state()["buckets"][&bucket]["delete_markers"], 7);
    world.forget_calls();
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state()["buckets"], json!({}));
    let batches = world
        .mutating_calls()
        .iter()
        .filter(|call| call.operation == "DeleteObjects")
        .count();
    assert_eq!(batches, 2);
}

#[test]
fn files_that_arrive_while_the_bucket_is_emptied_are_deleted_as_well() {
    let world = world_with(&[]);
    let (s3, bucket) = put_from(&world);
    let arrive = {
        let runtime = crate::support::proxy::runtime();
        move || runtime.block_on(put(&s3, &bucket, "AWSLogs/late.json.gz"))
    };
    world.inject(Fault::on_call("DeleteBucket", arrive).times(2));
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state()["buckets"], json!({}));
}

#[test]
fn files_that_never_stop_arriving_are_reported() {
    let world = world_with(&[]);
    let (s3, bucket) = put_from(&world);
    let arrive = {
        let runtime = crate::support::proxy::runtime();
        let bucket = bucket.clone();
        move || runtime.block_on(put(&s3, &bucket, "AWSLogs/late.json.gz"))
    };
    world.inject(Fault::on_call("DeleteBucket", arrive));
    world
        .ecrmon(DELETE_ALL)
        .exits(1)
        .says("cannot delete bucket")
        .says("files arrived while the bucket was emptied: run again");
    assert!(world.state()["buckets"][&bucket].is_object());
}

#[test]
fn versions_under_an_object_lock_are_named_and_kept() {
    let world = World::new();
    let bucket = bucket(&world);
    let s3 = Clients::of(&world).s3;
    let place = aws_sdk_s3::types::CreateBucketConfiguration::builder()
        .location_constraint("eu-west-1".into())
        .build();
    world.block_on(async {
        let request = s3
            .create_bucket()
            .bucket(&bucket)
            .object_lock_enabled_for_bucket(true);
        request
            .create_bucket_configuration(place)
            .send()
            .await
            .expect("make a bucket with object lock");
        let tag = aws_sdk_s3::types::Tag::builder()
            .key("ecrmon:stack")
            .value("ecr-monitor-trail")
            .build()
            .expect("a tag");
        let tags = aws_sdk_s3::types::Tagging::builder()
            .tag_set(tag)
            .build()
            .expect("tags");
        s3.put_bucket_tagging()
            .bucket(&bucket)
            .tagging(tags)
            .send()
            .await
            .expect("tag it as ours");
    });
    world.ecrmon(["setup", "--yes", "--no-dashboard"]).exits(0);
    world.block_on(async {
        put(&s3, &bucket, "AWSLogs/free.json.gz").await;
        put(&s3, &bucket, "AWSLogs/locked.json.gz").await;
        let until = aws_sdk_s3::primitives::DateTime::from_secs(4_000_000_000);
        let lock = ObjectLockRetention::builder()
            .mode(ObjectLockRetentionMode::Compliance)
            .retain_until_date(until)
            .build();
        let request = s3
            .put_object_retention()
            .bucket(&bucket)
            .key("AWSLogs/locked.json.gz")
            .retention(lock);
        request.send().await.expect("lock a log file");
    });
    let teardown = world.ecrmon(DELETE_ALL);
    teardown
        .exits(1)
        .says("S3 keeps 1 of its objects: AWSLogs/locked.json.gz (AccessDenied)")
        .says("object lock");
    assert_eq!(
        world.state()["buckets"][&bucket]["objects"],
        json!({"AWSLogs/locked.json.gz": 1})
    );
    assert_eq!(world.state()["log_groups"], json!({}));
}
