//! An archive in a folder is read as it should be: which files, in which order, and what is said of the others.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use tempfile::TempDir;

use super::place::Place;
use super::read::Archive;
use crate::events::{Filter, Found, Order, Query, Reading, Registry, Sink, Window};
use crate::terminal::Progress;

const ACCOUNT: &str = "111122223333";

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn query(from: &str, until: &str) -> Query {
    Query {
        window: Window {
            from: time(from),
            until: time(until),
        },
        filter: Filter::default(),
        order: Order::NewestFirst,
        registry: Registry::Private,
        keep_records: false,
    }
}

/// Writes a file that was delivered then, with one event of a time.
fn write(root: &Path, account: &str, region: &str, delivered: &str, event: &str) {
    let delivered = time(delivered);
    let day = delivered.strftime("%Y/%m/%d");
    let folder = root.join(format!("AWSLogs/{account}/CloudTrail/{region}/{day}"));
    let minute = delivered.strftime("%Y%m%dT%H%MZ");
    let name = format!("{account}_CloudTrail_{region}_{minute}_0123456789abcdef.json");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(name), records(event)).expect("a file");
}

fn records(event: &str) -> String {
    format!(
        r#"{{"Records":[{{"eventTime":"{event}","eventID":"{event}","eventSource":"ecr.amazonaws.com"}}]}}"#
    )
}

/// What is told, and the reading.
async fn read(places: &[&Path], query: &Query) -> (Vec<Found>, Reading) {
    let places = places
        .iter()
        .map(|path| Place::Local(path.to_path_buf()))
        .collect();
    let archive = Archive::new(places, None, Progress::default());
    let (sink, mut found) = Sink::new();
    let reading = async {
        let reading = archive.read(query, &sink).await;
        drop(sink);
        reading
    };
    let told = async {
        let mut told = Vec::new();
        while let Some(found) = found.recv().await {
            told.push(found);
        }
        told
    };
    let (reading, told) = tokio::join!(reading, told);
    (told, reading.expect("a reading"))
}

fn ids(told: &[Found]) -> Vec<&str> {
    let events = told.iter().filter_map(|found| match found {
        Found::Events(events) => Some(events),
        Found::Passed(_) => None,
    });
    events
        .flatten()
        .map(|event| event.event_id().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn the_next_days_first_hours_are_read_for_what_came_late() {
    let folder = TempDir::new().expect("a folder");
    write(
        folder.path(),
        ACCOUNT,
        "eu-west-1",
        "2026-03-09T12:05:00Z",
        "2026-03-09T12:00:00Z",
    );
    write(
        folder.path(),
        ACCOUNT,
        "eu-west-1",
        "2026-03-10T01:05:00Z",
        "2026-03-09T23:59:59Z",
    );
    write(
        folder.path(),
        ACCOUNT,
        "eu-west-1",
        "2026-03-10T07:05:00Z",
        "2026-03-09T23:00:00Z",
    );
    // The trail was recording before the day began.
    write(
        folder.path(),
        ACCOUNT,
        "eu-west-1",
        "2026-02-01T12:05:00Z",
        "2026-02-01T12:00:00Z",
    );
    let day = query("2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z");
    let (told, reading) = read(&[folder.path()], &day).await;
    assert_eq!(ids(&told), ["2026-03-09T23:59:59Z", "2026-03-09T12:00:00Z"]);
    assert_eq!(reading.complete, Some(day.window));
    assert!(reading.unread.is_empty());
}

#[tokio::test]
async fn nothing_is_told_that_is_later_than_what_was_passed() {
    let folder = TempDir::new().expect("a folder");
    for minute in 10..40 {
        let delivered = format!("2026-03-09T23:{minute}:00Z");
        write(
            folder.path(),
            ACCOUNT,
            "eu-west-1",
            &delivered,
            &format!("2026-03-09T23:{:02}:59Z", minute - minute % 7),
        );
    }
    let day = query("2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z");
    let (told, _) = read(&[folder.path()], &day).await;
    assert_eq!(ids(&told).len(), 30);
    let mut passed = Timestamp::MAX;
    for found in told {
        match found {
            Found::Passed(time) => passed = passed.min(time),
            Found::Events(events) => {
                assert!(
                    events
                        .iter()
                        .all(|event| event.time.is_some_and(|time| time <= passed))
                );
            }
        }
    }
}

#[tokio::test]
async fn accounts_and_regions_are_chosen_by_the_names_of_files() {
    let folder = TempDir::new().expect("a folder");
    for account in [ACCOUNT, "444455556666"] {
        for region in ["eu-west-1", "us-east-2"] {
            write(
                folder.path(),
                account,
                region,
                "2026-03-09T12:05:00Z",
                "2026-03-09T12:00:00Z",
            );
        }
    }
    let mut wanted = query("2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z");
    assert_eq!(ids(&read(&[folder.path()], &wanted).await.0).len(), 4);
    wanted.filter.regions.insert("us-east-2".to_owned());
    assert_eq!(ids(&read(&[folder.path()], &wanted).await.0).len(), 2);
    wanted.filter.accounts.insert(ACCOUNT.to_owned());
    assert_eq!(ids(&read(&[folder.path()], &wanted).await.0).len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_bounds_what_is_complete() {
    let folder = TempDir::new().expect("a folder");
    write(
        folder.path(),
        ACCOUNT,
        "eu-west-1",
        "2026-03-09T12:05:00Z",
        "2026-03-09T12:00:00Z",
    );
    write(
        folder.path(),
        ACCOUNT,
        "eu-west-1",
        "2026-03-09T13:30:00Z",
        "2026-03-09T13:00:00Z",
    );
    let logs = folder
        .path()
        .join(format!("AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/03/09"));
    let broken = logs.join(format!(
        "{ACCOUNT}_CloudTrail_eu-west-1_20260309T1105Z_0123456789abcdef.json.gz"
    ));
    fs::write(&broken, [0x1f, 0x8b, 8, 0, 0]).expect("a file");
    fs::write(logs.join("notes.json"), "{}").expect("a file");
    let siblings = folder
        .path()
        .join(format!("AWSLogs/{ACCOUNT}/CloudTrail-Digest"));
    fs::create_dir_all(&siblings).expect("a folder");
    fs::write(siblings.join("digest.json.gz"), "{}").expect("a file");
    let (told, reading) = read(
        &[folder.path()],
        &query("2026-03-09T11:00:00Z", "2026-03-09T13:10:00Z"),
    )
    .await;
    assert_eq!(ids(&told).len(), 2);
    let complete = Window {
        from: time("2026-03-09T11:06:00Z"),
        until: time("2026-03-09T13:10:00Z"),
    };
    assert_eq!(reading.complete, Some(complete));
    assert_eq!(reading.unread.len(), 2, "{:?}", reading.unread);
    assert!(
        reading
            .unread
            .iter()
            .any(|unread| unread.contains("T1105Z") && unread.contains("corrupt"))
    );
    assert!(
        reading
            .unread
            .iter()
            .any(|unread| unread.contains("notes.json"))
    );
}

#[tokio::test]
async fn single_files_are_read_whatever_their_names() {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("copy of a log");
    fs::write(&file, records("2026-03-09T12:00:00Z")).expect("a file");
    let (told, reading) = read(
        &[&file, &file],
        &query("2026-03-09T00:00:00Z", "2026-03-10T00:00:00Z"),
    )
    .await;
    assert_eq!(ids(&told).len(), 2);
    assert!(reading.unread.is_empty());
}
