//! The source `athena`: SQL over a trail's archive, for what outgrows one machine.
//!
//! Reading creates nothing; the table that it reads is planned in [`table`]. Needs athena:StartQueryExecution,
//! athena:GetQueryExecution, athena:GetQueryResults and athena:StopQueryExecution, and what Athena itself does in the
//! caller's name: read the archive and Glue's catalogue, write the results. With athena:GetTableMetadata, it is said of
//! what the table was not made.

mod count;
mod read;
mod row;
mod run;
mod sql;
mod table;

pub(crate) use table::Archive;

use std::fmt;

use jiff::SignedDuration;

use crate::aws::Aws;
use crate::events::scanned::{self, Cost};
use crate::events::{Reading, Recorded, Window};

/// CloudTrail's records in a table.
#[derive(Clone)]
pub(crate) struct Athena {
    /// In the region of the catalogue, which should be that of the bucket.
    pub aws: Aws,
    pub name: TableName,
    pub workgroup: String,
    /// `s3://…` for the results; `None` where the workgroup has a place of its own.
    pub results: Option<String>,
    /// For which time the trail of the archive has delivered, as far as that is known.
    pub recorded: Recorded,
}

/// How late CloudTrail usually delivers to a bucket; older editions of its guide say "within 15 minutes", newer ones
/// about 5.
const DELAY: SignedDuration = SignedDuration::from_mins(15);

const UNKNOWN: &str =
    "since when the archive of the table has all events is not known: its trail is not seen";

/// A database and a table of it, each of lower-case letters, digits and `_`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TableName {
    pub database: String,
    pub table: String,
}

/// The database and the workgroup where none is named.
pub(crate) const DEFAULT_DATABASE: &str = "ecrmon";
pub(crate) const DEFAULT_WORKGROUP: &str = "primary";

/// Reads the name of a database or a table (Athena user guide, "Name databases, tables, and columns").
///
/// # Errors
/// A text that says the rule.
pub(crate) fn parse_name(text: &str) -> Result<String, String> {
    let is_fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if (1..=255).contains(&text.len()) && text.chars().all(is_fine) {
        Ok(text.to_owned())
    } else {
        Err("a name is of 1 to 255 lower-case letters, digits and `_`".to_owned())
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.database, self.table)
    }
}

impl Athena {
    /// What is read when all of the window is.
    fn whole(&self, window: Window) -> Reading {
        let reading = Reading {
            complete: Some(window.delivered(DELAY)),
            ..Reading::default()
        };
        let mut reading = reading.within(self.recorded);
        reading.note(self.recorded.since.is_none().then(|| UNKNOWN.to_owned()));
        reading
    }
}

impl TableName {
    /// The table where none is named: one for each bucket and prefix.
    pub(crate) fn default_table(archive: &Archive) -> String {
        let place = archive.root();
        let place = place.trim_start_matches("s3://").trim_end_matches('/');
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '_'
            }
        };
        let slug: String = place
            .trim_end_matches("/AWSLogs")
            .chars()
            .map(plain)
            .collect();
        format!("cloudtrail_{}", slug.get(..200).unwrap_or(&slug))
    }
}

/// Dollars for each terabyte scanned in us-east-1, and the least that a query is billed (Athena pricing page).
const PRICE: f64 = 5.0;
const LEAST_BILLED: u64 = 10 * 1024 * 1024;

fn cost(scanned: u64) -> Cost {
    let billed = scanned.max(LEAST_BILLED);
    Cost {
        scanned,
        dollars: scanned::gigabytes(billed) / 1024.0 * PRICE,
    }
}
