//! What to look at again, and what of it was told already: the pure heart of following, which knows no AWS.
//!
//! What happens becomes visible some time later. Whole looks find all of it: each reaches back by the horizon from where
//! the one before began, so what becomes visible within the horizon lies in the window of the first whole look that
//! begins after that. Looks at the latest, and what AWS tells of itself, only make it known sooner.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

use crate::events::Window;

/// What makes a thing that is told twice the same: a hash of its name, or of all there is of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Id([u8; 16]);

impl Id {
    pub(crate) fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            // With its length, so that no two lists of parts are one.
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
        let mut id = [0; 16];
        id.copy_from_slice(&hash.finalize()[..16]);
        Self(id)
    }
}

/// A thing as it was told, with the time by which windows go.
#[derive(Debug, Clone)]
pub(crate) struct Arrival<T> {
    pub id: Id,
    pub time: Timestamp,
    pub item: T,
}

/// How late things become visible.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lateness {
    /// Nothing becomes visible later than this after its time.
    pub horizon: SignedDuration,
    /// Most things become visible no later than this after younger ones.
    pub usual: SignedDuration,
}

/// How long beyond the last look at it a thing is known again, should AWS deliver it twice.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(30);

/// What was looked at, and what was told of it.
#[derive(Debug)]
pub(crate) struct Overlap {
    lateness: Lateness,
    /// What happened before is told, or is not asked for.
    floor: Timestamp,
    newest: Timestamp,
    told: HashMap<Id, Timestamp>,
}

impl Overlap {
    /// Asks for what happens from that moment on.
    pub(crate) fn new(from: Timestamp, lateness: Lateness) -> Self {
        Self {
            lateness,
            floor: from,
            newest: from,
            told: HashMap::new(),
        }
    }

    /// What a whole look that begins now must look at.
    pub(crate) fn whole(&self, now: Timestamp) -> Window {
        self.window(self.floor, now)
    }

    /// Where most of what is new will be.
    pub(crate) fn latest(&self, now: Timestamp) -> Window {
        let newest = before(self.newest.min(now), self.lateness.usual);
        self.window(newest.max(self.floor), now)
    }

    /// Of what was found or heard, that which was not told before.
    pub(crate) fn news<T>(&mut self, mut found: Vec<Arrival<T>>) -> Vec<T> {
        // What lies before the floor was told, even if it is forgotten by now.
        found.retain(|arrival| arrival.time >= self.floor);
        let news = found.into_iter().filter(|arrival| self.is_new(arrival));
        news.map(|arrival| arrival.item).collect()
    }

    /// Remembers it, too. What is delivered again at another time is known by the later one.
    fn is_new<T>(&mut self, arrival: &Arrival<T>) -> bool {
        self.newest = self.newest.max(arrival.time);
        match self.told.entry(arrival.id) {
            Entry::Vacant(place) => {
                place.insert(arrival.time);
                true
            }
            Entry::Occupied(mut time) => {
                let later = arrival.time.max(*time.get());
                time.insert(later);
                false
            }
        }
    }

    /// A whole look has come to its end.
    pub(crate) fn looked(&mut self, window: Window) {
        self.floor = self.floor.max(before(window.until, self.lateness.horizon));
        let forgotten = before(self.floor, REMEMBERED);
        self.told.retain(|_, time| *time >= forgotten);
    }

    /// A clock that was set back makes no window end before it begins.
    fn window(&self, from: Timestamp, now: Timestamp) -> Window {
        Window {
            from,
            until: now.max(from),
        }
    }
}

fn before(time: Timestamp, span: SignedDuration) -> Timestamp {
    time.checked_sub(span).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
#[path = "overlap_tests.rs"]
mod tests;
