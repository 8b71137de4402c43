//! An archive in folders: which days it has, and which files of a day.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::Refusal;

use super::name::{self, Kind};
use super::object::{Location, Object, Wanted, day};

/// What was found below a place.
#[derive(Default)]
pub(super) struct Folder {
    /// The folders of a day (`…/2026/03/09`), to be listed when their turn comes.
    pub days: BTreeMap<Date, Vec<PathBuf>>,
    pub files: Files,
}

#[derive(Default)]
pub(super) struct Files {
    pub objects: Vec<Object>,
    /// What lies there and cannot be read, each with the reason.
    pub unread: Vec<String>,
    /// Of the accounts and regions that are wanted, whenever it was delivered.
    pub oldest: Option<Timestamp>,
}

impl Folder {
    /// Looks what is there. A file is taken whatever its name.
    ///
    /// # Errors
    /// Where the place does not exist or cannot be listed.
    pub(super) fn survey(place: &Path, wanted: &Wanted) -> anyhow::Result<Self> {
        let cannot = || format!("cannot read the archive `{}`", place.display());
        let mut found = Self::default();
        let metadata = fs::metadata(place).map_err(|error| {
            Refusal::new(
                format!("{}: {error}", cannot()),
                "name a folder of CloudTrail's log files, one of the files, or `s3://BUCKET/PREFIX`",
            )
        })?;
        if metadata.is_dir() {
            // Below `.` the names above it count too.
            let place = std::path::absolute(place).with_context(cannot)?;
            found.enter(&place, wanted).with_context(cannot)?;
        } else {
            found.files.give(place);
        }
        Ok(found)
    }

    fn enter(&mut self, folder: &Path, wanted: &Wanted) -> io::Result<()> {
        if let Some(day) = day_of(folder) {
            self.days.entry(day).or_default().push(folder.to_owned());
            return Ok(());
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if !path.is_dir() {
                self.files.take(path, None, wanted);
            } else if is_of_logs(&path) && !path.is_symlink() {
                let entered = self.enter(&path, wanted);
                entered.unwrap_or_else(|error| self.files.unread.push(unread(&path, &error)));
            }
        }
        Ok(())
    }
}

impl Files {
    /// Lists the folders of a day.
    pub(super) fn of_day(folders: &[PathBuf], day: Date, wanted: &Wanted) -> Self {
        let mut files = Self::default();
        for folder in folders {
            let listed = files.list(folder, day, wanted);
            listed.unwrap_or_else(|error| files.unread.push(unread(folder, &error)));
        }
        files
    }

    fn list(&mut self, folder: &Path, day: Date, wanted: &Wanted) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if !path.is_dir() {
                self.take(path, Some(day), wanted);
            }
        }
        Ok(())
    }

    /// Takes a file that was named by itself.
    fn give(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let time = match Kind::of(&name) {
            Kind::Log(log) => Some(log.time),
            _ => None,
        };
        if let Some(time) = time {
            self.see(time);
        }
        self.objects.push(Object {
            location: Location::File(path.to_owned()),
            time,
        });
    }

    fn see(&mut self, time: Timestamp) {
        self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
    }

    /// Takes a file if it is a log that is wanted. One that lies in a day other than its own would come out of turn.
    fn take(&mut self, path: PathBuf, of_day: Option<Date>, wanted: &Wanted) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match Kind::of(&name) {
            Kind::Log(log) if of_day.is_some_and(|of_day| of_day != day(log.time)) => {
                let why = "its name is of another day than its folder";
                self.unread.push(unread(&path, &why));
            }
            Kind::Log(log) if wanted.includes_place(&log) => {
                let time = log.time;
                self.see(time);
                if wanted.delivered.contains(time) {
                    self.objects.push(Object {
                        location: Location::File(path),
                        time: Some(time),
                    });
                }
            }
            Kind::Foreign => {
                let why = "not named as CloudTrail names its files (give it by itself to read it)";
                self.unread.push(unread(&path, &why));
            }
            Kind::Log(_) | Kind::Sibling | Kind::Other => {}
        }
    }
}

fn unread(path: &Path, why: &impl ToString) -> String {
    format!("{}: {}", path.display(), why.to_string())
}

/// Of what lies below an account only its logs are entered, not their siblings nor what other services keep there.
fn is_of_logs(folder: &Path) -> bool {
    let name_of = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
    let below_account = folder
        .parent()
        .and_then(name_of)
        .is_some_and(|name| name::is_account(&name));
    let name = name_of(folder).unwrap_or_default();
    name == "CloudTrail" || !(below_account || name.starts_with("CloudTrail-"))
}

/// The day whose files a folder holds.
fn day_of(folder: &Path) -> Option<Date> {
    let mut parts = folder.iter().rev().map(|part| part.to_str());
    let mut number = |digits: usize| {
        let part = parts.next()??;
        let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<i16>().ok())?
    };
    let (day, month, year) = (number(2)?, number(2)?, number(4)?);
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}
