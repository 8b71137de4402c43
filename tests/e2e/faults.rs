//! AWS in trouble: what passes is survived, what does not is said once, with a way out, and nothing is lost.

use std::time::Duration;

use serde_json::Value;

use crate::stack::{DELETE_ALL, changes_nothing, resources};
use crate::support::fault::Fault;
use crate::support::world::World;

/// One write of every wire protocol: JSON, CBOR, query and S3's XML.
const WRITES: [&str; 4] = [
    "CreateTrail",
    "PutDashboard",
    "CreateRole",
    "PutBucketPolicy",
];

/// How often an operation was called.
pub fn count(world: &World, operation: &str) -> usize {
    world
        .calls()
        .iter()
        .filter(|call| call.operation == operation)
        .count()
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
        world.met_every_fault();
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
    world.ecrmon(DELETE_ALL).exits(0).does_not_say("error:");
    world.met_every_fault();
}

#[test]
fn an_answer_is_waited_for_as_long_as_asked() {
    let world = World::new();
    world.inject(Fault::delay("DescribeTrails", Duration::from_secs(6)));
    // Long enough for the calls that are not held up, on a machine that has much to do.
    world
        .ecrmon(["trail", "list", "--timeout", "4", "--max-attempts", "1"])
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
    assert_eq!(resources(&report, "done"), Vec::<Value>::new());
    assert_eq!(resources(&report, "failed"), ["bucket"]);
    assert_eq!(resources(&report, "not_tried"), ["trail", "dashboard"]);
    assert_eq!(
        report["failed"][0]["cause"]
            .as_str()
            .map(|cause| cause.contains("s3:PutBucketVersioning")),
        Some(true)
    );
    world.clear_faults();
    world.ecrmon(["setup", "--yes"]).exits(0);
    changes_nothing(&world, &[]);
}
