//! AWS in trouble, or an account that is not what we expect: what passes is survived, what does not is said once, with
//! a way out, and nothing is lost.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::calls::names;
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::world::World;

/// One write of every wire protocol: JSON, CBOR, query and S3's XML.
const WRITES: [&str; 4] = [
    "CreateTrail",
    "PutDashboard",
    "CreateRole",
    "PutBucketPolicy",
];

fn count(world: &World, operation: &str) -> usize {
    world
        .calls()
        .iter()
        .filter(|call| call.operation == operation)
        .count()
}

fn set_up(world: &World) {
    world.ecrmon(["setup", "--yes"]).exits(0);
    world.forget_calls();
}

#[test]
fn trouble_that_passes_is_survived() {
    for fault in [
        Fault::throttling,
        |name: &str| Fault::server_error(name, 500),
        |name: &str| Fault::server_error(name, 503),
        Fault::lost_request,
    ] {
        let world = World::new();
        for name in WRITES {
            world.inject(fault(name).times(1));
        }
        world
            .ecrmon(["setup", "--yes"])
            .exits(0)
            .does_not_say("error:");
    }
}

#[test]
fn throttling_that_does_not_end_is_said_with_a_hint() {
    for name in WRITES {
        let world = World::new();
        world.inject(Fault::throttling(name));
        world
            .ecrmon(["setup", "--yes", "--max-attempts", "2"])
            .exits(1)
            .says("error: cannot create")
            .says("hint: AWS is limiting the rate");
        assert_eq!(count(&world, name), 2, "{name}");
    }
}

#[test]
fn server_errors_that_do_not_end_are_said_with_a_hint() {
    for (status, name) in [
        (500, "CreateTrail"),
        (503, "PutDashboard"),
        (500, "PutBucketPolicy"),
        (503, "GetRole"),
    ] {
        let world = World::new();
        world.inject(Fault::server_error(name, status));
        world
            .ecrmon(["setup", "--yes", "--max-attempts", "1"])
            .exits(1)
            .says("error: cannot")
            .says("hint: AWS has a problem of its own");
    }
}

#[test]
fn connections_that_keep_breaking_are_said_with_a_hint() {
    let world = World::new();
    world.inject(Fault::lost_request("CreateTrail"));
    world
        .ecrmon(["setup", "--yes", "--max-attempts", "1"])
        .exits(1)
        .says("could not reach AWS")
        .says("hint: check the network");
}

#[test]
fn answers_that_get_lost_do_not_make_setup_or_teardown_fail() {
    let world = World::new();
    for name in [
        "CreateBucket",
        "CreateLogGroup",
        "CreateRole",
        "CreateTrail",
        "StartLogging",
        "PutDashboard",
    ] {
        world.inject(Fault::lost_answer(name).times(1));
    }
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .does_not_say("error:");
    for name in [
        "DeleteTrail",
        "DeleteRole",
        "DeleteRolePolicy",
        "DeleteLogGroup",
        "DeleteBucket",
        "DeleteDashboards",
    ] {
        world.inject(Fault::lost_answer(name).times(1));
    }
    world
        .ecrmon(["teardown", "--yes", "--delete-logs"])
        .exits(0)
        .does_not_say("error:");
}

#[test]
fn an_answer_is_waited_for_as_long_as_asked() {
    let world = World::new();
    world.inject(Fault::delay("DescribeTrails", Duration::from_millis(1500)));
    world
        .ecrmon(["trail", "list", "--timeout", "1", "--max-attempts", "1"])
        .exits(1)
        .says("`cloudtrail:DescribeTrails` on `*` got no answer in time")
        .says("`--timeout SECONDS`");
    world.ecrmon(["trail", "list", "--timeout", "30"]).exits(0);
}

#[test]
fn a_call_is_tried_as_often_as_flag_or_variable_say() {
    let world = World::new();
    let tries = |variable: &str, flag: &[&str]| {
        world.clear_faults();
        world.forget_calls();
        world.inject(Fault::throttling("GetCallerIdentity"));
        world
            .command()
            .env("AWS_MAX_ATTEMPTS", variable)
            .args(["status"])
            .args(flag)
            .run()
            .exits(1)
            .says("limiting the rate");
        count(&world, "GetCallerIdentity")
    };
    assert_eq!(tries("1", &[]), 1);
    assert_eq!(tries("2", &[]), 2);
    assert_eq!(tries("3", &["--max-attempts", "1"]), 1);
}

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
    let world = World::new();
    set_up(&world);
    let update = Clients::of(&world)
        .cloudtrail
        .update_trail()
        .name("ecr-monitor-trail")
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

#[test]
fn a_sixth_trail_is_refused_with_a_way_out() {
    let world = World::new();
    let message = format!(
        "User: {} already has 5 trails in eu-west-1.",
        world.account()
    );
    world.inject(Fault::error(
        "CreateTrail",
        400,
        "MaximumNumberOfTrailsExceededException",
        &message,
    ));
    world
        .ecrmon(["setup", "--yes"])
        .exits(1)
        .says("already has 5 trails")
        .says("ecrmon trail list");
}

#[test]
fn a_bucket_of_another_account_names_both_causes() {
    let (other, world) = (World::new(), World::new());
    let bucket = format!("taken-{}", other.account());
    other
        .ecrmon(["setup", "--yes", "--bucket", &bucket])
        .exits(0);
    world
        .ecrmon(["setup", "--yes", "--bucket", &bucket])
        .exits(1)
        .says("belongs to another account")
        .says("`s3:ListBucket`")
        .says("`--bucket`");
    assert!(world.mutating_calls().is_empty());
}

