//! What a process takes: wall time, CPU time, the peak of its memory, and when its first output comes.
//! Benchmarks share it; what they run and which limits count is theirs.

use std::fs;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What a run took, of the process alone, not of those that it waited for.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    pub wall: Duration,
    /// User and system time.
    pub cpu: Duration,
    /// Bytes resident at the peak. Never below the 10 MB or so of the Python that starts the process.
    pub peak_memory: u64,
    /// Lines on stdout.
    pub lines: usize,
    pub exit_code: i32,
}

/// Only the parent of a process that ended is told what it took, and only through a system call that Rust's standard
/// library does not make. Python, which the simulator needs anyway, makes it.
const PARENT: &str = "
import os, sys, time
report, program = sys.argv[1], sys.argv[2:]
began = time.monotonic()
child = os.posix_spawnp(program[0], program, os.environ)
_, status, used = os.wait4(child, 0)
wall = time.monotonic() - began
memory = used.ru_maxrss * (1 if sys.platform == 'darwin' else 1024)
code = os.waitstatus_to_exitcode(status)
with open(report, 'w') as file:
    print(wall, used.ru_utime + used.ru_stime, memory, code, file=file)
";

/// Runs the command to its end and counts what it prints; its stderr is the caller's.
///
/// # Panics
/// If it cannot be run.
pub fn usage(command: &Command) -> Usage {
    let place = tempfile::tempdir().expect("make a directory for the report");
    let report = place.path().join("report");
    let mut parent = Command::new("python3");
    parent.arg("-c").arg(PARENT).arg(&report);
    parent.arg(command.get_program()).args(command.get_args());
    with_surroundings(&mut parent, command);
    let output = parent
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .expect("run python3");
    let report = fs::read_to_string(&report).expect("python3 reports");
    let figures: Vec<f64> = report
        .split_whitespace()
        .map(|figure| figure.parse().expect("a figure is a number"))
        .collect();
    let [wall, cpu, peak_memory, exit_code] = figures[..] else {
        panic!("four figures, not `{report}`");
    };
    Usage {
        wall: Duration::from_secs_f64(wall),
        cpu: Duration::from_secs_f64(cpu),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a count of bytes"
        )]
        peak_memory: peak_memory as u64,
        lines: memchr::memchr_iter(b'\n', &output.stdout).count(),
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        exit_code: exit_code as i32,
    }
}

/// From the start of the process to its first byte on stdout, the process' own start included. The process is then
/// ended.
///
/// # Panics
/// If it cannot be run, or ends without output.
pub fn first_output(command: &mut Command) -> Duration {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let began = Instant::now();
    let mut process = command.spawn().expect("start the program");
    let mut byte = [0];
    let read = process
        .stdout
        .as_mut()
        .map(|output| output.read_exact(&mut byte));
    let took = began.elapsed();
    // It may have ended by itself.
    let _ = process.kill();
    process.wait().expect("wait for the program");
    read.expect("the program has a pipe")
        .expect("the program says something");
    took
}

/// The environment and the directory that were set for a command. What was cleared stays cleared, but for `PATH`.
fn with_surroundings(parent: &mut Command, command: &Command) {
    parent.env_clear();
    if let Some(path) = std::env::var_os("PATH") {
        parent.env("PATH", path);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => parent.env(name, value),
            None => parent.env_remove(name),
        };
    }
    if let Some(directory) = command.get_current_dir() {
        parent.current_dir(directory);
    }
}
