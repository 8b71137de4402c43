//! What existed before setup stays the person's: it gets what it is asked for and nothing else, and gives it back.

use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use serde_json::{Value, json};

use crate::stack::{
    self, DELETE_ALL, LOG_GROUP, changes_nothing, set_up, world_with, wrote_nothing,
};
use crate::support::calls;
use crate::support::clients::Clients;
use crate::support::world::World;
use crate::trails::make_bucket;

/// A bucket's name is its own in the whole world.
fn their_bucket(world: &World) -> String {
    format!("somebodys-{}", world.account())
}

fn foreign_policy(world: &World) -> Value {
    json!({"Version": "2012-10-17", "Id": "theirs", "Statement": [{
        "Sid": "Theirs", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:DeleteObject",
        "Resource": format!("arn:aws:s3:::{}/keep/*", their_bucket(world)),
    }]})
}

/// A bucket as they were made before 2023, open to the public if a policy says so.
fn add_bucket(world: &World, policy: Option<&Value>) {
    let (s3, bucket) = (Clients::of(world).s3, their_bucket(world));
    make_bucket(world, world.region(), &bucket);
    world.block_on(async {
        s3.delete_public_access_block()
            .bucket(&bucket)
            .send()
            .await
            .expect("it is opened");
        if let Some(policy) = policy {
            s3.put_bucket_policy()
                .bucket(&bucket)
                .policy(policy.to_string())
                .send()
                .await
                .expect("its policy is put");
        }
    });
}

#[test]
fn a_bucket_of_another_region_is_used_where_it_is_and_given_back() {
    let world = World::new();
    let bucket = their_bucket(&world);
    make_bucket(&world, "us-west-2", &bucket);
    let before = world.state();
    set_up(&world, &["--bucket", &bucket]);
    assert_eq!(
        world.state()["trails"][0]["description"]["S3BucketName"],
        json!(bucket)
    );
    world
        .ecrmon(["setup", "--dry-run"])
        .exits(0)
        .prints("yours; gets CloudTrail's two permissions alone (in us-west-2)");
    changes_nothing(&world, &[]);
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
}

#[test]
fn a_bucket_that_exists_keeps_everything_and_gets_two_statements() {
    let world = World::new();
    let bucket = their_bucket(&world);
    add_bucket(&world, Some(&foreign_policy(&world)));
    let before = world.state()["buckets"][&bucket].clone();
    let transcript = world.ecrmon(["setup", "--yes", "--bucket", &bucket]);
    transcript
        .exits(0)
        .says("public access is not blocked")
        .says("versioning is off")
        .says("does not deny plain HTTP");
    let mut after = world.state()["buckets"][&bucket].clone();
    let statements = after["policy"]["Statement"]
        .as_array_mut()
        .expect("statements");
    let ours: Vec<Value> = statements
        .extract_if(1.., |statement| statement["Effect"] == "Allow")
        .collect();
    assert_eq!(ours.len(), 2, "{ours:#?}");
    assert_eq!(after, before);
    changes_nothing(&world, &[]);
}

#[test]
fn teardown_takes_its_two_statements_out_of_a_bucket_that_existed() {
    for with_policy in [false, true] {
        let world = World::new();
        add_bucket(&world, with_policy.then(|| foreign_policy(&world)).as_ref());
        let before = world.state();
        set_up(&world, &["--bucket", &their_bucket(&world)]);
        world.ecrmon(DELETE_ALL).exits(0);
        assert_eq!(world.state(), before);
    }
}

fn add_log_group(world: &World, retention: i32) {
    let logs = Clients::of(world).logs;
    world.block_on(async {
        logs.create_log_group()
            .log_group_name(LOG_GROUP)
            .send()
            .await
            .expect("a group is made");
        let request = logs
            .put_retention_policy()
            .log_group_name(LOG_GROUP)
            .retention_in_days(retention);
        request.send().await.expect("its retention is set");
    });
}

fn set_retention(world: &World, days: i32) {
    let request = Clients::of(world)
        .logs
        .put_retention_policy()
        .log_group_name(LOG_GROUP)
        .retention_in_days(days);
    world
        .block_on(request.send())
        .expect("the retention is set");
}

fn retention(world: &World) -> String {
    world.state()["log_groups"][stack::log_group_key(world)]["retention"]
        .to_string()
        .replace('"', "")
}

