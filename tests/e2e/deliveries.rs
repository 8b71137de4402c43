//! What the simulator's trails deliver, and when: what reads events elsewhere is only as good as this.

use std::io::Read;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::support::clients::Clients;
use crate::support::world::World;
use crate::trails::{make_bucket, make_log_group, seconds_ago, trail_arn};

pub const TRAIL: &str = "deliverer";
pub const LOG_GROUP: &str = "/delivered";

pub fn bucket(world: &World) -> String {
    format!("delivered-{}", world.account())
}

pub fn log_group_arn(world: &World) -> String {
    let (region, account) = (world.region(), world.account());
    format!("arn:aws:logs:{region}:{account}:log-group:{LOG_GROUP}")
}

/// A world whose trail of all regions logs to a bucket and a log group, and delivers in this mode.
pub fn world_delivering(mode: &str) -> World {
    let world = World::new();
    make_log_group(&world, world.region(), LOG_GROUP);
    make_bucket(&world, world.region(), &bucket(&world));
    world.add_trail(&json!({
        "trail": {
            "TrailARN": trail_arn(&world, TRAIL),
            "IsMultiRegionTrail": true,
            "S3BucketName": bucket(&world),
            "CloudWatchLogsLogGroupArn": format!("{}:*", log_group_arn(&world)),
        },
        "status": {"IsLogging": true},
    }));
    world.arrange("delivery", &json!({ "mode": mode }));
    world
}

/// As `world_delivering` at once, but only what these events say: later calls leave nothing behind.
pub fn world_with_events(events: &[Value]) -> World {
    let world = world_delivering("at once");
    happen(&world, events);
    world.arrange("delivery", &json!({"mode": "off"}));
    delivers_for_years(&world);
    world
}

/// As if the trail had been delivering for years, and still were.
pub fn delivers_for_years(world: &World) {
    made_log_group_at(world, LONG_AGO);
    let status =
        json!({"StartLoggingTime": LONG_AGO, "LatestCloudWatchLogsDeliveryTime": seconds_ago(60)});
    world.set_trail_status(world.region(), TRAIL, &status);
}

/// As if the log group had been made then, in seconds since 1970.
pub fn made_log_group_at(world: &World, created: u64) {
    let made = json!({"region": world.region(), "name": LOG_GROUP, "created": created});
    world.arrange("log-group", &made);
}

/// 2020 began.
const LONG_AGO: u64 = 1_577_836_800;

/// An event of a repository, at a time of 1 October 2026 as `HH:MM`.
pub fn event(id: &str, name: &str, time: &str) -> Value {
    json!({
        "eventID": id,
        "eventName": name,
        "eventSource": "ecr.amazonaws.com",
        "eventTime": format!("2026-10-01T{time}:00Z"),
        "awsRegion": "us-east-1",
        "requestParameters": {"repositoryName": format!("team/{id}")},
    })
}

pub fn happen(world: &World, events: &[Value]) {
    world.arrange("events", &json!({ "events": events }));
}

/// The ids of the records and the minutes of their delivery, as the log group has them.
fn logged(world: &World) -> Vec<(String, String)> {
    let logs = Clients::of(world).logs;
    let request = logs.filter_log_events().log_group_name(LOG_GROUP);
    let found = world.block_on(request.send()).expect("search the group");
    let shown = found.events().iter().map(|event| {
        let record: Value =
            serde_json::from_str(event.message().expect("a message")).expect("a record is JSON");
        (id_of(&record), minute(event.timestamp().expect("a time")))
    });
    shown.collect()
}

fn id_of(record: &Value) -> String {
    record["eventID"].as_str().expect("an event id").to_owned()
}

/// `DD HH:MM` of a time in milliseconds, in a month that is known.
fn minute(milliseconds: i64) -> String {
    let minutes = milliseconds / 60_000;
    let (day, hour) = (minutes / 1440, minutes / 60 % 24);
    // Day 20 727 after 1970 is 1 October 2026.
    format!("{:02} {hour:02}:{:02}", day - 20_727 + 1, minutes % 60)
}

/// The keys of the bucket without their random ends, and the ids of the records in them.
fn stored(world: &World) -> Vec<(String, Vec<String>)> {
    let s3 = Clients::of(world).s3;
    let listed = world.block_on(s3.list_objects_v2().bucket(bucket(world)).send());
    let listed = listed.expect("list the bucket");
    let keys = listed.contents().iter().filter_map(|object| object.key());
    keys.map(|key| {
        let named = key.rsplit_once('_').expect("a name with a unique end").0;
        (named.to_owned(), ids_in(world, key))
    })
    .collect()
}

