//! Figures of a registry as people read them.

use jiff::Timestamp;

use crate::metrics::registry::{Findings, Images};
use crate::metrics::severity::Severity;
use crate::metrics::table::Sum;
use crate::output::grid::Cell;
use crate::terminal::Tone;
use crate::time;

pub(super) const UNKNOWN: &str = "unknown";
/// What does not apply.
const NOTHING: &str = "–";
pub(super) fn unknown() -> Cell {
    Cell::new(Tone::Faint, UNKNOWN)
}

pub(super) fn nothing() -> Cell {
    Cell::new(Tone::Faint, NOTHING)
}

/// `4 812`.
pub(super) fn number(number: u64) -> String {
    indicatif::HumanCount(number).to_string().replace(',', " ")
}

/// `812 B`, `3.4 MB`, `410 GB`: decimal, in three digits.
#[expect(clippy::cast_precision_loss, reason = "three digits of it are shown")]
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1_000.0;
    let mut unit = 0;
    // What would be rounded up to a thousand is one of the next unit.
    while size >= 999.5 && unit + 1 < UNITS.len() {
        size /= 1_000.0;
        unit += 1;
    }
    let decimals = usize::from(size < 99.95);
    format!("{size:.decimals$} {}", UNITS[unit])
}

/// The bytes of images whose sizes are told, unless none is.
pub(super) fn known_size(images: &Images) -> Option<u64> {
    let is_told = images.count == 0 || images.without_size < images.count;
    is_told.then_some(images.size_bytes)
}

/// A sum, marked where it is a lower bound; a sum of nothing known is unknown.
pub(super) fn sum(sum: Sum, word: impl Fn(u64) -> String) -> Cell {
    match sum {
        Sum {
            known,
            is_whole: true,
        } => Cell::new(Tone::Plain, word(known)),
        Sum { known: 0, .. } => unknown(),
        Sum { known, .. } => Cell::new(Tone::Plain, format!("≥{}", word(known))),
    }
}

/// How long ago. `images` are those that it might have happened to.
pub(super) fn age(time: Option<Timestamp>, images: u64, now: Timestamp) -> Cell {
    match time {
        Some(time) => Cell::new(Tone::Plain, time::age(time, now)),
        None if images == 0 => nothing(),
        None => Cell::new(Tone::Faint, "none seen"),
    }
}

/// What was found, in so many severities.
pub(super) fn findings(findings: &Findings, severities: usize) -> Cell {
    match findings {
        Findings::Found(found) => {
            let count = |severity: Severity| found.get(severity.word()).copied().unwrap_or(0);
            counts(count, found.values().sum(), severities)
        }
        Findings::NeverScanned => Cell::new(Tone::Warn, "never scanned"),
        Findings::NotScanned(status) => Cell::new(Tone::Warn, plain(status)),
        Findings::NoImage => nothing(),
    }
}

/// `2 critical, 11 high +51`: the worst severities, so many of them, and how many findings there are besides.
pub(super) fn counts(count: impl Fn(Severity) -> u64, all: u64, severities: usize) -> Cell {
    let found = Severity::ALL
        .into_iter()
        .map(|severity| (severity, count(severity)))
        .filter(|(_, count)| *count > 0);
    let worst: Vec<(Severity, u64)> = found.take(severities).collect();
    let words: Vec<String> = worst
        .iter()
        .map(|(severity, count)| format!("{} {}", number(*count), plain(severity.word())))
        .collect();
    let text = match all - worst.iter().map(|(_, count)| count).sum::<u64>() {
        0 if all == 0 => "none".to_owned(),
        0 => words.join(", "),
        // Of severities that are not known here.
        rest if words.is_empty() => format!("{} others", number(rest)),
        rest => format!("{} +{}", words.join(", "), number(rest)),
    };
    let tone = match worst.first() {
        Some((Severity::Critical, _)) => Tone::Bad,
        Some((Severity::High, _)) => Tone::Warn,
        _ => Tone::Plain,
    };
    Cell::new(tone, text)
}

/// AWS's word as people write: `IMMUTABLE_WITH_EXCLUSION` is `immutable with exclusion`.
pub(super) fn plain(word: &str) -> String {
    word.to_lowercase().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_decimal_and_have_three_digits() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (99_949, "99.9 kB"),
            (99_950, "100 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (38_149_000_000, "38.1 GB"),
            (u64::MAX, "18447 PB"),
        ] {
            assert_eq!(size(bytes), words);
        }
    }

    #[test]
    fn the_worst_severities_are_told_and_no_finding_is_lost() {
        let found = [
            (Severity::Critical, 2),
            (Severity::High, 1_100),
            (Severity::Low, 50),
        ];
        let count = |severity| {
            let found = found.iter().find(|(found, _)| *found == severity);
            found.map_or(0, |(_, count)| *count)
        };
        let words = |severities| counts(count, 1_152, severities).text;
        assert_eq!(words(1), "2 critical +1 150");
        assert_eq!(words(2), "2 critical, 1 100 high +50");
        assert_eq!(words(3), "2 critical, 1 100 high, 50 low");
        assert_eq!(counts(|_| 0, 0, 2).text, "none");
        assert_eq!(counts(|_| 0, 7, 2).text, "7 others");
    }
}
