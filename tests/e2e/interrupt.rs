//! Ctrl-C: the call under way is finished and nothing after it is begun, what was done is reported, and the next run
//! goes on. A second Ctrl-C leaves at once.

use std::time::Duration;

use crate::stack::{DELETE_ALL, changes_nothing, resources, wrote_nothing};
use crate::support::fault::Fault;
use crate::support::world::World;

fn converges(world: &World) {
    world.clear_faults();
    world.ecrmon(["setup", "--yes"]).exits(0);
    changes_nothing(world, &[]);
}

#[test]
fn an_interrupted_write_is_finished_and_nothing_is_begun_after_it() {
    for (write, tried) in [
        ("PutBucketPolicy", "✓ bucket"),
        ("PutBucketVersioning", "✗ bucket"),
        ("CreateTrail", "✗ trail"),
        ("CreateRole", "✗ role"),
    ] {
        let world = World::new();
        world.inject(Fault::interrupt_client_during(write));
        world
            .ecrmon(["setup", "--yes"])
            .exits(130)
            .prints(tried)
            .prints("not tried")
            .does_not_say("hint:");
        let calls = world.calls();
        let interrupted = calls
            .iter()
            .find(|call| call.operation == write)
            .expect("the interrupted call");
        assert!(
            matches!(interrupted.status, Some(200..=299)),
            "{write} is finished"
        );
        let later: Vec<_> = calls
            .iter()
            .filter(|call| call.started > interrupted.ended)
            .map(ToString::to_string)
            .collect();
        assert_eq!(later, Vec::<String>::new(), "after {write}");
        converges(&world);
    }
}

#[test]
fn an_interrupted_plan_is_reported_as_json_too() {
    let world = World::new();
    world.inject(Fault::interrupt_client_during("PutBucketPolicy"));
    let report = world
        .ecrmon(["setup", "--yes", "--output", "json"])
        .exits(130)
        .json();
    assert_eq!(resources(&report, "done"), ["bucket", "log group", "role"]);
    assert_eq!(resources(&report, "failed"), Vec::<String>::new());
    assert_eq!(resources(&report, "not_tried"), ["trail", "dashboard"]);
}

#[test]
fn an_interrupted_look_changes_nothing() {
    for read in ["GetCallerIdentity", "DescribeTrails", "GetRole"] {
        let world = World::new();
        world.inject(Fault::interrupt_client_during(read));
        world
            .ecrmon(["setup", "--yes"])
            .exits(130)
            .says("interrupted")
            .does_not_print("created");
        wrote_nothing(&world);
    }
}

#[test]
fn an_interrupted_teardown_goes_on_with_the_next_run() {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0);
    world.inject(Fault::interrupt_client_during("DeleteTrail"));
    world
        .ecrmon(DELETE_ALL)
        .exits(130)
        .prints("✓ trail")
        .prints("not tried")
        .says("ecrmon teardown --region");
    world.ecrmon(DELETE_ALL).exits(0).prints("deleted");
    world
        .ecrmon(DELETE_ALL)
        .exits(0)
        .prints("there is nothing of this stack");
}

#[test]
fn an_interrupted_question_changes_nothing() {
    let world = World::new();
    let mut terminal = world.terminal(["setup"]);
    terminal.awaits("[y/N/explain]").presses_control('c');
    terminal.finish().exits(130).prints("interrupted");
    wrote_nothing(&world);
}

#[test]
fn waiting_for_iam_can_be_interrupted() {
    let world = World::new();
    world.inject(Fault::iam_propagation_lag(60));
    let mut terminal = world.terminal(["setup", "--yes"]);
    terminal.awaits("waiting for IAM").presses_control('c');
    terminal
        .finish()
        .exits(130)
        .prints("✓ role")
        .prints("✗ trail")
        .prints("not tried");
    converges(&world);
}

#[test]
fn a_second_interrupt_leaves_at_once() {
    let world = World::new();
    let client = world.client().clone();
    world.inject(Fault::interrupt_client_during("CreateBucket"));
    // A terminal sends as many as are pressed; two that arrive together count as one.
    world.inject(Fault::on_call("CreateBucket", move || {
        (0..20).for_each(|_| client.interrupt());
    }));
    world.inject(Fault::delay("CreateBucket", Duration::from_secs(1)));
    let transcript = world.ecrmon(["setup", "--yes"]);
    transcript.exits(130);
    assert_eq!(transcript.stdout, "", "there is no time for a report");
    converges(&world);
}
