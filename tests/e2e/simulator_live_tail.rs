//! The simulator's Live Tail: a session that stays open, says what arrives, and ends when it is told to.

use aws_sdk_cloudwatchlogs::config::http::HttpRequest;
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use aws_sdk_cloudwatchlogs::operation::start_live_tail::StartLiveTailOutput;
use aws_sdk_cloudwatchlogs::types::StartLiveTailResponseStream as Message;
use aws_sdk_cloudwatchlogs::types::error::StartLiveTailResponseStreamError as Ended;
use serde_json::json;

use crate::deliveries::{event, happen, log_group_arn, world_delivering};
use crate::support::clients::Clients;
use crate::support::world::World;

/// Opens a session on the delivered group, or answers why it was refused.
fn open(world: &World, group: &str, pattern: &str) -> Result<StartLiveTailOutput, String> {
    let logs = Clients::of(world).logs;
    let url = format!("{}/", world.backdoor_url());
    let request = logs
        .start_live_tail()
        .log_group_identifiers(group)
        .log_event_filter_pattern(pattern)
        .customize()
        // The SDK puts `stream-` before the host, even before an address.
        .mutate_request(move |request: &mut HttpRequest| {
            request.set_uri(url.as_str()).expect("a legal address");
        });
    let answer = world.block_on(request.send());
    answer.map_err(|error| error.code().unwrap_or("no code").to_owned())
}

/// What the session says next, `end` when it is over.
fn next(world: &World, session: &mut StartLiveTailOutput) -> String {
    match world.block_on(session.response_stream.recv()) {
        Ok(Some(Message::SessionStart(start))) => {
            start.log_event_filter_pattern.unwrap_or_default()
        }
        Ok(Some(Message::SessionUpdate(update))) => {
            let messages = update.session_results().iter();
            messages
                .map(|event| {
                    event
                        .message()
                        .unwrap_or_default()
                        .matches("eventID")
                        .count()
                        .to_string()
                })
                .collect()
        }
        Ok(Some(_)) => "unknown".to_owned(),
        Ok(None) => "end".to_owned(),
        Err(error) => match error.into_service_error() {
            Ended::SessionTimeoutException(_) => "timeout".to_owned(),
            error => format!("{error:?}"),
        },
    }
}

#[test]
fn a_session_says_what_arrives_and_matches_until_it_is_closed() {
    let world = world_delivering("at once");
    world.arrange(
        "live-tail",
        &json!({"close_after": 3, "update_seconds": 0.2}),
    );
    happen(&world, &[event("old", "PutImage", "09:00")]);
    let pattern = r#"{ $.eventName = "Put*" }"#;
    let mut session = open(&world, &log_group_arn(&world), pattern).expect("open a session");
    assert_eq!(next(&world, &mut session), pattern);
    happen(
        &world,
        &[
            event("a", "PutImage", "10:00"),
            event("b", "BatchGetImage", "10:01"),
            event("c", "PutImage", "10:02"),
        ],
    );
    let said: String = (0..3).map(|_| next(&world, &mut session)).collect();
    assert_eq!(said, "11");
    assert_eq!(next(&world, &mut session), "end");
}

#[test]
fn a_session_can_end_with_an_error_and_be_refused() {
    let world = world_delivering("off");
    let group = log_group_arn(&world);
    let end =
        json!({"close_after": 1, "close_with": "SessionTimeoutException", "update_seconds": 0.1});
    world.arrange("live-tail", &end);
    let mut session = open(&world, &group, "").expect("open a session");
    let said = [(); 3].map(|()| next(&world, &mut session));
    assert_eq!(said, ["", "", "timeout"]);

    world.arrange("live-tail", &json!({"refuse": "AccessDeniedException"}));
    let refused = |group: &str| open(&world, group, "").expect_err("refused");
    assert_eq!(refused(&group), "AccessDeniedException");
    world.arrange("live-tail", &json!({}));
    assert_eq!(refused(&format!("{group}:*")), "InvalidParameterException");
    assert_eq!(
        refused(&format!("{group}-missing")),
        "ResourceNotFoundException"
    );
}
