//! Runs a command and says what it took, it and its children.

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use wait4::Wait4;

use super::data::Totals;

#[derive(Debug, Clone)]
pub struct Figures {
    /// Seconds.
    pub wall: f64,
    /// Seconds on all cores, in the program and in the system for it.
    pub cpu: f64,
    /// Bytes at the most.
    pub memory: u64,
    /// Lines of output.
    pub lines: usize,
    /// The last line, as a number if it is one.
    number: Option<usize>,
}

impl Figures {
    /// # Errors
    /// Where the command did not find all events: neither as its lines nor, where it only counts, as its number.
    pub fn counted(self, totals: &Totals) -> Result<Self> {
        let found = self.number.unwrap_or(self.lines);
        ensure!(
            found == totals.events,
            "{found} events were found, there are {}",
            totals.events
        );
        Ok(self)
    }
}

/// # Errors
/// Where the command cannot be started, or fails.
pub fn measure(mut command: Command) -> Result<Figures> {
    let begun = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("start {command:?}"))?;
    let mut output = child.stdout.take().context("take the output")?;
    let (lines, number) = count(&mut output)?;
    let mut errors = String::new();
    child
        .stderr
        .take()
        .context("take the errors")?
        .read_to_string(&mut errors)?;
    let ended = child.wait4().context("wait for the command")?;
    ensure!(
        ended.status.success(),
        "{command:?} ended with {}: {errors}",
        ended.status
    );
    Ok(Figures {
        wall: begun.elapsed().as_secs_f64(),
        cpu: (ended.rusage.utime + ended.rusage.stime).as_secs_f64(),
        memory: ended.rusage.maxrss,
        lines,
        number,
    })
}

/// How many lines there are, and what a single one says.
fn count(output: &mut impl Read) -> Result<(usize, Option<usize>)> {
    let mut buffer = vec![0; 1 << 16];
    let (mut lines, mut first) = (0, Vec::new());
    loop {
        let length = output.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        if lines == 0 && first.len() < 32 {
            first.extend_from_slice(&buffer[..length.min(32)]);
        }
        lines += memchr::memchr_iter(b'\n', &buffer[..length]).count();
    }
    let number = std::str::from_utf8(&first)
        .ok()
        .and_then(|text| text.trim().parse().ok());
    Ok((lines, number.filter(|_| lines == 1)))
}
