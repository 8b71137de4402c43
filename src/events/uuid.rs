//! The ids of CloudTrail's events are UUIDs, and a UUID is a number.

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
        fn what_is_spelt_otherwise_has_no_number(text in UUID, at in 0_usize..36, odd in "[A-Zg-z -]") {
            let mut other = text.clone();
            other.replace_range(at..=at, &odd);
            prop_assert_eq!(uuid(&other).is_some(), other == text);
        }
    }
}
