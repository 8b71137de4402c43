//! How `ecrmon events` shows what it finds: the table on terminals and in pipes, JSON, ndjson, CSV, and fields.

use serde_json::{Value, json};

use crate::deliveries::happen;
use crate::events_story::{at, day, hour, world};
use crate::support::calls;
use crate::support::command::Invocation;
use crate::support::transcript::Transcript;
use crate::support::world::World;

const TITLES: [&str; 6] = ["TIME", "WHAT", "REPOSITORY", "IMAGE", "WHO", "FROM"];

pub fn question<'world>(world: &'world World, more: &[&str]) -> Invocation<'world> {
    let question = world.command().args(["events", "--source", "history"]);
    question.args(hour()).args(more)
}

pub fn ask(world: &World, more: &[&str]) -> Transcript {
    let transcript = question(world, more).run();
    transcript.exits(0);
    transcript
}

/// The cells of a table by the columns that its titles begin, without spaces. A row that wraps goes on below itself.
fn cells(table: &str) -> Vec<Vec<String>> {
    let titles = table.lines().next().expect("titles");
    let starts = TITLES.map(|title| {
        titles
            .find(title)
            .unwrap_or_else(|| panic!("no {title} in {titles:?}"))
    });
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in table.lines().skip(1) {
        let letters: Vec<char> = line.chars().collect();
        let cell = |number: usize| {
            let until = starts.get(number + 1).map_or(letters.len(), |until| *until);
            let letters = letters.iter().take(until).skip(starts[number]);
            letters
                .filter(|letter| !letter.is_whitespace())
                .collect::<String>()
        };
        if cell(0).starts_with("20") {
            rows.push(vec![String::new(); TITLES.len()]);
        }
        let row = rows.last_mut().expect("the first line has a time");
        for (number, text) in row.iter_mut().enumerate() {
            text.push_str(&cell(number));
        }
    }
    rows
}

/// The same of a pipe, where no row wraps and two spaces or more part the cells.
fn cells_of_pipe(table: &str) -> Vec<Vec<String>> {
    let cells = |line: &str| {
        line.split("  ")
            .filter(|cell| !cell.trim().is_empty())
            .map(|cell| cell.replace(' ', ""))
            .collect()
    };
    table.lines().skip(1).map(cells).collect()
}

