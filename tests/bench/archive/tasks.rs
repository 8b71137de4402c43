//! What the benchmark measures: ecrmon itself, and what it is held against, done by this program in another process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use libdeflater::Decompressor;
use tokio::runtime::Builder;

use super::data::{self, Totals};
use super::measure::{Usage, usage};
use super::server::{BUCKET, Server, serve};

const PROGRAM: &str = env!("CARGO_BIN_EXE_ecrmon");
/// The largest file of the data, inflated, is smaller.
const LARGEST: usize = 16 << 20;
/// As many side by side as ecrmon fetches.
const FETCHES: usize = 16;

/// Does what a child is started for; `None` in the parent.
pub fn run(arguments: &[String]) -> Result<Option<ExitCode>> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = || Builder::new_current_thread().enable_all().build();
    match arguments[..] {
        ["--task", "write", folder, files] => {
            let Totals {
                files,
                records,
                events,
                inflated,
                compressed,
            } = data::write(folder.as_ref(), files.parse()?)?;
            println!("{files} {records} {events} {inflated} {compressed}");
        }
        ["--task", "inflate", folder] => inflate(folder.as_ref())?,
        ["--task", "serve", folder] => runtime()?.block_on(serve(folder.as_ref()))?,
        ["--task", "fetch", folder, port] => runtime()?.block_on(fetch(folder.as_ref(), port))?,
        _ => return Ok(None),
    }
    Ok(Some(ExitCode::SUCCESS))
}

/// This program, to do a task.
pub fn child(task: &str, folder: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--task", task]).arg(folder);
    Ok(command)
}

pub fn written(folder: &Path, files: usize) -> Result<Totals> {
    let output = child("write", folder)?
        .arg(files.to_string())
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8(output.stdout)?;
    let numbers: Vec<usize> = text
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let [files, records, events, inflated, compressed] = numbers[..] else {
        bail!("the data were not written: {text}");
    };
    Ok(Totals {
        files,
        records,
        events,
        inflated,
        compressed,
    })
}

pub fn inflating(archive: &Path) -> Result<Usage> {
    Ok(usage(&mut child("inflate", archive)?))
}

pub fn fetching(server: &Server) -> Result<Usage> {
    let mut command = child("fetch", &server.folder)?;
    command.arg(server.port.to_string());
    Ok(usage(&mut command))
}

pub fn reading(archive: &Path, totals: &Totals) -> Result<Usage> {
    let mut command = ecrmon();
    command.arg(archive);
    counted(command, totals)
}

pub fn reading_from(server: &Server, totals: &Totals) -> Result<Usage> {
    let mut command = ecrmon();
    command.arg(format!("s3://{BUCKET}"));
    server.prepare(&mut command);
    counted(command, totals)
}

/// # Errors
/// Where the command did not find all events: neither as its lines nor, where it only counts, as its number.
pub fn counted(mut command: Command, totals: &Totals) -> Result<Usage> {
    let usage = usage(&mut command);
    ensure!(
        usage.found == totals.events,
        "{} events were found, there are {}",
        usage.found,
        totals.events
    );
    Ok(usage)
}

/// Every event of the archive, as it is.
fn ecrmon() -> Command {
    let mut command = Command::new(PROGRAM);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command.args([
        "events",
        "--quiet",
        "--raw",
        "--output",
        "ndjson",
        "--utc",
        "--since",
        data::FIRST_DAY,
    ]);
    command.args([
        "--until",
        data::LAST_DAY,
        "--source",
        "archive",
        "--archive",
    ]);
    command
}

/// Inflates every file and does nothing with it.
fn inflate(folder: &Path) -> Result<()> {
    let (mut decompressor, mut text) = (Decompressor::new(), vec![0; LARGEST]);
    for file in files(folder)? {
        let contents = fs::read(&file)?;
        let inflated = decompressor.gzip_decompress(&contents, &mut text);
        inflated.with_context(|| format!("inflate {}", file.display()))?;
    }
    Ok(())
}

/// Fetches every file and does nothing with it.
async fn fetch(folder: &Path, port: &str) -> Result<()> {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let addresses = files(&folder.join(BUCKET))?.into_iter().map(|file| {
        let key = file.strip_prefix(folder)?.display().to_string();
        Ok(format!("http://127.0.0.1:{port}/{key}").parse()?)
    });
    let fetched = stream::iter(addresses).map(async |address: Result<hyper::Uri>| {
        let answer = client.get(address?).await?;
        anyhow::ensure!(
            answer.status().is_success(),
            "the server answered {}",
            answer.status()
        );
        let mut body = answer.into_body();
        while let Some(part) = body.frame().await {
            part?;
        }
        anyhow::Ok(())
    });
    fetched.buffered(FETCHES).try_collect().await
}

/// Every file below a folder.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}
