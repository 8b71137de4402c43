//! Access denied on any one call: the message names the IAM action that is missing, and the resource it is missing on.

use std::collections::BTreeSet;
use std::thread;

use crate::stack::DELETE_ALL;
use crate::support::calls::Call;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

const SETUP: &[&str] = &["setup", "--yes"];
const TEARDOWN: &[&str] = &DELETE_ALL;

/// So many worlds at a time: each waits for CloudTrail's rate of one write a second more than it computes.
const SIDE_BY_SIDE: usize = 6;

fn operations(calls: &[Call]) -> BTreeSet<String> {
    calls.iter().map(Call::to_string).collect()
}

/// The IAM action that permits an operation, where it is not called the same (service authorization reference, S3).
fn action(operation: &str) -> &str {
    match operation {
        "s3:HeadBucket" => "s3:ListBucket",
        "s3:ListObjectVersions" => "s3:ListBucketVersions",
        "s3:DeleteObjects" => "s3:DeleteObjectVersion",
        "s3:GetBucketEncryption" => "s3:GetEncryptionConfiguration",
        "s3:PutBucketEncryption" => "s3:PutEncryptionConfiguration",
        "s3:GetBucketLifecycleConfiguration" => "s3:GetLifecycleConfiguration",
        "s3:PutBucketLifecycleConfiguration" => "s3:PutLifecycleConfiguration",
        "s3:GetPublicAccessBlock" => "s3:GetBucketPublicAccessBlock",
        "s3:PutPublicAccessBlock" => "s3:PutBucketPublicAccessBlock",
        same => same,
    }
}

/// What the message must name besides the action.
fn resource(operation: &str) -> &str {
    match operation.split(':').next() {
        Some("s3") => "arn:aws:s3:::ecr-monitor-trail-123456789012-eu-west-1",
        Some("logs") => "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/cloudtrail/ecr-logs",
        Some("iam") => "arn:aws:iam::123456789012:role/ecr-monitor-trail-eu-west-1-logs",
        Some("cloudwatch") => "arn:aws:cloudwatch::123456789012:dashboard/ECR-Operations-Dashboard",
        Some("cloudtrail") if operation != "cloudtrail:DescribeTrails" => "ecr-monitor-trail",
        _ => "",
    }
}

/// What the dashboard could show besides is nice to know, and no more: it is left out, and that is said.
const LEFT_OUT: [&str; 2] = ["cloudwatch:DescribeAlarms", "cloudwatch:ListMetrics"];

fn names_what_is_missing(transcript: &Transcript, operation: &str) {
    if LEFT_OUT.contains(&operation) {
        transcript
            .exits(0)
            .says("note: without ")
            .says(&format!("access denied: `{operation}`"));
        return;
    }
    transcript
        .exits(1)
        .says("error:")
        .says("hint:")
        .says(&format!("`{}`", action(operation)))
        .says(resource(operation))
        .does_not_say("panicked");
}

/// Runs the command once for each of its calls, that call denied, each time in a world of its own.
fn each_denial(prepare: fn() -> World, command: &[&str]) {
    let world = prepare();
    world.ecrmon(command).exits(0);
    let operations: Vec<String> = operations(&world.calls()).into_iter().collect();
    assert!(operations.len() > 10, "{operations:?}");
    for some in operations.chunks(SIDE_BY_SIDE) {
        thread::scope(|scope| {
            for operation in some {
                scope.spawn(move || {
                    let world = prepare();
                    world.inject(Fault::access_denied(operation));
                    names_what_is_missing(&world.ecrmon(command), operation);
                });
            }
        });
    }
}

fn set_up() -> World {
    let world = World::new();
    world.ecrmon(SETUP).exits(0);
    world.forget_calls();
    world
}

fn set_up_and_used() -> World {
    let world = set_up();
    let bucket = format!("ecr-monitor-trail-{}-eu-west-1", world.account());
    let s3 = crate::support::clients::Clients::of(&world).s3;
    let upload = s3
        .put_object()
        .bucket(bucket)
        .key("AWSLogs/1.json.gz")
        .body(b"{}".to_vec().into())
        .send();
    world.block_on(upload).expect("put a log file");
    world
}

/// The same for a command that only reads: one world does for all its calls.
fn each_denied_read(command: &[&str], check: impl Fn(&Transcript, &str)) {
    let world = set_up();
    world.ecrmon(command).exits(0);
    for operation in operations(&world.calls()) {
        world.clear_faults();
        world.inject(Fault::access_denied(&operation));
        check(&world.ecrmon(command), &operation);
    }
    assert!(world.mutating_calls().is_empty());
}

#[test]
fn a_first_setup_names_whatever_is_denied() {
    each_denial(World::new, SETUP);
}

#[test]
fn a_setup_with_nothing_to_do_names_whatever_is_denied() {
    each_denied_read(SETUP, names_what_is_missing);
}

#[test]
fn teardown_names_whatever_is_denied() {
    each_denial(set_up_and_used, TEARDOWN);
}

#[test]
fn status_names_whatever_is_denied_that_it_needs() {
    each_denied_read(&["status"], |transcript, operation| match operation {
        // Nice to know, and no more.
        "cloudtrail:LookupEvents" | "logs:DescribeLogStreams" => {
            transcript.exits(0);
        }
        _ => names_what_is_missing(transcript, operation),
    });
}

#[test]
fn a_list_of_trails_with_something_hidden_is_printed_and_incomplete() {
    each_denied_read(
        &["trail", "list"],
        |transcript, operation| match operation {
            "cloudtrail:GetTrailStatus" | "cloudtrail:GetEventSelectors" => {
                // A narrow table may break a line anywhere.
                let words = transcript.stdout.split_whitespace().collect::<String>();
                transcript.exits(5).prints("ecr-monitor-trail");
                assert!(words.contains("cannottell"), "{transcript}");
            }
            _ => names_what_is_missing(transcript, operation),
        },
    );
}
