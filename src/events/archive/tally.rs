//! How far the reading of an archive has come, and what it has to say at the end.

use indicatif::{HumanBytes, ProgressBar};
use jiff::{SignedDuration, Timestamp};

use super::object::{MINUTE, Object, SLACK, Wanted};
use crate::events::{Order, Query, Reading, Window};

/// How late CloudTrail usually delivers; older editions of its guide say "within 15 minutes", newer ones about 5.
const USUAL_DELAY: SignedDuration = SignedDuration::from_mins(15);

/// Files that could not be read and are named; further ones are only counted, so that memory stays flat.
const NAMED: usize = 100;

pub(super) struct Tally {
    bar: ProgressBar,
    listed: usize,
    listing_ended: bool,
    read: usize,
    bytes: u64,
    unread: Vec<String>,
    more_unread: usize,
    unreadable_records: u64,
    /// What may lack events: everything up to then, everything at all if `None` is within.
    lost_until: Option<Option<Timestamp>>,
    newest: Option<Timestamp>,
    /// How far the reading came, where its reader had enough.
    stopped_at: Option<Timestamp>,
}

impl Tally {
    pub(super) fn new(bar: ProgressBar) -> Self {
        Self {
            bar,
            listed: 0,
            listing_ended: false,
            read: 0,
            bytes: 0,
            unread: Vec::new(),
            more_unread: 0,
            unreadable_records: 0,
            lost_until: None,
            newest: None,
            stopped_at: None,
        }
    }

    pub(super) fn listed(&mut self, objects: &[Object]) {
        self.listed += objects.len();
        let newest = objects.iter().filter_map(|object| object.time).max();
        self.newest = self.newest.max(newest);
        self.show();
    }

    pub(super) fn listing_ended(&mut self) {
        self.listing_ended = true;
    }

    pub(super) fn read(&mut self, bytes: usize, unreadable_records: u64) {
        self.read += 1;
        self.bytes += bytes as u64;
        self.unreadable_records += unreadable_records;
        self.show();
    }

    pub(super) fn lost(&mut self, object: &Object, why: &str) {
        let until = object.time.and_then(|time| time.checked_add(MINUTE).ok());
        self.lost_until = Some(match self.lost_until {
            None => until,
            Some(before) => before.zip(until).map(|(one, other)| one.max(other)),
        });
        self.unread(&[format!("{}: {why}", object.location)]);
    }

    pub(super) fn unread(&mut self, what: &[String]) {
        let named = what.len().min(NAMED - self.unread.len());
        self.unread.extend_from_slice(&what[..named]);
        self.more_unread += what.len() - named;
    }

    pub(super) fn stopped_at(&mut self, time: Option<Timestamp>) {
        self.stopped_at = time;
    }

    fn show(&self) {
        let of = if self.listing_ended { "" } else { " or more" };
        let Self { read, listed, .. } = self;
        let bytes = HumanBytes(self.bytes);
        self.bar.set_message(format!(
            "reading the archive: {read} of {listed}{of} files, {bytes}{}",
            self.left()
        ));
    }

    /// When it will be over, once that can be told.
    fn left(&self) -> String {
        if !self.listing_ended || self.read == 0 {
            return String::new();
        }
        let files = u32::try_from(self.listed - self.read).unwrap_or(u32::MAX);
        let each = self.bar.elapsed() / u32::try_from(self.read).unwrap_or(u32::MAX);
        format!(", {} s left", each.saturating_mul(files).as_secs())
    }

    /// What is known at the end.
    pub(super) fn reading(mut self, query: &Query, wanted: &Wanted) -> Reading {
        self.bar.finish_and_clear();
        if self.more_unread > 0 {
            self.unread
                .push(format!("and {} more files", self.more_unread));
        }
        Reading {
            complete: self.complete(query),
            notes: self.notes(query, wanted),
            unread: self.unread,
            unreadable_records: self.unreadable_records,
            cost: None,
        }
    }

    /// No event is later than the file that it is in, so what is after the files that were not read is complete.
    fn complete(&self, query: &Query) -> Option<Window> {
        let mut window = query.window;
        if let Some(lost_until) = self.lost_until {
            window.from = window.from.max(lost_until?);
        }
        window.until = window
            .until
            .min(self.newest?.checked_sub(USUAL_DELAY).ok()?);
        match (self.stopped_at, query.order) {
            (Some(time), Order::NewestFirst) => window.from = window.from.max(time),
            (Some(time), Order::OldestFirst) => window.until = window.until.min(time),
            (None, _) => {}
        }
        (window.from < window.until).then_some(window)
    }

    fn notes(&self, query: &Query, wanted: &Wanted) -> Vec<String> {
        let Some(newest) = self.newest else {
            let Window { from, until } = wanted.delivered;
            return vec![format!(
                "the archive has no file delivered from {from} to {until}"
            )];
        };
        let is_late = newest
            .checked_sub(USUAL_DELAY)
            .is_ok_and(|settled| settled < query.window.until);
        if is_late {
            return vec![format!(
                "the newest file of the archive is of {newest}: CloudTrail delivers some 5 minutes late, so the latest events may be missing"
            )];
        }
        vec![format!(
            "files delivered up to {} hours after the time asked for were read; an event delivered later is not shown",
            SLACK.as_hours()
        )]
    }
}
