//! `ecrmon metrics publish`: what is published can be read back, what is unknown is not published, and nothing is
//! published that was not agreed to.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{Metric, MetricDataQuery, MetricStat};
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::calls::names;
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

const NAMESPACE: &str = "ECR/Monitoring";
pub const PUT: &str = "cloudwatch:PutMetricData";

/// A world whose registry holds these repositories.
pub fn world_with(repositories: &Value) -> World {
    let world = World::new();
    world.arrange("registry", &json!({ "repositories": repositories }));
    world
}

/// Two repositories, of which all is known.
pub fn scanned() -> Value {
    json!([
        {"name": "team/api", "images": [
            {"tags": ["v1"], "size": 1_000, "pushed_at": "2026-01-01T00:00:00Z", "findings": {"LOW": 9}},
            {"tags": ["v2"], "size": 2_000, "findings": {"CRITICAL": 2, "HIGH": 5, "LOW": 1}},
            {"size": 500, "pushed_at": "2026-01-02T00:00:00Z", "findings": {}},
        ]},
        {"name": "team/web", "images": [{"tags": ["v1"], "size": 4_000, "findings": {}}]},
    ])
}

fn publish(world: &World, arguments: &str) -> Transcript {
    let arguments = format!("metrics publish {arguments}");
    world.ecrmon(arguments.split_whitespace())
}

pub fn calls_of(world: &World, operation: &str) -> usize {
    let calls = names(&world.calls());
    calls.iter().filter(|call| *call == operation).count()
}

/// All that CloudWatch has in our namespace.
pub fn listed(world: &World) -> Vec<Metric> {
    let request = Clients::of(world).cloudwatch.list_metrics();
    let mut pages = request.namespace(NAMESPACE).into_paginator().send();
    let mut metrics = Vec::new();
    world.block_on(async {
        while let Some(page) = pages.next().await {
            metrics.extend(page.expect("list the metrics").metrics.unwrap_or_default());
        }
    });
    metrics
}

/// `ImageCount team/api`, `FindingCount HIGH`.
pub fn words(metric: &Metric) -> String {
    let dimensions = metric.dimensions().iter();
    let mut values: Vec<(&str, &str)> = dimensions
        .map(|one| {
            (
                one.name().unwrap_or_default(),
                one.value().unwrap_or_default(),
            )
        })
        .collect();
    values.sort_unstable();
    let values = values.into_iter().map(|(_, value)| value);
    let name = metric.metric_name().unwrap_or_default();
    let words: Vec<&str> = std::iter::once(name).chain(values).collect();
    words.join(" ")
}

/// The statistic of each metric over the last hours, by its words.
fn read_back(world: &World, statistic: &str) -> BTreeMap<String, u64> {
    let metrics = listed(world);
    let queries = metrics.iter().enumerate().map(|(number, metric)| {
        let statistic = MetricStat::builder()
            .metric(metric.clone())
            .stat(statistic)
            .period(86_400)
            .build();
        let id = format!("m{number}");
        MetricDataQuery::builder()
            .id(id)
            .metric_stat(statistic)
            .build()
    });
    let now = Timestamp::now().as_second();
    let request = Clients::of(world)
        .cloudwatch
        .get_metric_data()
        .set_metric_data_queries(Some(queries.collect()))
        .start_time(DateTime::from_secs(now - 3 * 3_600))
        .end_time(DateTime::from_secs(now + 60));
    let answer = world.block_on(request.send()).expect("get the data");
    let mut values = BTreeMap::new();
    for result in answer.metric_data_results() {
        let number: usize = result.id().expect("an id")[1..].parse().expect("a number");
        if let Some(value) = result.values().first() {
            let value = value.to_string().parse().expect("a whole number");
            values.insert(words(&metrics[number]), value);
        }
    }
    values
}

fn values(expected: &[(&str, u64)]) -> BTreeMap<String, u64> {
    let expected = expected.iter();
    expected
        .map(|(name, value)| ((*name).to_owned(), *value))
        .collect()
}