/// A group that stores something has something to lose.
fn store_an_event(world: &World) {
    let logs = Clients::of(world).logs;
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("it is later than 1970")
        .as_millis();
    let event = InputLogEvent::builder()
        .message("an event")
        .timestamp(i64::try_from(now).expect("it is not that late"))
        .build();
    world.block_on(async {
        logs.create_log_stream()
            .log_group_name(LOG_GROUP)
            .log_stream_name("stream")
            .send()
            .await
            .expect("a stream is made");
        let request = logs
            .put_log_events()
            .log_group_name(LOG_GROUP)
            .log_stream_name("stream");
        request
            .log_events(event.expect("an event"))
            .send()
            .await
            .expect("the event is taken");
    });
}

#[test]
fn a_log_group_that_exists_keeps_its_retention_unless_the_flag_is_given() {
    let world = World::new();
    add_log_group(&world, 7);
    let before = world.state();
    set_up(&world, &[]);
    assert_eq!(world.state()["log_groups"], before["log_groups"]);
    set_up(&world, &["--retention", "60"]);
    assert_eq!(retention(&world), "60");
    changes_nothing(&world, &[]);
}

#[test]
fn teardown_leaves_a_log_group_that_existed() {
    let world = World::new();
    add_log_group(&world, 7);
    let before = world.state();
    set_up(&world, &[]);
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
}

fn add_role(world: &World, name: &str) {
    let iam = Clients::of(world).iam;
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}]});
    world.block_on(async {
        let request = iam
            .create_role()
            .role_name(name)
            .path("/theirs/")
            .assume_role_policy_document(trust.to_string());
        request.send().await.expect("a role is made");
        let request = iam
            .put_role_policy()
            .role_name(name)
            .policy_name("theirs")
            .policy_document(policy.to_string());
        request.send().await.expect("its policy is put");
    });
}

#[test]
fn a_role_that_exists_is_used_and_left_as_it_is() {
    let world = World::new();
    add_role(&world, "role-of-somebody");
    let before = world.state();
    world
        .ecrmon(["setup", "--yes", "--role", "role-of-somebody"])
        .exits(0)
        .says("yours, used as it is");
    assert_eq!(world.state()["roles"], before["roles"]);
    changes_nothing(&world, &[]);
    world.ecrmon(DELETE_ALL).exits(0);
    assert_eq!(world.state(), before);
}

#[test]
fn a_retention_that_was_raised_by_hand_is_never_shortened_by_default() {
    for flags in [&[][..], &["--retention", "30"]] {
        let world = world_with(flags);
        store_an_event(&world);
        set_retention(&world, 365);
        changes_nothing(&world, &[]);
        world.ecrmon(["status"]).exits(0);
        assert_eq!(retention(&world), "365");
    }
}

#[test]
fn shortening_a_retention_says_that_events_are_deleted_for_good() {
    let world = world_with(&[]);
    store_an_event(&world);
    let lost = "events older than 30 days are deleted for good (now: 90 days)";
    world
        .ecrmon(["setup", "--dry-run", "--retention", "30"])
        .exits(0)
        .prints(lost);
    world
        .ecrmon(["setup", "--yes", "--retention", "30"])
        .exits(0)
        .says(lost);
    assert_eq!(retention(&world), "30");
}

#[test]
fn an_expiry_of_log_files_that_comes_earlier_says_so() {
    let world = world_with(&[]);
    for (days, lost) in [
        (
            "90",
            "log files older than 90 days are deleted for good (now: never)",
        ),
        (
            "30",
            "log files older than 30 days are deleted for good (now: 90 days)",
        ),
    ] {
        world
            .ecrmon(["setup", "--yes", "--expire-logs", days])
            .exits(0)
            .says(lost);
    }
    world
        .ecrmon(["setup", "--yes", "--expire-logs", "60"])
        .exits(0)
        .does_not_say("deleted for good");
}

#[test]
fn shortening_a_retention_is_confirmed_by_itself() {
    let world = world_with(&[]);
    store_an_event(&world);
    world.forget_calls();
    let mut terminal = world.terminal(["setup", "--retention", "30"]);
    terminal
        .awaits("Apply?")
        .types("y")
        .awaits("deleted for good")
        .awaits("Really?")
        .types("n");
    terminal.finish().exits(1);
    wrote_nothing(&world);
}

#[test]
fn an_illegal_retention_lists_the_legal_ones_before_any_call() {
    let world = World::new();
    let transcript = world.ecrmon(["setup", "--yes", "--retention", "91"]);
    transcript
        .exits(2)
        .says("one of 1, 3, 5, 7, 14, 30, 60, 90, 120,")
        .says("3653");
    assert_eq!(calls::names(&world.calls()), Vec::<String>::new());
}
