//! What `ecrmon events --source logs` takes of CPU and memory for 100,000 events, beside the SDK's own paginator that
//! reads the same pages and does nothing with them, and how soon its first row is there. It exits with 1 if a limit is
//! passed; CPU and the first row are judged in a release build only. Run it with `cargo bench --bench logs`.
//!
//! Ours is the ordinary question: the calls of an hour become operations, which are printed as text.

#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};
use jiff::Timestamp;
use serde_json::{Value, json};

use measure::Usage;
use service::Answer;

mod measure;
mod service;

const EVENTS: i64 = 100_000;
/// The most of a page (FilterLogEvents, API reference).
const PAGE_EVENTS: usize = 10_000;
const PAGE_BYTES: usize = 1024 * 1024;
/// Of the paginator's CPU time.
const CPU_LIMIT: f64 = 1.4;
const MEMORY_LIMIT: u64 = 64 * 1024 * 1024;
/// The events of an ordinary hour: their first row is to be there after one answer.
const ORDINARY: i64 = 1_000;
/// The beginning of the hour in which all happened, and how much later each event was delivered.
const BEGIN: i64 = 1_790_000_000;
const SECONDS: i64 = 3_600;
const DELIVERY: i64 = 300;
/// With this argument and a URL, this program is the paginator.
const PAGINATOR: &str = "paginator";

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    if let [_, word, url] = &arguments[..]
        && word == PAGINATOR
    {
        paginate(url);
        return ExitCode::SUCCESS;
    }
    let pages = Arc::new(AtomicUsize::new(0));
    let url = start(EVENTS, Arc::clone(&pages), Duration::ZERO);
    let every_call = measure::usage(question(&url).args(["--raw", "--output", "ndjson"]));
    let every_call = i64::try_from(every_call.found).expect("a small number");
    assert_eq!(every_call, EVENTS, "every event is told");
    pages.store(0, Ordering::SeqCst);
    println!(
        "{:<34}{:>8}{:>12}{:>12}{:>16}{:>20}",
        "100,000 events of a log group", "pages", "wall", "CPU", "ratio", "peak memory"
    );
    let paginator = least(&mut paginator(&url));
    show(
        "the SDK's paginator alone",
        pages.swap(0, Ordering::SeqCst) / TRIES,
        &paginator,
        "",
        "",
    );
    let ours = least(&mut question(&url));
    let ratio = ours.cpu.div_duration_f64(paginator.cpu);
    show(
        "ecrmon events --source logs",
        pages.load(Ordering::SeqCst) / TRIES,
        &ours,
        &format!("{ratio:.2} of {CPU_LIMIT}"),
        &format!(" of {} MiB", MEMORY_LIMIT >> 20),
    );
    let kept = (ratio <= CPU_LIMIT || cfg!(debug_assertions)) && ours.peak_memory <= MEMORY_LIMIT;
    ExitCode::from(u8::from(!(kept & first_row(Duration::from_millis(300)))))
}

const TRIES: usize = 5;

/// Of several tries the one that took least, since other processes only ever make it slower.
fn least(command: &mut Command) -> Usage {
    let usages = (0..TRIES).map(|_| measure::usage(command));
    usages.min_by_key(|usage| usage.cpu).expect("several tries")
}

fn show(name: &str, pages: usize, usage: &Usage, ratio: &str, limit: &str) {
    println!(
        "{name:<34}{pages:>8}{:>10.2} s{:>10.2} s{ratio:>16}{:>20}",
        usage.wall.as_secs_f64(),
        usage.cpu.as_secs_f64(),
        format!("{}{limit}", usage.peak_memory >> 20),
    );
}

/// From the start of the process to its first row.
fn first_row(takes: Duration) -> bool {
    let url = start(ORDINARY, Arc::default(), takes);
    service::first_row(&url, &mut question(&url), takes)
}

/// The ordinary question: who did what in that hour, in the lines that people read.
fn question(url: &str) -> Command {
    let moment = |second| Timestamp::from_second(second).expect("a time").to_string();
    let (since, until) = (moment(BEGIN), moment(BEGIN + SECONDS));
    let group = ["--source", "logs", "--log-group", "trail"];
    let hour = ["--since", &since, "--until", &until];
    service::ecrmon(url, &[&["events"][..], &group, &hour].concat())
}

fn paginator(url: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args([PAGINATOR, url]).env_clear();
    command
}

