//! Whatever interrupts a command, running it again ends where an undisturbed run would have ended.

use std::thread;

use crate::stack::{
    DELETE_ALL, bucket, changes_nothing, is_empty, set_up, world_and_its_stack, world_with,
};
use crate::support::calls::names;
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::world::World;

/// SIGKILL.
const KILLED: Option<i32> = Some(9);

/// Does the same in many worlds at once, most of which wait for CloudTrail's pace most of the time.
fn in_worlds<T: Send>(all: impl IntoIterator<Item = T>, act: impl Fn(T) + Sync) {
    thread::scope(|scope| {
        all.into_iter()
            .for_each(|one| drop(scope.spawn(|| act(one))));
    });
}

#[test]
fn a_setup_that_was_killed_after_any_change_converges_when_run_again() {
    let changes = world_with(&[]).mutating_calls().len();
    assert!(changes >= 10, "{changes} changes");
    in_worlds(1..=changes, |last| {
        let (world, state) = world_and_its_stack();
        world.kill_client_after(last);
        let killed = world.ecrmon(["setup", "--yes"]);
        assert_eq!(killed.signal, KILLED, "after change {last}:\n{killed}");
        world.clear_faults();
        set_up(&world, &[]);
        assert_eq!(world.state(), state, "after change {last}");
        changes_nothing(&world, &[]);
    });
}

#[test]
fn a_change_of_settings_that_was_killed_after_any_change_converges_when_run_again() {
    let flags = [
        "setup",
        "--yes",
        "--retention",
        "60",
        "--expire-logs",
        "9",
        "--prefix",
        "new",
        "--single-region",
        "--tag",
        "a=b",
    ];
    let world = world_with(&[]);
    world.forget_calls();
    world.ecrmon(flags).exits(0);
    in_worlds(1..=world.mutating_calls().len(), |last| {
        let world = world_with(&flags[2..]);
        let state = world.state();
        world.start_over();
        set_up(&world, &[]);
        world.kill_client_after(last);
        let killed = world.ecrmon(flags);
        assert_eq!(killed.signal, KILLED, "after change {last}:\n{killed}");
        world.clear_faults();
        world.ecrmon(flags).exits(0);
        assert_eq!(world.state(), state, "after change {last}");
        changes_nothing(&world, &[]);
    });
}

fn put_log_files(world: &World) {
    let s3 = Clients::of(world).s3;
    world.block_on(async {
        for key in [
            "AWSLogs/one.json.gz",
            "AWSLogs/one.json.gz",
            "AWSLogs/two.json.gz",
        ] {
            s3.put_object()
                .bucket(bucket(world))
                .key(key)
                .body("events".to_owned().into_bytes().into())
                .send()
                .await
                .expect("a file is put");
        }
        s3.delete_object()
            .bucket(bucket(world))
            .key("AWSLogs/two.json.gz")
            .send()
            .await
            .expect("a delete marker is made");
    });
}

#[test]
fn a_teardown_that_was_killed_after_any_change_leaves_nothing_when_run_again() {
    let teardown = DELETE_ALL;
    let world = world_with(&[]);
    put_log_files(&world);
    world.forget_calls();
    world.ecrmon(teardown).exits(0);
    assert!(is_empty(&world.state()));
    in_worlds(1..=world.mutating_calls().len(), |last| {
        let world = world_with(&[]);
        put_log_files(&world);
        world.kill_client_after(last);
        let killed = world.ecrmon(teardown);
        assert_eq!(killed.signal, KILLED, "after change {last}:\n{killed}");
        world.clear_faults();
        world.ecrmon(teardown).exits(0);
        assert!(
            is_empty(&world.state()),
            "after change {last}: {:#}",
            world.state()
        );
    });
}

#[test]
fn two_setups_at_the_same_time_converge() {
    let (world, state) = world_and_its_stack();
    let both = [(); 2].map(|()| world.command().args(["setup", "--yes"]).start());
    for run in both {
        run.finish().exits(0);
    }
    set_up(&world, &[]);
    assert_eq!(world.state(), state);
    changes_nothing(&world, &[]);
}

#[test]
fn the_writes_to_one_bucket_never_overlap() {
    let world = World::new();
    world.inject(Fault::overlapping_bucket_writes());
    set_up(&world, &[]);
    let aborted: Vec<_> = world
        .calls()
        .into_iter()
        .filter(|call| call.status == Some(409))
        .collect();
    assert_eq!(names(&aborted), Vec::<String>::new());
}

#[test]
fn a_bucket_write_that_conflicts_with_another_is_made_again() {
    let (world, state) = world_and_its_stack();
    world.inject(Fault::first_bucket_writes_conflict());
    set_up(&world, &[]);
    let aborted = world
        .calls()
        .into_iter()
        .filter(|call| call.status == Some(409))
        .count();
    assert!(aborted >= 4, "{aborted} writes conflicted");
    world.clear_faults();
    assert_eq!(world.state(), state);
}

#[test]
fn a_change_whose_answer_was_lost_is_not_made_twice_nor_forgotten() {
    let changes = [
        "CreateBucket",
        "PutBucketPolicy",
        "CreateLogGroup",
        "PutRetentionPolicy",
        "CreateRole",
        "PutRolePolicy",
        "CreateTrail",
        "PutEventSelectors",
        "StartLogging",
        "PutDashboard",
    ];
    in_worlds(changes, |change| {
        let (world, state) = world_and_its_stack();
        world.inject(Fault::lost_answer(change).times(1));
        set_up(&world, &[]);
        assert!(
            world.calls().iter().any(|call| call.status.is_none()),
            "no answer of {change} was lost"
        );
        assert_eq!(world.state(), state, "{change}");
    });
}

#[test]
fn a_deletion_whose_answer_was_lost_succeeds_all_the_same() {
    let changes = [
        "DeleteTrail",
        "StopLogging",
        "DeleteRole",
        "DeleteRolePolicy",
        "DeleteLogGroup",
        "DeleteBucket",
        "DeleteDashboards",
    ];
    in_worlds(changes, |change| {
        let world = world_with(&[]);
        world.inject(Fault::lost_answer(change).times(1));
        world.ecrmon(DELETE_ALL).exits(0);
        world.met_every_fault();
        assert!(is_empty(&world.state()), "{change}: {:#}", world.state());
    });
}
