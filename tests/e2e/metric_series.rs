//! Metrics of a world, put there by tests.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::world::World;

/// When the day began in UTC, so many days ago.
pub fn midnight(days_ago: i64) -> Timestamp {
    let day = 24 * 3_600;
    let today = Timestamp::now().as_second().div_euclid(day) * day;
    Timestamp::from_second(today - days_ago * day).expect("a time")
}

pub fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

pub fn series(namespace: &str, name: &str, dimensions: &Value, points: &Value) -> Value {
    json!({"namespace": namespace, "name": name, "dimensions": dimensions, "points": points})
}

/// Pulls of a repository; `points` as the simulator takes them.
pub fn pulls(repository: &str, points: &Value) -> Value {
    let dimensions = json!({"RepositoryName": repository});
    series("AWS/ECR", "RepositoryPullCount", &dimensions, points)
}

pub fn calls(operation: &str, points: &Value) -> Value {
    let dimensions =
        json!({"Service": "ECR", "Type": "API", "Resource": operation, "Class": "None"});
    series("AWS/Usage", "CallCount", &dimensions, points)
}

pub fn images(repository: &str, points: &Value) -> Value {
    let dimensions = json!({
        "Service": "ECR",
        "Type": "RESOURCE",
        "Resource": "ImagesPerRepositoryCount",
        "ResourceId": format!("repository/{repository}"),
        "Class": "None",
    });
    series("AWS/Usage", "ResourceCount", &dimensions, points)
}

/// A metric as `ecrmon metrics publish` writes it; of the whole registry without a repository.
pub fn published(name: &str, repository: Option<&str>, points: &Value) -> Value {
    let dimensions = repository.map_or(json!({}), |name| json!({"RepositoryName": name}));
    series("ECR/Monitoring", name, &dimensions, points)
}

pub fn world_with(series: &[Value]) -> World {
    let world = World::new();
    put(&world, series);
    world
}

pub fn put(world: &World, series: &[Value]) {
    world.arrange(
        "metrics",
        &json!({"region": world.region(), "series": series}),
    );
}

/// The window from so many days ago to so many days ago, as flags.
pub fn days(from: i64, until: i64) -> Vec<String> {
    let (from, until) = (midnight(from).to_string(), midnight(until).to_string());
    vec![
        format!("--since={from}"),
        format!("--until={until}"),
        "--utc".to_owned(),
    ]
}
