//! How busy `ecrmon metrics` keeps an API that throttles its callers at a rate that nobody publishes, and what a
//! registry of 1,000 repositories with 200 images each takes of CPU and memory. It exits with 1 if a limit is passed;
//! how busy the API is kept is judged in a release build only. Run it with `cargo bench --bench registry`; it takes a
//! minute.

#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};

use measure::Usage;
use service::{Answer, Asked, Calls};

mod measure;
#[expect(dead_code, reason = "another benchmark needs more of it")]
mod service;

const IMAGES: usize = 200;
/// Of what the rate allows: so much of the time it may take more.
const WALL_LIMIT: f64 = 1.25;
const MEMORY_LIMIT: u64 = 100 * 1024 * 1024;
const TAKES: Duration = Duration::from_millis(40);
/// What STS and CloudWatch answer is not what is measured.
const NOW: Duration = Duration::ZERO;
/// A rate that no caller comes near.
const UNLIMITED: u32 = 1_000_000;

/// By operation.
type Throttles = BTreeMap<String, Calls>;

fn main() -> ExitCode {
    println!(
        "{:<34}{:>8}{:>11}{:>12}{:>10}{:>10}{:>14}{:>16}",
        "200 images each", "calls", "throttled", "ideal", "took", "CPU", "ratio", "peak memory"
    );
    let rates = [10, 50, UNLIMITED];
    let kept: Vec<bool> = rates.into_iter().map(whole_registry).collect();
    ExitCode::from(u8::from(kept.contains(&false)))
}

/// Reads the registry at so many calls a second of each operation, and answers whether the limits are kept.
fn whole_registry(a_second: u32) -> bool {
    // A slow API has a smaller registry, so that nobody waits for it.
    let repositories = if a_second < 20 { 200 } else { 1_000 };
    let calls: Arc<Mutex<Throttles>> = Arc::default();
    let url = start(repositories, a_second, Arc::clone(&calls));
    let mut question = service::ecrmon(&url, &["metrics", "--quiet", "--output", "ndjson"]);
    let usage = measure::usage(&mut question);
    let told = u32::try_from(usage.found);
    assert_eq!(told, Ok(repositories), "every repository is told");
    let calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
    show(repositories, a_second, &calls, &usage);
    let is_busy = usage.wall <= ideal(repositories, a_second).mul_f64(WALL_LIMIT);
    (is_busy || a_second == UNLIMITED || cfg!(debug_assertions))
        && usage.peak_memory <= MEMORY_LIMIT
}

/// What the rate allows: a second's worth of calls may come at once.
fn ideal(repositories: u32, a_second: u32) -> Duration {
    Duration::from_secs(repositories.saturating_sub(a_second).into()) / a_second
}

fn show(repositories: u32, a_second: u32, calls: &Throttles, usage: &Usage) {
    let sum = |count: fn(&Calls) -> usize| calls.values().map(count).sum::<usize>();
    let ideal = ideal(repositories, a_second);
    let (rate, ratio) = if a_second == UNLIMITED {
        ("at once".to_owned(), "-".to_owned())
    } else {
        let ratio = usage.wall.div_duration_f64(ideal);
        let rate = format!("at {a_second} a second");
        (rate, format!("{ratio:.2} of {WALL_LIMIT}"))
    };
    println!(
        "{:<34}{:>8}{:>11}{:>10.1} s{:>8.1} s{:>8.1} s{ratio:>14}{:>16}",
        format!("{repositories} repositories {rate}"),
        sum(|calls| calls.answered),
        sum(|calls| calls.throttled),
        ideal.as_secs_f64(),
        usage.wall.as_secs_f64(),
        usage.cpu.as_secs_f64(),
        format!("{} of {} MiB", usage.peak_memory >> 20, MEMORY_LIMIT >> 20),
    );
}

