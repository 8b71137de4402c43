//! `ecrmon dashboard show`: dashboards as text, with live values.

use serde_json::{Value, json};

use crate::dashboards::{called, pulled, registry};
use crate::stack::{DASHBOARD, put_dashboard, world_with};
use crate::support::calls;
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::world::World;

/// A stack whose registry is in use.
fn used() -> World {
    let world = world_with(&[]);
    registry(&world, 2);
    pulled(&world, "team/app-1", 4.0);
    pulled(&world, "team/app-2", 2.0);
    called(&world, "PutImage");
    world.ecrmon(["dashboard", "create", "--yes"]).exits(0);
    world.forget_calls();
    world
}

#[track_caller]
fn shown<'v>(view: &'v Value, title: &str) -> &'v Value {
    let mut widgets = view["widgets"].as_array().expect("widgets").iter();
    let found = widgets.find(|widget| widget["title"] == title);
    found.unwrap_or_else(|| panic!("no `{title}` in {view:#}"))
}

fn labels(widget: &Value) -> Vec<&str> {
    let series = widget["series"].as_array().expect("series").iter();
    let mut labels: Vec<&str> = series
        .filter_map(|series| series["label"].as_str())
        .collect();
    labels.sort_unstable();
    labels
}

#[test]
fn widgets_are_drawn_with_what_cloudwatch_has() {
    let world = used();
    world
        .ecrmon(["dashboard", "show", DASHBOARD])
        .exits(0)
        .prints("# Amazon ECR in eu-west-1")
        .prints("Pulls per repository\nteam/app-1  sum ")
        .prints("Use of quotas, in percent\nPutImage  min ")
        .prints("Repositories\nRepositoryCount  min 2  max 2  last 2")
        .prints("Pulls of team/app-1\n")
        .prints("`--logs` runs its query, which is billed by what it scans");
    let operations = calls::names(&world.calls());
    assert!(
        !operations.iter().any(|call| call.contains("StartQuery")),
        "{operations:?}"
    );
}

#[test]
fn programs_get_every_point_of_every_series() {
    let world = used();
    let show = [
        "dashboard",
        "show",
        DASHBOARD,
        "--since",
        "30m",
        "--output",
        "json",
    ];
    let view = world.ecrmon(show).exits(0).json();
    let pulls = shown(&view, "Pulls per repository");
    assert_eq!(labels(pulls), ["team/app-1", "team/app-2"]);
    assert_eq!(pulls["complete"], true);
    let points = pulls["series"][0]["points"].as_array().expect("points");
    assert!(points.len() >= 6, "{points:?}");
    assert_eq!(
        labels(shown(&view, "Images per repository")),
        ["repository/team/app-1", "repository/team/app-2"]
    );
    assert_eq!(
        view["selected"][0],
        json!({"variable": "repository", "label": "Repository", "value": "team/app-1"})
    );
    assert_eq!(
        shown(&view, "Recent pushes")["not_drawn"],
        "`--logs` runs its query, which is billed by what it scans"
    );
}

#[test]
fn the_time_is_the_dashboards_own_unless_a_flag_says_otherwise() {
    let world = world_with(&[]);
    let body =
        json!({"widgets": [], "start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00Z"});
    put_dashboard(&world, "March", &body.to_string());
    let show = ["dashboard", "show", "March", "--output", "json"];
    let times = |flags: &[&str]| {
        let view = world.ecrmon([&show[..], flags].concat()).exits(0).json();
        (view["from"].clone(), view["until"].clone())
    };
    let (first, second) = (json!("2026-03-01T00:00:00Z"), json!("2026-03-02T00:00:00Z"));
    assert_eq!(times(&[]), (first.clone(), second.clone()));
    let half = "2026-03-01T12:00:00Z";
    assert_eq!(times(&["--until", half]), (first.clone(), json!(half)));
    let (from, until) = times(&["--since", half]);
    assert_eq!(from, half);
    assert!(until.as_str() > second.as_str(), "{until}");
}

#[test]
fn a_repository_can_be_selected() {
    let world = used();
    let show = [
        "dashboard",
        "show",
        DASHBOARD,
        "--output",
        "json",
        "--select",
    ];
    let view = world
        .ecrmon([&show[..], &["repository=team/app-2"]].concat())
        .exits(0)
        .json();
    assert_eq!(labels(shown(&view, "Pulls of team/app-2")), ["team/app-2"]);
    assert_eq!(
        labels(shown(&view, "Images in team/app-2")),
        ["repository/team/app-2"]
    );
    assert_eq!(labels(shown(&view, "Pulls per repository")).len(), 2);
    world
        .ecrmon([&show[..], &["team=a"]].concat())
        .exits(2)
        .says("this dashboard has no variable `team`")
        .says("it has repository");
    world
        .ecrmon([&show[..], &["nonsense"]].concat())
        .exits(2)
        .says("VARIABLE=VALUE");
}

#[test]
fn log_widgets_are_run_where_that_is_asked_for() {
    let world = used();
    let view = world
        .ecrmon(["dashboard", "show", DASHBOARD, "--logs", "--output", "json"])
        .exits(0)
        .json();
    assert!(shown(&view, "Recent pushes")["rows"].is_array(), "{view:#}");
    let queries = calls::names(&world.calls());
    let queries = queries.iter().filter(|call| call.contains("StartQuery"));
    assert_eq!(queries.count(), 5);
}

#[test]
fn log_widgets_of_a_glob_ask_in_a_language_that_cloudwatch_understands() {
    let world = used();
    world
        .ecrmon([
            "dashboard",
            "create",
            "--yes",
            "--repo",
            "team/{app-1,app-2}*",
        ])
        .exits(0);
    world
        .ecrmon(["dashboard", "show", "--logs"])
        .exits(0)
        .prints("No rows.");
}