fn ids_in(world: &World, key: &str) -> Vec<String> {
    let s3 = Clients::of(world).s3;
    let records = world.block_on(async {
        let object = s3.get_object().bucket(bucket(world)).key(key).send().await;
        let body = object.expect("read the object").body.collect().await;
        body.expect("read its body").into_bytes()
    });
    let mut text = String::new();
    flate2::read::GzDecoder::new(&records[..])
        .read_to_string(&mut text)
        .expect("the object is gzip");
    assert_eq!(text.lines().count(), 1);
    let file: Value = serde_json::from_str(&text).expect("the object is JSON");
    let records = file["Records"].as_array().expect("a list of records");
    records.iter().map(id_of).collect()
}

fn pair(id: &str, minute: &str) -> (String, String) {
    (id.to_owned(), minute.to_owned())
}

#[test]
fn nothing_is_delivered_unless_it_is_asked_for() {
    let world = world_delivering("off");
    happen(&world, &[event("a", "PutImage", "10:00")]);
    assert_eq!(logged(&world), []);
    assert_eq!(stored(&world), []);
}

#[test]
fn an_event_reaches_group_and_bucket_five_minutes_after_it_happened() {
    let world = world_with_events(&[event("a", "PutImage", "10:00")]);
    assert_eq!(logged(&world), [pair("a", "01 10:05")]);
    let account = world.account();
    let key = format!(
        "AWSLogs/{account}/CloudTrail/us-east-1/2026/10/01/{account}_CloudTrail_us-east-1_20261001T1005Z"
    );
    assert_eq!(stored(&world), [(key, vec!["a".to_owned()])]);
}

#[test]
fn a_call_is_delivered_at_once_and_the_status_says_so() {
    let world = world_delivering("at once");
    let clients = Clients::of(&world);
    let before = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("a time");
    world
        .block_on(clients.logs.describe_log_groups().send())
        .expect("make a call");
    assert_eq!(logged(&world).len(), 1);
    let request = clients.cloudtrail.get_trail_status().name(TRAIL);
    let status = world.block_on(request.send()).expect("read the status");
    let times = [
        status.latest_delivery_time(),
        status.latest_cloud_watch_logs_delivery_time(),
    ];
    for time in times {
        assert!(time.expect("a delivery").as_secs_f64() >= before.as_secs_f64() - 1.0);
    }
}

#[test]
fn held_events_arrive_late_out_of_order_and_twice_as_told() {
    let world = world_delivering("held");
    let times = [("a", "10:00"), ("b", "10:10"), ("c", "10:20")];
    happen(&world, &times.map(|(id, time)| event(id, "PutImage", time)));
    // From here on the calls that look at what is there are not held.
    world.arrange("delivery", &json!({"mode": "off"}));
    assert_eq!(logged(&world), []);

    let late =
        json!({"event_ids": ["c", "a"], "delay_seconds": 3600, "to": ["logs"], "duplicate": true});
    world.arrange("deliver", &late);
    let twice = [
        ("a", "01 11:00"),
        ("a", "01 11:00"),
        ("c", "01 11:20"),
        ("c", "01 11:20"),
    ];
    assert_eq!(logged(&world), twice.map(|(id, time)| pair(id, time)));
    assert_eq!(stored(&world), []);

    let rest = world.arrange("deliver", &json!({"delay_seconds": 60}));
    assert_eq!(rest["delivered"], json!(["a", "b", "c"]));
    let ids: Vec<String> = stored(&world)
        .into_iter()
        .flat_map(|(_, ids)| ids)
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
}

#[test]
fn a_trail_delivers_what_it_selects_and_nothing_before_it_logs() {
    let world = world_delivering("at once");
    let trails = Clients::of(&world).cloudtrail;
    let write_only = json!({
        "trail": {"TrailARN": trail_arn(&world, TRAIL), "IsMultiRegionTrail": false,
            "CloudWatchLogsLogGroupArn": format!("{}:*", log_group_arn(&world))},
        "selectors": {"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]},
    });
    world.add_trail(&write_only);
    let here = |id, name| {
        let mut event = event(id, name, "10:00");
        event["awsRegion"] = json!(world.region());
        event
    };
    happen(&world, &[here("before", "PutImage")]);
    world
        .block_on(trails.start_logging().name(TRAIL).send())
        .expect("start logging");
    happen(
        &world,
        &[
            here("read", "BatchGetImage"),
            here("written", "PutImage"),
            event("elsewhere", "PutImage", "10:00"),
        ],
    );
    let ids: Vec<String> = logged(&world).into_iter().map(|(id, _)| id).collect();
    // The call that started the logging is itself a write, made once the trail logged.
    assert_eq!(ids[0], "written");
    assert_eq!(ids.len(), 2, "{ids:?}");
}
