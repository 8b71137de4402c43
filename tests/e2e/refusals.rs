//! An account that is not what we expect: what AWS or we refuse is said once, with a way out, and nothing is lost.

use crate::stack::world_with;
use crate::support::fault::Fault;
use crate::support::world::World;

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
        let world = world_with(&[]);
        world.forget_calls();
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
    let world = world_with(&[]);
    world.forget_calls();
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
