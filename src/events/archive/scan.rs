//! Which brackets of a JSON text are structure and not part of a string, and where a certain string may be:
//! sixty-four bytes at a time, a bit for each.
//!
//! The way of simdjson (Langdale and Lemire, "Parsing gigabytes of JSON per second"), with as much of it as is needed
//! to tell where values begin and end. What they mean is for `split`.

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x64};

use crate::events::escapes::Escapes;

/// Bytes looked at together: one for each bit of a mask.
pub(super) const WIDTH: usize = 64;

type Block = [u8; WIDTH];

/// What a block leaves to the next one.
#[derive(Debug, Default)]
struct State {
    escapes: Escapes,
    /// All ones if the next block begins within a string.
    in_string: u64,
    /// Where strings began in the block.
    beginnings: u64,
}

/// How to notice a string: by the third letter behind its quote.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark(u8);

/// What a block holds: the brackets that are structure, the lowest bit being its first byte, and what else to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    /// `{` and `[`.
    pub opening: u64,
    /// `}` and `]`.
    pub closing: u64,
    /// Whether the block spells a character by its number (`\u0041`).
    pub has_number_escape: bool,
    /// Whether the third letter of a string is the mark's, and in the block.
    pub has_mark: bool,
}

impl Mark {
    /// Of a word of at least three letters.
    pub(super) fn of(word: &str) -> Self {
        let [_, _, third] = *word.as_bytes().first_chunk().unwrap_or(b"   ");
        Self(third)
    }
}

/// Shows each block of a text, with the widest instructions that the machine has, until one is refused. Spaces fill the
/// last block.
///
/// # Errors
/// The refusal.
pub(super) fn scan<E>(
    text: &[u8],
    mark: Mark,
    mut see: impl FnMut(Seen) -> Result<(), E>,
) -> Result<(), E> {
    dispatch!(Level::new(), simd => scan_with(simd, text, mark, &mut see))
}

#[expect(
    clippy::inline_always,
    reason = "it must become part of what `dispatch!` makes for each instruction set"
)]
#[inline(always)]
fn scan_with<S: Simd, E>(
    simd: S,
    text: &[u8],
    mark: Mark,
    see: &mut impl FnMut(Seen) -> Result<(), E>,
) -> Result<(), E> {
    let mut state = State::default();
    let (blocks, rest) = text.as_chunks::<WIDTH>();
    for block in blocks {
        see(state.step(simd, block, mark))?;
    }
    let mut last = [b' '; WIDTH];
    last[..rest.len()].copy_from_slice(rest);
    see(state.step(simd, &last, mark))
}

impl State {
    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn step<S: Simd>(&mut self, simd: S, block: &Block, mark: Mark) -> Seen {
        let bytes = u8x64::from_slice(simd, block);
        let positions =
            |bytes: u8x64<S>, byte: u8| bytes.simd_eq(u8x64::splat(simd, byte)).to_bitmask();
        let escaped = self.escapes.of(positions(bytes, b'\\'));
        let quotes = positions(bytes, b'"') & !escaped;
        let in_string = prefix_xor(quotes) ^ self.in_string;
        self.in_string = 0_u64.wrapping_sub(in_string >> (u64::BITS - 1));
        // This bit is all that `[` and `{`, and `]` and `}`, differ in; no other byte becomes one of them by it.
        let folded = bytes | u8x64::splat(simd, b'{' ^ b'[');
        let beginnings = quotes & in_string;
        let third_letters = beginnings << 3 | self.beginnings >> (u64::BITS - 3);
        self.beginnings = beginnings;
        Seen {
            opening: positions(folded, b'{') & !in_string,
            closing: positions(folded, b'}') & !in_string,
            has_number_escape: escaped != 0 && escaped & positions(bytes, b'u') != 0,
            has_mark: third_letters & positions(bytes, mark.0) != 0,
        }
    }
}

/// Each bit becomes the parity of itself and all lower ones: the bytes from a quote to the one that ends its string.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn prefix_xor(mut bits: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << distance;
    }
    bits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The brackets outside of strings, byte by byte.
    fn slowly(text: &[u8]) -> Vec<usize> {
        let (mut in_string, mut escaped, mut found) = (false, false, Vec::new());
        for (position, byte) in text.iter().enumerate() {
            match byte {
                b'"' if !escaped => in_string = !in_string,
                b'{' | b'}' | b'[' | b']' if !in_string => found.push(position),
                _ => {}
            }
            escaped = *byte == b'\\' && !escaped;
        }
        found
    }

    fn quickly(text: &[u8]) -> Vec<usize> {
        let (mut found, mut offset) = (Vec::new(), 0);
        let scanned: Result<(), ()> = scan(text, Mark::of("abc"), |seen| {
            let all = seen.opening | seen.closing;
            let bits = (0..WIDTH).filter(|bit| all >> bit & 1 == 1);
            found.extend(bits.map(|bit| offset + bit));
            offset += WIDTH;
            Ok(())
        });
        assert_eq!(scanned, Ok(()));
        found
    }

    proptest! {
        #[test]
        fn brackets_are_found_as_by_reading_byte_by_byte(letters in "[a{}\\[\\]\"\\\\u;\\x5b]{0,320}") {
            prop_assert_eq!(quickly(letters.as_bytes()), slowly(letters.as_bytes()));
        }

        #[test]
        fn a_string_is_noticed_wherever_it_stands(before in "[b ,\\[]{0,130}", after in "[c ,\\]]{0,130}") {
            let text = format!("{before}\"abc\"{after}");
            let mut marks = Vec::new();
            let scanned: Result<(), ()> = scan(text.as_bytes(), Mark::of("abc"), |seen| {
                marks.push(seen.has_mark);
                Ok(())
            });
            prop_assert_eq!(scanned, Ok(()));
            let third_letter = before.len() + 3;
            let expected: Vec<bool> = (0..marks.len()).map(|block| block == third_letter / WIDTH).collect();
            prop_assert_eq!(marks, expected);
        }
    }
}
