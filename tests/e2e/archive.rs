//! `ecrmon events` from the files of an archive: in folders, without credentials or network, and in buckets.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::support::clients::Clients;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

const ACCOUNT: &str = "111122223333";
const MEMBER: &str = "444455556666";
const DAY: [&str; 8] = [
    "--since",
    "2026-03-09",
    "--until",
    "2026-03-10",
    "--utc",
    "--raw",
    "--output",
    "json",
];

/// A file of an archive: its key below the prefix, and its bytes.
type File = (String, Vec<u8>);

/// Where CloudTrail puts a file of that account and region that it delivers at `2026-03-DDTHH:MM`.
fn key(account: &str, region: &str, delivered: &str) -> String {
    let (date, minute) = delivered.split_once('T').expect("a date and a minute");
    let (day, date, minute) = (
        date.replace('-', "/"),
        date.replace('-', ""),
        minute.replace(':', ""),
    );
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_{region}_{date}T{minute}Z_0123456789abcdef.json.gz"
    )
}

fn record(id: &str, time: &str) -> Value {
    json!({
        "eventVersion": "1.11", "eventTime": format!("2026-03-{time}Z"), "eventID": id, "eventName": "PutImage",
        "eventSource": "ecr.amazonaws.com", "requestParameters": {"repositoryName": "team/api", "imageTag": "v1"},
    })
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("pack a file");
    encoder.finish().expect("pack a file")
}

fn file_of(account: &str, region: &str, delivered: &str, records: &[Value]) -> File {
    let text = json!({"Records": records}).to_string();
    (
        key(account, region, &format!("2026-03-{delivered}")),
        packed(&text),
    )
}

fn file(delivered: &str, records: &[Value]) -> File {
    file_of(ACCOUNT, "eu-west-1", delivered, records)
}

/// Puts the files below a folder of the world.
fn put_in_folder(world: &World, files: &[File]) -> PathBuf {
    let folder = world.home().join("archive");
    for (key, contents) in files {
        let path = folder.join(key);
        fs::create_dir_all(path.parent().expect("a folder")).expect("make a folder");
        fs::write(path, contents).expect("write a file");
    }
    folder
}

/// Puts the files into a bucket of another region than the world's; its address.
fn put_in_bucket(world: &World, files: &[File]) -> String {
    let name = format!("archive-{}", world.account());
    let s3 = Clients::in_region(world, "us-east-1").s3;
    world.block_on(async {
        let made = s3.create_bucket().bucket(&name).send().await;
        made.expect("make the bucket");
        for (key, contents) in files {
            let put = s3.put_object().bucket(&name).key(key);
            let put = put.body(contents.clone().into()).send().await;
            put.expect("put an object");
        }
    });
    format!("s3://{name}")
}

/// Reads the archive's day as somebody who has no account at all.
fn read_folder(world: &World, places: &[&Path], more: &[&str]) -> Transcript {
    let mut command = world.command().args(["events", "--source", "archive"]);
    for place in places {
        command = command.args(["--archive", &place.display().to_string()]);
    }
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_REGION",
        "AWS_ENDPOINT_URL",
    ] {
        command = command.env_remove(name);
    }
    let transcript = command.args(DAY).args(more).run();
    assert!(world.calls().is_empty(), "a folder needs no call");
    transcript
}

fn read_bucket(world: &World, place: &str, more: &[&str]) -> Transcript {
    let command = world.command().args(["events", "--archive", place]);
    command.args(DAY).args(more).run()
}

fn ids(transcript: &Transcript) -> Vec<String> {
    let answer = transcript.json();
    let events = answer["events"].as_array().expect("a list of events");
    let id = |event: &Value| event["event_id"].as_str().expect("an id").to_owned();
    events.iter().map(id).collect()
}

/// The day, and what came of it in the next day's first hours, in two files each with one event twice.
fn a_day() -> Vec<File> {
    vec![
        file(
            "09T12:05",
            &[
                record("noon", "09T12:00:00"),
                record("early", "09T11:50:00"),
            ],
        ),
        file(
            "09T12:10",
            &[
                record("noon", "09T12:00:00"),
                record("before", "08T23:59:59"),
            ],
        ),
        file(
            "10T00:05",
            &[
                record("midnight", "09T23:59:59"),
                record("after", "10T00:00:00"),
            ],
        ),
    ]
}

