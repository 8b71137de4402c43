//! Counting calls by what people ask about. Which rows are shown how is no matter of this file.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use serde::Serialize;

use super::event::{Event, Image};

/// What calls are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Dimension {
    Repository,
    Principal,
    Action,
    Error,
    /// By the clock of a time zone.
    Hour,
    Day,
    Image,
}

/// One row of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Counted {
    /// One for each dimension; unknown is `None`. An hour is `2026-11-21T10:00+01:00`, a day `2026-11-21`.
    pub keys: Vec<Option<String>>,
    pub calls: u64,
}

/// Calls as they are counted.
#[derive(Debug)]
pub(crate) struct Counts {
    by: Vec<Dimension>,
    zone: TimeZone,
    rows: HashMap<Vec<Key>, u64>,
    calls: u64,
}

/// `since` puts hours and days into order: their texts are not, where a clock is set back.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    since: Option<Timestamp>,
    text: Option<String>,
}

impl Key {
    fn of(text: Option<&str>) -> Self {
        Self {
            since: None,
            text: text.map(str::to_owned),
        }
    }
}

impl Dimension {
    pub(crate) const ALL: &[Self] = &[
        Self::Repository,
        Self::Principal,
        Self::Action,
        Self::Error,
        Self::Hour,
        Self::Day,
        Self::Image,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Repository => "repo",
            Self::Principal => "principal",
            Self::Action => "action",
            Self::Error => "error",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Image => "image",
        }
    }

    pub(crate) fn is_time(self) -> bool {
        matches!(self, Self::Hour | Self::Day)
    }
}

impl Counts {
    /// `zone` is whose hours and days are meant.
    pub(crate) fn new(by: &[Dimension], zone: TimeZone) -> Self {
        Self {
            by: by.to_vec(),
            zone,
            rows: HashMap::new(),
            calls: 0,
        }
    }

    pub(crate) fn add(&mut self, event: &Event) {
        self.add_calls(event, 1);
    }

    /// Counts an event that stands for so many equal ones. One with several images counts once for each of them.
    pub(crate) fn add_calls(&mut self, event: &Event, calls: u64) {
        let mut rows = vec![Vec::with_capacity(self.by.len())];
        for dimension in &self.by {
            let keys = self.keys(*dimension, event);
            rows = rows
                .iter()
                .flat_map(|row| {
                    keys.iter()
                        .map(|key| [row.as_slice(), std::slice::from_ref(key)].concat())
                })
                .collect();
        }
        self.calls += calls;
        for row in rows {
            *self.rows.entry(row).or_default() += calls;
        }
    }

    fn keys(&self, dimension: Dimension, event: &Event) -> Vec<Key> {
        let text = match dimension {
            Dimension::Repository => event.repository(),
            Dimension::Principal => event.principal(),
            Dimension::Action => Some(event.action.word()),
            Dimension::Error => event.error_code(),
            Dimension::Hour | Dimension::Day => return vec![self.since(dimension, event.time)],
            Dimension::Image => return keys_of(&event.images),
        };
        vec![Key::of(text)]
    }

    fn since(&self, dimension: Dimension, time: Option<Timestamp>) -> Key {
        let begin = if dimension == Dimension::Day {
            day
        } else {
            hour
        };
        time.and_then(|time| begin(&time.to_zoned(self.zone.clone())))
            .unwrap_or_default()
    }

    /// All that were counted; the rows have more together where calls have several images.
    pub(crate) fn calls(&self) -> u64 {
        self.calls
    }

    /// The most calls first, or the earliest hours and days where they are counted by time.
    pub(crate) fn into_rows(self) -> Vec<Counted> {
        let is_time = |at: &usize| self.by[*at].is_time();
        let times: Vec<usize> = (0..self.by.len()).filter(is_time).collect();
        let mut rows: Vec<_> = self.rows.into_iter().collect();
        rows.sort_by(|(one, calls), (other, other_calls)| {
            let of_times = times.iter().map(|at| one[*at].cmp(&other[*at]));
            let by_time = of_times.fold(Ordering::Equal, Ordering::then);
            by_time
                .then(other_calls.cmp(calls))
                .then_with(|| one.cmp(other))
        });
        rows.into_iter()
            .map(|(keys, calls)| Counted {
                keys: keys.into_iter().map(|key| key.text).collect(),
                calls,
            })
            .collect()
    }
}

fn hour(time: &Zoned) -> Option<Key> {
    let begin = time.with().minute(0).second(0).subsec_nanosecond(0);
    let begin = begin.build().ok()?;
    Some(Key {
        since: Some(begin.timestamp()),
        text: Some(begin.strftime("%Y-%m-%dT%H:00%:z").to_string()),
    })
}

fn day(time: &Zoned) -> Option<Key> {
    Some(Key {
        since: Some(time.start_of_day().ok()?.timestamp()),
        text: Some(time.date().to_string()),
    })
}

/// By tag where an image has one, as people name it.
fn keys_of(images: &[Image]) -> Vec<Key> {
    if images.is_empty() {
        return vec![Key::default()];
    }
    images
        .iter()
        .map(|image| Key::of(image.tag.as_deref().or(image.digest.as_deref())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Event {
        let mut event = Event::default();
        event.time = time.parse().ok();
        event
    }

    fn rows(by: &[Dimension], zone: TimeZone, events: &[Event]) -> Vec<(Vec<String>, u64)> {
        let mut counts = Counts::new(by, zone);
        for event in events {
            counts.add(event);
        }
        let shown = |key: Option<String>| key.unwrap_or_else(|| "-".to_owned());
        counts
            .into_rows()
            .into_iter()
            .map(|row| (row.keys.into_iter().map(shown).collect(), row.calls))
            .collect()
    }

    #[test]
    fn an_hour_that_a_clock_repeats_is_two_hours_in_their_order() {
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        let events = [
            at("2026-10-25T00:30:00Z"),
            at("2026-10-25T01:30:00Z"),
            at("2026-10-25T01:40:00Z"),
        ];
        assert_eq!(
            rows(&[Dimension::Hour], berlin, &events),
            [
                (vec!["2026-10-25T02:00+02:00".to_owned()], 1),
                (vec!["2026-10-25T02:00+01:00".to_owned()], 2),
            ]
        );
    }

    #[test]
    fn rows_are_in_the_order_of_all_times_that_they_are_counted_by() {
        let events =
            ["10:00", "11:00", "11:30"].map(|clock| at(&format!("2026-10-25T{clock}:00Z")));
        let by = [Dimension::Day, Dimension::Hour];
        let rows = rows(&by, TimeZone::UTC, &events);
        let calls: Vec<_> = rows.into_iter().map(|(_, calls)| calls).collect();
        assert_eq!(calls, [1, 2]);
    }

    #[test]
    fn an_event_counts_once_for_each_of_its_images() {
        let image = |tag: &str| Image {
            tag: Some(tag.into()),
            digest: None,
        };
        let mut two = Event::default();
        two.images = vec![image("a"), image("b")];
        let mut one = Event::default();
        one.images = vec![image("b")];
        assert_eq!(
            rows(
                &[Dimension::Image, Dimension::Error],
                TimeZone::UTC,
                &[two, one, Event::default()]
            ),
            [
                (vec!["b".to_owned(), "-".to_owned()], 2),
                (vec!["-".to_owned(), "-".to_owned()], 1),
                (vec!["a".to_owned(), "-".to_owned()], 1),
            ]
        );
    }
}