fn start(repositories: u32, a_second: u32, calls: Arc<Mutex<Throttles>>) -> String {
    let images = images();
    service::start(move |asked| match asked.operation.as_str() {
        "GetMetricData" => now(no_pulls(&asked.body)),
        "DescribeRepositories" => now(listed(repositories).into()),
        "DescribeImages" | "GetLifecyclePolicy" | "DescribeImageScanFindings" => {
            let mut calls = calls.lock().unwrap_or_else(PoisonError::into_inner);
            let of_operation = calls.entry(asked.operation.clone());
            if of_operation
                .or_insert_with(|| Calls::new(a_second.into()))
                .allow()
            {
                ecr(asked, &images)
            } else {
                Answer::throttled(Duration::from_millis(5))
            }
        }
        _ => now(CALLER.into()),
    })
}

fn now(body: Vec<u8>) -> Answer {
    Answer {
        status: 200,
        body: body.into(),
        takes: NOW,
    }
}

const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::123456789012:user/operator</Arn><Account>123456789012</Account></GetCallerIdentityResult>\
    </GetCallerIdentityResponse>";

fn listed(repositories: u32) -> String {
    let repository = |number| json!({"repositoryName": format!("team-{}/service-{number}", number % 40), "imageTagMutability": "MUTABLE"});
    let all: Vec<Value> = (0..repositories).map(repository).collect();
    json!({"repositories": all}).to_string()
}

fn ecr(asked: &Asked, images: &str) -> Answer {
    let (status, body) = match asked.operation.as_str() {
        "DescribeImages" => (200, images.to_owned()),
        "GetLifecyclePolicy" => (
            400,
            json!({"__type": "LifecyclePolicyNotFoundException"}).to_string(),
        ),
        _ => (400, json!({"__type": "ScanNotFoundException"}).to_string()),
    };
    Answer {
        status,
        body: body.into(),
        takes: TAKES,
    }
}

/// What a repository holds, in as many words as ECR has for it.
fn images() -> String {
    let image = |number: usize| {
        json!({
            "registryId": "123456789012",
            "repositoryName": "team-1/service-1",
            "imageDigest": format!("sha256:{number:064x}"),
            "imageTags": [format!("v1.{number}.0"), format!("build-{number}")],
            "imageSizeInBytes": 52_428_800 + number,
            "imagePushedAt": 1_790_000_000 + number,
            "lastRecordedPullTime": 1_790_000_000 + number,
            "imageManifestMediaType": "application/vnd.docker.distribution.manifest.v2+json",
            "artifactMediaType": "application/vnd.docker.container.image.v1+json",
            "imageStatus": "ACTIVE",
        })
    };
    let all: Vec<Value> = (0..IMAGES).map(image).collect();
    json!({"imageDetails": all}).to_string()
}

/// An answer to GetMetricData without a point: the ids of the queries are found by their beginning, and what is
/// answered is put together by hand, since nothing else here speaks CBOR.
fn no_pulls(question: &[u8]) -> Vec<u8> {
    let ids = ids(question);
    let mut answer = vec![0xa1];
    text(&mut answer, "MetricDataResults");
    answer.push(0x99);
    answer.extend(u16::try_from(ids.len()).expect("at most 500").to_be_bytes());
    for id in ids {
        answer.push(0xa4);
        text(&mut answer, "Id");
        text(&mut answer, &id);
        text(&mut answer, "StatusCode");
        text(&mut answer, "Complete");
        for empty in ["Timestamps", "Values"] {
            text(&mut answer, empty);
            answer.push(0x80);
        }
    }
    answer
}

/// A text of less than 256 bytes.
fn text(answer: &mut Vec<u8>, text: &str) {
    answer.extend([0x78, u8::try_from(text.len()).expect("a short text")]);
    answer.extend(text.as_bytes());
}

fn ids(question: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(question);
    let after = text.split("pulls").skip(1);
    let digits = |rest: &str| {
        rest.chars()
            .take_while(char::is_ascii_digit)
            .collect::<String>()
    };
    after.map(|rest| format!("pulls{}", digits(rest))).collect()
}