#[test]
fn a_bucket_name_that_is_taken_meanwhile_is_refused_with_a_way_out() {
    let world = World::new();
    world.inject(Fault::error(
        "CreateBucket",
        409,
        "BucketAlreadyExists",
        "The requested bucket name is not available.",
    ));
    world
        .ecrmon(["setup", "--yes"])
        .exits(1)
        .says("error: cannot create bucket")
        .says("hint: the name is taken by another account");
}

#[test]
fn a_bucket_in_another_region_is_refused_with_a_way_out() {
    use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
    let world = World::new();
    let bucket = format!("far-{}", world.account());
    let place = CreateBucketConfiguration::builder()
        .location_constraint(BucketLocationConstraint::UsWest2)
        .build();
    let far = Clients::in_region(&world, "us-west-2").s3;
    world
        .block_on(
            far.create_bucket()
                .bucket(&bucket)
                .create_bucket_configuration(place)
                .send(),
        )
        .expect("make a bucket");
    world
        .ecrmon(["setup", "--yes", "--bucket", &bucket])
        .exits(1)
        .says("the bucket is in another region");
    assert!(world.mutating_calls().is_empty());
}

#[test]
fn a_key_that_refuses_is_answered_with_the_statement_to_add() {
    let world = World::new();
    let key = format!(
        "arn:aws:kms:eu-west-1:{}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        world.account()
    );
    let message = "Insufficient permissions to access S3 bucket B or KMS key K.";
    world.inject(Fault::error(
        "CreateTrail",
        400,
        "InsufficientEncryptionPolicyException",
        message,
    ));
    world
        .ecrmon(["setup", "--yes", "--kms-key", &key])
        .exits(1)
        .says("add this statement to the policy of")
        .says("\"kms:GenerateDataKey*\"")
        .says("arn:aws:cloudtrail:eu-west-1:123456789012:trail/ecr-monitor-trail");
    assert!(
        world.calls().iter().all(|call| call.service != "kms"),
        "ecrmon never touches a key"
    );
}

#[test]
fn a_policy_document_that_is_none_stops_everything_with_a_hint() {
    let policy_of = |operation: &'static str, document: fn(Vec<u8>) -> Vec<u8>| {
        let world = World::new();
        set_up(&world);
        world.inject(Fault::rewrite_answer(operation, document));
        let transcript = world.ecrmon(["setup", "--yes"]);
        transcript
            .exits(1)
            .says("is not what we expect")
            .says("hint: correct");
        assert!(world.mutating_calls().is_empty());
        transcript
    };
    policy_of("GetBucketPolicy", |_| b"[]".to_vec())
        .says("the policy of bucket `ecr-monitor-trail-123456789012-eu-west-1`");
    policy_of("GetRole", |answer| {
        replaced(&answer, "sts%3AAssumeRole%22", "sts%3AAssumeRole%2")
    })
    .says("the trust policy of role");
    policy_of("GetRolePolicy", |answer| {
        replaced(&answer, "Statement", "Remarks")
    })
    .says("the inline policy of role");
}

#[test]
fn a_dashboard_body_that_is_no_json_is_refused_with_a_hint() {
    let world = World::new();
    set_up(&world);
    // CBOR states lengths, so the text stays as long as it was.
    world.inject(Fault::rewrite_answer("GetDashboard", |answer| {
        let start = answer
            .windows(2)
            .position(|pair| pair == b"{\"")
            .expect("the body is in the answer");
        answer
            .iter()
            .enumerate()
            .map(|(at, byte)| if at == start { b'x' } else { *byte })
            .collect()
    }));
    world
        .ecrmon(["setup", "--yes"])
        .exits(1)
        .says("is not JSON")
        .says("`--dashboard NAME`");
    assert!(world.mutating_calls().is_empty());
}

fn replaced(answer: &[u8], found: &str, by: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer);
    assert!(
        text.contains(found) || text.contains("ErrorResponse"),
        "no {found} in {text}"
    );
    text.replace(found, by).into_bytes()
}

#[test]
fn a_step_that_fails_stops_the_later_stages_and_the_next_run_goes_on() {
    let world = World::new();
    world.inject(Fault::access_denied("PutBucketVersioning"));
    let transcript = world.ecrmon(["setup", "--yes"]);
    transcript
        .exits(1)
        .prints("✓ log group")
        .prints("✓ role")
        .prints("✗ bucket")
        .prints("· trail")
        .prints("· dashboard")
        .prints("not tried");
    transcript.says("Run the same command again");
    let report = world
        .ecrmon(["setup", "--yes", "--output", "json"])
        .exits(1)
        .json();
    let resources = |key: &str| -> Vec<Value> {
        report[key]
            .as_array()
            .expect("a list")
            .iter()
            .map(|step| step["resource"].clone())
            .collect()
    };
    assert_eq!(resources("done"), Vec::<Value>::new());
    assert_eq!(resources("failed"), ["bucket"]);
    assert_eq!(resources("not_tried"), ["trail", "dashboard"]);
    assert_eq!(
        report["failed"][0]["cause"]
            .as_str()
            .map(|cause| cause.contains("s3:PutBucketVersioning")),
        Some(true)
    );
    world.clear_faults();
    world.ecrmon(["setup", "--yes"]).exits(0);
    world.forget_calls();
    world
        .ecrmon(["setup", "--yes"])
        .exits(0)
        .prints("Nothing to do");
    assert_eq!(names(&world.mutating_calls()), Vec::<String>::new());
}
