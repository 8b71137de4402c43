//! The sandbox's simulator: found by a note in the target directory, started when it is not there, ended on request.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::REGION;
use super::python::workshop;
use super::server::{Server, is_ready, launch};

const IDLE_SECONDS: &str = "1800";

/// The simulator that was started last, as the note says.
struct Noted {
    process: u64,
    port: u16,
}

/// The port of the running simulator, which is started when there is none.
pub fn port() -> Result<u16> {
    let directory = workshop()?;
    // Two commands at once must not start two simulators.
    let lock = File::create(directory.join("sandbox.lock")).context("create the sandbox's lock")?;
    lock.lock().context("lock the sandbox")?;
    match noted(&note(&directory)).filter(is_ours) {
        Some(noted) => Ok(noted.port),
        None => start(&directory),
    }
}

/// Ends the simulator, and with it all that was made in the sandbox.
pub fn end() -> Result<()> {
    let note = note(&workshop()?);
    let said = match noted(&note).filter(is_ours) {
        Some(Noted { process, .. }) => {
            // The shell does it: the system call would need `unsafe`.
            let status = Command::new("sh")
                .args(["-c", "kill \"$1\"", "sh", &process.to_string()])
                .status();
            anyhow::ensure!(
                status.context("end the simulator")?.success(),
                "end the simulator, process {process}"
            );
            "the sandbox is empty again"
        }
        None => "the sandbox is empty already",
    };
    if note.exists() {
        fs::remove_file(&note).with_context(|| format!("remove `{}`", note.display()))?;
    }
    writeln!(io::stderr(), "{said}").context("say so")
}

fn start(directory: &Path) -> Result<u16> {
    writeln!(io::stderr(), "starting the sandbox's simulator").context("say so")?;
    let Server { process, port } = launch(&directory.join("sandbox.log"), |command| {
        command.args([
            "--registry",
            "--region",
            REGION,
            "--exit-when-idle",
            IDLE_SECONDS,
        ]);
        // A process group of its own, which Ctrl-C in this terminal does not reach.
        command.stdin(Stdio::null()).process_group(0);
    })?;
    let text = json!({ "pid": process.id(), "port": port }).to_string();
    let note = note(directory);
    fs::write(&note, text).with_context(|| format!("write `{}`", note.display()))?;
    Ok(port)
}

fn note(directory: &Path) -> PathBuf {
    directory.join("sandbox.json")
}

fn noted(note: &Path) -> Option<Noted> {
    let noted: Value = serde_json::from_slice(&fs::read(note).ok()?).ok()?;
    Some(Noted {
        process: noted["pid"].as_u64()?,
        port: u16::try_from(noted["port"].as_u64()?).ok()?,
    })
}

/// A process id and a port may both have passed to somebody else since the note was written.
fn is_ours(Noted { process, port }: &Noted) -> bool {
    let command = Command::new("ps")
        .args(["-o", "args=", "-p", &process.to_string()])
        .output();
    let command = fs::read(format!("/proc/{process}/cmdline"))
        .or_else(|_| command.map(|output| output.stdout));
    let command = String::from_utf8_lossy(&command.unwrap_or_default()).into_owned();
    command.contains("server.py") && command.contains(&port.to_string()) && is_ready(*port)
}
