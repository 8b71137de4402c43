//! `ecrmon metrics show`: a metric over time, as people and as programs see it.

use serde_json::{Value, json};

use crate::metric_series::{days, hours, images, midnight, pulls, world_with};
use crate::support::transcript::Transcript;
use crate::support::world::World;

/// A registry in use for a week that ended yesterday: more by day than by night.
pub fn world_in_use() -> World {
    let point = |value: &Value| json!({"every": 10_800, "from": midnight(8).to_string(), "until": midnight(1).to_string(), "value": value});
    world_with(&[
        pulls("team-a/api", &point(&json!([2, 3, 30, 60, 72, 70, 20, 9]))),
        pulls("payments/ledger", &point(&json!([0, 0, 1, 3, 2, 3, 0, 0]))),
        pulls("legacy/batch", &json!([[midnight(3).to_string(), 5]])),
    ])
}

pub fn show(metric: &str, flags: &[String]) -> Vec<String> {
    let words = ["metrics", "show", metric].map(str::to_owned);
    words.into_iter().chain(flags.iter().cloned()).collect()
}

pub fn with(flags: &[String], more: &[&str]) -> Vec<String> {
    flags
        .iter()
        .cloned()
        .chain(more.iter().map(|flag| (*flag).to_owned()))
        .collect()
}

/// The transcript with its days replaced: these are different each day.
fn steady(transcript: &Transcript, from: i64, until: i64) -> String {
    let mut text = transcript.to_string();
    for ago in until..=from {
        let day = midnight(ago).to_zoned(jiff::tz::TimeZone::UTC);
        let date = day.strftime("%Y-%m-%d").to_string();
        text = text.replace(&date, &format!("{ago} days ago"));
        let label = day.strftime("%b %-d").to_string();
        text = text.replace(&format!("{label:<6}"), "DAY   ");
        text = text.replace(&label, "DAY");
    }
    text.lines()
        .map(|line| line.trim_end().to_owned() + "\n")
        .collect()
}

pub fn report(world: &World, metric: &str, flags: &[String], code: i32) -> Value {
    let run = world.ecrmon(show(metric, &with(flags, &["--output", "json"])));
    run.exits(code).json()
}

pub fn values(series: &Value) -> Vec<Option<f64>> {
    let points = series["points"].as_array().expect("there are points");
    points.iter().map(|point| point["value"].as_f64()).collect()
}

