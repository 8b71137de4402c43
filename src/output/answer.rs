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
    complete: Option<Window>,
    #[serde(skip)]
    since_unknown: bool,
    #[serde(skip)]
    is_over: bool,
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
            complete_from: complete
                .filter(|_| !reading.since_unknown)
                .map(|complete| complete.from),
            complete_until: complete.map(|complete| complete.until),
            limited: told.is_limited(),
            notes: reading.notes,
            unread: reading.unread,
            unreadable_records: reading.unreadable_records,
            cost: reading.cost.map(|cost| cost.to_string()),
            complete,
            since_unknown: reading.since_unknown,
            is_over: reading.is_over,
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
                format!(" ({})", time::localized(&self.why, output.utc))
            };
            page.put(Tone::Faint, format!("source: {}{why}", self.source))
                .end();
            put_notes(page, self.notes.iter().chain(&self.cost), output.utc);
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
        let Some(complete) = self.complete else {
            return if self.told.breaks_off() {
                String::new()
            } else {
                "What it is complete for is not known.".to_owned()
            };
        };
        let rest = match complete.until {
            until if until >= self.asked.until => "",
            _ if self.is_over => "; what happened later may be missing",
            _ => "; newer events may still arrive",
        };
        format!("{}{rest}.", self.span(complete, &time::zone(utc)))
    }

    fn span(&self, complete: Window, zone: &TimeZone) -> String {
        let Window { from, until } = complete;
        if until <= from {
            "Complete for no time yet".to_owned()
        } else if self.since_unknown {
            let (until, _) = clocks(until, until, zone);
            format!("Complete up to {until}, since when is not known")
        } else {
            let (from, until) = clocks(from, until, zone);
            format!("Complete from {from} to {until}")
        }
    }
}

/// What a reader must know of an answer.
pub(crate) fn put_notes<'n>(page: &mut Page, notes: impl Iterator<Item = &'n String>, utc: bool) {
    for note in notes {
        page.put(Tone::Faint, "note: ")
            .line(time::localized(note, utc));
    }
}

/// Both times, each with its day where one of them is not of today; but a day that both have is said once.
fn clocks(from: Timestamp, until: Timestamp, zone: &TimeZone) -> (String, String) {
    let today = Timestamp::now().to_zoned(zone.clone()).date();
    let [from, until] = [from, until].map(|time| time.to_zoned(zone.clone()));
    let (first, last) = (from.date(), until.date());
    let with_day = |is_said| {
        if is_said { "%Y-%m-%d %H:%M" } else { "%H:%M" }
    };
    let from = from.strftime(with_day(first != today || last != today));
    let until = until.strftime(with_day(first != last));
    (from.to_string(), until.to_string())
}

fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_times_have_their_day_unless_it_is_today_or_the_same() {
        let now = Timestamp::now().to_zoned(TimeZone::UTC);
        let today = now.date().at(22, 0, 0, 0).to_zoned(TimeZone::UTC);
        let today = today.expect("a time").timestamp();
        let said = |from: i64, until: i64| {
            let ago = |days| today - jiff::SignedDuration::from_hours(24 * days);
            clocks(ago(from), ago(until), &TimeZone::UTC)
        };
        let day = |days: i64| {
            let day = today - jiff::SignedDuration::from_hours(24 * days);
            day.to_string()[..10].to_owned()
        };
        let pair = |from: String, until: String| (from, until);
        assert_eq!(said(0, 0), pair("22:00".to_owned(), "22:00".to_owned()));
        let days_apart = pair(format!("{} 22:00", day(1)), format!("{} 22:00", day(0)));
        assert_eq!(said(1, 0), days_apart);
        assert_eq!(
            said(2, 2),
            pair(format!("{} 22:00", day(2)), "22:00".to_owned())
        );
    }
}
