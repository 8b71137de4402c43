//! An archive to read: files as CloudTrail writes them, always the same ones, with records of many services in the
//! sizes and the variety of a working account. What a record says is in `record`.

mod random;
mod record;

use std::fs;
use std::io;
use std::path::Path;
use std::thread;

use libdeflater::{CompressionLvl, Compressor};

use random::Random;

pub const ACCOUNT: &str = "111122223333";
pub const REGION: &str = "eu-central-1";
/// The first minute of the archive; events are of the five minutes before their file.
pub const FIRST_DAY: &str = "2026-03-09";
const RECORDS_PER_FILE: usize = 2_500;
/// CloudTrail writes a file about every five minutes.
const MINUTES_PER_FILE: usize = 5;
const MINUTES_PER_DAY: usize = 24 * 60;
/// One record in so many is of ECR: 8 %.
const ECR_PER_HUNDRED: u64 = 8;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub files: usize,
    pub records: usize,
    pub events: usize,
    pub inflated: usize,
    pub compressed: usize,
}

impl Totals {
    fn and(self, other: Self) -> Self {
        Self {
            files: self.files + other.files,
            records: self.records + other.records,
            events: self.events + other.events,
            inflated: self.inflated + other.inflated,
            compressed: self.compressed + other.compressed,
        }
    }
}

/// Writes that many files below `folder`, on as many threads as there are cores.
pub fn write(folder: &Path, files: usize) -> io::Result<Totals> {
    let threads = thread::available_parallelism()?.get();
    thread::scope(|scope| {
        let of_thread = |first| move || write_every(folder, files, first, threads);
        let running: Vec<_> = (0..threads)
            .map(|first| scope.spawn(of_thread(first)))
            .collect();
        running.into_iter().try_fold(Totals::default(), |sum, thread| {
            let written = thread
                .join()
                .map_err(|_| io::Error::other("a writing thread panicked"))?;
            Ok(sum.and(written?))
        })
    })
}

fn write_every(folder: &Path, files: usize, first: usize, step: usize) -> io::Result<Totals> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut totals = Totals::default();
    for number in (first..files).step_by(step) {
        totals = totals.and(write_file(folder, number, &mut compressor)?);
    }
    Ok(totals)
}

fn write_file(folder: &Path, number: usize, compressor: &mut Compressor) -> io::Result<Totals> {
    let (text, events) = text(number);
    let mut packed = vec![0; compressor.gzip_compress_bound(text.len())];
    let length = compressor
        .gzip_compress(text.as_bytes(), &mut packed)
        .map_err(io::Error::other)?;
    let path = folder.join(path(number));
    fs::create_dir_all(path.parent().unwrap_or(folder))?;
    fs::write(path, &packed[..length])?;
    Ok(Totals {
        files: 1,
        records: RECORDS_PER_FILE,
        events,
        inflated: text.len(),
        compressed: length,
    })
}

/// The text of a file, and how many of its records are ECR's.
fn text(number: usize) -> (String, usize) {
    let mut random = Random::new(number as u64);
    let mut text = String::from("{\"Records\":[");
    let mut events = 0;
    for index in 0..RECORDS_PER_FILE {
        if index > 0 {
            text.push(',');
        }
        let is_ecr = random.below(100) < ECR_PER_HUNDRED;
        events += usize::from(is_ecr);
        let second = number * MINUTES_PER_FILE * 60 + index * MINUTES_PER_FILE * 60 / RECORDS_PER_FILE;
        record::write(&mut text, &mut random, &time(second), is_ecr);
    }
    text.push_str("]}");
    (text, events)
}

/// The time so many seconds after the archive's beginning.
fn time(second: usize) -> String {
    let (day, second) = (second / 86_400, second % 86_400);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("2026-03-{:02}T{hour:02}:{minute:02}:{second:02}Z", 9 + day)
}

/// Where the file is put, by the minute in which it was delivered: when the last of its events was over.
fn path(number: usize) -> String {
    let minute = (number + 1) * MINUTES_PER_FILE;
    let (day, minute) = (9 + minute / MINUTES_PER_DAY, minute % MINUTES_PER_DAY);
    let (hour, minute) = (minute / 60, minute % 60);
    let unique = Random::new(number as u64 ^ 0xfeed).letters(16);
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/2026/03/{day:02}/\
         {ACCOUNT}_CloudTrail_{REGION}_202603{day:02}T{hour:02}{minute:02}Z_{unique}.json.gz"
    )
}