/// Widgets of every kind, as a person might have made them.
fn foreign() -> Value {
    let pulls = [
        "AWS/ECR",
        "RepositoryPullCount",
        "RepositoryName",
        "team/app-1",
    ];
    let labelled = json!(["AWS/ECR", "RepositoryPullCount", "RepositoryName", "team/app-1", {"label": "newest"}]);
    json!({
        "start": "-PT1H",
        "widgets": [
            {"type": "text", "properties": {"markdown": "# Ours\nread me"}},
            {"type": "metric", "properties": {"region": "eu-west-1", "stat": "Sum", "metrics": [pulls, ["...", "team/app-2"]]}},
            {"type": "metric", "properties": {"region": "eu-west-1", "title": "Now", "view": "singleValue", "stat": "Sum", "metrics": [labelled]}},
            {"type": "metric", "properties": {"region": "eu-west-1", "title": "Nothing", "metrics": [["No", "Such"]]}},
            {"type": "alarm", "properties": {"title": "Alarms", "alarms": ["arn:aws:cloudwatch:eu-west-1:123456789012:alarm:gone"]}},
            {"type": "custom", "properties": {"title": "Ours alone", "endpoint": "arn:aws:lambda:eu-west-1:123456789012:function:x"}},
            {"type": "log", "properties": {"region": "eu-west-1", "title": "Two", "query": "SOURCE 'a' | SOURCE 'b' | limit 5"}},
        ],
    })
}

#[test]
fn any_dashboard_is_drawn_as_far_as_it_can_be() {
    let world = used();
    put_dashboard(&world, "Theirs", &foreign().to_string());
    world
        .ecrmon(["dashboard", "show", "Theirs", "--logs"])
        .exits(0)
        .prints("# Ours\nread me\n")
        .prints("widget 2\n")
        .prints("Now\nnewest  ")
        .prints("Nothing\nno values in this time\n")
        .prints("Alarms\n? gone  unknown: it is not there\n")
        .prints("Ours alone\na widget of the type custom is drawn by the console alone\n")
        .prints("Two\nonly a query of a single log group is run from here\n");
}

#[test]
fn the_state_of_alarms_is_told() {
    let world = used();
    let cloudwatch = Clients::of(&world).cloudwatch;
    let put = cloudwatch
        .put_metric_alarm()
        .alarm_name("many-pulls")
        .namespace("AWS/ECR")
        .metric_name("RepositoryPullCount")
        .comparison_operator(aws_sdk_cloudwatch::types::ComparisonOperator::GreaterThanThreshold)
        .evaluation_periods(1)
        .period(300)
        .threshold(1000.0)
        .statistic(aws_sdk_cloudwatch::types::Statistic::Sum);
    world.block_on(put.send()).expect("an alarm is put");
    let set = cloudwatch
        .set_alarm_state()
        .alarm_name("many-pulls")
        .state_value(aws_sdk_cloudwatch::types::StateValue::Alarm)
        .state_reason("it was pulled too often");
    world.block_on(set.send()).expect("the alarm goes off");
    let arn = |region: &str, name: &str| {
        format!(
            "arn:aws:cloudwatch:{region}:{}:alarm:{name}",
            world.account()
        )
    };
    let alarms = [arn("eu-central-1", "gone"), arn("eu-west-1", "many-pulls")];
    let widget = json!({"type": "alarm", "properties": {"title": "Alarms", "alarms": alarms}});
    put_dashboard(&world, "Two", &json!({"widgets": [widget]}).to_string());
    world
        .ecrmon(["dashboard", "show", "Two"])
        .exits(0)
        .prints("? gone  unknown: it is not there\n")
        .prints("many-pulls  ALARM");
    world.ecrmon(["dashboard", "create", "--yes"]).exits(0);
    world
        .ecrmon(["dashboard", "show"])
        .exits(0)
        .prints("Alarms about ECR\n✗ many-pulls  ALARM since ");
    let view = world
        .ecrmon(["dashboard", "show", "--output", "json"])
        .exits(0)
        .json();
    let alarm = &shown(&view, "Alarms about ECR")["alarms"][0];
    assert_eq!(
        (&alarm["name"], &alarm["reason"]),
        (&json!("many-pulls"), &json!("it was pulled too often"))
    );
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_drawn() {
    let world = used();
    world.inject(Fault::access_denied("GetMetricData"));
    world
        .ecrmon(["dashboard", "show", DASHBOARD, "--select", "repository=team/app-1"])
        .exits(5)
        .prints("# Amazon ECR in eu-west-1")
        .prints("Pulls per repository\nit could not be read\n")
        .says("not all read: Pulls per repository: cannot read the metrics: access denied: `cloudwatch:GetMetricData`");
}

#[test]
fn values_that_are_not_all_there_are_said_to_be_partial() {
    let world = used();
    world.arrange(
        "metric-answers",
        &json!({"status_code": "PartialData", "metrics": ["RepositoryPullCount"]}),
    );
    let view = world
        .ecrmon([
            "dashboard",
            "show",
            DASHBOARD,
            "--select",
            "repository=team/app-1",
            "--output",
            "json",
        ])
        .exits(5)
        .says("PartialData")
        .json();
    assert_eq!(shown(&view, "Pulls of team/app-1")["complete"], false);
    assert_eq!(shown(&view, "Repositories")["complete"], true);
}

#[test]
fn a_dashboard_that_is_not_there_is_an_error_with_a_hint() {
    World::new()
        .ecrmon(["dashboard", "show", "Nowhere"])
        .exits(1)
        .says("there is no dashboard `Nowhere` in this account")
        .says("hint:");
}