#[test]
fn pulls_are_drawn_for_each_repository_below_their_total() {
    let world = world_in_use();
    let transcript = world.ecrmon(show("pulls", &days(8, 1)));
    insta::assert_snapshot!(steady(&transcript, 8, 1), @r"
    $ ecrmon metrics show pulls --since=8 days agoT00:00:00Z --until=1 days agoT00:00:00Z --utc
    pulls by repository, Sum of each 3 h, 8 days ago 00:00 to 1 days ago 00:00 UTC
    all 3 repositories  sum 1930  min 2  max 74  last 9
    80 ┤   ▁▆▅     ▁▆▅     ▁▆▅     ▁▆▅     ▁▆▅     ▁▆▅     ▁▆▅
       │   ███     ███     ███     ███     ███     ███     ███
    40 ┤  ▄███    ▄███    ▄███    ▄███    ▄███    ▄███    ▄███
       │▁▁█████▄▁▁█████▄▁▁█████▄▁▁█████▄▁▁█████▄▃▁█████▄▁▁█████▄
     0 ┼┬───────┬───────┬───────┬───────┬───────┬───────┬───────
    team-a/api  sum 1862  min 2  max 72  last 9
    80 ┤    ▅▄      ▅▄      ▅▄      ▅▄      ▅▄      ▅▄      ▅▄
       │   ███     ███     ███     ███     ███     ███     ███
    40 ┤  ▄███    ▄███    ▄███    ▄███    ▄███    ▄███    ▄███
       │▁▁█████▄▁▁█████▄▁▁█████▄▁▁█████▄▁▁█████▄▁▁█████▄▁▁█████▄
     0 ┼┬───────┬───────┬───────┬───────┬───────┬───────┬───────
    payments/ledger  sum 63  min 0  max 3  last 0
     4 ┤
       │   █ █     █ █     █ █     █ █     █ █     █ █     █ █
     2 ┤   ███     ███     ███     ███     ███     ███     ███
       │  ████    ████    ████    ████    ████    ████    ████
     0 ┼┬───────┬───────┬───────┬───────┬───────┬───────┬───────
    legacy/batch  sum 5  min 0  max 5  last 0
     6 ┤                                        ▃
       │                                        █
     3 ┤                                        █
       │                                        █
     0 ┼┬───────┬───────┬───────┬───────┬───────┬───────┬───────
        DAY     DAY     DAY     DAY     DAY     DAY     DAY

    Account 123456789012, region eu-west-1

    [exit 0]
    ");
}

#[test]
fn a_wider_terminal_shows_shorter_periods() {
    let world = world_in_use();
    let screen = world
        .command()
        .args(show("pulls", &with(&days(8, 1), &["-q"])))
        .terminal_of(120)
        .finish();
    insta::assert_snapshot!(steady(&screen, 8, 1), @r"
    $ ecrmon metrics show pulls --since=8 days agoT00:00:00Z --until=1 days agoT00:00:00Z --utc -q
    pulls by repository, Sum of each 2 h, 8 days ago 00:00 to 1 days ago 00:00 UTC
    all 3 repositories  sum 1930  min 0  max 74  last 0
    80 ┤    ▁ ▆▅        ▁ ▆▅        ▁ ▆▅        ▁ ▆▅        ▁ ▆▅        ▁ ▆▅        ▁ ▆▅
       │    █ ██        █ ██        █ ██        █ ██        █ ██        █ ██        █ ██
    40 ┤   ▄█ ██       ▄█ ██       ▄█ ██       ▄█ ██       ▄█ ██       ▄█ ██       ▄█ ██
       │▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▃▁ ██ ██ █▄ ▁▁ ██ ██ █▄
     0 ┼┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────
    team-a/api  sum 1862  min 0  max 72  last 0
    80 ┤      ▅▄          ▅▄          ▅▄          ▅▄          ▅▄          ▅▄          ▅▄
       │    █ ██        █ ██        █ ██        █ ██        █ ██        █ ██        █ ██
    40 ┤   ▄█ ██       ▄█ ██       ▄█ ██       ▄█ ██       ▄█ ██       ▄█ ██       ▄█ ██
       │▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄ ▁▁ ██ ██ █▄
     0 ┼┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────
    payments/ledger  sum 63  min 0  max 3  last 0
     4 ┤
       │    █  █        █  █        █  █        █  █        █  █        █  █        █  █
     2 ┤    █ ██        █ ██        █ ██        █ ██        █ ██        █ ██        █ ██
       │   ██ ██       ██ ██       ██ ██       ██ ██       ██ ██       ██ ██       ██ ██
     0 ┼┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────
    legacy/batch  sum 5  min 0  max 5  last 0
     6 ┤                                                            ▃
       │                                                            █
     3 ┤                                                            █
       │                                                            █
     0 ┼┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────┬───────────
        DAY         DAY         DAY         DAY         DAY         DAY         DAY

    [exit 0]
    ");
}

#[test]
fn colour_adds_to_the_chart_and_carries_nothing() {
    let world = world_in_use();
    let run = |colour: &str| {
        let flags = with(&days(8, 1), &["--color", colour]);
        world.ecrmon(show("pulls", &flags)).exits(0).stdout.clone()
    };
    let (plain, coloured) = (run("never"), run("always"));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
    for colour in ["\u{1b}[36m", "\u{1b}[35m", "\u{1b}[34m"] {
        assert!(coloured.contains(colour), "{coloured:?}");
    }
}

#[test]
fn a_narrow_terminal_gets_a_narrow_chart() {
    let world = world_in_use();
    let screen = world
        .command()
        .args(show("pulls", &days(8, 1)))
        .terminal_of(40)
        .finish();
    let chart = screen
        .exits(0)
        .stdout
        .lines()
        .filter(|line| line.contains(['█', '┼', '┤']));
    let widths: Vec<usize> = chart.map(|line| line.trim_end().chars().count()).collect();
    assert!(
        !widths.is_empty() && widths.iter().all(|width| *width <= 40),
        "{screen}"
    );
}

#[test]
fn no_pull_is_zero_and_no_count_of_images_is_unknown() {
    let from = midnight(2);
    let points = json!([[from.to_string(), 4], [(from + hours(3)).to_string(), 6]]);
    let world = world_with(&[pulls("a", &points), images("a", &points)]);
    let flags = with(&days(2, 1), &["--period", "1h"]);
    let pulls = report(&world, "pulls", &flags, 0);
    let images = report(&world, "images", &flags, 0);
    assert_eq!(
        values(&pulls["series"][0])[..5],
        [4.0, 0.0, 0.0, 6.0, 0.0].map(Some)
    );
    assert_eq!(
        values(&images["series"][0])[..5],
        [Some(4.0), None, None, Some(6.0), None]
    );
    assert_eq!(images["total"][1]["value"], Value::Null);
    world
        .ecrmon(show("images", &flags))
        .exits(0)
        .prints("Where the axis is broken there is no value.");
    world
        .ecrmon(show("pulls", &flags))
        .exits(0)
        .does_not_print("broken");
}

#[test]
fn a_report_says_what_it_is_of() {
    let world = world_in_use();
    let flags = with(&days(2, 1), &["--period", "6h"]);
    let mut pulls = report(&world, "pulls", &flags, 0);
    let series = pulls["series"].take();
    assert_eq!(pulls["total"].as_array().map(Vec::len), Some(4));
    pulls["total"].take();
    let expected = json!({
        "metric": "RepositoryPullCount",
        "namespace": "AWS/ECR",
        "statistic": "Sum",
        "period_seconds": 21_600,
        "unit": "Count",
        "from": midnight(2).to_string(),
        "until": midnight(1).to_string(),
        "series": null,
        "total": null,
    });
    assert_eq!(pulls, expected);
    assert_eq!(series[0]["label"], "team-a/api");
    assert_eq!(series[0]["repository"], "team-a/api");
    assert_eq!(
        series[0]["dimensions"],
        json!({"RepositoryName": "team-a/api"})
    );
    assert_eq!(series[0]["complete"], true);
    assert_eq!(
        series[0]["points"][0],
        json!({"time": midnight(2).to_string(), "value": 5.0})
    );
    // The busiest comes first; what was not pulled then comes last.
    let labels: Vec<_> = series
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| &one["label"])
        .collect();
    assert_eq!(labels, ["team-a/api", "payments/ledger", "legacy/batch"]);
}

#[test]
fn rows_are_long() {
    let world = world_in_use();
    let flags = with(&days(2, 1), &["--period", "12h", "--repo", "payments/*"]);
    let run = |format: &str| {
        world
            .ecrmon(show("pulls", &with(&flags, &["--output", format])))
            .exits(0)
            .stdout
            .clone()
    };
    let (first, second) = (midnight(2), midnight(2) + hours(12));
    assert_eq!(
        run("csv"),
        format!("time,label,value\n{first},payments/ledger,4.0\n{second},payments/ledger,5.0\n")
    );
    assert_eq!(
        run("ndjson").lines().next(),
        Some(format!(r#"{{"time":"{first}","label":"payments/ledger","value":4.0}}"#).as_str())
    );
}