#[test]
fn a_folder_is_read_without_credentials_or_network_each_event_once_newest_first() {
    let world = World::new();
    let folder = put_in_folder(&world, &a_day());
    let transcript = read_folder(&world, &[&folder], &[]);
    assert_eq!(ids(transcript.exits(0)), ["midnight", "noon", "early"]);
    let oldest_first = read_folder(&world, &[&folder], &["--oldest-first"]);
    assert_eq!(ids(oldest_first.exits(0)), ["early", "noon", "midnight"]);
}

#[test]
fn a_part_of_the_layout_and_single_files_are_archives_too() {
    let world = World::new();
    let folder = put_in_folder(&world, &a_day());
    let day = folder.join(format!("AWSLogs/{ACCOUNT}/CloudTrail/eu-west-1/2026/03/09"));
    assert_eq!(
        ids(read_folder(&world, &[&day], &[]).exits(0)),
        ["noon", "early"]
    );
    let copy = world.home().join("copy.json");
    let text = json!({"Records": [record("copied", "09T06:00:00")]}).to_string();
    fs::write(&copy, text).expect("write a file");
    let both = read_folder(&world, &[&copy, &day], &[]);
    assert_eq!(ids(both.exits(0)), ["noon", "early", "copied"]);
}

#[test]
fn what_cannot_be_read_is_named_and_the_exit_code_says_so() {
    let world = World::new();
    let mut files = a_day();
    let mut add = |delivered: &str, contents: Vec<u8>| {
        files.push((
            key(ACCOUNT, "eu-west-1", &format!("2026-03-{delivered}")),
            contents,
        ));
    };
    let whole = packed(&json!({"Records": [record("lost", "09T01:00:00")]}).to_string());
    add("09T01:01", whole[..whole.len() / 2].to_vec());
    let mut corrupt = whole.clone();
    corrupt[whole.len() - 6] ^= 1;
    add("09T01:02", corrupt);
    add("09T01:03", packed(&" ".repeat((64 << 20) + 1)));
    add("09T01:04", packed("{\"holidays\":[]}"));
    let folder = put_in_folder(&world, &files);
    let transcript = read_folder(&world, &[&folder], &[]);
    assert_eq!(ids(transcript.exits(5)), ["midnight", "noon", "early"]);
    for (minute, why) in [
        ("0101", "cut short"),
        ("0102", "corrupt"),
        ("0103", "64 MiB"),
        ("0104", "no CloudTrail records"),
    ] {
        transcript.says(&format!("T{minute}Z")).says(why);
    }
}

#[test]
fn a_place_that_is_not_there_is_an_error() {
    let world = World::new();
    let folder = world.home().join("nowhere");
    read_folder(&world, &[&folder], &[])
        .exits(1)
        .says("nowhere")
        .says("hint: name a folder of CloudTrail's log files");
}

#[test]
fn accounts_of_an_organisation_are_found_in_a_bucket_and_regions_chosen() {
    let world = World::new();
    let mut files = Vec::new();
    for (account, region) in [
        (ACCOUNT, "eu-west-1"),
        (MEMBER, "eu-west-1"),
        (MEMBER, "us-east-2"),
    ] {
        let id = format!("{account} {region}");
        let (key, contents) = file_of(account, region, "09T12:05", &[record(&id, "09T12:00:00")]);
        let key = key.replace("AWSLogs/", "a/prefix/AWSLogs/o-0123456789/");
        files.push((key, contents));
    }
    let (digest, contents) = (
        files[0].0.replace("/CloudTrail/", "/CloudTrail-Digest/"),
        packed("{}"),
    );
    files.push((digest, contents));
    let place = format!("{}/a/prefix", put_in_bucket(&world, &files));
    assert_eq!(ids(read_bucket(&world, &place, &[]).exits(0)).len(), 3);
    let chosen = read_bucket(&world, &place, &["--region", "us-east-2"]);
    assert_eq!(ids(chosen.exits(0)), [format!("{MEMBER} us-east-2")]);
    let member = read_bucket(
        &world,
        &format!("{place}/AWSLogs/o-0123456789/{MEMBER}"),
        &[],
    );
    assert_eq!(ids(member.exits(0)).len(), 2);
}

