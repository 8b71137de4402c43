//! The ids of events, to know again what was seen, in sixteen bytes each.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use super::event::Event;

/// A set of ids.
#[derive(Default)]
pub(super) struct Ids {
    keys: HashSet<u128, BuildHasherDefault<Mixed>>,
    hashers: (RandomState, RandomState),
}

impl Ids {
    /// What an event is known by: its id's number, if that is a UUID, or else a hash of its id. One without an id cannot
    /// be known again.
    pub(super) fn key(&self, event: &Event) -> Option<u128> {
        event.uuid.or_else(|| {
            let id = event.event_id()?;
            let (high, low) = (self.hashers.0.hash_one(id), self.hashers.1.hash_one(id));
            Some(u128::from(high) << 64 | u128::from(low))
        })
    }

    /// Whether the key is new.
    pub(super) fn insert(&mut self, key: u128) -> bool {
        self.keys.insert(key)
    }

    pub(super) fn remove(&mut self, key: u128) {
        self.keys.remove(&key);
    }
}

/// Hashes a key, whose bits are as good as random, or count from one id to the next.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u128(&mut self, key: u128) {
        /// 2^64 divided by the golden ratio: neighbours come to lie far apart.
        const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
        let bytes = key.to_ne_bytes();
        let (halves, _) = bytes.as_chunks::<8>();
        for half in halves {
            self.0 ^= u64::from_ne_bytes(*half);
        }
        self.0 = self.0.wrapping_mul(SPREAD);
    }

    /// Keys are all that is hashed.
    fn write(&mut self, _: &[u8]) {}
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::events::event::Fact;

    fn event(id: &str) -> Event {
        let mut event = Event::default();
        event.set(Fact::EventId, id);
        event
    }

    const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    proptest! {
        #[test]
        fn what_is_spelt_otherwise_is_another_id(text in UUID, at in 0_usize..36, odd in "[A-Zg-z -]") {
            let mut other = text.clone();
            other.replace_range(at..=at, &odd);
            let ids = Ids::default();
            prop_assert_eq!(ids.key(&event(&other)) == ids.key(&event(&text)), other == text);
        }
    }

    #[test]
    fn an_id_is_new_once() {
        let mut ids = Ids::default();
        for id in ["9354dd7f-6a6c-4c2b-a3f7-31b5e52cc1a5", "of another kind"] {
            let key = ids.key(&event(id)).expect("it has an id");
            assert!(ids.insert(key));
            assert!(!ids.insert(key));
            ids.remove(key);
            assert!(ids.insert(key));
        }
    }
}
