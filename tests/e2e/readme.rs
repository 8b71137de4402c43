//! The README's examples: every console block is run, in order, in one account, and must print what it shows.

use std::fs::{self, File};
use std::process::Stdio;

use jiff::Timestamp;

use crate::readme_events::{Clock, make_up};
use crate::readme_registry;
use crate::support::refusal;
use crate::support::world::World;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn the_readmes_transcripts_are_what_the_program_prints() {
    let world = World::new();
    let clock = Clock::new();
    make_up(&world, &clock);
    let readme = fs::read_to_string(README).expect("the README is there");
    let renew = std::env::var_os("ECRMON_RENEW_README").is_some();
    let mut renewed = readme.clone();
    for shown in readme
        .split("```")
        .filter_map(|part| part.strip_prefix("console\n"))
    {
        let actual = rerun(shown, &world, &clock);
        renewed = renewed.replacen(shown, &actual, 1);
        assert!(
            renew || shown == actual,
            "ECRMON_RENEW_README=1 renews the transcripts; this one is now:\n{actual}"
        );
    }
    if renew {
        fs::write(README, renewed).expect("the README can be written");
    }
}

#[test]
fn the_readme_names_every_permission_that_is_used() {
    let world = World::new();
    readme_registry::make_up(&world, Timestamp::now());
    let readme = fs::read_to_string(README).expect("the README is there");
    for command in [
        "setup --yes --expire-logs 30",
        "setup --yes --retention 180 --expire-logs never --tag team=platform",
        "status",
        "trail list",
        "events",
        "events --source logs",
        "events --source insights",
        "events --source archive",
        "events --source athena --athena-create --yes --athena-results s3://RESULTS/",
        "events --source athena --athena-results s3://RESULTS/",
        "logs groups",
        "logs streams",
        "logs tail",
        "logs query latest",
        "metrics",
        "metrics list",
        "metrics show pulls",
        "metrics show pulls --png pulls.png",
        "metrics publish --yes",
        "metrics export --pulls 7d",
        "dashboard create --dashboard Other --repo team-* --yes",
        "dashboard show Other",
        "dashboard list",
        "dashboard delete Other --yes",
        "teardown --yes --delete-logs",
    ] {
        let bucket = format!("ecr-monitor-trail-{}-{}", world.account(), world.region());
        let command = command.replace("RESULTS", &bucket);
        world.ecrmon(command.split(' ')).exits(0);
    }
    for call in world.calls() {
        let permission = format!(
            "{}:{}",
            call.service,
            refusal::action(&call.service, &call.operation)
        );
        assert!(
            readme.contains(&permission),
            "the README does not name {permission}"
        );
    }
}

/// The transcript of the same command, stdout and stderr in the order in which they came.
fn rerun(transcript: &str, world: &World, clock: &Clock) -> String {
    let command = transcript
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("$ ecrmon "))
        .expect("a transcript begins with a command");
    let path = world.home().join("transcript");
    let file = File::create(&path).expect("a file for the transcript");
    let mut run = world
        .command()
        .env("TZ", &clock.zone())
        .args(command.split_whitespace())
        .prepared();
    run.stdin(Stdio::null())
        .stdout(file.try_clone().expect("the file twice"))
        .stderr(file);
    let exit = run
        .status()
        .expect("ecrmon runs")
        .code()
        .unwrap_or_default();
    let output = fs::read_to_string(&path)
        .expect("the transcript is text")
        .replace(world.account(), "123456789012");
    let exit = if exit == 0 {
        String::new()
    } else {
        format!("[exit {exit}]\n")
    };
    let output = without_times(&clock.reset(&output));
    format!("$ ecrmon {command}\n{output}{exit}")
}

/// How long a step took and what the clock says are different each time.
fn without_times(output: &str) -> String {
    let line = |line: &str| {
        let mut line = line.to_owned();
        if let Some((before, seconds)) = line.trim_end_matches(" s").rsplit_once("  ")
            && line.ends_with(" s")
            && seconds.parse::<f64>().is_ok()
        {
            line = format!("{before}  0.3 s");
        }
        if let Some(at) = line.find("since 20") {
            line.replace_range(at + 6..at + 22, "2026-11-21 08:12");
        }
        if let Some(before) = line.strip_suffix("  ours") {
            line = format!("{}12:31  ours", &before[..before.len() - 5]);
        }
        let is_newest = line.starts_with("AWS/") && line.as_bytes()[line.len() - 3] == b':';
        if is_newest {
            line.replace_range(line.len() - 5.., "12:20");
        }
        line + "\n"
    };
    output.lines().map(line).collect()
}
