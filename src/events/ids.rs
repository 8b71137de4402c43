//! The ids of events, to know again what was seen, in sixteen bytes each.

use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

/// A set of ids.
#[derive(Default)]
pub(super) struct Ids {
    keys: HashSet<u128, BuildHasherDefault<Mixed>>,
    hashers: (RandomState, RandomState),
}

impl Ids {
    /// What an id is known by: a UUID, as CloudTrail's are, by its number, and any other text by a hash.
    pub(super) fn key(&self, id: &str) -> u128 {
        uuid(id).unwrap_or_else(|| {
            let (high, low) = (self.hashers.0.hash_one(id), self.hashers.1.hash_one(id));
            u128::from(high) << 64 | u128::from(low)
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

/// The number of a UUID in its canonical form, lower-case digits in groups of 8, 4, 4, 4 and 12.
pub(super) fn uuid(text: &str) -> Option<u128> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut digits = [0; 32];
    for (to, from, length) in [(0, 0, 8), (8, 9, 4), (12, 14, 4), (16, 19, 4), (20, 24, 12)] {
        digits[to..to + length].copy_from_slice(&text[from..from + length]);
    }
    let are_grouped = [8, 13, 18, 23].iter().all(|hyphen| text[*hyphen] == b'-');
    let are_digits = digits.iter().fold(true, |all, digit| {
        all & matches!(digit, b'0'..=b'9' | b'a'..=b'f')
    });
    if !are_grouped || !are_digits {
        return None;
    }
    let values =
        digits.map(|digit| digit.wrapping_sub(if digit > b'9' { b'a' - 10 } else { b'0' }));
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(values.as_chunks::<2>().0) {
        *byte = pair[0] << 4 | pair[1];
    }
    Some(u128::from_be_bytes(bytes))
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

    const UUID: &str = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";

    proptest! {
        #[test]
        fn uuids_have_the_order_of_their_texts(one in UUID, other in UUID) {
            let numbers = (uuid(&one).expect("a UUID"), uuid(&other).expect("a UUID"));
            prop_assert_eq!(numbers.0.cmp(&numbers.1), one.cmp(&other));
        }

        #[test]
        fn what_is_spelt_otherwise_is_another_id(text in UUID, at in 0_usize..36, odd in "[A-Zg-z -]") {
            let mut other = text.clone();
            other.replace_range(at..=at, &odd);
            let ids = Ids::default();
            prop_assert_eq!(uuid(&other).is_some(), other == text);
            prop_assert_eq!(ids.key(&other) == ids.key(&text), other == text);
        }
    }

    #[test]
    fn an_id_is_new_once() {
        let mut ids = Ids::default();
        for id in ["9354dd7f-6a6c-4c2b-a3f7-31b5e52cc1a5", "of another kind"] {
            let key = ids.key(id);
            assert!(ids.insert(key));
            assert!(!ids.insert(ids.key(id)));
            ids.remove(key);
            assert!(ids.insert(key));
        }
    }
}
