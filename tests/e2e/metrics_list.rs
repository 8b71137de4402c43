//! `ecrmon metrics list`: which metrics of ECR there are.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::metric_series::{calls, images, published, pulls, series, world_with};
use crate::support::calls::names;
use crate::support::fault::Fault;
use crate::support::world::World;

/// A point of a while ago.
fn ago(minutes: i64, value: u64) -> Value {
    // In the middle of a period of five minutes, so that the clock's going on changes nothing.
    let period = 300;
    let now = Timestamp::now().as_second().div_euclid(period) * period;
    let then =
        Timestamp::from_second(now + 150).expect("a time") - SignedDuration::from_mins(minutes);
    json!([[then.to_string(), value]])
}

fn world_in_use() -> World {
    world_with(&[
        pulls("team-a/api", &ago(300, 24)),
        pulls("payments/ledger", &ago(300, 3)),
        pulls("legacy/batch", &ago(60 * 24 * 3, 1)),
        calls("PutImage", &ago(240, 12)),
        images("team-a/api", &ago(180, 212)),
        images("payments/ledger", &ago(60 * 24, 96)),
        published(
            "RepositorySize",
            Some("team-a/api"),
            &ago(120, 40_926_266_163),
        ),
        published("RepositorySize", None, &ago(120, 40_926_266_163)),
        series(
            "AWS/Usage",
            "CallCount",
            &json!({"Service": "ECR Public", "Type": "API", "Resource": "GetAuthorizationToken", "Class": "None"}),
            &ago(240, 2),
        ),
        series(
            "AWS/Usage",
            "CallCount",
            &json!({"Service": "CloudTrail", "Type": "API", "Resource": "LookupEvents", "Class": "None"}),
            &ago(240, 2),
        ),
    ])
}

