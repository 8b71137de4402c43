//! Where a picture goes: to a file, or to stdout.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Format, Output};
use crate::error::Usage;
use crate::terminal::Tone;

/// How every PNG begins (PNG specification, 5.2).
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

#[derive(Debug)]
pub(crate) enum Target {
    Stdout,
    File(PathBuf),
}

impl Target {
    /// Judges a place before anything is asked of AWS: a file that is no picture is not lost for a mistyped name.
    ///
    /// # Errors
    /// [`Usage`] for a terminal, for a file that is something else, and beside a format for data.
    pub(crate) fn of(path: &Path, output: &Output) -> Result<Self, Usage> {
        if output.format != Format::Text {
            return Err(Usage::new(
                "a picture is no data",
                "use `--png` or `--output`, not both",
            ));
        }
        if path == Path::new("-") {
            return Self::stdout();
        }
        if is_something_else(path) {
            return Err(Usage::new(
                format!("`{}` is there and is no PNG", path.display()),
                "name another file, or remove it first",
            ));
        }
        Ok(Self::File(path.to_owned()))
    }

    fn stdout() -> Result<Self, Usage> {
        if io::stdout().is_terminal() {
            return Err(Usage::new(
                "a terminal cannot show a PNG",
                "redirect stdout, or name a file: `--png FILE`",
            ));
        }
        Ok(Self::Stdout)
    }

    /// Writes the picture. That the reader of a pipe has gone is no failure.
    ///
    /// # Errors
    /// A failed write.
    pub(crate) fn write(&self, png: &[u8], output: &Output) -> anyhow::Result<()> {
        match self {
            Self::File(file) => {
                let path = file.display();
                fs::write(file, png).with_context(|| format!("cannot write `{path}`"))?;
                output.say(|page| {
                    page.put(Tone::Faint, format!("CloudWatch's picture is in `{path}`."))
                        .end();
                });
                Ok(())
            }
            Self::Stdout => match io::stdout().lock().write_all(png) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                written => written.context("cannot write the picture"),
            },
        }
    }
}

/// A file with something in it that is no PNG, or a directory. Devices and pipes are the person's affair.
fn is_something_else(path: &Path) -> bool {
    let Ok(there) = fs::metadata(path) else {
        return false;
    };
    if there.is_dir() {
        return true;
    }
    there.is_file() && there.len() > 0 && !is_png(path)
}

fn is_png(path: &Path) -> bool {
    let mut start = [0; SIGNATURE.len()];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == SIGNATURE
}
