//! How the simulator searches log groups, and throttles: what the reading of log groups is tested against.

use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use aws_sdk_cloudwatchlogs::types::OrderBy;
use serde_json::{Value, json};

use crate::deliveries::{LOG_GROUP, event, log_group_arn, world_with_events};
use crate::support::clients::Clients;
use crate::support::world::World;

/// Five events, one every ten minutes, the last refused.
fn world() -> World {
    let mut events = [
        ("a", "PutImage", "10:00"),
        ("b", "BatchGetImage", "10:10"),
        ("c", "PutImage", "10:20"),
        ("d", "DeleteRepository", "10:30"),
        ("e", "BatchGetImage", "10:40"),
    ]
    .map(|(id, name, time)| event(id, name, time));
    events[4]["errorCode"] = json!("AccessDenied");
    events[3]["size"] = json!(5);
    world_with_events(&events)
}

/// The ids of the events that match, in order.
fn matching(world: &World, pattern: &str) -> Result<String, String> {
    let logs = Clients::of(world).logs;
    let request = logs
        .filter_log_events()
        .log_group_identifier(log_group_arn(world))
        .filter_pattern(pattern);
    match world.block_on(request.send()) {
        Ok(found) => Ok(found
            .events()
            .iter()
            .filter_map(|event| event.message())
            .map(id_of)
            .collect()),
        Err(error) => Err(error.code().expect("a code").to_owned()),
    }
}

fn id_of(message: &str) -> String {
    let record: Value = serde_json::from_str(message).expect("a record is JSON");
    record["eventID"].as_str().expect("an event id").to_owned()
}

#[test]
fn patterns_choose_events_as_their_language_says() {
    let world = world();
    let cases = [
        ("", "abcde"),
        (r#"{ $.eventName = "PutImage" }"#, "ac"),
        (r#"{ $.eventName = "putimage" }"#, ""),
        (r#"{ $.eventName = "*Image" }"#, "abce"),
        ("{ $.eventName != Put* }", "bde"),
        (
            r#"{ ($.eventSource = "ecr.amazonaws.com") && (($.eventName = "Put*") || ($.errorCode = "*")) }"#,
            "ace",
        ),
        ("{ $.errorCode NOT EXISTS }", "abcd"),
        (r#"{ $.errorCode != "x" }"#, "e"),
        ("{ $.readOnly IS TRUE }", "be"),
        ("{ $.size >= 5 }", "d"),
        ("{ $.eventName = %^(Put|Delete)% }", "acd"),
        (r#"{ $.requestParameters.repositoryName = "team/c" }"#, "c"),
        ("AccessDenied", "e"),
        (r#""team/a""#, "a"),
        ("PutImage -BatchGetImage", "ac"),
        ("?PutImage ?DeleteRepository", "acd"),
    ];
    for (pattern, wanted) in cases {
        assert_eq!(
            matching(&world, pattern).as_deref(),
            Ok(wanted),
            "{pattern}"
        );
    }
}

#[test]
fn malformed_patterns_are_refused() {
    let world = world();
    let too_long = "x".repeat(1025);
    for pattern in ["{ $.a = ", "{ a = 1 }", "{ $.a = x-y }", "a.b", &too_long] {
        let refused = Err("InvalidParameterException".to_owned());
        assert_eq!(matching(&world, pattern), refused, "{pattern}");
    }
}

#[test]
fn pages_can_be_small_and_empty_and_show_every_event_once() {
    let world = world();
    world.arrange("logs", &json!({"page_size": 2, "empty_pages": 1}));
    let logs = Clients::of(&world).logs;
    let (mut sizes, mut ids, mut token) = (Vec::new(), Vec::new(), None);
    loop {
        let request = logs.filter_log_events().log_group_name(LOG_GROUP);
        let page = world
            .block_on(request.set_next_token(token).send())
            .expect("search the group");
        sizes.push(page.events().len());
        ids.extend(
            page.events()
                .iter()
                .filter_map(|event| event.event_id().map(str::to_owned)),
        );
        token = page.next_token().map(str::to_owned);
        if token.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [0, 2, 0, 2, 0, 1]);
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[test]
fn the_range_of_time_includes_both_ends() {
    let world = world();
    let logs = Clients::of(&world).logs;
    let streams = logs
        .describe_log_streams()
        .log_group_name(LOG_GROUP)
        .order_by(OrderBy::LastEventTime)
        .descending(true);
    let streams = world.block_on(streams.send()).expect("list the streams");
    let stream = &streams.log_streams()[0];
    let name = format!("{}_CloudTrail_{}", world.account(), world.region());
    assert_eq!(stream.log_stream_name(), Some(name.as_str()));
    let (first, last) = (
        stream.first_event_timestamp(),
        stream.last_event_timestamp(),
    );
    let count = |start, end| {
        let request = logs.filter_log_events().log_group_name(LOG_GROUP);
        let request = request.set_start_time(start).set_end_time(end);
        world
            .block_on(request.send())
            .expect("search the group")
            .events()
            .len()
    };
    assert_eq!(count(first, last), 5);
    assert_eq!(
        count(first.map(|time| time + 1), last.map(|time| time - 1)),
        3
    );
}

#[test]
fn calls_above_a_rate_are_throttled_and_counted() {
    let world = World::new();
    world.arrange(
        "throttle",
        &json!({"operation": "LookupEvents", "per_second": 2}),
    );
    let trails = Clients::of(&world).cloudtrail;
    let config = trails.config().to_builder();
    let once = aws_sdk_cloudtrail::config::retry::RetryConfig::disabled();
    let trails = aws_sdk_cloudtrail::Client::from_conf(config.retry_config(once).build());
    let codes = [(); 4].map(|()| {
        let answer = world.block_on(trails.lookup_events().send());
        answer.map_or_else(|error| error.code().map(str::to_owned), |_| None)
    });
    let throttled = Some("ThrottlingException".to_owned());
    assert_eq!(codes, [None, None, throttled.clone(), throttled]);
    assert_eq!(world.throttled(), json!({"LookupEvents": 2}));

    world.arrange(
        "throttle",
        &json!({"operation": "LookupEvents", "per_second": null}),
    );
    world
        .block_on(trails.lookup_events().send())
        .expect("an end to the throttling");
}
