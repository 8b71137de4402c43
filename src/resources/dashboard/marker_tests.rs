//! Whose a body is, told by its marker, of this version and of earlier ones.

use serde_json::json;

use super::*;

fn record() -> Record {
    Record {
        shows: vec!["quotas".to_owned(), "logs".to_owned()],
        glob: Some("team-*".to_owned()),
    }
}

fn sealed() -> Value {
    Marker::seal("ecr-monitor-trail", "eu-west-1", &record(), |line| {
        let header = json!({"x": 0, "y": 0, "properties": {"markdown": format!("# x\n{line}")}});
        let pulls = json!({"type": "metric", "x": 0, "y": 4, "width": 12, "properties": {"title": "Pulls"}});
        json!({"widgets": [header, pulls]})
    })
}

#[test]
fn a_body_as_made_is_intact_and_tells_whose_it_is_and_what_was_chosen() {
    let body = sealed();
    let marker = Marker::of(&body).expect("a marker");
    assert_eq!(
        (marker.stack.as_str(), marker.region.as_str()),
        ("ecr-monitor-trail", "eu-west-1")
    );
    assert_eq!(marker.record, Some(record()));
    assert!(marker.is_intact(&body));
}

#[test]
fn order_and_documented_defaults_are_no_edits() {
    let mut body = sealed();
    body["widgets"].as_array_mut().expect("widgets").reverse();
    body["periodOverride"] = json!("auto");
    body["widgets"][0]["height"] = json!(6);
    body["widgets"][0]["properties"] =
        json!({"view": "timeSeries", "stacked": false, "title": "Pulls"});
    assert!(Marker::of(&body).expect("a marker").is_intact(&body));
}

#[test]
fn a_body_with_one_word_changed_is_not_intact() {
    let mut body = sealed();
    body["widgets"][1]["properties"]["title"] = json!("Fetches");
    assert!(!Marker::of(&body).expect("a marker").is_intact(&body));
}

#[test]
fn a_body_of_somebody_else_has_no_marker() {
    assert_eq!(
        Marker::of(&json!({"widgets": [{"properties": {"markdown": "# mine"}}]})),
        None
    );
}

/// As version 0.1.0 made it before the marker held a record.
#[test]
fn a_body_of_before_there_was_a_record_is_still_ours() {
    let body: Value =
        serde_json::from_str(include_str!("../../../tests/e2e/dashboard_before.json"))
            .expect("a body");
    let marker = Marker::of(&body).expect("a marker");
    assert_eq!(marker.record, None);
    assert!(marker.is_intact(&body));
}