fn paginate(url: &str) {
    let credentials = Credentials::new("AKIAIOSFODNN7EXAMPLE", "secret", None, None, "bench");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .region(Region::new("us-east-1"))
        .endpoint_url(url)
        .build();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("build a runtime");
    runtime.block_on(async {
        let request = aws_sdk_cloudwatchlogs::Client::new(&config).filter_log_events();
        let request = request.log_group_name("trail").start_time(BEGIN * 1_000);
        let mut pages = request.into_paginator().send();
        while let Some(page) = pages.next().await {
            drop(page.expect("a page"));
        }
    });
}

fn start(events: i64, pages: Arc<AtomicUsize>, takes: Duration) -> String {
    service::start(move |asked| {
        pages.fetch_add(1, Ordering::SeqCst);
        Answer {
            status: 200,
            body: page(events, &asked.json()).into(),
            takes,
        }
    })
}

/// When one of so many events happened, in milliseconds.
fn happened(number: i64, events: i64) -> i64 {
    BEGIN * 1_000 + number * SECONDS * 1_000 / events
}

fn page(events: i64, asked: &Value) -> String {
    let start = asked["startTime"].as_i64().unwrap_or(i64::MIN);
    let end = asked["endTime"].as_i64().unwrap_or(i64::MAX);
    let from = asked["nextToken"]
        .as_str()
        .map_or(0, |token| token.parse().expect("a token of ours"));
    let delivered = |number| happened(number, events) + DELIVERY * 1_000;
    let left = (from..events).filter(|number| (start..=end).contains(&delivered(*number)));
    let (mut rows, mut bytes, mut token) = (Vec::new(), 0, None);
    for number in left {
        if rows.len() == PAGE_EVENTS || bytes > PAGE_BYTES {
            token = Some(number.to_string());
            break;
        }
        let message = record(number, happened(number, events));
        bytes += message.len();
        rows.push(json!({
            "eventId": format!("{number:056}"),
            "ingestionTime": delivered(number) + 500,
            "logStreamName": "123456789012_CloudTrail_us-east-1",
            "message": message,
            "timestamp": delivered(number),
        }));
    }
    json!({"events": rows, "nextToken": token}).to_string()
}

/// A call of a pull by the role of a node, of the size that such records have: each eighth asks for the image, those
/// after it for its layers. The server has applied the pattern, so nothing else comes.
fn record(number: i64, happened: i64) -> String {
    let time = Timestamp::from_second(happened / 1_000).expect("a time");
    let pull = number / 8;
    let session = format!("i-{:017x}", pull % 50);
    let repository = format!("team-{}/api", pull % 17);
    let (name, request) = if number % 8 == 0 {
        let accepted = [
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.index.v1+json",
        ];
        let image = json!({"imageTag": format!("v{}", pull % 400)});
        let request = json!({"imageIds": [image], "acceptedMediaTypes": accepted});
        ("BatchGetImage", request)
    } else {
        let request = json!({"layerDigest": format!("sha256:{number:064x}")});
        ("GetDownloadUrlForLayer", request)
    };
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": format!("AROAIOSFODNN7EXAMPLE:{session}"),
            "arn": format!("arn:aws:sts::123456789012:assumed-role/node/{session}"),
            "accountId": "123456789012",
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": "AROAIOSFODNN7EXAMPLE",
                    "arn": "arn:aws:iam::123456789012:role/node",
                    "accountId": "123456789012",
                    "userName": "node",
                },
                "attributes": {"creationDate": "2026-09-21T11:00:00Z", "mfaAuthenticated": "false"},
            },
            "invokedBy": "AWS Internal",
        },
        "eventTime": time.to_string(),
        "eventSource": "ecr.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "AWS Internal",
        "userAgent": "AWS Internal",
        "requestParameters": request,
        "responseElements": null,
        "requestID": format!("00000000-0000-4000-8000-{number:012}"),
        "eventID": format!("10000000-0000-4000-8000-{number:012}"),
        "readOnly": true,
        "resources": [{
            "accountId": "123456789012",
            "ARN": format!("arn:aws:ecr:us-east-1:123456789012:repository/{repository}"),
        }],
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "123456789012",
        "eventCategory": "Management",
    });
    record["requestParameters"]["registryId"] = json!("123456789012");
    record["requestParameters"]["repositoryName"] = json!(repository);
    record.to_string()
}
