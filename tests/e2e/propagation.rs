//! What takes AWS a while to see everywhere: waited for where it is new, refused at once where it is not.

use serde_json::json;

use crate::faults::count;
use crate::stack::{TRAIL, world_with};
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::world::World;

#[test]
fn a_new_role_is_waited_for_and_that_is_said() {
    let world = World::new();
    world.inject(Fault::iam_propagation_lag(1));
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .says("waiting for IAM");
    assert_eq!(count(&world, "CreateTrail"), 3);
}

#[test]
fn an_old_role_with_a_wrong_trust_policy_is_not_waited_for() {
    let world = World::new();
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let role = Clients::of(&world)
        .iam
        .create_role()
        .role_name("theirs")
        .assume_role_policy_document(trust.to_string())
        .send();
    world.block_on(role).expect("make a role");
    world.inject(Fault::rewrite_answer("GetRole", made_long_ago));
    world
        .ecrmon(["setup", "--yes", "--role", "theirs"])
        .exits(1)
        .says("its trust policy does not name cloudtrail.amazonaws.com")
        .says("Check the trust relationships for your role")
        .does_not_say("waiting for IAM");
    assert_eq!(count(&world, "CreateTrail"), 1);
}

fn made_long_ago(answer: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(answer).expect("IAM answers in text");
    let parts = text
        .split_once("<CreateDate>")
        .and_then(|(before, rest)| Some((before, rest.split_once("</CreateDate>")?.1)));
    let Some((before, after)) = parts else {
        return text.into_bytes();
    };
    format!("{before}<CreateDate>2020-01-01T00:00:00Z</CreateDate>{after}").into_bytes()
}

fn bucket_policy_refusal(operation: &str) -> Fault {
    Fault::error(
        operation,
        400,
        "InsufficientS3BucketPolicyException",
        "Incorrect S3 bucket policy is detected for bucket: b",
    )
}

#[test]
fn a_bucket_policy_that_was_just_written_is_tried_three_times() {
    let world = World::new();
    world.inject(bucket_policy_refusal("CreateTrail"));
    world
        .ecrmon(["setup", "--yes"])
        .exits(1)
        .says("waiting for S3")
        .says("look for a Deny in it");
    assert_eq!(count(&world, "CreateTrail"), 3);
}

#[test]
fn a_bucket_policy_that_was_not_just_written_is_tried_once() {
    let world = world_with(&[]);
    world.forget_calls();
    let update = Clients::of(&world)
        .cloudtrail
        .update_trail()
        .name(TRAIL)
        .is_multi_region_trail(false)
        .send();
    world.block_on(update).expect("narrow the trail");
    world.inject(bucket_policy_refusal("UpdateTrail"));
    world
        .ecrmon(["setup", "--yes"])
        .exits(1)
        .does_not_say("waiting for S3");
    assert_eq!(count(&world, "UpdateTrail"), 1);
}
