//! `ecrmon dashboard create`: what it shows of which account, what it leaves out and why, and what stays as it is.

use serde_json::{Value, json};

use crate::dashboards::{body, called, published, pulled, registry, titles, wanted, widget};
use crate::stack::{changes_nothing, world_with, wrote_nothing};
use crate::support::calls;
use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::world::World;
use crate::trails::{covering, delivering, make_log_group};

const LOG_WIDGETS: [&str; 5] = [
    "Recent pushes",
    "Deletions",
    "Denied calls",
    "Policy changes",
    "Top principals",
];

fn schema() -> jsonschema::Validator {
    let schema = serde_json::from_str(include_str!("dashboard_schema.json"));
    jsonschema::validator_for(&schema.expect("the schema is JSON")).expect("the schema is one")
}

#[track_caller]
fn is_valid(body: &Value) {
    let problems: Vec<String> = schema()
        .iter_errors(body)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

/// Everything that a dashboard can show.
fn full() -> World {
    let world = world_with(&["--no-dashboard"]);
    registry(&world, 2);
    pulled(&world, "team/app-1", 4.0);
    called(&world, "PutImage");
    published(&world, "team/app-1");
    make_alarm(&world, "pulls");
    world
}

/// An alarm on pulls, and one about something else.
fn make_alarm(world: &World, name: &str) {
    let cloudwatch = Clients::of(world).cloudwatch;
    for (name, namespace) in [(name, "AWS/ECR"), ("cpu", "AWS/EC2")] {
        let alarm = cloudwatch
            .put_metric_alarm()
            .alarm_name(name)
            .namespace(namespace)
            .metric_name("RepositoryPullCount")
            .comparison_operator(
                aws_sdk_cloudwatch::types::ComparisonOperator::GreaterThanThreshold,
            )
            .evaluation_periods(1)
            .period(300)
            .threshold(1000.0)
            .statistic(aws_sdk_cloudwatch::types::Statistic::Sum);
        world.block_on(alarm.send()).expect("an alarm is put");
    }
}

#[test]
fn registries_of_any_size_get_a_body_as_cloudwatch_documents_it() {
    for repositories in [0, 1, 60, 10_000] {
        let world = World::new();
        if repositories > 0 {
            registry(&world, repositories);
            called(&world, "BatchGetImage");
        }
        is_valid(&wanted(&world, &[]));
        world.ecrmon(["dashboard", "create", "--yes"]).exits(0);
        is_valid(&body(&world));
        world.ecrmon(["dashboard", "create", "--check"]).exits(0);
    }
}

#[test]
fn every_partition_gets_a_body_as_cloudwatch_documents_it() {
    for region in ["cn-north-1", "us-gov-west-1"] {
        let world = World::in_region(region);
        pulled(&world, "team/api", 1.0);
        called(&world, "PutImage");
        make_alarm(&world, "pulls");
        world.ecrmon(["dashboard", "create", "--yes"]).exits(0);
        let body = body(&world);
        is_valid(&body);
        assert_eq!(widget(&body, "Pulls per repository")["region"], region);
    }
}

#[test]
fn what_there_is_is_shown_and_nothing_is_said_to_be_missing() {
    let world = full();
    world
        .ecrmon(["dashboard", "create", "--yes"])
        .exits(0)
        .does_not_say("without")
        .says("5 of them, each over the time shown")
        .says("ecrmon dashboard show");
    let body = body(&world);
    is_valid(&body);
    insta::assert_snapshot!(titles(&body).join("\n"), @r"
    Alarms about ECR
    Pulls per repository
    The 10 busiest repositories
    API calls by operation
    Use of quotas, in percent
    Repositories
    Images per repository
    Sum of image sizes per repository
    Untagged images per repository
    Critical and high findings
    Pulls of chosen-repository
    Images in chosen-repository
    Sum of image sizes in chosen-repository
    Untagged images in chosen-repository
    Critical and high findings in chosen-repository
    Recent pushes
    Deletions
    Denied calls
    Policy changes
    Top principals
    ");
    let alarms = &widget(&body, "Alarms about ECR")["alarms"];
    assert_eq!(alarms.as_array().map(Vec::len), Some(1), "{alarms}");
    let quotas = widget(&body, "Use of quotas, in percent");
    assert_eq!(quotas["metrics"][0][1], "CallCount");
    assert!(quotas.to_string().contains(r#""Class","None""#), "{quotas}");
    let limit = body["start"].as_str();
    assert_eq!(
        limit,
        Some("-PT3H"),
        "log widgets scan the time that is shown"
    );
}

#[test]
fn what_cannot_have_data_is_left_out_and_the_plan_says_why() {
    let world = World::new();
    world
        .ecrmon(["dashboard", "create", "--dry-run"])
        .exits(0)
        .prints("without quotas of calls: ECR's API was not called lately")
        .prints(
            "without sizes and findings: `ecrmon metrics publish` writes them, and has not lately",
        )
        .prints("without alarms: none is about ECR")
        .prints("without lists of events: no trail delivers to a log group")
        .does_not_print("per GB scanned");
    wrote_nothing(&world);
    let titles = titles(&wanted(&world, &[]));
    for absent in LOG_WIDGETS
        .into_iter()
        .chain(["Alarms about ECR", "Use of quotas, in percent"])
    {
        assert!(!titles.iter().any(|title| title == absent), "{titles:?}");
    }
}

#[test]
fn without_log_widgets_nothing_is_billed_by_what_it_scans() {
    let world = world_with(&[]);
    let create = ["dashboard", "create", "--yes", "--no-log-widgets"];
    world
        .ecrmon(create)
        .exits(0)
        .does_not_say("per GB scanned")
        .does_not_say("without lists of events");
    assert!(!body(&world).to_string().contains("SOURCE"));
    // A later setup keeps it so.
    changes_nothing(&world, &[]);
    world.ecrmon(["dashboard", "create", "--yes"]).exits(0);
    assert!(
        LOG_WIDGETS
            .iter()
            .all(|title| titles(&body(&world)).iter().any(|there| there == title))
    );
}

#[test]
fn lists_of_events_ask_the_log_group_where_it_is_about_this_region_alone() {
    let world = World::new();
    world.add_trail(&delivering(&world, "audit", "us-east-1", world.account()));
    make_log_group(&world, "us-east-1", "/audit");
    let body = wanted(&world, &[]);
    for title in LOG_WIDGETS {
        let widget = widget(&body, title);
        assert_eq!(widget["region"], "us-east-1");
        let query = widget["query"].as_str().expect("a query");
        assert!(
            query.starts_with(r#"SOURCE '/audit' | filter awsRegion = "eu-west-1" | "#),
            "{query}"
        );
    }
}

#[test]
fn a_setup_neither_adds_nor_drops_widgets_of_a_dashboard_that_is_there() {
    let world = world_with(&[]);
    let before = body(&world);
    pulled(&world, "team/api", 1.0);
    called(&world, "PutImage");
    published(&world, "team/api");
    make_alarm(&world, "pulls");
    changes_nothing(&world, &[]);
    world.ecrmon(["setup", "--check"]).exits(0);
    world.ecrmon(["status"]).exits(0);
    assert_eq!(body(&world), before);
    world.ecrmon(["dashboard", "create", "--check"]).exits(3);
    world
        .ecrmon(["dashboard", "create", "--yes"])
        .exits(0)
        .says("Use of quotas, in percent");
    assert!(titles(&body(&world)).contains(&"Alarms about ECR".to_owned()));
    changes_nothing(&world, &[]);
    world.arrange(
        "metrics",
        &json!({"region": world.region(), "forget": true, "series": []}),
    );
    changes_nothing(&world, &[]);
}

#[test]
fn a_dashboard_of_one_repository_needs_no_look_at_the_registry() {
    let world = World::new();
    world.inject(Fault::access_denied("DescribeRepositories"));
    let create = ["dashboard", "create", "--yes", "--repo", "team/api"];
    world.ecrmon(create).exits(0).does_not_say("match now");
    let body = body(&world);
    is_valid(&body);
    assert_eq!(
        widget(&body, "Pulls per repository")["metrics"],
        json!([["AWS/ECR", "RepositoryPullCount", "RepositoryName", "team/api", {"stat": "Sum", "label": "team/api"}]])
    );
    assert_eq!(body["variables"], Value::Null);
    let images = widget(&body, "Images per repository").to_string();
    assert!(
        images.contains(r#"ResourceId=\"repository/team/api\""#),
        "{images}"
    );
}

#[test]
fn a_glob_means_the_repositories_that_match_now_and_the_plan_says_so() {
    let world = World::new();
    registry(&world, 60);
    let create = ["dashboard", "create", "--yes", "--repo", "team/app-1*"];
    world
        .ecrmon(create)
        .exits(0)
        .says("`team/app-1*` means the 11 repositories that match now; new ones appear when it is created again");
    let made = body(&world);
    is_valid(&made);
    let values = made["variables"][0]["values"].as_array().map(Vec::len);
    assert_eq!(values, Some(11));
    assert_eq!(
        widget(&made, "Pulls per repository")["metrics"]
            .as_array()
            .map(Vec::len),
        Some(11)
    );
    world.arrange(
        "registry",
        &json!({"region": world.region(), "repositories": [{"name": "team/app-1-new"}]}),
    );
    world.ecrmon(["setup", "--yes"]).exits(0);
    changes_nothing(&world, &[]);
    assert!(!body(&world).to_string().contains("team/app-1-new"));
    world.ecrmon(create).exits(0).says("12 repositories");
    assert!(body(&world).to_string().contains("team/app-1-new"));
}

#[test]
fn a_glob_that_matches_nothing_or_too_much_is_refused_with_a_way_out() {
    let world = World::new();
    registry(&world, 300);
    for (glob, words) in [
        (
            "nobody/*",
            "no repository of this region matches `nobody/*`",
        ),
        (
            "team/*",
            "300 repositories match `team/*`, and a dashboard can name 250",
        ),
        ("a b", "cannot use `a b` for `--repo <GLOB>`"),
    ] {
        world
            .ecrmon(["dashboard", "create", "--yes", "--repo", glob])
            .exits(2)
            .says(words)
            .says("hint:");
    }
    wrote_nothing(&world);
}

#[test]
fn a_dashboard_needs_but_the_permission_to_read_and_to_write_it() {
    let world = World::new();
    world.inject(Fault::access_denied("ListMetrics"));
    world.inject(Fault::access_denied("DescribeAlarms"));
    world.inject(Fault::access_denied("DescribeTrails"));
    let create = world.ecrmon(["dashboard", "create", "--yes"]);
    create
        .exits(0)
        .says("without quotas of calls, sizes, findings: access denied: `cloudwatch:ListMetrics`")
        .says("without alarms: access denied: `cloudwatch:DescribeAlarms`")
        .says("without lists of events: access denied: `cloudtrail:DescribeTrails`");
    is_valid(&body(&world));
    let writes = calls::names(&world.mutating_calls());
    assert_eq!(writes, ["cloudwatch:PutDashboard"]);
    for operation in ["GetDashboard", "PutDashboard"] {
        world.clear_faults();
        world.inject(Fault::access_denied(operation));
        world
            .ecrmon([
                "dashboard",
                "create",
                "--yes",
                "--no-log-widgets",
                "--repo",
                "a",
            ])
            .exits(1)
            .says(&format!("cloudwatch:{operation}"));
    }
}

#[test]
fn trouble_that_is_no_denial_is_no_reason_to_leave_something_out() {
    let world = World::new();
    world.inject(Fault::server_error("ListMetrics", 500));
    world
        .ecrmon(["dashboard", "create", "--yes", "--max-attempts", "1"])
        .exits(1)
        .says("cannot look at what the dashboard could show")
        .says("hint:");
    wrote_nothing(&world);
}

#[test]
fn exactly_these_calls_are_made() {
    let world = world_with(&["--no-dashboard"]);
    world.forget_calls();
    world.ecrmon(["dashboard", "create", "--yes"]).exits(0);
    let mut calls = calls::names(&world.calls());
    calls.sort();
    insta::assert_snapshot!(calls.join("\n"), @r"
    cloudtrail:DescribeTrails
    cloudtrail:GetEventSelectors
    cloudtrail:GetTrailStatus
    cloudtrail:ListTags
    cloudwatch:DescribeAlarms
    cloudwatch:GetDashboard
    cloudwatch:GetDashboard
    cloudwatch:ListMetrics
    cloudwatch:ListMetrics
    cloudwatch:ListMetrics
    cloudwatch:ListMetrics
    cloudwatch:PutDashboard
    sts:GetCallerIdentity
    ");
}

#[test]
fn the_body_for_other_tools_is_what_would_be_put() {
    let world = World::new();
    let printed = wanted(&world, &[]);
    wrote_nothing(&world);
    world.ecrmon(["dashboard", "create", "--yes"]).exits(0);
    assert_eq!(printed, body(&world));
    let check = world.ecrmon(["dashboard", "create", "--check", "--output", "json"]);
    assert_eq!(check.exits(0).json()["plan"][0]["action"], "keep");
}

#[test]
fn an_adopted_trails_log_group_is_asked() {
    let world = World::new();
    covering(&world, "audit");
    let query = widget(&wanted(&world, &[]), "Recent pushes")["query"].clone();
    assert!(
        query
            .as_str()
            .is_some_and(|query| query.starts_with("SOURCE '/audit'")),
        "{query}"
    );
}
