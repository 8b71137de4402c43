//! CloudWatch's metrics in the simulator: what is kept at which period, math, SEARCH, pages, refusals.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{
    Dimension, DimensionFilter, Metric, MetricDataQuery, MetricDataResult, MetricDatum, MetricStat,
    RecentlyActive, ScanBy, StandardUnit, StatusCode,
};
use serde_json::{Value, json};

use crate::support::clients::Clients;
use crate::support::world::World;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;
const PULLS: &str =
    "SEARCH('{AWS/ECR,RepositoryName} MetricName=\"RepositoryPullCount\"', 'Sum', 3600)";

fn cloudwatch(world: &World) -> Client {
    Clients::of(world).cloudwatch
}

/// So many seconds ago, at a full hour.
fn ago(seconds: u64) -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let then = now.expect("after 1970").as_secs() - seconds;
    then / HOUR * HOUR
}

fn pulls(repository: &str, points: &Value) -> Value {
    json!({
        "namespace": "AWS/ECR", "name": "RepositoryPullCount",
        "dimensions": {"RepositoryName": repository}, "points": points,
    })
}

fn calls(operation: &str, points: &Value) -> Value {
    json!({
        "namespace": "AWS/Usage", "name": "CallCount", "points": points,
        "dimensions": {"Service": "ECR", "Type": "API", "Resource": operation, "Class": "None"},
    })
}

fn world(series: &[Value]) -> World {
    let world = World::new();
    world.arrange("metrics", &json!({ "series": series }));
    world
}

