//! Expressions in the simulator's CloudWatch: SEARCH, metric math, labels, and a widget drawn of them.

use aws_sdk_cloudwatch::error::ProvideErrorMetadata;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use serde_json::{Value, json};

use crate::simulator_metrics::{
    DAY, HOUR, PULLS, ago, calls, cloudwatch, data, expression, labels, metric, pulls, refused,
    values, world,
};
use crate::support::world::World;

fn searched() -> World {
    let points = json!([[ago(HOUR), 2]]);
    world(&[
        pulls("team-a/api", &points),
        pulls("team-a/worker", &points),
        pulls("legacy", &json!([[ago(15 * DAY), 2]])),
        calls("PutImage", &points),
        calls("BatchGetImage", &points),
    ])
}

#[test]
fn a_search_finds_what_is_active_by_schema_phrase_and_word() {
    let world = searched();
    let api = r"team-a/api";
    let cases: [(&str, &[&str]); 8] = [
        ("{AWS/ECR,RepositoryName}", &[api, "team-a/worker"]),
        // The dimensions of a schema are all there are.
        ("{AWS/Usage,Service}", &[]),
        (
            "{AWS/Usage,Class,Resource,Service,Type} get",
            &["BatchGetImage"],
        ),
        (
            r#"Namespace="AWS/Usage" Service="ECR" MetricName="CallCount""#,
            &["BatchGetImage", "PutImage"],
        ),
        ("pull count team NOT worker", &[api]),
        (r#"RepositoryName=("team-a/api" OR "legacy")"#, &[api]),
        (r#"RepositoryName="team-a""#, &[]),
        ("(put OR worker) AND count", &["team-a/worker", "PutImage"]),
    ];
    for (search, wanted) in cases {
        let label = "${PROP('Dim.RepositoryName')}${PROP('Dim.Resource')}";
        let query = MetricDataQuery::builder()
            .id("s")
            .expression(format!("SEARCH('{search}', 'Sum', 3600)"))
            .label(label);
        let found = data(&world, &[query.build()], ago(20 * DAY), ago(0));
        assert_eq!(labels(&found), wanted, "{search}");
    }
    let long = format!("SEARCH('{}', 'Sum', 300)", "x".repeat(1025));
    let queries = vec![expression("s", &long)];
    assert_eq!(refused(&world, queries), "ValidationError");
}

#[test]
fn lines_of_a_search_are_named_by_what_differs_or_as_asked() {
    let world = searched();
    let named = |label: Option<&str>| {
        let query = MetricDataQuery::builder().id("s").expression(PULLS);
        let query = query.set_label(label.map(str::to_owned)).build();
        let found = data(&world, &[query], ago(DAY), ago(0));
        labels(&found).join(", ")
    };
    assert_eq!(named(None), "team-a/api, team-a/worker");
    assert_eq!(
        named(Some("Pulls")),
        "Pulls team-a/api, Pulls team-a/worker"
    );
    assert_eq!(
        named(Some(
            "${PROP('Dim.RepositoryName')}: ${SUM} in ${DATAPOINT_COUNT}"
        )),
        "team-a/api: 2 in 1, team-a/worker: 2 in 1"
    );
}

fn hidden(mut query: MetricDataQuery) -> MetricDataQuery {
    query.return_data = Some(false);
    query
}

/// The calls of `PutImage`, an hour each.
fn usage(id: &str) -> MetricDataQuery {
    let dimensions = [
        ("Service", "ECR"),
        ("Type", "API"),
        ("Resource", "PutImage"),
        ("Class", "None"),
    ];
    let dimensions =
        dimensions.map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let metric = Metric::builder()
        .namespace("AWS/Usage")
        .metric_name("CallCount")
        .set_dimensions(Some(dimensions.to_vec()));
    let stat = MetricStat::builder()
        .metric(metric.build())
        .period(3600)
        .stat("Sum");
    let query = MetricDataQuery::builder().id(id);
    query.metric_stat(stat.build()).build()
}

#[test]
fn metric_math_computes_with_numbers_lines_and_arrays() {
    let start = ago(4 * HOUR);
    let world = world(&[
        pulls("a", &json!([[start, 3600], [start + 2 * HOUR, 7200]])),
        pulls("b", &json!([[start, 1], [start + HOUR, 5]])),
        calls("PutImage", &json!([[start, 18000]])),
    ]);
    let cases: [(&str, &[&[f64]]); 11] = [
        ("m1 / PERIOD(m1)", &[&[1.0, 2.0]]),
        ("(m1 + m2) * 2", &[&[7202.0]]),
        ("FILL(m1, 0)", &[&[3600.0, 0.0, 7200.0]]),
        ("FILL(m1, LINEAR)", &[&[3600.0, 5400.0, 7200.0]]),
        ("FILL(m2, REPEAT)", &[&[1.0, 5.0, 5.0]]),
        ("SUM(METRICS('m'))", &[&[3601.0, 5.0, 7200.0]]),
        ("METRICS('m') / MAX(m2)", &[&[720.0, 1440.0], &[0.2, 1.0]]),
        ("SLICE(SORT(METRICS('m'), MAX, ASC), 0, 1)", &[&[1.0, 5.0]]),
        ("RATE(m2)", &[&[4.0 / 3600.0]]),
        // 18,000 an hour are 5 a second, of 10.
        ("u / 3600 / SERVICE_QUOTA(u) * 100", &[&[50.0]]),
        ("IF(m2 > 2, m2, 0)", &[&[0.0, 5.0]]),
    ];
    for (text, wanted) in cases {
        let queries = [
            hidden(metric("m1", "a", 3600, "Sum")),
            hidden(metric("m2", "b", 3600, "Sum")),
            hidden(usage("u")),
            expression("e", text),
        ];
        let found = data(&world, &queries, start, start + 3 * HOUR);
        let found: Vec<_> = found.iter().map(values).collect();
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn what_cannot_be_computed_is_refused() {
    let world = world(&[]);
    for text in [
        "MAX(m1)",
        "m1 +",
        "m9",
        "e",
        "NOTHING(m1)",
        "SERVICE_QUOTA(m1)",
    ] {
        let queries = vec![metric("m1", "a", 3600, "Sum"), expression("e", text)];
        assert_eq!(refused(&world, queries), "ValidationError", "{text}");
    }
    let many = (0..501).map(|id| metric(&format!("m{id}"), "a", 60, "Sum"));
    assert_eq!(refused(&world, many.collect()), "ValidationError");
    let twice = vec![metric("m", "a", 60, "Sum"), metric("m", "b", 60, "Sum")];
    assert_eq!(refused(&world, twice), "ValidationError");
}

#[test]
fn a_widget_becomes_an_image_of_its_size() {
    let world = world(&[pulls("a", &json!([[ago(HOUR), 1]]))]);
    let draw = |widget: Value| {
        let request = cloudwatch(&world).get_metric_widget_image();
        let drawn = world.block_on(request.metric_widget(widget.to_string()).send());
        drawn.map_err(Box::new)
    };
    let row = json!(["AWS/ECR", "RepositoryPullCount", "RepositoryName", "a", {"stat": "Sum"}]);
    let image = draw(json!({"metrics": [row], "width": 321, "height": 123})).expect("an image");
    let image = image.metric_widget_image().expect("bytes").as_ref();
    assert_eq!(&image[..8], b"\x89PNG\r\n\x1a\n");
    assert_eq!(&image[16..24], [0, 0, 1, 65, 0, 0, 0, 123]);
    let refused = draw(json!({"metrics": [["AWS/ECR"]]})).expect_err("no metric");
    assert_eq!(refused.code(), Some("ValidationError"));
}
