//! `ecrmon metrics`: the table of the registry.

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::world::World;

/// So many hours ago.
pub fn ago(hours: i64) -> String {
    let time = Timestamp::now() - SignedDuration::from_hours(hours);
    // A little more, so that a test that takes its time does not see the next hour.
    (time - SignedDuration::from_mins(10)).to_string()
}

/// Pulls of a repository: so many on each of the last seven days.
pub fn pulls(repository: &str, by_day: [u32; 7]) -> Value {
    let days = by_day.iter().zip((0..7).rev());
    let points = days
        .filter(|(pulls, _)| **pulls > 0)
        .map(|(pulls, day)| json!([ago(24 * day + 12), pulls]));
    json!({
        "namespace": "AWS/ECR",
        "name": "RepositoryPullCount",
        "dimensions": {"RepositoryName": repository},
        "points": points.collect::<Vec<_>>(),
    })
}

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// A registry in which each repository is otherwise.
pub fn world() -> World {
    let world = World::new();
    let images = |count: u64, size: u64| json!({"images": count, "size": size, "pushed_at": ago(3), "every": 3600});
    let api = json!({"tags": ["v2"], "size": 182_000_000, "pushed_at": ago(2), "last_pull": ago(1), "scan_status": "COMPLETE",
        "findings": {"CRITICAL": 2, "HIGH": 11, "LOW": 40}, "findings_in_summary": false});
    let index =
        json!({"tags": ["v2"], "media_type": INDEX, "size": 300_000_000, "pushed_at": ago(5)});
    let child = json!({"size": 300_000_000, "pushed_at": ago(6), "scan_status": "COMPLETE", "findings": {}});
    let strange = json!({"pushed_at": ago(24 * 800), "status": "ARCHIVED"});
    let sized = json!({"tags": ["1.0"], "size": 410_000_000, "pushed_at": ago(24 * 700), "scan_status": "UNSUPPORTED_IMAGE"});
    world.arrange(
        "registry",
        &json!({"repositories": [
            {"name": "team-a/api", "images": [api], "generate": images(1_200, 31_700_000), "lifecycle_policy": "{\"rules\":[]}"},
            {"name": "multi/arch", "images": [index, child], "tag_mutability": "IMMUTABLE"},
            {"name": "legacy/batch", "images": [strange, sized]},
            {"name": "empty"},
        ]}),
    );
    world.arrange(
        "metrics",
        &json!({"series": [
            pulls("team-a/api", [10, 20, 20, 400, 4_000, 300, 62]),
            pulls("multi/arch", [0, 0, 0, 0, 0, 0, 71]),
        ]}),
    );
    world
}

fn rows(world: &World, arguments: &str) -> Vec<Value> {
    let all = ["metrics", "--output", "ndjson"];
    let transcript = world.ecrmon(all.into_iter().chain(arguments.split_whitespace()));
    let row = |line: &str| serde_json::from_str(line).expect("a row is JSON");
    transcript.exits(0).stdout.lines().map(row).collect()
}

fn names(rows: &[Value]) -> Vec<&str> {
    rows.iter()
        .filter_map(|row| row["repository"].as_str())
        .collect()
}

