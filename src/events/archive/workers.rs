//! The cores at work: as many files inflated and read at a time as there are cores, each core with memory of its own
//! that it uses again and again.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::inflate::{Inflater, LARGEST, too_large};
use super::records::{RecordReader, Records};

/// What a worker is given.
pub(super) enum Job {
    Open(PathBuf),
    Read(Vec<u8>),
}

/// What became of it.
#[derive(Debug)]
pub(super) struct Done {
    /// Packed bytes that were read.
    pub bytes: usize,
    /// The records, or why there are none.
    pub records: Result<Records, String>,
}

pub(super) struct Workers {
    reader: RecordReader,
    permits: Semaphore,
    idle: Mutex<Vec<Worker>>,
}

struct Worker {
    contents: Vec<u8>,
    inflater: Inflater,
}

/// How many files are read at a time.
pub(super) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

impl Workers {
    pub(super) fn new(reader: RecordReader) -> Arc<Self> {
        Arc::new(Self {
            reader,
            permits: Semaphore::new(cores()),
            idle: Mutex::default(),
        })
    }

    /// # Errors
    /// Where a worker panicked.
    pub(super) async fn work(self: Arc<Self>, job: Job) -> anyhow::Result<Done> {
        let permit = self.permits.acquire().await?;
        let workers = self.clone();
        let done = spawn_blocking(move || workers.work_now(job)).await?;
        drop(permit);
        Ok(done)
    }

    fn work_now(&self, job: Job) -> Done {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut worker = idle().pop().unwrap_or_else(Worker::new);
        let done = worker.work(job, &self.reader);
        idle().push(worker);
        done
    }
}

impl Worker {
    fn new() -> Self {
        Self {
            contents: Vec::new(),
            inflater: Inflater::new(),
        }
    }

    fn work(&mut self, job: Job, reader: &RecordReader) -> Done {
        let contents = match job {
            Job::Read(contents) => Ok(contents),
            Job::Open(path) => {
                let mut contents = std::mem::take(&mut self.contents);
                read_file(&path, &mut contents).map(|()| contents)
            }
        };
        let contents = match contents {
            Ok(contents) => contents,
            Err(why) => {
                return Done {
                    bytes: 0,
                    records: Err(why),
                };
            }
        };
        let records = self
            .inflater
            .text(&contents)
            .and_then(|text| reader.read(text));
        let bytes = contents.len();
        self.contents = contents;
        Done { bytes, records }
    }
}

fn read_file(path: &Path, contents: &mut Vec<u8>) -> Result<(), String> {
    contents.clear();
    let mut read = || -> io::Result<usize> {
        let file = File::open(path)?;
        file.take(LARGEST as u64 + 1).read_to_end(contents)
    };
    match read() {
        Ok(length) if length > LARGEST => Err(too_large()),
        Ok(_) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}