#[test]
fn the_table_of_a_pipe_has_a_line_for_each_operation() {
    let world = world();
    let table = ask(&world, &[]).stdout.replace(&day(), "2026-10-01");
    insta::assert_snapshot!(table, @r"
    TIME                 WHAT           REPOSITORY        IMAGE                                               WHO                     FROM
    2026-10-01 12:40:00  expire         team/api          2 images, 1 failed (ImageReferencedByManifestList)  service/AWS Internal    via ECR
    2026-10-01 12:31:00  delete         team/api          v1 sha256:98c8b060c21d…                             user/anna               192.0.2.1
    2026-10-01 12:30:00  DENIED delete  team/api          v1                                                  user/mallory            192.0.2.1
    2026-10-01 12:20:00  policy         team/api          now public to all!                                  user/anna               198.51.100.4
    2026-10-01 12:10:00  pull           team/api          v1                                                  role/eks-node (i-0abc)  via ECR
    2026-10-01 12:01:08  push           team/api          v1 sha256:98c8b060c21d…                             role/ci (build-812)     via ECR
    2026-10-01 12:01:00  login          -                 -                                                   role/ci (build-812)     192.0.2.1
    2026-10-01 12:00:00  create-repository  team/api          -                                                   role/ci (build-812)     203.0.113.7
    ");
}

#[test]
fn the_table_of_a_terminal_fits_it_and_cuts_nothing() {
    let world = world();
    for more in [&["--quiet"][..], &["--quiet", "--oldest-first"]] {
        let whole = cells_of_pipe(&ask(&world, more).stdout);
        assert_eq!(whole.len(), 8);
        for columns in [80, 120] {
            let screen = question(&world, more).terminal_of(columns).finish();
            screen.exits(0);
            for line in screen.stdout.lines() {
                assert!(
                    line.chars().count() <= columns.into(),
                    "{columns} columns:\n{screen}"
                );
            }
            assert_eq!(cells(&screen.stdout), whole, "{screen}");
        }
    }
}

#[test]
fn more_columns_and_whole_digests_are_shown_when_asked_for() {
    let world = world();
    let table = ask(&world, &["--wide"]).stdout;
    for expected in [
        "REGION",
        "USER AGENT",
        "EVENT ID",
        crate::events_story::DIGEST,
        "aws-cli/2.34",
        "e14",
    ] {
        assert!(table.contains(expected), "no {expected} in:\n{table}");
    }
}

#[test]
fn times_are_of_the_zone_of_the_reader_unless_utc_is_asked_for() {
    let world = world();
    let times = |utc: bool| {
        let flags = hour().into_iter().filter(|flag| utc || flag != "--utc");
        let question = world
            .command()
            .env("TZ", "Asia/Tokyo")
            .args(["events", "--source", "history", "--action", "login"]);
        question.args(flags).run().stdout
    };
    assert!(times(true).contains(" 12:01:00"), "{}", times(true));
    assert!(times(false).contains(" 21:01:00"), "{}", times(false));
    // Data is in UTC for every reader.
    let json = world
        .command()
        .env("TZ", "Asia/Tokyo")
        .args(["events", "--source", "history", "--output", "json"]);
    let login = json.args(hour()).args(["--action", "login"]).run().json();
    assert_eq!(login["operations"][0]["time"], at(60));
}

#[test]
fn a_json_document_tells_the_rows_and_what_they_are_worth() {
    let world = world();
    let mut document = ask(&world, &["--output", "json"]).json();
    assert_eq!(document["operations"].as_array().map(Vec::len), Some(8));
    document
        .as_object_mut()
        .expect("an object")
        .remove("operations");
    let expected = json!({
        "source": "event history", "complete_from": at(0), "complete_until": at(3600), "limited": false,
        "notes": [], "unread": [], "unreadable_records": 0, "cost": null,
    });
    assert_eq!(document, expected);
}

#[test]
fn a_json_document_of_nothing_is_one_all_the_same() {
    let world = world();
    let document = ask(&world, &["--output", "json", "--repo", "nobody"]).json();
    assert_eq!(document["operations"], json!([]));
    assert_eq!(document["complete_from"], at(0));
    assert_eq!(
        ask(&world, &["--output", "ndjson", "--repo", "nobody"]).stdout,
        ""
    );
    assert_eq!(ask(&world, &["--repo", "nobody"]).stdout, "");
}

#[test]
fn each_line_of_ndjson_is_a_row_of_the_document() {
    let world = world();
    for raw in [&[][..], &["--raw"]] {
        let asked = |format| ask(&world, &[&["--output", format], raw].concat());
        let lines = asked("ndjson").stdout;
        let lines: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("a line is JSON"))
            .collect();
        let list = if raw.is_empty() {
            "operations"
        } else {
            "events"
        };
        assert_eq!(Value::from(lines), asked("json").json()[list]);
    }
}

