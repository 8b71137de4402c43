//! What holds for the reader of records whatever it is given, and for what a filter tells of itself.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

use super::*;
use crate::events::{Filter, Patterns, parse_glob};

/// The words of CloudTrail's records, and some that are none.
const WORDS: [&str; 40] = [
    "eventID",
    "eventTime",
    "eventName",
    "eventSource",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "readOnly",
    "recipientAccountId",
    "userIdentity",
    "type",
    "principalId",
    "arn",
    "ARN",
    "accountId",
    "userName",
    "invokedBy",
    "sessionContext",
    "sessionIssuer",
    "sourceIdentity",
    "onBehalfOf",
    "userId",
    "requestParameters",
    "repositoryName",
    "registryId",
    "resourceArn",
    "imageIds",
    "imageId",
    "imageTag",
    "imageDigest",
    "policyText",
    "responseElements",
    "repository",
    "image",
    "failures",
    "failureCode",
    "serviceEventDetails",
    "lifecycleEventImageActions",
    "somethingElse",
];

/// Texts that mean something somewhere in a record, and any others.
const VALUES: [&str; 14] = [
    "",
    "AssumedRole",
    "IAMUser",
    "FederatedUser",
    "PutImage",
    "SetRepositoryPolicy",
    ":",
    "/",
    "a:b/c",
    "2026-10-01T10:00:00Z",
    "arn:aws:ecr:eu-west-1:1:repository/x",
    "arn:::::repository/",
    "{\"Statement\": [{\"Effect\": \"Allow\"}]}",
    "203.0.113.12",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(&VALUES[..]).prop_map(str::to_owned),
        any::<String>()
    ]
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![9 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned), 1 => any::<String>()]
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::from)),
        text().prop_map(Value::from),
    ];
    scalar.prop_recursive(6, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            object_of(inner).prop_map(Value::from),
        ]
    })
}

fn object_of(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    prop::collection::vec((word(), value), 0..12).prop_map(|fields| fields.into_iter().collect())
}

/// A record that has something in every place that is read.
fn record() -> Value {
    let image = json!({"imageTag": "v1", "imageDigest": "sha256:0a"});
    json!({
        "eventVersion": "1.11", "eventID": "9354dd7f", "eventTime": "2026-10-01T10:00:00Z", "eventName": "SetRepositoryPolicy",
        "eventSource": "ecr.amazonaws.com", "awsRegion": "eu-west-1", "sourceIPAddress": "203.0.113.12", "userAgent": "grün",
        "readOnly": false, "recipientAccountId": "123456789012", "userIdentity": {
            "type": "AssumedRole", "principalId": "AROA:s", "arn": "arn:aws:sts::1:assumed-role/ci/s", "accountId": "1",
            "sessionContext": {"sessionIssuer": {"userName": "ci"}, "sourceIdentity": "anna"},
        },
        "requestParameters": {"repositoryName": "team/api", "policyText": "{\"Statement\": []}", "imageIds": [image]},
        "responseElements": {"imageIds": [image], "failures": [{"failureCode": "ImageNotFound"}]},
        "serviceEventDetails": {"lifecycleEventImageActions": [{"lifecycleEventImage": {"digest": "sha256:0b", "tagList": ["x"]}}]},
        "resources": [{"ARN": "arn:aws:ecr:eu-west-1:1:repository/team/api", "accountId": "1"}],
    })
}

fn pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        call(),
        Just("*Image".to_owned()),
        Just("Put[IR]*".to_owned())
    ]
}

/// The name of a call, whether ecrmon knows it or not.
fn call() -> impl Strategy<Value = String> {
    let known = Action::ALL
        .iter()
        .filter_map(|action| action.calls())
        .flatten();
    let names: Vec<&str> = known
        .chain(["DescribeImages", "GetSomethingNew", "PutSomethingNew"])
        .collect();
    prop::sample::select(names).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in any::<String>()) {
        let _ = Event::from_record(&String::from_utf8_lossy(&bytes));
        let _ = Event::from_record(&text);
    }

    #[test]
    fn every_json_object_is_an_event(fields in object_of(value())) {
        let text = Value::from(fields).to_string();
        prop_assert!(Event::from_record(&text).is_ok(), "{}", text);
    }

    #[test]
    fn what_is_no_object_is_no_event(value in value()) {
        prop_assert_eq!(Event::from_record(&value.to_string()).is_ok(), value.is_object());
    }

    /// Bytes of a real record are lost, changed or added; it is read as far as it is JSON.
    #[test]
    fn a_record_that_was_tampered_with_is_read_if_it_is_json(
        at in any::<prop::sample::Index>(), lost in 0_usize..40, added in "[a-z{}\\[\\]\",:0-9 ]{0,12}",
    ) {
        let mut bytes = record().to_string().into_bytes();
        let from = at.index(bytes.len());
        let until = (from + lost).min(bytes.len());
        bytes.splice(from..until, added.into_bytes());
        let text = String::from_utf8_lossy(&bytes);
        let is_object = serde_json::from_str::<Map<String, Value>>(&text).is_ok();
        prop_assert_eq!(Event::from_record(&text).is_ok(), is_object, "{}", text);
    }

    /// Any one thing in a record may be anything else: what stands elsewhere is told as before.
    #[test]
    fn an_odd_part_takes_nothing_from_the_others(place in any::<prop::sample::Index>(), odd in value()) {
        let mut record = record();
        let names: Vec<String> = record.as_object().into_iter().flat_map(Map::keys).cloned().collect();
        let name = place.get(&names);
        record[name] = odd;
        let event = Event::from_record(&record.to_string()).expect("it is an object");
        if name != "eventID" {
            prop_assert_eq!(event.event_id(), Some("9354dd7f"));
        }
        if name != "eventTime" {
            prop_assert!(event.time.is_some());
        }
        if name != "userIdentity" {
            prop_assert_eq!(event.principal(), Some("role/ci (s, as anna)"));
        }
    }

    /// What a source has its server look for never hides what the filter wants.
    #[test]
    fn every_event_that_matches_is_among_the_names_that_can_match(
        name in call(),
        actions in prop::collection::btree_set(prop::sample::select(Action::ALL), 0..4),
        patterns in prop::collection::vec(pattern(), 0..3),
    ) {
        let globs: Vec<_> = patterns.iter().map(|pattern| parse_glob(pattern).expect("a pattern")).collect();
        let filter = Filter {
            actions: actions.into_iter().collect::<BTreeSet<_>>(),
            events: Patterns::new(&globs).expect("patterns"),
            ..Filter::default()
        };
        let event = Event::from_record(&json!({"eventName": name}).to_string()).expect("it is an object");
        if let Some(names) = filter.event_names().filter(|_| filter.matches(&event)) {
            prop_assert!(names.contains(name.as_str()), "{} is not in {:?}", name, names);
        }
    }
}
