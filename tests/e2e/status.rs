//! `ecrmon status`: is monitoring alive?

use serde_json::{Value, json};

use crate::stack::{LOG_GROUP, TRAIL, edit_dashboard};
use crate::support::clients::Clients;
use crate::support::transcript::Transcript;
use crate::support::world::World;
use crate::trails::{covering, seconds_ago, silent};

/// Two days of logging, and deliveries some minutes ago.
pub fn deliver(world: &World, trail: &str) {
    let fields = json!({
        "StartLoggingTime": seconds_ago(2 * 86_400),
        "LatestDeliveryTime": seconds_ago(5 * 60 + 5),
        "LatestCloudWatchLogsDeliveryTime": seconds_ago(3 * 60 + 5),
    });
    world.set_trail_status(world.region(), trail, &fields);
}

/// A world that was set up two days ago.
pub fn set_up() -> World {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0);
    deliver(&world, TRAIL);
    world
}

/// `resource state` of each check, in the order shown.
pub fn states(transcript: &Transcript) -> Vec<String> {
    let report = transcript.json();
    let checks = report["checks"].as_array().expect("checks are a list");
    let text = |check: &Value, field: &str| check[field].as_str().expect("a text").to_owned();
    checks
        .iter()
        .map(|check| format!("{} {}", text(check, "resource"), text(check, "state")))
        .collect()
}

#[test]
fn where_nothing_was_set_up_nothing_is_healthy() {
    let world = World::new();
    let status = world.ecrmon(["status"]);
    status
        .exits(3)
        .prints("no trail records ECR here")
        .says("hint: `ecrmon setup`");
    assert_eq!(world.mutating_calls().len(), 0);
}

#[test]
fn a_trail_that_will_not_do_is_named_where_nothing_watches() {
    let world = World::new();
    world.add_trail(&silent(&world, "audit"));
    world
        .ecrmon(["status"])
        .exits(3)
        .prints("audit: records reads and writes; delivers to no log group");
}

#[test]
fn a_trail_that_began_just_now_is_waited_for() {
    let world = World::new();
    world.ecrmon(["setup", "--yes"]).exits(0);
    world
        .ecrmon(["status"])
        .exits(0)
        .prints("nothing delivered yet, which can take up to 30 min");
    let json = world.ecrmon(["status", "--output", "json"]);
    assert_eq!(json.exits(0).json()["healthy"], true);
    let expected = [
        "bucket waiting",
        "log group waiting",
        "trail ok",
        "role ok",
        "dashboard ok",
    ];
    assert_eq!(states(&json), expected);
}

#[test]
fn a_trail_that_is_logging_and_delivering_is_healthy() {
    let world = set_up();
    insta::assert_snapshot!(world.ecrmon(["status"]), @r"
    $ ecrmon status
    ✓ trail      ecr-monitor-trail                         logging for 2 d; all regions, reads and writes, validated
    ✓ bucket     ecr-monitor-trail-123456789012-eu-west-1  last delivery 5 min ago; private, encrypted, versioned, TLS only
    ✓ log group  /aws/cloudtrail/ecr-logs                  last delivery 3 min ago; retention: 90 days
    ✓ role       ecr-monitor-trail-eu-west-1-logs          lets CloudTrail write to the log group
    ✓ dashboard  ECR-Operations-Dashboard                  13 widgets
    Account 123456789012, region eu-west-1

    [exit 0]
    ");
}

#[test]
fn the_report_as_json_has_every_check() {
    let world = set_up();
    insta::assert_snapshot!(world.ecrmon(["status", "--output", "json"]), @r#"
    $ ecrmon status --output json
    {
      "account": "123456789012",
      "region": "eu-west-1",
      "healthy": true,
      "checks": [
        {
          "resource": "trail",
          "name": "ecr-monitor-trail",
          "state": "ok",
          "detail": "logging for 2 d; all regions, reads and writes, validated"
        },
        {
          "resource": "bucket",
          "name": "ecr-monitor-trail-123456789012-eu-west-1",
          "state": "ok",
          "detail": "last delivery 5 min ago; private, encrypted, versioned, TLS only"
        },
        {
          "resource": "log group",
          "name": "/aws/cloudtrail/ecr-logs",
          "state": "ok",
          "detail": "last delivery 3 min ago; retention: 90 days"
        },
        {
          "resource": "role",
          "name": "ecr-monitor-trail-eu-west-1-logs",
          "state": "ok",
          "detail": "lets CloudTrail write to the log group"
        },
        {
          "resource": "dashboard",
          "name": "ECR-Operations-Dashboard",
          "state": "ok",
          "detail": "13 widgets"
        }
      ]
    }
    Account 123456789012, region eu-west-1

    [exit 0]
    "#);
}

#[test]
fn a_dashboard_that_a_person_edited_is_healthy_and_reported() {
    let world = set_up();
    edit_dashboard(&world);
    world
        .ecrmon(["status"])
        .exits(0)
        .prints("edited by hand since ecrmon made it");
}

#[test]
fn an_adopted_trail_is_watched_like_our_own() {
    let world = World::new();
    covering(&world, "audit");
    world.ecrmon(["setup", "--yes"]).exits(0);
    world
        .ecrmon(["status"])
        .exits(0)
        .prints("audit")
        .prints("/audit")
        .prints("audit-bucket")
        .prints("left untouched");

    world.set_trail_status(
        world.region(),
        "audit",
        &json!({"LatestDeliveryError": "NoSuchBucket"}),
    );
    world
        .ecrmon(["status"])
        .exits(3)
        .prints("audit: records reads and writes; delivery to its bucket fails: NoSuchBucket");
}

#[test]
fn an_attached_trail_waits_for_its_first_delivery_and_then_tells_its_age() {
    let world = World::new();
    world.add_trail(&silent(&world, "audit"));
    world
        .ecrmon(["setup", "--yes", "--attach", "audit"])
        .exits(0);
    world
        .ecrmon(["status"])
        .exits(0)
        .prints("nothing delivered yet")
        .prints("last delivery 4 min ago");
    deliver(&world, "audit");
    world
        .ecrmon(["status"])
        .exits(0)
        .prints("last delivery 3 min ago")
        .does_not_print("nothing delivered yet");

    world.set_trail_status(world.region(), "audit", &json!({"IsLogging": false}));
    world.ecrmon(["status"]).exits(3).prints("not logging");
}

#[test]
fn the_newest_event_of_the_log_group_is_shown_as_lagging_and_decides_nothing() {
    let world = set_up();
    let logs = Clients::of(&world).logs;
    let (group, stream) = (LOG_GROUP, "1_CloudTrail_eu-west-1");
    let event = aws_sdk_cloudwatchlogs::types::InputLogEvent::builder().message("{}");
    let long_ago = i64::try_from(seconds_ago(26 * 3600) * 1000).expect("a time");
    let event = event.timestamp(long_ago).build().expect("an event");
    world.block_on(async {
        let made = logs
            .create_log_stream()
            .log_group_name(group)
            .log_stream_name(stream)
            .send();
        made.await.expect("make a stream");
        let put = logs
            .put_log_events()
            .log_group_name(group)
            .log_stream_name(stream)
            .log_events(event)
            .send();
        put.await.expect("put an event");
    });
    world
        .ecrmon(["status"])
        .exits(0)
        .prints("newest event 1 d 2 h ago (this figure lags by up to an hour)");
}