fn metric(id: &str, repository: &str, period: i32, stat: &str) -> MetricDataQuery {
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

fn expression(id: &str, text: &str) -> MetricDataQuery {
    MetricDataQuery::builder().id(id).expression(text).build()
}

/// All pages of an answer, oldest points first.
fn data(world: &World, queries: &[MetricDataQuery], start: u64, end: u64) -> Vec<MetricDataResult> {
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

fn moment(seconds: u64) -> DateTime {
    DateTime::from(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

fn values(result: &MetricDataResult) -> &[f64] {
    result.values()
}

fn labels(results: &[MetricDataResult]) -> Vec<&str> {
    results.iter().filter_map(MetricDataResult::label).collect()
}

/// The code of the refusal of a query.
fn refused(world: &World, queries: Vec<MetricDataQuery>) -> String {
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
fn a_search_finds_by_schema_phrase_and_word_and_names_what_it_finds() {
    let points = json!([[ago(HOUR), 2]]);
    let old = json!([[ago(15 * DAY), 2]]);
    let world = world(&[
        pulls("team-a/api", &points),
        pulls("team-a/worker", &points),
        pulls("legacy", &old),
        calls("PutImage", &points),
        calls("BatchGetImage", &points),
    ]);
    let found = |search: &str| {
        let query = [expression("s", search)];
        let found = data(&world, &query, ago(20 * DAY), ago(0));
        labels(&found).join(" ")
    };
    assert_eq!(found(PULLS), "team-a/api team-a/worker");
    // What is found alone has its metric's name.
    let cases = [
        (
            r#"Namespace="AWS/Usage" Service="ECR" MetricName="CallCount""#,
            "BatchGetImage PutImage",
        ),
        // The dimensions of a schema are all there are.
        ("{AWS/Usage,Service}", ""),
        ("{AWS/Usage,Class,Resource,Service,Type} get", "CallCount"),
        ("pull count team NOT worker", "RepositoryPullCount"),
        (
            r#"{AWS/ECR,RepositoryName} RepositoryName=("team-a/api" OR "legacy")"#,
            "RepositoryPullCount",
        ),
        (
            "(put OR worker)",
            "team-a/worker RepositoryPullCount ECR API PutImage None CallCount",
        ),
    ];
    for (search, wanted) in cases {
        let found = found(&format!("SEARCH('{search}', 'Sum', 3600)"));
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split(' ').map(str::to_owned).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(&found), sorted(wanted), "{search}");
    }
    let labelled = MetricDataQuery::builder()
        .id("s")
        .expression(PULLS)
        .label("${PROP('Dim.RepositoryName')}: ${SUM}")
        .build();
    let found = data(&world, &[labelled], ago(DAY), ago(0));
    assert_eq!(labels(&found), ["team-a/api: 2", "team-a/worker: 2"]);
    let long = format!("SEARCH('{}', 'Sum', 300)", "x".repeat(1025));
    assert_eq!(
        refused(&world, vec![expression("s", &long)]),
        "ValidationError"
    );
}

#[test]
fn metric_math_computes_with_numbers_lines_and_arrays() {
    let start = ago(4 * HOUR);
    let world = world(&[
        pulls("a", &json!([[start, 3600], [start + 2 * HOUR, 7200]])),
        pulls("b", &json!([[start, 1], [start + HOUR, 5]])),
        calls("PutImage", &json!([[start, 18000]])),
    ]);
    let hidden = |mut query: MetricDataQuery| {
        query.return_data = Some(false);
        query
    };
    let usage = Metric::builder()
        .namespace("AWS/Usage")
        .metric_name("CallCount");
    let usage = [
        ("Service", "ECR"),
        ("Type", "API"),
        ("Resource", "PutImage"),
        ("Class", "None"),
    ]
    .into_iter()
    .fold(usage, |usage, (name, value)| {
        usage.dimensions(Dimension::builder().name(name).value(value).build())
    });
    let usage = MetricStat::builder()
        .metric(usage.build())
        .period(3600)
        .stat("Sum");
    let usage = MetricDataQuery::builder()
        .id("u")
        .metric_stat(usage.build())
        .build();
    let computed = |text: &str| {
        let queries = [
            hidden(metric("m1", "a", 3600, "Sum")),
            hidden(metric("m2", "b", 3600, "Sum")),
            hidden(usage.clone()),
            expression("e", text),
        ];
        let found = data(&world, &queries, start, start + 3 * HOUR);
        let lines: Vec<_> = found.iter().map(|line| values(line).to_vec()).collect();
        lines
    };
    let cases: [(&str, &[&[f64]]); 10] = [
        ("m1 / PERIOD(m1)", &[&[1.0, 2.0]]),
        ("(m1 + m2) * 2", &[&[7202.0]]),
        ("FILL(m1, 0)", &[&[3600.0, 0.0, 7200.0]]),
        ("FILL(m1, LINEAR)", &[&[3600.0, 5400.0, 7200.0]]),
        ("FILL(m2, REPEAT)", &[&[1.0, 5.0, 5.0]]),
        ("SUM(METRICS('m'))", &[&[3601.0, 5.0, 7200.0]]),
        ("SLICE(SORT(METRICS('m'), MAX, ASC), 0, 1)", &[&[1.0, 5.0]]),
        ("RATE(m2)", &[&[4.0 / 3600.0]]),
        // 18,000 an hour are 5 a second, of 10.
        ("u / 3600 / SERVICE_QUOTA(u) * 100", &[&[50.0]]),
        ("IF(m2 > 2, m2, 0)", &[&[0.0, 5.0]]),
    ];
    for (text, wanted) in cases {
        assert_eq!(computed(text), wanted, "{text}");
    }
    for text in ["MAX(m1)", "m1 +", "m9", "NOTHING(m1)", "SERVICE_QUOTA(m1)"] {
        let queries = vec![metric("m1", "a", 3600, "Sum"), expression("e", text)];
        assert_eq!(refused(&world, queries), "ValidationError", "{text}");
    }
    let many = (0..501).map(|id| metric(&format!("m{id}"), "a", 60, "Sum"));
    assert_eq!(refused(&world, many.collect()), "ValidationError");
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
fn published_metrics_are_read_back() {
    let world = world(&[]);
    let client = cloudwatch(&world);
    let count = MetricDatum::builder()
        .metric_name("ImageCount")
        .unit(StandardUnit::Count)
        .value(3.0);
    // More than ten kilobytes, which the SDK compresses.
    let data = (0..1000).map(|number| {
        let name = Dimension::builder().name("RepositoryName");
        let name = name.value(format!("r{number}")).build();
        count.clone().dimensions(name).build()
    });
    let put = client.put_metric_data().namespace("ECR/Monitoring");
    let put = put.set_metric_data(Some(data.collect()));
    world.block_on(put.send()).expect("publish");
    let read = client
        .get_metric_statistics()
        .namespace("ECR/Monitoring")
        .metric_name("ImageCount")
        .dimensions(
            Dimension::builder()
                .name("RepositoryName")
                .value("r999")
                .build(),
        )
        .start_time(moment(ago(HOUR)))
        .end_time(moment(ago(0) + 2 * HOUR))
        .period(3600)
        .statistics("Maximum".into());
    let read = world.block_on(read.send()).expect("read back");
    assert_eq!(read.datapoints().len(), 1);
    assert_eq!(read.datapoints()[0].maximum(), Some(3.0));
}

#[test]
fn what_may_not_be_published_is_refused() {
    let world = world(&[]);
    let client = cloudwatch(&world);
    let refused = |namespace: &str, data: Vec<MetricDatum>| {
        let request = client.put_metric_data().namespace(namespace);
        let request = request.set_metric_data(Some(data));
        let error = world.block_on(request.send()).expect_err("refused");
        error.code().unwrap_or_default().to_owned()
    };
    let datum = || MetricDatum::builder().metric_name("m");
    let one = |value: f64| vec![datum().value(value).build()];
    let at = |seconds: u64| vec![datum().value(1.0).timestamp(moment(seconds)).build()];
    let dimensions = (0..31).map(|number| {
        let name = format!("d{number}");
        Dimension::builder().name(name).value("v").build()
    });
    let many = datum()
        .value(1.0)
        .set_dimensions(Some(dimensions.collect()));
    let uneven = datum().values(1.0).values(2.0).counts(1.0);
    let invalid = [
        refused("AWS/ECR", one(1.0)),
        refused("n", vec![datum().value(1.0).build(); 1001]),
        refused("n", one(f64::NAN)),
        refused("n", at(ago(15 * DAY))),
        refused("n", at(ago(0) + 4 * HOUR)),
        refused("n", vec![many.build()]),
        refused("n", vec![uneven.build()]),
    ];
    assert_eq!(invalid, ["InvalidParameterValue"; 7]);
    assert_eq!(refused("n", vec![datum().build()]), "MissingParameter");
    let both = datum().value(1.0).values(1.0).build();
    assert_eq!(refused("n", vec![both]), "InvalidParameterCombination");
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
fn a_widget_becomes_an_image_of_its_size() {
    let world = world(&[pulls("a", &json!([[ago(HOUR), 1]]))]);
    let draw = |widget: Value| {
        let request = cloudwatch(&world).get_metric_widget_image();
        world.block_on(request.metric_widget(widget.to_string()).send())
    };
    let row = json!(["AWS/ECR", "RepositoryPullCount", "RepositoryName", "a", {"stat": "Sum"}]);
    let image = draw(json!({"metrics": [row], "width": 321, "height": 123})).expect("an image");
    let image = image.metric_widget_image().expect("bytes").as_ref();
    assert_eq!(&image[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(&image[16..24], [0, 0, 1, 65, 0, 0, 0, 123]);
    let refused = draw(json!({"metrics": [["AWS/ECR"]]})).expect_err("no metric");
    assert_eq!(refused.code(), Some("ValidationError"));
}
