//! Records that are not as AWS documents them: what they say is told all the same.

use serde_json::{Map, Value, json};

use super::tests::{arn, field, told};
use crate::events::Event;

#[test]
fn what_a_record_says_of_reading_counts_and_its_verb_otherwise() {
    let reads =
        |name: &str, said: Value| field(&json!({"eventName": name, "readOnly": said}), "read_only");
    assert_eq!(reads("PutImage", Value::Null), false);
    assert_eq!(reads("DescribeImages", Value::Null), true);
    assert_eq!(reads("BatchCheckLayerAvailability", Value::Null), true);
    assert_eq!(reads("GetNothingNew", json!(false)), false);
    // As Athena's tables and the event history's own field have it.
    assert_eq!(reads("PutImage", json!("true")), true);
    assert_eq!(reads("PutImage", json!(["true"])), false);
}

#[test]
fn what_is_of_another_kind_than_documented_is_unknown_and_the_rest_is_told() {
    let record = json!({
        "eventID": 17, "eventTime": "a while ago", "eventName": "PutImage", "awsRegion": {"name": "eu-west-1"},
        "sourceIPAddress": ["192.0.2.1"], "userAgent": "", "readOnly": "perhaps", "errorCode": null,
        "userIdentity": "root", "requestParameters": ["repositoryName"], "responseElements": {"image": 3},
        "recipientAccountId": 123_456_789_012_u64, "serviceEventDetails": {"lifecycleEventImageActions": {"lifecycleEventImage": {"tagList": ["v1"]}}},
        "resources": {"ARN": arn("alone")},
    });
    let expected = json!({
        "event_id": "17", "action": "push", "event_name": "PutImage", "repository": "alone", "tag": "v1",
        "images": [{"tag": "v1", "digest": null}], "account": "123456789012", "owner": "123456789012", "read_only": false,
    });
    assert_eq!(told(&record), expected);
}

#[test]
fn a_record_of_nothing_is_an_event_of_which_nothing_is_known() {
    let nothing = json!({"action": "other"});
    assert_eq!(told(&json!({})), nothing);
    let nulls: Map<_, _> = [
        "eventID",
        "eventTime",
        "eventName",
        "userIdentity",
        "requestParameters",
        "responseElements",
        "resources",
        "serviceEventDetails",
    ]
    .map(|name| (name.to_owned(), Value::Null))
    .into_iter()
    .collect();
    assert_eq!(told(&nulls.into()), nothing);
}

#[test]
fn of_a_field_that_occurs_twice_the_last_counts() {
    let event = |text: &str| Event::from_record(text).expect("it is a JSON object");
    let twice = event(r#"{"eventName": "PutImage", "eventName": "GetAuthorizationToken"}"#);
    assert_eq!(twice.event_name(), Some("GetAuthorizationToken"));
    let within = event(
        r#"{"eventID": "a", "requestParameters": {"repositoryName": "one", "repositoryName": "two"}}"#,
    );
    assert_eq!(within.repository(), Some("two"));
    assert_eq!(within.event_id(), Some("a"));
}

#[test]
fn a_text_that_was_cut_within_a_character_takes_nothing_with_it() {
    let record = r#"{"eventID": "a", "errorMessage": "no \ud83d", "additionalEventData": {"b": "\udc00"}, "eventName": "PutImage"}"#;
    let event = Event::from_record(record).expect("it is a JSON object");
    assert_eq!(event.event_id(), Some("a"));
    assert_eq!(event.event_name(), Some("PutImage"));
    let message = event.error_message().expect("it is known");
    assert!(message.starts_with("no \u{fffd}"), "{message}");
}

#[test]
fn what_is_no_json_object_is_no_record() {
    for text in [
        "",
        "{",
        "null",
        "17",
        "\"PutImage\"",
        "[]",
        r#"["e1"]"#,
        r#"[{"eventName": "PutImage"}]"#,
        "{} {}",
        "PutImage",
    ] {
        assert!(Event::from_record(text).is_err(), "{text}");
    }
    assert!(Event::from_record(" \n{}\t").is_ok());
}
