//! What the tests of dashboards share: registries and metrics to show, and short ways to look at a body.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::stack::DASHBOARD;
use crate::support::world::World;

/// So many repositories with an image each, counted by AWS/Usage as ECR would.
pub fn registry(world: &World, copies: usize) {
    let image = json!({"tags": ["v1"], "size": 1000});
    world.arrange(
        "registry",
        &json!({"region": world.region(), "repositories": [{"name": "team/app-{}", "copies": copies, "images": [image]}]}),
    );
    world.arrange(
        "metrics",
        &json!({"region": world.region(), "count_resources": true}),
    );
}

/// A metric with a point in each of the last minutes.
pub fn metric(world: &World, namespace: &str, name: &str, dimensions: &Value, value: f64) {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
        .as_secs();
    let points = json!({"every": 60, "from": now - 3600, "value": value});
    let series =
        json!([{"namespace": namespace, "name": name, "dimensions": dimensions, "points": points}]);
    world.arrange(
        "metrics",
        &json!({"region": world.region(), "series": series}),
    );
}

/// A repository that was pulled.
pub fn pulled(world: &World, repository: &str, times: f64) {
    let dimensions = json!({"RepositoryName": repository});
    metric(world, "AWS/ECR", "RepositoryPullCount", &dimensions, times);
}

pub fn called(world: &World, operation: &str) {
    let dimensions =
        json!({"Service": "ECR", "Type": "API", "Resource": operation, "Class": "None"});
    metric(world, "AWS/Usage", "CallCount", &dimensions, 6.0);
}

/// As `metrics publish` does it.
pub fn published(world: &World, repository: &str) {
    for name in ["ImageCount", "UntaggedImageCount", "RepositorySize"] {
        metric(
            world,
            "ECR/Monitoring",
            name,
            &json!({"RepositoryName": repository}),
            3.0,
        );
    }
    let dimensions = json!({"RepositoryName": repository, "Severity": "CRITICAL"});
    metric(world, "ECR/Monitoring", "FindingCount", &dimensions, 2.0);
}

/// The body that `dashboard create` would put.
#[track_caller]
pub fn wanted(world: &World, arguments: &[&str]) -> Value {
    let create = ["dashboard", "create", "--dry-run", "--output", "json"];
    world.ecrmon([&create, arguments].concat()).exits(0).json()
}

/// The body that is there.
#[track_caller]
pub fn body(world: &World) -> Value {
    let body = world.state()["dashboards"][DASHBOARD]
        .as_str()
        .expect("a dashboard")
        .to_owned();
    serde_json::from_str(&body).expect("its body is JSON")
}

pub fn titles(body: &Value) -> Vec<String> {
    let widgets = body["widgets"].as_array().expect("widgets").iter();
    let titles = widgets.filter_map(|widget| widget["properties"]["title"].as_str());
    titles.map(str::to_owned).collect()
}

/// The properties of the widget with that title.
#[track_caller]
pub fn widget(body: &Value, title: &str) -> Value {
    let mut widgets = body["widgets"].as_array().expect("widgets").iter();
    let found = widgets.find(|widget| widget["properties"]["title"] == title);
    found.unwrap_or_else(|| panic!("no `{title}` in {body:#}"))["properties"].clone()
}