#[test]
fn what_is_published_can_be_read_back() {
    let world = world_with(&scanned());
    publish(&world, "--yes")
        .exits(0)
        .says("15 metrics of 2 repositories to publish in `ECR/Monitoring`")
        .says("$1.50 a month at most")
        .prints("published 15 metrics of 2 repositories");
    let expected = values(&[
        ("FindingCount CRITICAL", 2),
        ("FindingCount HIGH", 5),
        ("FindingCount team/api CRITICAL", 2),
        ("FindingCount team/api HIGH", 5),
        ("FindingCount team/web CRITICAL", 0),
        ("FindingCount team/web HIGH", 0),
        ("ImageCount", 4),
        ("ImageCount team/api", 3),
        ("ImageCount team/web", 1),
        ("RepositorySize", 7_500),
        ("RepositorySize team/api", 3_500),
        ("RepositorySize team/web", 4_000),
        ("UntaggedImageCount", 1),
        ("UntaggedImageCount team/api", 1),
        ("UntaggedImageCount team/web", 0),
    ]);
    assert_eq!(read_back(&world, "Maximum"), expected);
    assert_eq!(calls_of(&world, PUT), 1);
    assert_eq!(calls_of(&world, "ecr:BatchGetImage"), 0);
}

#[test]
fn findings_that_are_mended_fall_back_to_zero() {
    let world = world_with(&scanned());
    publish(&world, "--yes --severity critical,high,low").exits(0);
    world.arrange(
        "registry",
        &json!({"repositories": [{"name": "team/api", "images": [{"tags": ["v3"], "findings": {}}]}]}),
    );
    publish(&world, "--yes --severity critical,high,low").exits(5);
    let least = read_back(&world, "Minimum");
    for severity in ["CRITICAL", "HIGH", "LOW"] {
        assert_eq!(least[&format!("FindingCount team/api {severity}")], 0);
        assert_eq!(least[&format!("FindingCount {severity}")], 0);
    }
    let most = read_back(&world, "Maximum");
    assert_eq!(most["FindingCount team/api LOW"], 1);
}

#[test]
fn what_is_unknown_is_not_published_and_neither_is_a_total_of_it() {
    let world = world_with(&json!([
        {"name": "known", "images": [{"tags": ["a"], "size": 10, "findings": {}}]},
        {"name": "no-size", "images": [{"tags": ["a"], "size": null, "findings": {}}]},
        {"name": "no-scan", "images": [{"tags": ["a"], "size": 10}]},
    ]));
    publish(&world, "--yes")
        .exits(5)
        .says("warning: RepositorySize is unknown, so not published: no-size")
        .says("no finished scan, so no FindingCount: no-scan")
        .prints("published 14 metrics of 3 repositories, 1 unknown");
    let published = read_back(&world, "Maximum");
    for absent in [
        "RepositorySize no-size",
        "RepositorySize",
        "FindingCount no-scan HIGH",
        "FindingCount HIGH",
    ] {
        assert!(!published.contains_key(absent), "{absent}: {published:?}");
    }
    assert_eq!(published["ImageCount"], 3);
}

#[test]
fn images_that_cannot_be_read_are_no_zero() {
    let world = world_with(&scanned());
    world.inject(Fault::access_denied("DescribeImages"));
    publish(&world, "--yes --quiet")
        .exits(5)
        .says("ImageCount is unknown, so not published: team/api, team/web")
        .says("`ecr:DescribeImages`")
        .prints("published 0 metrics of 0 repositories, 8 unknown");
    assert_eq!(calls_of(&world, PUT), 0);
}

#[test]
fn what_is_not_published_need_not_be_readable() {
    let world = world_with(&scanned());
    world.inject(Fault::access_denied("GetLifecyclePolicy"));
    publish(&world, "--yes")
        .exits(0)
        .does_not_say("GetLifecyclePolicy");
}

#[test]
fn a_repository_that_is_deleted_meanwhile_is_left_out() {
    let images = json!([{"tags": ["a"], "size": 10, "findings": {}}, {"size": 10, "pushed_at": 0}]);
    let world = world_with(&json!([
        {"name": "one", "images": images},
        {"name": "other", "images": images},
    ]));
    let gone = "The repository does not exist in the registry";
    let gone = Fault::error("DescribeImages", 400, "RepositoryNotFoundException", gone);
    world.inject(gone.times(1));
    publish(&world, "--yes")
        .exits(0)
        .prints("of 1 repository\n");
    world.met_every_fault();
    let published = read_back(&world, "Maximum");
    assert_eq!(published["ImageCount"], 2);
    assert_eq!(published.len(), 10, "{published:?}");
}

#[test]
fn an_empty_registry_is_truly_empty() {
    let world = World::new();
    publish(&world, "--yes").exits(0);
    assert_eq!(read_back(&world, "Maximum")["ImageCount"], 0);
}

/// 250 repositories: 1,255 metrics, which two calls take.
fn many() -> World {
    let image = json!({"tags": ["a"], "size": 10, "findings": {}});
    let repository = json!({"name": "team/some-application-{}", "copies": 250, "images": [image]});
    world_with(&json!([repository]))
}

