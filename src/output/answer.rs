//! What is said about an answer when its rows are written: how much, from where, and what it is complete for.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{Output, Page, Tone};
use crate::error::Exit;
use crate::events::{Reading, Window};
use crate::time;

/// How much was told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub rows: u64,
    pub calls: u64,
    /// The rows are operations, not calls.
    pub operations: bool,
    /// There may be more: the limit was reached.
    pub limited: bool,
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
        let complete = reading.complete.filter(|_| !told.limited);
        Self {
            source: source.to_owned(),
            complete_from: complete.map(|complete| complete.from),
            complete_until: complete.map(|complete| complete.until),
            limited: told.limited,
            notes: reading.notes,
            unread: reading.unread,
            unreadable_records: reading.unreadable_records,
            cost: reading.cost,
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
                format!("{}. {}", self.amount(), self.completeness(output.utc)),
            )
            .end();
            let why = if self.why.is_empty() {
                String::new()
            } else {
                format!(" ({})", self.why)
            };
            page.put(Tone::Faint, format!("source: {}{why}", self.source))
                .end();
            for note in self.notes.iter().chain(&self.cost) {
                page.put(Tone::Faint, "note: ").line(note);
            }
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
        let Told {
            rows,
            calls,
            operations,
            limited,
        } = self.told;
        let amount = if operations {
            let rows = counted(rows, "operation", "operations");
            format!("{rows} from {}", counted(calls, "call", "calls"))
        } else {
            counted(rows, "call", "calls")
        };
        if limited {
            format!("{amount}, as `--limit` has it; there may be more")
        } else {
            amount
        }
    }

    fn completeness(&self, utc: bool) -> String {
        let (Some(from), Some(until)) = (self.complete_from, self.complete_until) else {
            return if self.told.limited {
                "What is shown is what was read first".to_owned()
            } else {
                "What it is complete for is not known".to_owned()
            } + ".";
        };
        if until <= from {
            return "Complete for no time yet: events arrive about 5 minutes late.".to_owned();
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
