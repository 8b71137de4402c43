//! How near `ecrmon events --source history` comes to the time that CloudTrail's two calls a second allow, with answers
//! that come at once and with slow ones, and how soon its first row is there. It exits with 1 if a limit is passed. Run
//! it with `cargo bench --bench history`; it takes three minutes.

#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};

use service::Answer;

#[expect(dead_code, reason = "another benchmark needs more of it")]
mod measure;
mod service;

const PAGES: usize = 160;
const ROWS: usize = 50;
/// What CloudTrail allows of LookupEvents.
const CALLS: usize = 2;
const SECOND: Duration = Duration::from_secs(1);
/// Of the ideal time: the first page after one round trip, and each further one half a second later.
const LIMIT: f64 = 1.05;
/// Beyond one round trip and the start of the process itself.
const FIRST_ROW: Duration = Duration::from_millis(50);
/// The beginning of the window, and its length: some eight hours.
const BEGIN: i64 = 1_790_000_000;
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
    let calls = Arc::new(Mutex::new(Calls::default()));
    let url = start(Arc::clone(&calls), takes);
    let usage = measure::usage(&question(&url, &[]));
    let calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(usage.exit_code, 0, "ecrmon succeeds");
    let further = u32::try_from(PAGES - 1).expect("a page is a small number");
    let ideal = takes + SECOND / 2 * further;
    let ratio = usage.wall.div_duration_f64(ideal);
    println!(
        "{name:<34}{:>8}{:>10.1} s{:>10.1} s{:>18}{:>12}",
        calls.starts.len(),
        ideal.as_secs_f64(),
        usage.wall.as_secs_f64(),
        format!("{ratio:.3} of {LIMIT}"),
        format!("{} of 0", calls.throttled),
    );
    ratio <= LIMIT && calls.throttled == 0
}

/// From the start of the process to its first row, judged in a release build only.
fn first_row(takes: Duration) -> bool {
    let url = start(Arc::default(), takes);
    let start = fastest(|| measure::first_output(&mut service::ecrmon(&url, &["--version"])));
    let row = fastest(|| measure::first_output(&mut question(&url, &[])));
    let limit = start + takes + FIRST_ROW;
    println!(
        "first row, answers after {} ms: {} ms of {} ms ({} ms for `--version`)",
        takes.as_millis(),
        row.as_millis(),
        limit.as_millis(),
        start.as_millis(),
    );
    row <= limit || cfg!(debug_assertions)
}

/// Of five tries, since other processes only ever make it slower.
fn fastest(run: impl Fn() -> Duration) -> Duration {
    (0..5).map(|_| run()).min().unwrap_or_default()
}

fn question(url: &str, more: &[&str]) -> std::process::Command {
    let moment = |second| Timestamp::from_second(second).expect("a time").to_string();
    let (since, until) = (moment(BEGIN), moment(BEGIN + SECONDS));
    let question = [
        "events", "--source", "history", "--raw", "--output", "ndjson", "--since", &since,
        "--until", &until,
    ];
    service::ecrmon(url, &[&question[..], more].concat())
}

#[derive(Default)]
struct Calls {
    starts: Vec<Instant>,
    throttled: usize,
}

impl Calls {
    /// Whether CloudTrail would take one more now.
    fn allow(&mut self) -> bool {
        let now = Instant::now();
        let recent = |start: &&Instant| now.duration_since(**start) < SECOND;
        let allowed = self.starts.iter().rev().take_while(recent).count() < CALLS;
        self.starts.push(now);
        self.throttled += usize::from(!allowed);
        allowed
    }
}

fn start(calls: Arc<Mutex<Calls>>, takes: Duration) -> String {
    let seconds = seconds();
    service::start(move |asked| {
        let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.allow() {
            page(asked, &seconds, takes)
        } else {
            Answer {
                status: 400,
                body: json!({"__type": "ThrottlingException", "message": "Rate exceeded"})
                    .to_string(),
                takes,
            }
        }
    })
}

/// When the events happened, newest first: no two gaps alike, as in life.
fn seconds() -> Vec<i64> {
    let count = i64::try_from(PAGES * ROWS).expect("a small number");
    let mut seconds: Vec<_> = (0..count)
        .map(|number| BEGIN + (number * SECONDS / count + number * number % 97).min(SECONDS - 1))
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
        body: json!({"Events": rows, "NextToken": token}).to_string(),
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