#[test]
fn many_metrics_take_few_calls() {
    let world = many();
    publish(&world, "--yes --max-metrics 1255")
        .exits(0)
        .says("$373.50 a month")
        .prints("published 1255 metrics of 250 repositories");
    assert_eq!(calls_of(&world, PUT), 2);
    assert_eq!(listed(&world).len(), 1_255);
}

#[test]
fn a_refused_batch_leaves_the_others() {
    let world = many();
    let refused = Fault::error(
        "PutMetricData",
        400,
        "InvalidParameterValue",
        "not this one",
    );
    world.inject(refused.times(1));
    let transcript = publish(&world, "--yes --max-metrics 2000");
    transcript
        .exits(1)
        .says("cannot publish all metrics")
        .says("not this one")
        .prints(" of 1255 metrics of 250 repositories");
    let published = listed(&world).len();
    assert!([255, 1_000].contains(&published), "{published}");
    transcript.prints(&format!("published {published} of 1255"));
}

#[test]
fn throttling_is_outlasted() {
    let world = world_with(&scanned());
    world.inject(Fault::throttling("PutMetricData").times(2));
    publish(&world, "--yes").exits(0);
    world.met_every_fault();
    assert_eq!(listed(&world).len(), 15);
}

#[test]
fn more_than_is_allowed_is_refused() {
    let world = many();
    publish(&world, "--yes")
        .exits(2)
        .says("these are 1255 metrics, and 500 are allowed")
        .says("`--max-metrics 1255` allows them");
    publish(&world, "--yes --max-metrics 1254").exits(2);
    assert_eq!(calls_of(&world, PUT), 0);
}

#[test]
fn a_dry_run_shows_every_value_and_publishes_none() {
    let world = world_with(&scanned());
    publish(&world, "--dry-run --every 5m")
        .exits(0)
        .says("8640 calls, $0.01 per 1,000")
        .prints("(whole registry)")
        .prints("team/api");
    let json = publish(&world, "--dry-run --output json").exits(0).json();
    assert_eq!(
        (&json["metrics"], &json["published"]),
        (&json!(15), &json!(0))
    );
    assert_eq!(
        json["data"][3],
        json!({"metric": "FindingCount", "repository": null, "severity": "CRITICAL", "value": 2})
    );
    publish(&world, "--dry-run --output csv")
        .exits(0)
        .prints("metric,repository,severity,value\n")
        .prints("RepositorySize,team/web,,4000\n");
    assert_eq!(calls_of(&world, PUT), 0);
}

#[test]
fn a_part_of_the_registry_has_no_totals() {
    let world = world_with(&scanned());
    publish(&world, "--yes --repo */web --severity critical")
        .exits(0)
        .says("RepositorySize      1 repository\n");
    let published: Vec<String> = read_back(&world, "Maximum").into_keys().collect();
    let expected = [
        "FindingCount team/web CRITICAL",
        "ImageCount team/web",
        "RepositorySize team/web",
        "UntaggedImageCount team/web",
    ];
    assert_eq!(published, expected);
}

#[test]
fn it_asks_and_does_as_it_is_told() {
    let world = world_with(&scanned());
    for (answer, exit, calls) in [("n", 1, 0), ("", 1, 0), ("y", 0, 1)] {
        let mut terminal = world.terminal(["metrics", "publish"]);
        terminal.awaits("Publish? [y/N]").types(answer);
        terminal.finish().exits(exit);
        assert_eq!(calls_of(&world, PUT), calls, "{answer}");
    }
    publish(&world, "")
        .exits(2)
        .says("there is no terminal to ask at")
        .says("`--yes` publishes without asking");
    assert_eq!(calls_of(&world, PUT), 1);
}

#[test]
fn one_turn_is_a_json_document() {
    let world = world_with(&scanned());
    let json = publish(&world, "--yes --output json").exits(0).json();
    assert_eq!(json["namespace"], NAMESPACE);
    assert_eq!(json["account"], world.account());
    assert_eq!(
        (&json["metrics"], &json["published"]),
        (&json!(15), &json!(15))
    );
}

#[test]
fn what_goes_on_wants_a_minute_at_least_and_a_format_without_an_end() {
    let world = world_with(&scanned());
    publish(&world, "--yes --every 59s")
        .exits(2)
        .says("at least a minute");
    for format in ["json", "csv"] {
        publish(&world, &format!("--yes --every 5m --output {format}"))
            .exits(2)
            .says("`--output ndjson`");
    }
    assert_eq!(calls_of(&world, PUT), 0);
}
