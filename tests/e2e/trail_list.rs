//! `ecrmon trail list`: every trail that can be seen, in every form, with what is wrong or hidden.

use serde_json::json;

use crate::support::world::World;
use crate::trails::{covering, delivering, organization, silent, trail_arn};

/// Two trails whose times are fixed, so that they can be snapshots.
fn with_two_trails() -> World {
    let world = World::new();
    let mut audit = delivering(&world, "audit", world.region(), world.account());
    audit["status"] = json!({"IsLogging": true, "StartLoggingTime": 1_767_225_600});
    audit["status"]["LatestDeliveryError"] = json!("NoSuchBucket");
    audit["status"]["LatestDeliveryTime"] = json!(1_767_229_200);
    audit["status"]["LatestCloudWatchLogsDeliveryTime"] = json!(1_767_229_260);
    let mut writes = silent(&world, "writes");
    writes["selectors"] = json!({"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]});
    writes["status"] = json!({"IsLogging": false});
    world.add_trail(&audit);
    world.add_trail(&writes);
    world
}

#[test]
fn the_list_says_what_each_trail_records_and_where_it_delivers() {
    let world = with_two_trails();
    insta::assert_snapshot!(world.ecrmon(["trail", "list", "--utc"]), @r"
    $ ecrmon trail list --utc
    TRAIL   HOME                    RECORDS OF ECR                  LOG GROUP  LOGGING                     DELIVERY ERRORS
    audit   eu-west-1, all regions  reads and writes                /audit     since 2026-01-01 00:00 UTC  delivery to its bucket fails: NoSuchBucket
    writes  eu-west-1, all regions  writes only: pulls are missing  none       no                          none
    Account 123456789012, region eu-west-1

    [exit 0]
    ");
}

#[test]
fn times_are_local_unless_utc_is_asked_for() {
    let world = with_two_trails();
    let in_tokyo = |arguments: &[&str]| {
        world
            .command()
            .env("TZ", "Asia/Tokyo")
            .args(arguments)
            .run()
    };
    in_tokyo(&["trail", "list"])
        .exits(0)
        .prints("09:00")
        .does_not_print("UTC");
    in_tokyo(&["trail", "list", "--utc"])
        .exits(0)
        .prints("00:00")
        .prints("UTC");
    in_tokyo(&["trail", "list", "--output", "json"])
        .exits(0)
        .prints("2026-01-01T00:00:00Z");
}

#[test]
fn the_list_as_json_has_every_field() {
    let world = with_two_trails();
    insta::assert_snapshot!(world.ecrmon(["trail", "list", "--output", "json"]), @r#"
    $ ecrmon trail list --output json
    {
      "account": "123456789012",
      "region": "eu-west-1",
      "trails": [
        {
          "trail": "audit",
          "arn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/audit",
          "home_region": "eu-west-1",
          "multi_region": true,
          "organization": false,
          "records": "reads and writes",
          "logging": true,
          "logging_since": "2026-01-01T00:00:00Z",
          "bucket": "audit-bucket",
          "log_group": "arn:aws:logs:eu-west-1:123456789012:log-group:/audit:*",
          "delivers_here": false,
          "last_bucket_delivery": "2026-01-01T01:00:00Z",
          "last_log_delivery": "2026-01-01T01:01:00Z",
          "delivery_error": "delivery to its bucket fails: NoSuchBucket"
        },
        {
          "trail": "writes",
          "arn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/writes",
          "home_region": "eu-west-1",
          "multi_region": true,
          "organization": false,
          "records": "writes only: pulls are missing",
          "logging": false,
          "logging_since": null,
          "bucket": "writes-bucket",
          "log_group": null,
          "delivers_here": false,
          "last_bucket_delivery": null,
          "last_log_delivery": null,
          "delivery_error": null
        }
      ]
    }
    Account 123456789012, region eu-west-1

    [exit 0]
    "#);
}

#[test]
fn the_list_as_ndjson_and_csv_has_a_line_for_each_trail() {
    let world = with_two_trails();
    let ndjson = world.ecrmon(["trail", "list", "--output", "ndjson"]);
    let rows: Vec<serde_json::Value> = ndjson
        .exits(0)
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line is JSON"))
        .collect();
    assert_eq!(
        rows.iter()
            .map(|row| row["trail"].as_str())
            .collect::<Vec<_>>(),
        [Some("audit"), Some("writes")]
    );
    insta::assert_snapshot!(world.ecrmon(["trail", "list", "--output", "csv"]), @r"
    $ ecrmon trail list --output csv
    trail,arn,home_region,multi_region,organization,records,logging,logging_since,bucket,log_group,delivers_here,last_bucket_delivery,last_log_delivery,delivery_error
    audit,arn:aws:cloudtrail:eu-west-1:123456789012:trail/audit,eu-west-1,true,false,reads and writes,true,2026-01-01T00:00:00Z,audit-bucket,arn:aws:logs:eu-west-1:123456789012:log-group:/audit:*,false,2026-01-01T01:00:00Z,2026-01-01T01:01:00Z,delivery to its bucket fails: NoSuchBucket
    writes,arn:aws:cloudtrail:eu-west-1:123456789012:trail/writes,eu-west-1,true,false,writes only: pulls are missing,false,,writes-bucket,,false,,,
    Account 123456789012, region eu-west-1

    [exit 0]
    ");
}

#[test]
fn an_account_without_trails_gets_a_sentence_or_an_empty_list() {
    let world = World::new();
    world
        .ecrmon(["trail", "list"])
        .exits(0)
        .prints("No trail can be seen from this account and region.");
    assert_eq!(
        world
            .ecrmon(["trail", "list", "--output", "json"])
            .exits(0)
            .json()["trails"],
        json!([])
    );
    for format in ["ndjson", "csv"] {
        assert_eq!(
            world
                .ecrmon(["trail", "list", "--output", format])
                .exits(0)
                .stdout,
            ""
        );
    }
}

#[test]
fn a_list_in_which_something_is_hidden_is_printed_and_said_to_be_incomplete() {
    let world = World::new();
    world.add_trail(&organization(&world, "org"));
    covering(&world, "audit");
    let listed = world.ecrmon(["trail", "list", "--output", "json"]);
    let trails = listed.exits(5).json()["trails"].clone();
    let by_name = |name: &str| {
        trails
            .as_array()
            .and_then(|rows| rows.iter().find(|row| row["trail"] == name))
            .cloned()
    };
    assert_eq!(
        by_name("audit").expect("audit")["records"],
        "reads and writes"
    );
    let records = by_name("org").expect("org")["records"].clone();
    assert_eq!(
        records,
        "unknown: cannot tell: `cloudtrail:GetEventSelectors` is not allowed"
    );
}

#[test]
fn a_status_that_is_hidden_is_unknown_and_not_no() {
    let world = World::new();
    let mut hidden = silent(&world, "audit");
    hidden["status"] = json!({"error": "AccessDeniedException"});
    world.add_trail(&hidden);
    let listed = world.ecrmon(["trail", "list", "--output", "json"]);
    let row = listed.exits(5).json()["trails"][0].clone();
    assert_eq!(
        (&row["logging"], &row["logging_since"]),
        (&json!(null), &json!(null))
    );
    world.ecrmon(["trail", "list"]).exits(5).prints("unknown");
}

#[test]
fn a_log_group_elsewhere_is_shown_with_its_place() {
    let world = World::new();
    world.add_trail(&delivering(
        &world,
        "regional",
        "us-east-1",
        world.account(),
    ));
    world
        .ecrmon(["trail", "list"])
        .exits(0)
        .prints("/regional (in us-east-1)");
    world.add_trail(&delivering(&world, "audit", world.region(), "999988887777"));
    world
        .ecrmon(["trail", "list"])
        .exits(0)
        .prints("/audit (account 999988887777)");
    let listed = world.ecrmon(["trail", "list", "--output", "json"]);
    let delivers_here = listed.json()["trails"].as_array().map(|rows| {
        rows.iter()
            .map(|row| row["delivers_here"].clone())
            .collect()
    });
    assert_eq!(delivers_here, Some(json!([true, false])));
}

#[test]
fn control_characters_in_an_error_do_not_reach_the_terminal() {
    let world = World::new();
    covering(&world, "audit");
    let evil = "\u{1b}[31mred\u{7}\u{202e}\ntrail  forged  line";
    world.set_trail_status(
        world.region(),
        &trail_arn(&world, "audit"),
        &json!({"LatestDeliveryError": evil}),
    );
    let forged = |line: &str| {
        line.trim_start_matches(['✗', ' '])
            .starts_with("trail  forged")
    };
    for arguments in [
        &["trail", "list"][..],
        &["trail", "list", "--output", "csv"],
        &["status"],
    ] {
        let transcript = world.ecrmon(arguments);
        transcript
            .prints("red")
            .does_not_print("\u{1b}")
            .does_not_print("\u{7}")
            .does_not_print("\u{202e}");
        assert!(!transcript.stdout.lines().any(forged), "{transcript}");
    }
    // JSON keeps what AWS said, escaped.
    let json = world.ecrmon(["trail", "list", "--output", "json"]);
    json.does_not_print("\u{1b}");
    assert!(
        json.json()["trails"][0]["delivery_error"]
            .as_str()
            .is_some_and(|error| error.contains("red"))
    );
}