#[test]
fn every_column_is_there_in_a_pipe() {
    assert_snapshot!(world().ecrmon(["metrics"]), @r"
    $ ecrmon metrics
    REPOSITORY      IMAGES  UNTAGGED      SIZE  PULLS 7d        LAST PUSH  LAST PULL  FINDINGS                 TAGS       LIFECYCLE
    empty                0         0       0 B      0  ▁▁▁▁▁▁▁  –          –          –                        mutable    none
    legacy/batch         2         1   ≥410 MB      0  ▁▁▁▁▁▁▁  1 y        none seen  unsupported image        mutable    none
    multi/arch           2         1    600 MB     71  ▁▁▁▁▁▁█  5 h        none seen  none                     immutable  none
    team-a/api       1 201         0   38.2 GB  4 812  ▂▂▂▂█▂▂  2 h        1 h        2 critical, 11 high +40  mutable    policy
    4 repositories   1 205         2  ≥39.2 GB  4 883           2 h        1 h        2 critical, 11 high +40
    Sizes are sums of image sizes: compressed, with shared layers once per image.
    ≥: ECR does not tell the size of 1 image.
    1 image archived: stored, and not to be pulled.
    Account 123456789012, region eu-west-1

    [exit 0]
    ");
}

#[test]
fn a_terminal_of_80_columns_is_told_what_has_no_room() {
    let transcript = world().terminal(["metrics", "--quiet"]).finish();
    assert_snapshot!(transcript, @r"
    $ ecrmon metrics --quiet
    REPOSITORY      IMAGES      SIZE  PULLS 7d        LAST PUSH  FINDINGS
    empty                0       0 B      0  ▁▁▁▁▁▁▁  –          –
    legacy/batch         2   ≥410 MB      0  ▁▁▁▁▁▁▁  1 y        unsupported image
    multi/arch           2    600 MB     71  ▁▁▁▁▁▁█  5 h        none
    team-a/api       1 201   38.2 GB  4 812  ▂▂▂▂█▂▂  2 h        2 critical +51
    4 repositories   1 205  ≥39.2 GB  4 883           2 h        2 critical +51
    Sizes are sums of image sizes: compressed, with shared layers once per image.
    ≥: ECR does not tell the size of 1 image.
    1 image archived: stored, and not to be pulled.
    Left out: UNTAGGED, LAST PULL, TAGS, LIFECYCLE (`--wide` shows them).
    [exit 0]
    ");
    assert!(
        transcript
            .stdout
            .lines()
            .all(|line| line.chars().count() <= 80)
    );
}

#[test]
fn a_terminal_of_120_columns_has_room_for_more() {
    let world = world();
    let command = world.command().args(["metrics", "--quiet"]);
    assert_snapshot!(command.terminal_of(120).finish(), @r"
    $ ecrmon metrics --quiet
    REPOSITORY      IMAGES  UNTAGGED      SIZE  PULLS 7d        LAST PUSH  LAST PULL  FINDINGS           LIFECYCLE
    empty                0         0       0 B      0  ▁▁▁▁▁▁▁  –          –          –                  none
    legacy/batch         2         1   ≥410 MB      0  ▁▁▁▁▁▁▁  1 y        none seen  unsupported image  none
    multi/arch           2         1    600 MB     71  ▁▁▁▁▁▁█  5 h        none seen  none               none
    team-a/api       1 201         0   38.2 GB  4 812  ▂▂▂▂█▂▂  2 h        1 h        2 critical +51     policy
    4 repositories   1 205         2  ≥39.2 GB  4 883           2 h        1 h        2 critical +51
    Sizes are sums of image sizes: compressed, with shared layers once per image.
    ≥: ECR does not tell the size of 1 image.
    1 image archived: stored, and not to be pulled.
    Left out: TAGS (`--wide` shows them).
    [exit 0]
    ");
}

#[test]
fn colour_adds_to_what_is_said_and_changes_nothing() {
    let world = world();
    let plain = world.ecrmon(["metrics"]).exits(0).stdout.clone();
    let coloured = world
        .ecrmon(["metrics", "--color", "always"])
        .exits(0)
        .stdout
        .clone();
    assert!(
        coloured.contains("\u{1b}[31m2 critical, 11 high +40\u{1b}[0m"),
        "{coloured}"
    );
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), plain);
}

#[test]
fn every_column_can_be_sorted_by() {
    let world = world();
    for (column, order) in [
        (
            "name",
            ["empty", "legacy/batch", "multi/arch", "team-a/api"],
        ),
        (
            "images",
            ["team-a/api", "legacy/batch", "multi/arch", "empty"],
        ),
        (
            "untagged",
            ["legacy/batch", "multi/arch", "empty", "team-a/api"],
        ),
        (
            "size",
            ["team-a/api", "multi/arch", "legacy/batch", "empty"],
        ),
        (
            "pulls",
            ["team-a/api", "multi/arch", "empty", "legacy/batch"],
        ),
        (
            "last-push",
            ["team-a/api", "multi/arch", "legacy/batch", "empty"],
        ),
        (
            "last-pull",
            ["team-a/api", "empty", "legacy/batch", "multi/arch"],
        ),
        (
            "findings",
            ["team-a/api", "multi/arch", "empty", "legacy/batch"],
        ),
    ] {
        let rows = rows(&world, &format!("--sort {column}"));
        assert_eq!(names(&rows), order, "{column}");
    }
}

#[test]
fn the_first_rows_alone_are_shown_and_all_are_counted() {
    let world = world();
    let arguments = ["metrics", "--sort", "size", "--top", "1"];
    world
        .ecrmon(arguments)
        .exits(0)
        .prints("team-a/api")
        .does_not_print("multi/arch")
        .prints("4 repositories")
        .prints("The first 1 by size are shown; the last line counts all 4.");
    let report = world
        .ecrmon(arguments.into_iter().chain(["--output", "json"]))
        .json();
    assert_eq!(report["repositories"].as_array().map(Vec::len), Some(1));
    assert_eq!(report["total"]["repositories"], 4);
    assert_eq!(report["total"]["images"], 1_205);
}

#[test]
fn json_has_everything_and_null_for_what_is_unknown() {
    let world = world();
    let report = world
        .ecrmon(["metrics", "--output", "json"])
        .exits(0)
        .json();
    assert_eq!(report["account"], world.account());
    assert_eq!(report["region"], "eu-west-1");
    let row = |name: &str| {
        let rows = report["repositories"].as_array().expect("a list");
        let mut row = rows
            .iter()
            .find(|row| row["repository"] == name)
            .expect("a row")
            .clone();
        for time in ["last_push", "last_pull"] {
            let told = row[time]
                .as_str()
                .map(|time| time.parse::<Timestamp>().expect("a time"));
            row[time] = told
                .map(|told| (Timestamp::now().duration_since(told)).as_hours())
                .into();
        }
        row
    };
    assert_eq!(
        row("team-a/api"),
        json!({
            "repository": "team-a/api", "images": 1_201, "untagged": 0, "archived": 0,
            "size_bytes": 182_000_000 + 1_200 * 31_700_000_u64 + 1_199 * 1_200 / 2,
            "images_without_size": 0, "pulls": 4_812, "pulls_over_time": [10, 20, 20, 400, 4_000, 300, 62],
            "last_push": 2, "last_pull": 1,
            "findings": {"critical": 2, "high": 11, "medium": 0, "low": 40, "informational": 0, "undefined": 0, "untriaged": 0},
            "findings_status": "SCANNED", "tag_mutability": "MUTABLE", "lifecycle_policy": true,
        })
    );
    let legacy = row("legacy/batch");
    assert_eq!(
        (&legacy["archived"], &legacy["images_without_size"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&legacy["last_pull"], &legacy["findings"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(legacy["findings_status"], "UNSUPPORTED_IMAGE");
    assert_eq!(row("empty")["findings_status"], "NO_IMAGE");
    assert_eq!(
        row("multi/arch")["findings_status"],
        "SCANNED",
        "of the child, since a list has no scan"
    );
    assert_eq!(report["shortfalls"], json!([]));
}

#[test]
fn csv_has_a_column_for_each_severity() {
    let transcript = world().ecrmon(["metrics", "--output", "csv", "--repo", "team-a/*"]);
    let text = &transcript.exits(0).stdout;
    let mut lines = text.lines();
    assert_eq!(
        lines.next(),
        Some(
            "repository,images,untagged,archived,size_bytes,images_without_size,pulls,last_push,last_pull,\
             findings_critical,findings_high,findings_medium,findings_low,findings_informational,findings_undefined,\
             findings_untriaged,findings_other,findings_status,tag_mutability,lifecycle_policy"
        )
    );
    let row = lines.next().expect("a row");
    assert!(row.starts_with("team-a/api,1201,0,0,"), "{row}");
    assert!(
        row.ends_with(",2,11,0,40,0,0,0,0,SCANNED,MUTABLE,true"),
        "{row}"
    );
}

#[test]
fn an_empty_registry_and_one_without_a_match_are_said_to_be() {
    let world = World::new();
    world
        .ecrmon(["metrics"])
        .exits(0)
        .prints("There is no repository in account ");
    let report = world
        .ecrmon(["metrics", "--output", "json"])
        .exits(0)
        .json();
    assert_eq!(report["repositories"], json!([]));
    assert_eq!(report["total"]["images"], 0);
    world.arrange(
        "registry",
        &json!({"repositories": [{"name": "team-a/api"}]}),
    );
    world
        .ecrmon(["metrics", "--repo", "nothing-matches", "--repo", "nor-this"])
        .exits(0)
        .prints("matches `nothing-matches` or `nor-this`.");
}

#[test]
fn pulls_of_a_window_are_those_within_it() {
    let world = world();
    let rows = rows(&world, "--since 3d --until 1d --repo team-a/api");
    assert_eq!(rows[0]["pulls"], 4_300);
    world
        .ecrmon(["metrics", "--since", "3d", "--until", "1d"])
        .prints("PULLS 2d");
    world
        .ecrmon(["metrics", "--since", "730d"])
        .exits(2)
        .says("CloudWatch keeps metrics for 455 days")
        .says("`455d` at most");
    world.ecrmon(["metrics", "--since", "455d"]).exits(0);
    world
        .ecrmon(["metrics", "--since", "1h", "--until", "2h"])
        .exits(2);
}

#[test]
fn a_name_that_is_longer_than_the_terminal_is_told_whole() {
    let world = World::new();
    let name = format!(
        "platform/{}",
        "observability-and-metrics/".repeat(5) + "collector"
    );
    world.arrange("registry", &json!({"repositories": [{"name": name}]}));
    let screen = world.terminal(["metrics", "--quiet"]).finish().stdout;
    assert!(
        screen.lines().all(|line| line.chars().count() <= 80),
        "{screen}"
    );
    let of_name = screen.lines().skip(1).map(|line| line.split("  ").next());
    let told: String = of_name
        .flatten()
        .take_while(|part| !part.starts_with("1 repository"))
        .collect();
    assert_eq!(told, name, "{screen}");
}