#[test]
fn csv_has_the_fields_of_json_and_reads_back() {
    let world = world();
    let text = ask(&world, &["--output", "csv"]).stdout;
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .expect("a header")
        .iter()
        .map(str::to_owned)
        .collect();
    let document = ask(&world, &["--output", "json"]).json();
    let operations = document["operations"].as_array().expect("a list");
    let fields: Vec<&String> = operations[0]
        .as_object()
        .expect("an object")
        .keys()
        .collect();
    assert_eq!(header.iter().collect::<Vec<_>>(), fields);
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("rows");
    assert_eq!(rows.len(), operations.len());
    for (row, operation) in rows.iter().zip(operations) {
        for (cell, field) in row.iter().zip(&header) {
            let expected = match &operation[field] {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            assert_eq!(cell, expected, "{field}");
        }
    }
}

#[test]
fn chosen_fields_are_shown_in_the_order_asked_for() {
    let world = world();
    let fields = ["--fields", "repository,action,error_code", "--errors"];
    let shown = |format: &str| ask(&world, &[&["--output", format][..], &fields].concat()).stdout;
    assert_eq!(
        shown("csv"),
        "repository,action,error_code\nteam/api,delete,AccessDenied\n"
    );
    assert_eq!(
        shown("ndjson"),
        "{\"repository\":\"team/api\",\"action\":\"delete\",\"error_code\":\"AccessDenied\"}\n"
    );
    let words: Vec<String> = shown("text")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    assert_eq!(
        words,
        [
            "REPOSITORY",
            "ACTION",
            "ERROR_CODE",
            "team/api",
            "delete",
            "AccessDenied"
        ]
    );
}

#[test]
fn a_field_that_there_is_not_is_refused_with_those_that_there_are() {
    let world = world();
    let transcript = question(&world, &["--fields", "action,who"]).run();
    transcript
        .exits(2)
        .says("there is no field `who`")
        .says("principal_arn")
        .says("calls, times, from, until");
    let transcript = question(&world, &["--raw", "--fields", "calls"]).run();
    transcript.exits(2).says("there is no field `calls`");
    assert_eq!(calls::names(&world.calls()), Vec::<String>::new());
}

#[test]
fn an_event_of_which_little_is_known_has_every_field() {
    let world = World::new();
    let bare = json!({"eventID": "e1", "eventName": "PutImage", "eventSource": "ecr.amazonaws.com", "eventTime": at(1),
        "awsRegion": world.region(), "recipientAccountId": "123456789012"});
    happen(&world, &[bare]);
    let pretty = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("a line is JSON");
        serde_json::to_string_pretty(&value)
            .expect("JSON")
            .replace(&at(1), "TIME")
    };
    insta::assert_snapshot!(pretty(&ask(&world, &["--raw", "--output", "ndjson"]).stdout), @r#"
    {
      "event_id": "e1",
      "time": "TIME",
      "action": "push",
      "event_name": "PutImage",
      "repository": null,
      "tag": null,
      "digest": null,
      "images": [],
      "principal": null,
      "principal_arn": null,
      "principal_account": null,
      "access_key_id": null,
      "source_ip": null,
      "via": null,
      "vpc_endpoint": null,
      "user_agent": null,
      "region": "eu-west-1",
      "account": "123456789012",
      "owner": null,
      "error_code": null,
      "error_message": null,
      "read_only": false,
      "policy_allows": null,
      "detail": null,
      "event_source": "ecr.amazonaws.com",
      "event_type": "AwsApiCall",
      "request_id": null,
      "shared_event_id": null
    }
    "#);
    insta::assert_snapshot!(pretty(&ask(&world, &["--output", "ndjson"]).stdout), @r#"
    {
      "event_id": "e1",
      "time": "TIME",
      "action": "push",
      "event_name": "PutImage",
      "repository": null,
      "tag": null,
      "digest": null,
      "images": [],
      "principal": null,
      "principal_arn": null,
      "principal_account": null,
      "access_key_id": null,
      "source_ip": null,
      "via": null,
      "vpc_endpoint": null,
      "user_agent": null,
      "region": "eu-west-1",
      "account": "123456789012",
      "owner": null,
      "error_code": null,
      "error_message": null,
      "read_only": false,
      "policy_allows": null,
      "detail": null,
      "event_source": "ecr.amazonaws.com",
      "event_type": "AwsApiCall",
      "request_id": null,
      "shared_event_id": null,
      "calls": 1,
      "times": 1,
      "from": "TIME",
      "until": "TIME"
    }
    "#);
}
