//! The README's examples: every console block is run, in order, in one account, and must print what it shows.

use std::fs::{self, File};
use std::process::Stdio;

use crate::support::world::World;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

#[test]
fn the_readmes_transcripts_are_what_the_program_prints() {
    let world = World::new();
    let readme = fs::read_to_string(README).expect("the README is there");
    let mut actual = String::new();
    for (index, part) in readme.split("```").enumerate() {
        let shown = match part.strip_prefix("console\n") {
            Some(transcript) if index % 2 == 1 => format!("console\n{}", rerun(transcript, &world)),
            _ => part.to_owned(),
        };
        actual.push_str(if index == 0 { "" } else { "```" });
        actual.push_str(&shown);
    }
    if std::env::var_os("ECRMON_UPDATE_README").is_some() {
        fs::write(README, &actual).expect("the README can be written");
    }
    assert_eq!(readme, actual, "run the tests with ECRMON_UPDATE_README=1 to renew the transcripts");
}

/// The transcript of the same command, stdout and stderr in the order in which they came.
fn rerun(transcript: &str, world: &World) -> String {
    let command =
        transcript.lines().next().and_then(|line| line.strip_prefix("$ ecrmon ")).expect("a transcript begins with a command");
    let path = world.home().join("transcript");
    let file = File::create(&path).expect("a file for the transcript");
    let mut run = world.command().args(command.split_whitespace()).prepared();
    run.stdin(Stdio::null()).stdout(file.try_clone().expect("the file twice")).stderr(file);
    let exit = run.status().expect("ecrmon runs").code().unwrap_or_default();
    let output = fs::read_to_string(&path).expect("the transcript is text").replace(world.account(), "123456789012");
    let exit = if exit == 0 { String::new() } else { format!("[exit {exit}]\n") };
    format!("$ ecrmon {command}\n{}{exit}", without_times(&output))
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
        line + "\n"
    };
    output.lines().map(line).collect()
}
