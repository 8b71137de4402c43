//! What is said about an answer when its rows are written: how much, from where, and what it is complete for.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use super::{Output, Report};
use crate::error::Exit;
use crate::events::{Reading, Window};
use crate::terminal::{Page, Tone};
use crate::time;

/// How much was told.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Told {
    /// `limited`: there may be more, the limit was reached.
    Calls { calls: u64, limited: bool },
    Operations {
        operations: u64,
        calls: u64,
        limited: bool,
    },
    /// All was counted, of so many rows.
    Counts {
        shown: usize,
        rows: usize,
        calls: u64,
    },
}

impl Told {
    fn is_limited(self) -> bool {
        match self {
            Self::Calls { limited, .. } | Self::Operations { limited, .. } => limited,
            Self::Counts { shown, rows, .. } => shown < rows,
        }
    }

    /// What was not told was not read either.
    fn breaks_off(self) -> bool {
        self.is_limited() && !matches!(self, Self::Counts { .. })
    }
}

/// A record as it is.
#[derive(Serialize)]
pub(crate) struct Whole(Value);

impl Whole {
    /// # Errors
    /// A text that is no JSON.
    pub(crate) fn of(record: &str) -> serde_json::Result<Self> {
        serde_json::from_str(record).map(Self)
    }
}

impl Report for Whole {
    fn human(&self, page: &mut Page) {
        let text = serde_json::to_string_pretty(&self.0).unwrap_or_default();
        for line in text.lines() {
            page.line(line);
        }
    }

    fn rows(&self) -> Option<Vec<Value>> {
        Some(vec![self.0.clone()])
    }
}

/// What a JSON document says besides its rows.
#[derive(Serialize)]
pub(crate) struct Answer {
    source: String,
    complete_from: Option<Timestamp>,
    complete_until: Option<Timestamp>,
    limited: bool,
    notes: Vec<String>,
    unread: Vec<String>,
    unreadable_records: u64,
    cost: Option<String>,
    #[serde(skip)]
    told: Told,
    #[serde(skip)]
    why: String,
    #[serde(skip)]
    asked: Window,
}

impl Answer {
    /// `why` tells why the source was chosen, if that was left to us.
    pub(crate) fn new(
        source: &str,
        why: &str,
        reading: Reading,
        told: Told,
        asked: Window,
    ) -> Self {
        let complete = reading.complete.filter(|_| !told.breaks_off());
        Self {
            source: source.to_owned(),
            complete_from: complete.map(|complete| complete.from),
            complete_until: complete.map(|complete| complete.until),
            limited: told.is_limited(),
            notes: reading.notes,
            unread: reading.unread,
            unreadable_records: reading.unreadable_records,
            cost: reading.cost.map(|cost| cost.to_string()),
            told,
            why: why.to_owned(),
            asked,
        }
    }

    pub(crate) fn exit(&self) -> Exit {
        if self.unread.is_empty() && self.unreadable_records == 0 {
            Exit::Done
        } else {
            Exit::Incomplete
        }
    }

    /// Says it on stderr. What was not read is said even under `--quiet`.
    pub(crate) fn say(&self, output: &Output) {
        output.say(|page| {
            page.put(
                Tone::Faint,
                format!("{}. {}", self.amount(), self.completeness(output.utc)).trim_end(),
            )
            .end();
            let why = if self.why.is_empty() {
                String::new()
            } else {
                format!(" ({})", self.why)
            };
            page.put(Tone::Faint, format!("source: {}{why}", self.source))
                .end();
            put_notes(page, self.notes.iter().chain(&self.cost));
        });
        if self.exit() != Exit::Done {
            output.tell(|page| self.put_unread(page));
        }
    }

    fn put_unread(&self, page: &mut Page) {
        for unread in &self.unread {
            page.labelled(Tone::Warn, "not read", unread);
        }
        if self.unreadable_records > 0 {
            let records = counted(self.unreadable_records, "record", "records");
            page.labelled(
                Tone::Warn,
                "not read",
                &format!("{records} that cannot be parsed"),
            );
        }
    }

    fn amount(&self) -> String {
        let amount = match self.told {
            Told::Calls { calls, .. } => counted(calls, "call", "calls"),
            Told::Operations {
                operations, calls, ..
            } => {
                let operations = counted(operations, "operation", "operations");
                format!("{operations} from {}", counted(calls, "call", "calls"))
            }
            Told::Counts { shown, rows, calls } => {
                let shown = if shown < rows {
                    format!("{shown} of ")
                } else {
                    String::new()
                };
                let rows = counted(rows as u64, "row", "rows");
                format!("{shown}{rows} of {}", counted(calls, "call", "calls"))
            }
        };
        let limit = if self.limited {
            ", as many as `--limit` allows"
        } else {
            ""
        };
        let more = if self.told.breaks_off() {
            "; there may be more"
        } else {
            ""
        };
        amount + limit + more
    }

    fn completeness(&self, utc: bool) -> String {
        let (Some(from), Some(until)) = (self.complete_from, self.complete_until) else {
            return if self.told.breaks_off() {
                String::new()
            } else {
                "What it is complete for is not known.".to_owned()
            };
        };
        if until <= from {
            return "Complete for no time yet; newer events may still arrive.".to_owned();
        }
        let zone = time::zone(utc);
        let span = format!(
            "Complete from {} to {}",
            clock(from, &zone),
            clock(until, &zone)
        );
        if until < self.asked.until {
            format!("{span}; newer events may still arrive.")
        } else {
            format!("{span}.")
        }
    }
}

/// What a reader must know of an answer.
pub(crate) fn put_notes<'n>(page: &mut Page, notes: impl Iterator<Item = &'n String>) {
    for note in notes {
        page.put(Tone::Faint, "note: ").line(note);
    }
}

/// The time, with its day where that is not today.
fn clock(time: Timestamp, zone: &TimeZone) -> String {
    let time = time.to_zoned(zone.clone());
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    let format = if time.date() == today {
        "%H:%M"
    } else {
        "%Y-%m-%d %H:%M"
    };
    time.strftime(format).to_string()
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
