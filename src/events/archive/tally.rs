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
    lost: Lost,
    newest: Option<Timestamp>,
    /// How far the reading came, where its reader had enough.
    stopped_at: Option<Timestamp>,
}

/// What files that could not be read may have held.
#[derive(Debug, Clone, Copy)]
enum Lost {
    Nothing,
    /// Events before that time.
    Until(Timestamp),
    Anything,
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
            lost: Lost::Nothing,
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
        self.lost = match (self.lost, until) {
            (Lost::Anything, _) | (_, None) => Lost::Anything,
            (Lost::Nothing, Some(until)) => Lost::Until(until),
            (Lost::Until(one), Some(other)) => Lost::Until(one.max(other)),
        };
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
            is_over: self.newest.is_some_and(is_old),
            notes: self.note(query, wanted).into_iter().collect(),
            unread: self.unread,
            unreadable_records: self.unreadable_records,
            ..Reading::default()
        }
    }

    /// No event is later than the file that it is in, so what is after the files that were not read is complete.
    fn complete(&self, query: &Query) -> Option<Window> {
        let mut window = query.window;
        match self.lost {
            Lost::Nothing => {}
            Lost::Until(time) => window.from = window.from.max(time),
            Lost::Anything => return None,
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

    fn note(&self, query: &Query, wanted: &Wanted) -> Option<String> {
        let Some(newest) = self.newest else {
            return (self.listed == 0).then(|| nothing(wanted));
        };
        let settled = newest.checked_sub(USUAL_DELAY).ok()?;
        Some(if settled >= query.window.until {
            format!(
                "files delivered up to {} hours after the time asked for were read; an event delivered later is not shown",
                SLACK.as_hours()
            )
        } else if is_old(newest) {
            format!(
                "the newest file that was read is of {newest:.0}: what happened later may be missing"
            )
        } else {
            format!(
                "the newest file that was read is of {newest:.0}: CloudTrail delivers some 5 minutes late, so the latest events may be missing"
            )
        })
    }
}

/// Whether what is still to come is not merely late.
fn is_old(newest: Timestamp) -> bool {
    Timestamp::now().duration_since(newest) > SLACK
}

fn nothing(wanted: &Wanted) -> String {
    let Window { from, until } = wanted.delivered;
    let chosen = if wanted.is_choosy() {
        " of the accounts and regions asked for"
    } else {
        ""
    };
    format!("the archive has no file{chosen} that was delivered from {from:.0} to {until:.0}")
}
