//! A file that is there as a whole or not at all: node_exporter may read it at any moment.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Writes the text beside the file, then puts it in the file's place.
///
/// # Errors
/// A failed write; the file is then as it was.
pub(crate) fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let beside = beside(path);
    let replaced = write(&beside, text).and_then(|()| fs::rename(&beside, path));
    if replaced.is_err() {
        // It may not even have been made.
        let _ = fs::remove_file(&beside);
    }
    replaced.with_context(|| format!("cannot write the file `{}`", path.display()))
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// `.ecr.prom.4711.part`: with a name of its own for each process, and with no ending that a reader looks for.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.part", std::process::id()))
}
