//! What reading an archive takes, beside inflating the same files and doing nothing else, and beside other tools.
//! It exits with 1 if a limit is passed. Run it with `cargo bench --bench archive`; `-- --files 20` makes it small, and
//! a build without optimisation is judged by its counts alone.
//!
//! Every row is a process of its own, so that its memory and time are its own. The parent stays small for that: Linux
//! counts what a process was before it became another one.

#![expect(clippy::print_stdout, reason = "a table is what it is for")]

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use data::Totals;
use measure::Usage;

mod data;
#[path = "../measure.rs"]
mod measure;
mod others;
mod server;
mod tasks;

/// Files of a whole run: 750,000 records, about 1 GB inflated.
const FILES: usize = 300;
/// CPU time beside that of libdeflate.
const CPU_LIMIT: f64 = 1.5;
const MEMORY_LIMIT: u64 = 64 << 20;
/// Wall time from S3 beside that from files and of the transfer together.
const S3_LIMIT: f64 = 1.3;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match tasks::run(&arguments)? {
        Some(code) => Ok(code),
        None => compare(files(&arguments)?),
    }
}

fn files(arguments: &[String]) -> Result<usize> {
    let given = arguments
        .iter()
        .skip_while(|argument| *argument != "--files")
        .nth(1);
    given.map_or(Ok(FILES), |number| {
        number.parse().context("read the number of files")
    })
}

fn compare(files: usize) -> Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    // As a bucket's folder, so that the same files can be served.
    let archive = folder.path().join(server::BUCKET);
    let totals = tasks::written(&archive, files)?;
    let mebibytes = |bytes: usize| bytes >> 20;
    println!(
        "{} files, {} records, {} of ECR, {} MiB packed, {} MiB inflated\n",
        totals.files,
        totals.records,
        totals.events,
        mebibytes(totals.compressed),
        mebibytes(totals.inflated)
    );
    println!(
        "{:<34}{:>10}{:>10}{:>10}{:>14}",
        "", "wall s", "CPU s", "MiB", "x libdeflate"
    );
    let inflating = shown("libdeflate alone", tasks::inflating(&archive)?, None);
    let reading = shown(
        "ecrmon, local files",
        tasks::reading(&archive, &totals)?,
        Some(&inflating),
    );
    let in_limits = from_s3(folder.path(), &reading, &inflating, &totals)?;
    for (name, command) in others::installed(&archive) {
        shown(&name, tasks::counted(command, &totals)?, Some(&inflating));
    }
    let kept = in_limits
        && reading.cpu <= inflating.cpu.mul_f64(CPU_LIMIT)
        && reading.peak_memory <= MEMORY_LIMIT;
    Ok(ExitCode::from(u8::from(!kept && is_judged(files))))
}

/// The same files from a server of S3, beside fetching them all and doing nothing with them.
fn from_s3(folder: &Path, local: &Usage, inflating: &Usage, totals: &Totals) -> Result<bool> {
    let server = server::Server::start(folder)?;
    let fetching = shown(
        "fetching from S3 alone",
        tasks::fetching(&server)?,
        Some(inflating),
    );
    let reading = shown(
        "ecrmon, S3",
        tasks::reading_from(&server, totals)?,
        Some(inflating),
    );
    Ok(
        reading.wall <= (local.wall + fetching.wall).mul_f64(S3_LIMIT)
            && reading.peak_memory <= MEMORY_LIMIT,
    )
}

/// Only the speed of an optimised program on the whole data says something.
fn is_judged(files: usize) -> bool {
    !cfg!(debug_assertions) && files >= FILES
}

fn shown(name: &str, usage: Usage, beside: Option<&Usage>) -> Usage {
    let ratio = beside.map_or(1.0, |beside| usage.cpu.div_duration_f64(beside.cpu));
    println!(
        "{name:<34}{:>10.2}{:>10.2}{:>10}{ratio:>14.2}",
        usage.wall.as_secs_f64(),
        usage.cpu.as_secs_f64(),
        usage.peak_memory >> 20,
    );
    usage
}
