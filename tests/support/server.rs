//! Starts the simulator's server process and waits until it answers.
//! Who owns the process, and when it ends, is for the callers: tests in `simulator`, people in the sandbox.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::http;
use super::python::{SIMULATOR, python_environment};

/// A cold start compiles a large library on a busy machine; a warm one takes half a second.
const PATIENCE: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(20);
/// Another process may take the free port between our look and the server's bind.
const TRIES: usize = 3;

pub struct Server {
    pub process: Child,
    pub port: u16,
}

/// Starts `server.py` on a free loopback port; `prepare` adds the caller's options to the command.
pub fn launch(log: &Path, prepare: impl Fn(&mut Command)) -> Result<Server> {
    let python = python_environment()?;
    let mut tries = TRIES;
    loop {
        let port = free_port()?;
        let mut process = start(&python, port, log, &prepare)?;
        let Err(failure) = await_ready(&mut process, port, log) else {
            return Ok(Server { process, port });
        };
        // It may have ended by itself, which is as good.
        let _ = process.kill();
        process.wait().context("wait for the failed simulator")?;
        tries -= 1;
        if tries == 0 || !tail(log).contains("in use") {
            return Err(failure);
        }
    }
}

pub fn is_ready(port: u16) -> bool {
    http::call(port, "GET", "/simulator/ready", "").is_ok()
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("find a free port")?;
    Ok(listener.local_addr().context("read the free port")?.port())
}

fn start(python: &Path, port: u16, log: &Path, prepare: &impl Fn(&mut Command)) -> Result<Child> {
    let output = File::create(log).with_context(|| format!("create `{}`", log.display()))?;
    let mut command = Command::new(python);
    command
        .arg(Path::new(SIMULATOR).join("server.py"))
        .args(["--port", &port.to_string()]);
    command
        .stdout(output.try_clone().context("share the simulator's log")?)
        .stderr(output);
    // A person's AWS settings must not change the simulated world, nor caches appear among the sources.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") || name.to_string_lossy().starts_with("MOTO_")
        {
            command.env_remove(name);
        }
    }
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    prepare(&mut command);
    command
        .spawn()
        .with_context(|| format!("start {command:?}"))
}

fn await_ready(process: &mut Child, port: u16, log: &Path) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(status) = process.try_wait().context("watch the simulator")? {
            bail!(
                "the simulator ended with {status}; the end of `{}`:\n{}",
                log.display(),
                tail(log)
            );
        }
        if is_ready(port) {
            return Ok(());
        }
        thread::sleep(POLL);
    }
    let seconds = PATIENCE.as_secs();
    bail!(
        "the simulator was not ready after {seconds} s; the end of `{}`:\n{}",
        log.display(),
        tail(log)
    )
}

fn tail(log: &Path) -> String {
    let text = fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
