//! Dashboards and alarms in the simulator: what a body may say, warnings, pages.

use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::operation::put_dashboard::PutDashboardError;
use aws_sdk_cloudwatch::types::{
    ComparisonOperator, DashboardValidationMessage, StateValue, Statistic,
};
use serde_json::{Value, json};

use crate::simulator_metrics::cloudwatch;
use crate::support::world::World;

type Told = Vec<DashboardValidationMessage>;

fn put(world: &World, name: &str, body: &Value) -> Result<Told, Box<PutDashboardError>> {
    let request = cloudwatch(world).put_dashboard().dashboard_name(name);
    let answer = world.block_on(request.dashboard_body(body.to_string()).send());
    match answer {
        Ok(answer) => Ok(answer.dashboard_validation_messages.unwrap_or_default()),
        Err(error) => Err(Box::new(error.into_service_error())),
    }
}

/// Where a body with these widgets and variables is wrong.
fn paths(world: &World, widgets: &Value, variables: &Value) -> Vec<String> {
    let body = json!({"widgets": widgets, "variables": variables});
    let error = put(world, "d", &body).expect_err("refused");
    assert_eq!(error.code(), Some("InvalidParameterInput"));
    let PutDashboardError::DashboardInvalidInputError(error) = *error else {
        panic!("not an invalid body: {error:?}");
    };
    let told = error.dashboard_validation_messages();
    told.iter()
        .filter_map(|told| told.data_path().map(str::to_owned))
        .collect()
}

#[test]
fn a_body_of_every_kind_of_widget_is_taken() {
    let metrics = json!([
        ["AWS/ECR", "RepositoryPullCount", "RepositoryName", "a", {"stat": "Sum"}],
        [".", ".", ".", "b"],
        [{"expression": "SEARCH('{AWS/ECR,RepositoryName}', 'Sum', 300)", "id": "e1", "label": "x"}],
    ]);
    let widget = |kind: &str, properties: Value| json!({"type": kind, "properties": properties});
    let alarm = "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:pulls";
    let widgets = json!([
        widget(
            "text",
            json!({"markdown": "# ECR", "background": "transparent"})
        ),
        widget(
            "metric",
            json!({"region": "eu-west-1", "metrics": metrics, "view": "bar", "period": 300})
        ),
        widget(
            "log",
            json!({"region": "eu-west-1", "query": "SOURCE 'g' | fields @message", "view": "table"})
        ),
        widget("alarm", json!({"alarms": [alarm], "states": ["ALARM"]})),
        widget("explorer", json!({"metrics": [], "labels": []})),
        widget(
            "custom",
            json!({"endpoint": "arn:aws:lambda:eu-west-1:123456789012:function:f"})
        ),
    ]);
    let variable = json!({
        "type": "property", "property": "RepositoryName", "inputType": "select", "id": "repository",
        "search": "{AWS/ECR,RepositoryName}", "populateFrom": "RepositoryName", "defaultValue": "__FIRST",
    });
    let body = json!({"widgets": widgets, "variables": [variable], "start": "-P7D"});
    let world = World::new();
    assert_eq!(put(&world, "d", &body).expect("taken"), []);
    let warning = json!({"DataPath": "/widgets/1", "Message": "a warning"});
    world.arrange("dashboard-warnings", &json!({"messages": [warning]}));
    let warned = put(&world, "d", &body).expect("taken with a warning");
    assert_eq!(warned[0].data_path(), Some("/widgets/1"));
}

#[test]
fn what_is_wrong_with_a_body_is_told_with_its_place() {
    let world = World::new();
    let metric =
        |row: Value| json!([{"type": "metric", "properties": {"region": "r", "metrics": [row]}}]);
    let log = json!([{"type": "log", "properties": {"region": "r", "query": "fields @message"}}]);
    let alarm = json!([{"type": "alarm", "properties": {"alarms": []}}]);
    let gauge = json!([{"type": "metric", "properties": {"region": "r", "metrics": [["n", "m"]], "view": "gauge"}}]);
    let text = json!({"type": "text", "properties": {"markdown": ""}});
    let cases = [
        (log, "/widgets/0/properties/query"),
        (alarm, "/widgets/0/properties/alarms"),
        (gauge, "/widgets/0/properties/yAxis/left"),
        (
            metric(json!(["n", "m", "d"])),
            "/widgets/0/properties/metrics/0",
        ),
        (
            metric(json!([{"expression": "m1", "id": "E1"}])),
            "/widgets/0/properties/metrics/0/id",
        ),
        (
            metric(json!(["n", "m", {"period": 61}])),
            "/widgets/0/properties/metrics/0/period",
        ),
        (
            json!([{"type": "chart", "properties": {}}]),
            "/widgets/0/type",
        ),
        (json!(vec![text; 501]), "/widgets"),
    ];
    for (widgets, wanted) in cases {
        let found = paths(&world, &widgets, &json!([]));
        assert_eq!(found.first().map(String::as_str), Some(wanted));
    }
    let variable = json!({"type": "pattern", "inputType": "radio", "id": "x".repeat(33)});
    let found = paths(&world, &json!([]), &json!([variable]));
    assert_eq!(found, ["/variables/0/id", "/variables/0", "/variables/0"]);
}

#[test]
fn dashboards_and_alarms_are_told_on_pages() {
    let world = World::new();
    let client = cloudwatch(&world);
    let put_alarm = |name: String| {
        let alarm = client
            .put_metric_alarm()
            .alarm_name(name)
            .namespace("AWS/ECR")
            .metric_name("RepositoryPullCount")
            .statistic(Statistic::Sum)
            .period(300)
            .evaluation_periods(1)
            .threshold(1.0)
            .comparison_operator(ComparisonOperator::LessThanThreshold);
        world.block_on(alarm.send()).expect("put an alarm");
    };
    (0..60).for_each(|number| put_alarm(format!("ecrmon-{number}")));
    let pages = client.describe_alarms().into_paginator().send();
    let pages = world.block_on(pages.collect::<Result<Vec<_>, _>>());
    let pages = pages.expect("describe the alarms");
    let sizes: Vec<_> = pages
        .iter()
        .map(|page| page.metric_alarms().len())
        .collect();
    assert_eq!(sizes, [50, 10]);
    let state = pages[0].metric_alarms()[0].state_value();
    assert_eq!(state.map(StateValue::as_str), Some("INSUFFICIENT_DATA"));

    for name in ["a-1", "a-2", "b-1"] {
        put(&world, name, &json!({"widgets": []})).expect("put");
    }
    let listed = client.list_dashboards().dashboard_name_prefix("a-");
    let listed = world.block_on(listed.send()).expect("list");
    let names: Vec<_> = listed
        .dashboard_entries()
        .iter()
        .filter_map(|entry| entry.dashboard_name())
        .collect();
    assert_eq!(names, ["a-1", "a-2"]);
}