#[test]
fn a_bucket_is_read_with_the_right_to_list_it_and_to_get_its_objects_alone() {
    let world = World::new();
    let place = put_in_bucket(&world, &a_day());
    let transcript = read_bucket(&world, &place, &[]);
    assert_eq!(ids(transcript.exits(0)), ["midnight", "noon", "early"]);
    let mut actions: Vec<String> = world
        .calls()
        .iter()
        .map(|call| call.operation.clone())
        .collect();
    actions.sort();
    actions.dedup();
    assert_eq!(actions, ["GetObject", "HeadBucket", "ListObjectsV2"]);
}

#[test]
fn an_object_that_is_denied_is_named_and_a_listing_that_is_denied_ends_it() {
    let world = World::new();
    let place = put_in_bucket(&world, &a_day());
    world.inject(Fault::access_denied("GetObject").times(1));
    let transcript = read_bucket(&world, &place, &[]);
    transcript.exits(5).says("s3:GetObject");
    world.met_every_fault();
    world.clear_faults();
    world.inject(Fault::access_denied("ListObjectsV2"));
    read_bucket(&world, &place, &[])
        .exits(1)
        .says("s3:ListBucket");
}

#[test]
fn an_archive_is_complete_from_its_oldest_file_to_its_newest() {
    let world = World::new();
    let folder = put_in_folder(&world, &a_day());
    let place = put_in_bucket(&world, &a_day());
    let earlier = ["--since", "2026-01-01", "--until", "2026-03-20"];
    let ask = |place: &str, window: &[&str]| {
        let command = world.command().args(["events", "--archive", place]);
        let command = command.args(["--utc", "--output", "json"]).args(window);
        command.run()
    };
    for place in [folder.display().to_string(), place] {
        let transcript = ask(&place, &earlier);
        transcript
            .exits(0)
            .says("Complete from 2026-03-09 12:05 to 23:50; what happened later may be missing.")
            .says("note: the oldest file of the archive is of 2026-03-09 12:05 UTC: what happened before may be missing")
            .says("note: the newest file that was read is of 2026-03-10 00:05 UTC: what happened later may be missing");
        assert_eq!(transcript.json()["complete_from"], "2026-03-09T12:05:00Z");
        let since = ["--since", "2026-03-09T13:00:00Z", "--until", "2026-03-20"];
        let answer = ask(&place, &since).exits(0).json();
        assert_eq!(answer["complete_from"], "2026-03-09T13:00:00Z");
    }
}

#[test]
fn what_an_archive_has_nothing_of_is_said_and_nothing_else() {
    let world = World::new();
    let folder = put_in_folder(&world, &a_day());
    let nothing = "note: the archive has no file";
    read_folder(&world, &[&folder], &["--region", "us-east-1"])
        .exits(0)
        .says(&format!(
            "{nothing} of the accounts and regions asked for that was delivered from 2026-03-08 23:59 UTC to 2026-03-10 06:00 UTC"
        ));
    let copy = world.home().join("copy.json");
    let text = json!({"Records": [record("copied", "09T06:00:00")]}).to_string();
    fs::write(&copy, text).expect("write a file");
    let transcript = read_folder(&world, &[&copy], &[]);
    assert_eq!(ids(transcript.exits(0)), ["copied"]);
    assert!(!transcript.stderr.contains(nothing), "{transcript}");
}

#[test]
fn a_bucket_that_is_not_there_is_said_to_be_none() {
    let world = World::new();
    read_bucket(&world, "s3://no-such-bucket", &[])
        .exits(1)
        .says("there is no bucket `no-such-bucket`")
        .says("hint: `aws s3 ls`");
}