/// When the newest values were depends on when the test runs.
fn steady(text: &str) -> String {
    let is_time = |word: &&str| word.len() == 5 && word.as_bytes()[2] == b':';
    let line = |line: &str| match line.split(' ').next_back().filter(is_time) {
        Some(time) => format!("{}HH:MM\n", line.trim_end_matches(time)),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn metrics_that_differ_in_their_repository_alone_share_a_row() {
    let world = world_in_use();
    insta::assert_snapshot!(steady(&world.ecrmon(["metrics", "list"]).to_string()), @r"
    $ ecrmon metrics list
    METRIC                         OF                                 SETS  NEWEST   AT
    AWS/ECR/RepositoryPullCount    each repository                    3     24       HH:MM
    AWS/Usage/CallCount            ECR Public, GetAuthorizationToken  1     2        HH:MM
    AWS/Usage/CallCount            PutImage                           1     12       HH:MM
    AWS/Usage/ResourceCount        ImagesPerRepositoryCount           2     212      HH:MM
    ECR/Monitoring/RepositorySize  whole registry                     1     40.9 GB  HH:MM
    ECR/Monitoring/RepositorySize  team-a/api                         1     40.9 GB  HH:MM
    Account 123456789012, region eu-west-1

    note: these had a point in two weeks; newest is of five minutes in the last six hours
    note: AWS publishes no sizes, untagged images or findings of ECR:
      `ecrmon metrics` tells them as they are now,
      `ecrmon metrics publish` keeps them as metrics
    [exit 0]
    ");
}

#[test]
fn a_terminal_of_eighty_columns_holds_the_list() {
    let world = world_in_use();
    let screen = world.terminal(["metrics", "list"]).finish();
    let table: Vec<&str> = screen
        .exits(0)
        .stdout
        .lines()
        .filter(|line| line.contains("AWS/"))
        .collect();
    assert!(
        table.iter().all(|line| line.chars().count() <= 80),
        "{screen}"
    );
}

#[test]
fn every_set_of_dimensions_can_be_listed() {
    let world = world_in_use();
    let rows = |flags: &[&str]| -> Vec<Value> {
        let words = ["metrics", "list", "--output", "ndjson"];
        let text = world
            .ecrmon(words.iter().chain(flags))
            .exits(0)
            .stdout
            .clone();
        text.lines()
            .map(|line| serde_json::from_str(line).expect("a row is JSON"))
            .collect()
    };
    assert_eq!(rows(&[]).len(), 6);
    assert_eq!(rows(&["--all"]).len(), 9);
    let of_team = rows(&["--repo", "team-*"]);
    assert_eq!(rows(&["--repo", "nobody,team-*"]), of_team);
    let dimensions: Vec<_> = of_team
        .iter()
        .map(|row| (&row["metric"], &row["dimensions"]))
        .collect();
    let images = "Class=None Resource=ImagesPerRepositoryCount ResourceId=repository/team-a/api Service=ECR Type=RESOURCE";
    assert_eq!(
        dimensions,
        [
            (
                &json!("RepositoryPullCount"),
                &json!("RepositoryName=team-a/api")
            ),
            (&json!("ResourceCount"), &json!(images)),
            (
                &json!("RepositorySize"),
                &json!("RepositoryName=team-a/api")
            ),
        ]
    );
    assert_eq!(of_team[0]["newest_value"], 24.0);
    assert_eq!(
        (&of_team[0]["statistic"], &of_team[1]["statistic"]),
        (&json!("Sum"), &json!("Maximum"))
    );
}

#[test]
fn a_report_says_of_which_account_and_what_is_unknown() {
    let world = world_in_use();
    let report = world
        .ecrmon(["metrics", "list", "--output", "json"])
        .exits(0)
        .json();
    assert_eq!(report["account"], world.account());
    assert_eq!(report["region"], "eu-west-1");
    let pulls = &report["metrics"][0];
    assert_eq!(
        (&pulls["namespace"], &pulls["sets"]),
        (&json!("AWS/ECR"), &json!(3))
    );
    assert_eq!(
        (&pulls["by"], &pulls["dimensions"]),
        (&json!(["RepositoryName"]), &json!({}))
    );
    assert_eq!(pulls["newest_repository"], "team-a/api");
    let quiet = world
        .ecrmon(["metrics", "list", "--repo", "legacy/*", "--output", "json"])
        .exits(0)
        .json();
    assert_eq!(quiet["metrics"][0]["newest_value"], Value::Null);
    assert_eq!(quiet["metrics"][0]["unknown"], "none in 6 h");
}

#[test]
fn a_large_registry_is_listed_without_reading_it_all() {
    let all: Vec<Value> = (0..1_200)
        .map(|number| pulls(&format!("app-{number}"), &ago(60, 1)))
        .collect();
    let world = world_with(&all);
    world
        .ecrmon(["metrics", "list"])
        .exits(0)
        .prints("1200")
        .prints("not read");
    let reads = |world: &World| {
        let calls = names(&world.calls()).into_iter();
        calls
            .filter(|call| call == "cloudwatch:GetMetricData")
            .count()
    };
    assert_eq!(reads(&world), 0);
    world
        .ecrmon(["metrics", "list", "--all"])
        .exits(0)
        .says("read 1200 metrics, about $0.02");
    assert_eq!(reads(&world), 3);
}

#[test]
fn nothing_is_listed_where_nothing_is_and_what_is_not_published_is_said() {
    World::new()
        .ecrmon(["metrics", "list"])
        .exits(0)
        .prints("No metric of ECR had a point in the last two weeks.")
        .says("AWS publishes no sizes, untagged images or findings of ECR")
        .says("`ecrmon metrics publish`");
}

#[test]
fn a_partial_answer_makes_the_list_incomplete() {
    let world = world_in_use();
    world.arrange("metric-answers", &json!({"status_code": "InternalError"}));
    world
        .ecrmon(["metrics", "list"])
        .exits(5)
        .prints("InternalError");
}

#[test]
fn only_lists_and_reads_are_called_and_what_is_denied_is_named() {
    let world = world_in_use();
    world.ecrmon(["metrics", "list"]).exits(0);
    let mut called = names(&world.calls());
    called.sort();
    called.dedup();
    assert_eq!(
        called,
        [
            "cloudwatch:GetMetricData",
            "cloudwatch:ListMetrics",
            "sts:GetCallerIdentity"
        ]
    );
    for call in ["ListMetrics", "GetMetricData"] {
        world.inject(Fault::access_denied(call));
        world
            .ecrmon(["metrics", "list"])
            .exits(1)
            .says(&format!("allow `cloudwatch:{call}`"));
        world.clear_faults();
    }
}
