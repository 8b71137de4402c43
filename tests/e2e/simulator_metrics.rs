//! CloudWatch's metrics in the simulator: what is kept at which period, what is listed, pages, refusals.
//! Expressions are in `simulator_metric_math`.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    Dimension, DimensionFilter, Metric, MetricDataQuery, MetricDataResult, MetricStat,
    RecentlyActive, ScanBy, StatusCode,
};
use serde_json::{Value, json};

use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::world::World;

pub const HOUR: u64 = 3600;
pub const DAY: u64 = 24 * HOUR;
pub const PULLS: &str =
    "SEARCH('{AWS/ECR,RepositoryName} MetricName=\"RepositoryPullCount\"', 'Sum', 3600)";

pub fn cloudwatch(world: &World) -> Client {
    Clients::of(world).cloudwatch
}

/// So many seconds ago, at a full hour.
pub fn ago(seconds: u64) -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let then = now.expect("after 1970").as_secs() - seconds;
    then / HOUR * HOUR
}

pub fn pulls(repository: &str, points: &Value) -> Value {
    json!({
        "namespace": "AWS/ECR", "name": "RepositoryPullCount",
        "dimensions": {"RepositoryName": repository}, "points": points,
    })
}

pub fn calls(operation: &str, points: &Value) -> Value {
    json!({
        "namespace": "AWS/Usage", "name": "CallCount", "points": points,
        "dimensions": {"Service": "ECR", "Type": "API", "Resource": operation, "Class": "None"},
    })
}

pub fn world(series: &[Value]) -> World {
    let world = World::new();
    world.arrange("metrics", &json!({ "series": series }));
    world
}

pub fn metric(id: &str, repository: &str, period: i32, stat: &str) -> MetricDataQuery {
    let dimension = Dimension::builder()
        .name("RepositoryName")
        .value(repository);
    let metric = Metric::builder()
        .namespace("AWS/ECR")
        .metric_name("RepositoryPullCount")
        .dimensions(dimension.build())
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(period)
        .stat(stat);
    let query = MetricDataQuery::builder().id(id);
    query.metric_stat(stat.build()).build()
}

pub fn expression(id: &str, text: &str) -> MetricDataQuery {
    MetricDataQuery::builder().id(id).expression(text).build()
}

/// All pages of an answer, oldest points first.
pub fn data(
    world: &World,
    queries: &[MetricDataQuery],
    start: u64,
    end: u64,
) -> Vec<MetricDataResult> {
    let request = cloudwatch(world)
        .get_metric_data()
        .set_metric_data_queries(Some(queries.to_vec()))
        .start_time(moment(start))
        .end_time(moment(end))
        .scan_by(ScanBy::TimestampAscending);
    let items = request
        .into_paginator()
        .send()
        .collect::<Result<Vec<_>, _>>();
    let pages = world.block_on(items).expect("get the data");
    pages
        .into_iter()
        .flat_map(|page| page.metric_data_results.unwrap_or_default())
        .collect()
}

