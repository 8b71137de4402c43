//! Where the strings of a JSON text begin and end: sixty-four bytes at a time, a bit for each.
//!
//! Strings are most of a record and mostly short, so to look for the end of each costs more than to find all at once.

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x64};

use crate::events::escapes::Escapes;

/// Bytes looked at together: one for each bit of a mask.
const WIDTH: usize = 64;
/// Control characters are below; they must not stand in a string as they are (RFC 8259, section 7).
const FIRST_PRINTABLE: u8 = b' ';

/// The bytes of a text that matter to its strings, from the first to the last.
pub(super) struct Strings {
    /// Quotation marks that begin or end one.
    quotes: Positions,
    /// Backslashes and control characters: a string with one of them does not stand for itself, or is none.
    specials: Positions,
    /// The next of the specials.
    special: Option<usize>,
}

impl Strings {
    pub(super) fn of(text: &[u8]) -> Self {
        dispatch!(Level::new(), simd => find(simd, text))
    }

    /// Where the next string begins and ends, quotation marks left out.
    #[inline]
    pub(super) fn next(&mut self) -> Option<(usize, usize)> {
        Some((self.quotes.next()? + 1, self.quotes.next()?))
    }

    /// Whether the string that was told last has nothing special.
    #[inline]
    pub(super) fn stands_for_itself(&mut self, begin: usize, end: usize) -> bool {
        self.special.is_none_or(|special| special > end) || self.has_no_special(begin, end)
    }

    #[cold]
    fn has_no_special(&mut self, begin: usize, end: usize) -> bool {
        while self.special.is_some_and(|special| special < begin) {
            self.special = self.specials.next();
        }
        self.special.is_none_or(|special| special > end)
    }
}

/// Positions in a text, told one after the other.
struct Positions {
    /// A bit for each byte, the lowest being the first.
    blocks: Vec<u64>,
    /// The number of the present block, and what is left of it.
    block: usize,
    left: u64,
}

impl Positions {
    fn new(blocks: Vec<u64>) -> Self {
        Self {
            left: blocks.first().copied().unwrap_or_default(),
            block: 0,
            blocks,
        }
    }

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.left == 0 {
            self.block += 1;
            self.left = *self.blocks.get(self.block)?;
        }
        let position = self.block * WIDTH + self.left.trailing_zeros() as usize;
        self.left &= self.left - 1;
        Some(position)
    }
}

#[expect(
    clippy::inline_always,
    reason = "it must become part of what `dispatch!` makes for each instruction set"
)]
#[inline(always)]
fn find<S: Simd>(simd: S, text: &[u8]) -> Strings {
    let (whole, rest) = text.as_chunks::<WIDTH>();
    let mut last = [b' '; WIDTH];
    last[..rest.len()].copy_from_slice(rest);
    let mut escapes = Escapes::default();
    let (mut quotes, mut specials) = (Vec::with_capacity(whole.len() + 1), Vec::new());
    for (number, block) in whole.iter().chain([&last]).enumerate() {
        let bytes = u8x64::from_slice(simd, block);
        let positions = |byte: u8| bytes.simd_eq(u8x64::splat(simd, byte)).to_bitmask();
        let backslashes = positions(b'\\');
        let controls = bytes.simd_lt(u8x64::splat(simd, FIRST_PRINTABLE));
        let special = backslashes | controls.to_bitmask();
        if special != 0 {
            // Few records have any.
            specials.resize(number, 0);
            specials.push(special);
        }
        quotes.push(positions(b'"') & !escapes.of(backslashes));
    }
    let mut specials = Positions::new(specials);
    Strings {
        quotes: Positions::new(quotes),
        special: specials.next(),
        specials,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where the strings are and which stand for themselves, byte by byte.
    fn slowly(text: &[u8]) -> Vec<(usize, usize, bool)> {
        let (mut found, mut begin, mut is_escaped) = (Vec::new(), None, false);
        for (position, byte) in text.iter().enumerate() {
            if *byte == b'"' && !is_escaped {
                match begin.take() {
                    Some(begin) => {
                        let is_special = |byte: &u8| *byte == b'\\' || *byte < b' ';
                        let is_plain = !text[begin..position].iter().any(is_special);
                        found.push((begin, position, is_plain));
                    }
                    None => begin = Some(position + 1),
                }
            }
            is_escaped = *byte == b'\\' && !is_escaped;
        }
        found
    }

    fn quickly(text: &[u8]) -> Vec<(usize, usize, bool)> {
        let (mut strings, mut found) = (Strings::of(text), Vec::new());
        while let Some((begin, end)) = strings.next() {
            found.push((begin, end, strings.stands_for_itself(begin, end)));
        }
        found
    }

    proptest! {
        #[test]
        fn strings_are_found_as_by_reading_byte_by_byte(text in "[a-c:\"\\\\\n]{0,300}|[a-z]{60,70}\"[a-z\n]{0,200}\"") {
            prop_assert_eq!(quickly(text.as_bytes()), slowly(text.as_bytes()));
        }
    }
}
