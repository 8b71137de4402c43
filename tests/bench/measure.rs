//! What a process takes: wall time, CPU time and the peak of its memory. Which of it counts, and how much of it is too
//! much, is the benchmark's.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};
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
    /// What was found: the number that stdout is, or the lines that it has.
    pub found: usize,
}

/// Runs the command to its end; its stderr is the caller's.
///
/// # Panics
/// If it cannot be run, or fails.
pub fn usage(command: &mut Command) -> Usage {
    let began = Instant::now();
    let mut process = started(command);
    let found = found(process.stdout.take().expect("it has a pipe"));
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
        found,
    }
}

/// Starts it with its stdout for the caller.
///
/// # Panics
/// If it cannot be started.
pub fn started(command: &mut Command) -> Child {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("start the program")
}

fn found(output: ChildStdout) -> usize {
    let (mut lines, mut number) = (0, None);
    for line in BufReader::new(output).split(b'\n') {
        lines += 1;
        let line = line.expect("read the output");
        number = str::from_utf8(&line)
            .ok()
            .filter(|_| lines == 1)
            .and_then(|text| text.trim().parse().ok());
    }
    number.unwrap_or(lines)
}