pub fn moment(seconds: u64) -> DateTime {
    DateTime::from(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

pub fn values(result: &MetricDataResult) -> &[f64] {
    result.values()
}

pub fn labels(results: &[MetricDataResult]) -> Vec<&str> {
    results.iter().filter_map(MetricDataResult::label).collect()
}

/// The code of the refusal of a query.
pub fn refused(world: &World, queries: Vec<MetricDataQuery>) -> String {
    let request = cloudwatch(world)
        .get_metric_data()
        .set_metric_data_queries(Some(queries))
        .start_time(moment(ago(HOUR)))
        .end_time(moment(ago(0)));
    let error = world.block_on(request.send()).expect_err("refused");
    error.code().unwrap_or_default().to_owned()
}

#[test]
fn points_are_put_together_by_period_and_statistic() {
    let start = ago(5 * HOUR);
    let points = json!([
        [start, 1],
        [start + 60, 2],
        [start + 120, 9],
        [start + HOUR, 4]
    ]);
    let world = world(&[pulls("a", &points)]);
    let at = |period, stat| {
        let found = data(
            &world,
            &[metric("m", "a", period, stat)],
            start,
            start + 2 * HOUR,
        );
        values(&found[0]).to_vec()
    };
    assert_eq!(at(60, "Sum"), [1.0, 2.0, 9.0, 4.0]);
    assert_eq!(at(3600, "Sum"), [12.0, 4.0]);
    assert_eq!(at(3600, "Average"), [4.0, 4.0]);
    assert_eq!(at(3600, "Minimum"), [1.0, 4.0]);
    assert_eq!(at(3600, "Maximum"), [9.0, 4.0]);
    assert_eq!(at(3600, "SampleCount"), [3.0, 1.0]);
    assert_eq!(at(3600, "p50"), [2.0, 4.0]);
    // A minute later, the same points belong to other hours.
    let late = data(
        &world,
        &[metric("m", "a", 3600, "Sum")],
        start + 60,
        start + 2 * HOUR,
    );
    assert_eq!(values(&late[0]), [15.0]);
}

#[test]
fn old_points_are_there_at_coarse_periods_only() {
    let every_minute = json!({"every": 60, "from": ago(500 * DAY), "value": 1});
    let world = world(&[pulls("a", &every_minute)]);
    let points = |age: u64, period: i32| {
        let start = ago(age * DAY);
        let query = [metric("m", "a", period, "Sum")];
        values(&data(&world, &query, start, start + HOUR)[0]).len()
    };
    let kept = [2, 20, 70, 480].map(|age| [60, 300, 3600].map(|period| points(age, period)));
    assert_eq!(kept, [[60, 12, 1], [0, 12, 1], [0, 0, 1], [0, 0, 0]]);
}

#[test]
fn metrics_are_listed_while_they_are_active_and_by_filter() {
    let yesterday = json!([[ago(DAY), 1]]);
    let mut series = vec![
        pulls("old", &json!([[ago(20 * DAY), 1]])),
        pulls("now", &json!([[ago(0), 1]])),
        calls("PutImage", &yesterday),
    ];
    series.extend((0..1100).map(|number| pulls(&format!("r{number}"), &yesterday)));
    let world = world(&series);
    let client = cloudwatch(&world);
    let list = || client.list_metrics().namespace("AWS/ECR");
    let pages = list()
        .into_paginator()
        .send()
        .collect::<Result<Vec<_>, _>>();
    let pages = world.block_on(pages).expect("list");
    let sizes: Vec<_> = pages.iter().map(|page| page.metrics().len()).collect();
    assert_eq!(sizes, [500, 500, 101]);

    let recently = list().recently_active(RecentlyActive::Pt3H);
    let recently = world.block_on(recently.send()).expect("list");
    assert_eq!(recently.metrics().len(), 1);
    let named = |name: &str, value: Option<&str>| {
        let filter = DimensionFilter::builder().name(name);
        let filter = filter.set_value(value.map(str::to_owned)).build();
        let request = client.list_metrics().dimensions(filter);
        world
            .block_on(request.send())
            .expect("list")
            .metrics()
            .len()
    };
    assert_eq!(named("Service", Some("ECR")), 1);
    assert_eq!(named("Resource", None), 1);
    assert_eq!(named("Resource", Some("BatchGetImage")), 0);
}

#[test]
fn answers_come_on_pages_and_can_be_made_partial_or_forbidden() {
    let every_hour =
        json!({"every": 3600, "from": ago(10 * HOUR), "until": ago(0), "value": [1, 2]});
    let world = world(&[pulls("a", &every_hour), pulls("b", &every_hour)]);
    let queries = [metric("a", "a", 3600, "Sum"), metric("b", "b", 3600, "Sum")];
    let read = || data(&world, &queries, ago(10 * HOUR), ago(0));
    let told = |results: &[MetricDataResult]| -> Vec<_> {
        let each = results.iter().map(|result| {
            let status = result.status_code().map(StatusCode::as_str);
            (
                result.id().unwrap_or_default().to_owned(),
                status.unwrap_or_default().to_owned(),
                result.values().len(),
            )
        });
        each.collect()
    };
    let row = |id: &str, status: &str, values| (id.to_owned(), status.to_owned(), values);
    assert_eq!(
        told(&read()),
        [row("a", "Complete", 10), row("b", "Complete", 10)]
    );

    world.arrange("metric-answers", &json!({"page_size": 7}));
    let paged = [
        row("a", "PartialData", 7),
        row("a", "Complete", 3),
        row("b", "PartialData", 4),
        row("b", "Complete", 6),
    ];
    assert_eq!(told(&read()), paged);

    world.arrange(
        "metric-answers",
        &json!({"status_code": "Forbidden", "metrics": ["b"]}),
    );
    assert_eq!(
        told(&read()),
        [row("a", "Complete", 10), row("b", "Forbidden", 0)]
    );
    world.arrange(
        "metric-answers",
        &json!({"status_code": "PartialData", "times": 1}),
    );
    assert_eq!(
        told(&read()),
        [row("a", "PartialData", 5), row("b", "Complete", 10)]
    );
    assert_eq!(
        told(&read()),
        [row("a", "Complete", 10), row("b", "Complete", 10)]
    );
}

#[test]
fn ecr_counts_its_pulls_calls_and_resources() {
    let world = world(&[]);
    world.arrange(
        "registry",
        &json!({"repositories": [{"name": "app", "images": [{"tags": ["1"]}, {}]}]}),
    );
    world.arrange("metrics", &json!({"count_resources": true}));
    let tag = aws_sdk_ecr::types::ImageIdentifier::builder().image_tag("1");
    let pull = Clients::of(&world).ecr.batch_get_image();
    let pull = pull.repository_name("app").image_ids(tag.build());
    world.block_on(pull.send()).expect("pull");
    let queries = [
        expression("pulls", PULLS),
        expression("calls", "SEARCH('CallCount', 'Sum', 3600)"),
        expression(
            "images",
            "SEARCH('ImagesPerRepositoryCount', 'Maximum', 3600)",
        ),
        expression(
            "all",
            r#"SEARCH('Resource="RepositoryCount"', 'Maximum', 3600)"#,
        ),
    ];
    let found = data(&world, &queries, ago(HOUR), ago(0) + 2 * HOUR);
    let found: Vec<_> = found
        .iter()
        .map(|line| (line.id().unwrap_or_default(), values(line)[0]))
        .collect();
    assert_eq!(
        found,
        [
            ("pulls", 1.0),
            ("calls", 1.0),
            ("images", 2.0),
            ("all", 1.0)
        ]
    );
}

#[test]
fn cloudwatch_is_throttled_and_fails_on_request() {
    let world = world(&[]);
    world.arrange(
        "throttle",
        &json!({"operation": "cloudwatch:ListMetrics", "per_second": 0}),
    );
    let list = cloudwatch(&world).list_metrics();
    let refused = world.block_on(list.send()).expect_err("throttled");
    assert_eq!(refused.code(), Some("Throttling"));
    assert!(world.throttled()["cloudwatch:ListMetrics"].as_u64() > Some(0));

    // Faults meet those who come by the front door.
    world.inject(Fault::access_denied("cloudwatch:GetDashboard"));
    world.inject(Fault::throttling("cloudwatch:GetMetricStatistics"));
    let config = cloudwatch(&world).config().to_builder();
    let front = Client::from_conf(config.endpoint_url(world.endpoint_url()).build());
    let denied = front.get_dashboard().dashboard_name("ecr");
    let denied = world.block_on(denied.send()).expect_err("denied");
    assert_eq!(denied.code(), Some("AccessDenied"));
    let dashboard = format!("arn:aws:cloudwatch::{}:dashboard/ecr", world.account());
    assert!(
        denied
            .message()
            .is_some_and(|said| said.contains(&dashboard))
    );
    let read = front
        .get_metric_statistics()
        .namespace("n")
        .metric_name("m")
        .period(60)
        .statistics("Sum".into())
        .start_time(moment(ago(HOUR)))
        .end_time(moment(ago(0)));
    let refused = world.block_on(read.send()).expect_err("throttled");
    assert_eq!(refused.code(), Some("Throttling"));
}
