//! What a process takes: wall time, CPU time, the peak of its memory, and when its first output comes.
//! Which of it counts, and how much of it is too much, is the benchmark's.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// What a run took.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    pub wall: Duration,
    /// User and system time.
    pub cpu: Duration,
    /// Bytes resident at the peak. Never below what the benchmark itself holds when it starts the process.
    pub peak_memory: u64,
    /// Lines on stdout.
    pub lines: usize,
}

/// Runs the command to its end and counts the lines it prints; its stderr is the caller's.
///
/// # Panics
/// If it cannot be run, or fails.
pub fn usage(command: &mut Command) -> Usage {
    let began = Instant::now();
    let mut process = started(command);
    let output = BufReader::new(process.stdout.take().expect("it has a pipe"));
    let lines = output.split(b'\n').count();
    let ended = process.wait4().expect("wait for the program");
    assert!(
        ended.status.success(),
        "{command:?} ended with {}",
        ended.status
    );
    Usage {
        wall: began.elapsed(),
        cpu: ended.rusage.utime + ended.rusage.stime,
        peak_memory: ended.rusage.maxrss,
        lines,
    }
}

/// From the start of the process to its first byte on stdout: the fastest of five tries, since other processes only
/// ever make it slower.
///
/// # Panics
/// If it cannot be run, or ends without output.
pub fn first_output(command: &mut Command) -> Duration {
    (0..5)
        .map(|_| one_first_output(command))
        .min()
        .unwrap_or_default()
}

fn one_first_output(command: &mut Command) -> Duration {
    let began = Instant::now();
    let mut process = started(command);
    let mut output = process.stdout.take().expect("it has a pipe");
    let read = output.read_exact(&mut [0]);
    let took = began.elapsed();
    // It may have ended by itself.
    let _ = process.kill();
    process.wait().expect("wait for the program");
    read.expect("it says something");
    took
}

fn started(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("start the program")
}
