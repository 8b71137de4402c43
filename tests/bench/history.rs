//! How near `ecrmon events --source history` comes to the time that CloudTrail's two calls a second allow, with answers
//! that come at once and with slow ones, and how soon its first row is there. It exits with 1 if a limit is passed. Run
//! it with `cargo bench --bench history`; it takes three minutes.

#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use std::process::ExitCode;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use service::{Answer, Calls};

#[expect(dead_code, reason = "another benchmark needs more of it")]
mod measure;
mod service;

const PAGES: usize = 160;
const ROWS: usize = 50;
/// What CloudTrail allows of LookupEvents in a second.
const CALLS: f64 = 2.0;
const HALF_A_SECOND: Duration = Duration::from_millis(500);
/// Of the ideal time: the first page after one round trip, and each further one half a second later.
const LIMIT: f64 = 1.05;
/// The beginning of the window, yesterday since the history goes back 90 days only, and its length: some eight hours.
static BEGIN: LazyLock<i64> = LazyLock::new(|| Timestamp::now().as_second() - 86_400);
const SECONDS: i64 = 30_000;

fn main() -> ExitCode {
    println!(
        "{:<34}{:>8}{:>12}{:>12}{:>18}{:>12}",
        "events --source history", "pages", "ideal", "took", "ratio", "throttled"
    );
    let mut kept = whole_window("answers after 100 ms", Duration::from_millis(100));
    kept &= whole_window("answers after 1200 ms", Duration::from_millis(1_200));
    kept &= first_row(Duration::from_millis(300));
    ExitCode::from(u8::from(!kept))
}

/// Reads all pages, and answers whether the limits are kept.
fn whole_window(name: &str, takes: Duration) -> bool {
    let calls = Arc::new(Mutex::new(Calls::new(CALLS)));
    let url = start(Arc::clone(&calls), takes);
    let usage = measure::usage(&mut question(&url));
    let calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(usage.found, PAGES * ROWS, "every event is told");
    let further = u32::try_from(PAGES - 1).expect("a page is a small number");
    let ideal = takes + HALF_A_SECOND * further;
    let ratio = usage.wall.div_duration_f64(ideal);
    println!(
        "{name:<34}{:>8}{:>10.1} s{:>10.1} s{:>18}{:>12}",
        calls.answered,
        ideal.as_secs_f64(),
        usage.wall.as_secs_f64(),
        format!("{ratio:.3} of {LIMIT}"),
        format!("{} of 0", calls.throttled),
    );
    ratio <= LIMIT && calls.throttled == 0
}

/// From the start of the process to its first row, judged in a release build only.
fn first_row(takes: Duration) -> bool {
    let url = start(Arc::new(Mutex::new(Calls::new(CALLS))), takes);
    service::first_row(&url, &mut question(&url), takes)
}

fn question(url: &str) -> std::process::Command {
    let moment = |second| Timestamp::from_second(second).expect("a time").to_string();
    let (since, until) = (moment(*BEGIN), moment(*BEGIN + SECONDS));
    service::ecrmon(
        url,
        &[
            "events", "--source", "history", "--raw", "--output", "ndjson", "--since", &since,
            "--until", &until,
        ],
    )
}

fn start(calls: Arc<Mutex<Calls>>, takes: Duration) -> String {
    let seconds = seconds();
    service::start(move |asked| {
        let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.allow() {
            page(&asked.json(), &seconds, takes)
        } else {
            Answer::throttled(takes)
        }
    })
}

/// When the events happened, newest first: no two gaps alike, as in life.
fn seconds() -> Vec<i64> {
    let count = i64::try_from(PAGES * ROWS).expect("a small number");
    let mut seconds: Vec<_> = (0..count)
        .map(|number| *BEGIN + (number * SECONDS / count + number * number % 97).min(SECONDS - 1))
        .collect();
    seconds.sort_unstable();
    seconds.reverse();
    seconds
}

fn page(asked: &Value, seconds: &[i64], takes: Duration) -> Answer {
    let time = |name: &str| asked[name].as_f64().expect("a time");
    let (first, last) = (time("StartTime"), time("EndTime"));
    #[expect(clippy::cast_precision_loss, reason = "seconds are small enough")]
    let asked_for = |second: &i64| (first..=last).contains(&(*second as f64));
    let found = seconds
        .iter()
        .enumerate()
        .filter(|(_, second)| asked_for(second));
    let offset = asked["NextToken"]
        .as_str()
        .map_or(0, |token| token.parse().expect("a token of ours"));
    let mut left = found.skip(offset);
    let rows: Vec<_> = left
        .by_ref()
        .take(ROWS)
        .map(|(number, second)| row(number, *second))
        .collect();
    let token = left.next().map(|_| (offset + ROWS).to_string());
    Answer {
        status: 200,
        body: json!({"Events": rows, "NextToken": token})
            .to_string()
            .into(),
        takes,
    }
}

fn row(number: usize, second: i64) -> Value {
    let record = json!({
        "eventID": format!("event-{number}"),
        "eventName": "PutImage",
        "eventSource": "ecr.amazonaws.com",
        "eventTime": Timestamp::from_second(second).expect("a time").to_string(),
        "awsRegion": "us-east-1",
        "requestParameters": {"repositoryName": "team/api"},
    });
    json!({
        "EventId": format!("event-{number}"),
        "EventName": "PutImage",
        "EventSource": "ecr.amazonaws.com",
        "EventTime": second,
        "CloudTrailEvent": record.to_string(),
    })
}
