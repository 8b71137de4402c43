//! The registry that the README looks at, and what CloudWatch knows of it, by the README's calendar: today is 21 November.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::support::world::World;

/// Days that a chart of a week touches.
const DAYS: i64 = 8;
const README_TODAY: Date = jiff::civil::date(2026, 11, 21);

/// Puts repositories, pulls and counts into the account.
pub fn make_up(world: &World, now: Timestamp) {
    let ago = |hours: i64| {
        (now - SignedDuration::from_hours(hours) - SignedDuration::from_mins(10)).to_string()
    };
    let api = json!({"tags": ["v1.4.2"], "size": 182_000_000, "pushed_at": ago(2), "last_pull": ago(1),
        "scan_status": "COMPLETE", "findings": {"CRITICAL": 2, "HIGH": 11}});
    let older = json!({"images": 211, "size": 179_000_000, "pushed_at": ago(5), "every": 3600, "untagged_every": 5});
    let ledger = json!({"tags": ["latest"], "size": 115_000_000, "pushed_at": ago(74), "last_pull": ago(3),
        "scan_status": "COMPLETE", "findings": {}});
    let batch = json!({"tags": ["1.0"], "size": 410_000_000, "pushed_at": ago(24 * 740)});
    world.arrange(
        "registry",
        &json!({"repositories": [
            {"name": "team-a/api", "images": [api], "generate": older, "lifecycle_policy": "{\"rules\":[]}"},
            {"name": "payments/ledger", "images": [ledger], "tag_mutability": "IMMUTABLE"},
            {"name": "legacy/batch", "images": [batch]},
        ]}),
    );
    let by_day = |pulls: [u32; 7]| -> Value {
        let days = pulls.iter().zip((0..7).rev());
        days.map(|(pulls, day)| json!([ago(24 * day + 12), pulls]))
            .collect()
    };
    world.arrange(
        "metrics",
        &json!({"series": [
            pulls("team-a/api", &by_day([410, 398, 452, 1_830, 804, 477, 441])),
            pulls("payments/ledger", &by_day([11, 9, 10, 12, 9, 10, 10])),
            pulls("team-b/tools", &by_date(now)),
            usage("CallCount", "API", "BatchGetImage", &lately(now, 31)),
            usage("CallCount", "API", "PutImage", &lately(now, 2)),
            usage("ResourceCount", "RESOURCE", "RepositoryCount", &lately(now, 3)),
        ]}),
    );
}

fn pulls(repository: &str, points: &Value) -> Value {
    json!({
        "namespace": "AWS/ECR",
        "name": "RepositoryPullCount",
        "dimensions": {"RepositoryName": repository},
        "points": points,
    })
}

fn usage(name: &str, kind: &str, resource: &str, points: &Value) -> Value {
    json!({
        "namespace": "AWS/Usage",
        "name": name,
        "dimensions": {"Service": "ECR", "Type": kind, "Resource": resource, "Class": "None"},
        "points": points,
    })
}

fn lately(now: Timestamp, value: u32) -> Value {
    json!([[(now - SignedDuration::from_mins(10)).to_string(), value]])
}

/// At midnight of each day, so that each day has its own whatever the hour is; today lately, so that it is the newest.
fn by_date(now: Timestamp) -> Value {
    let lately = now - SignedDuration::from_mins(10);
    let values = [31, 29, 6, 4, 44, 120, 58, 37];
    let dates = values.iter().zip((0..DAYS).rev());
    dates
        .map(|(pulls, ago)| {
            let midnight = day(now, ago).to_zoned(TimeZone::UTC).expect("a day");
            let midnight = midnight.timestamp();
            let time = if ago == 0 {
                midnight.max(lately)
            } else {
                midnight
            };
            json!([time.to_string(), pulls])
        })
        .collect()
}

fn day(now: Timestamp, ago: i64) -> Date {
    let today = now.to_zoned(TimeZone::UTC).date();
    today - SignedDuration::from_hours(24 * ago)
}

/// A transcript in which today is the README's day.
pub fn reset(transcript: &str, now: Timestamp) -> String {
    // The last day of a chart ends where the next one begins.
    let days = || (-1..DAYS).map(|ago| (ago, day(now, ago)));
    let mut text = transcript.to_owned();
    // Marked first, since one day may be called what another one is to be called.
    for (ago, day) in days() {
        let label = day.strftime("%b %-d").to_string();
        text = text
            .replace(&day.to_string(), &format!("\u{1}{ago}date\u{1}"))
            .replace(&format!("{label:<6}"), &format!("\u{1}{ago}label\u{1}"))
            .replace(&format!("{label}\n"), &format!("\u{1}{ago}label\u{1}\n"));
    }
    for (ago, _) in days() {
        let shown = README_TODAY - SignedDuration::from_hours(24 * ago);
        text = text
            .replace(&format!("\u{1}{ago}date\u{1}"), &shown.to_string())
            .replace(
                &format!("\u{1}{ago}label\u{1}"),
                &shown.strftime("%b %e").to_string(),
            );
    }
    text.lines().map(|line| moved(line, now) + "\n").collect()
}

/// A line whose seconds since 1970 are counted from the README's 12:31, to ten minutes.
fn moved(line: &str, now: Timestamp) -> String {
    const TEN_MINUTES: i64 = 600;
    let readme = README_TODAY.at(12, 31, 0, 0).to_zoned(TimeZone::UTC);
    let readme = readme.expect("a time").timestamp().as_second();
    match line
        .rsplit_once(' ')
        .map(|(name, second)| (name, second.parse::<i64>()))
    {
        Some((name, Ok(second))) if name.contains("_timestamp_seconds{") => {
            let ago = (now.as_second() - second + TEN_MINUTES / 2).div_euclid(TEN_MINUTES);
            format!("{name} {}", readme - ago * TEN_MINUTES)
        }
        _ => line.to_owned(),
    }
}
