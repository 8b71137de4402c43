//! Where in a JSON text few brackets are open, and where a certain word may be: sixty-four bytes at a time, a bit for
//! each.
//!
//! The way of simdjson (Langdale and Lemire, "Parsing gigabytes of JSON per second"), with as much of it as is needed
//! to tell where values begin and end. What they mean is for `split`.

use fearless_simd::{Level, Simd, dispatch, mask8x64, prelude::*, u8x64};

use crate::events::escapes::Escapes;

/// Bytes looked at together: one for each bit of a mask.
const WIDTH: usize = 64;

/// Blocks looked at side by side: little of what is done for one waits for another.
const BATCH: usize = 4;

/// A batch, and what is needed to see the marks that begin in it.
type Batch = [u8; WIDTH * BATCH + Mark::APART];

/// A bit for each byte of a batch.
type Bits = [u64; BATCH];

/// How to notice a word: by two of its letters, at their distance.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark(u8, u8);

/// A block in which few brackets are open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Low {
    /// Where the block begins.
    pub offset: usize,
    /// How many brackets are open there.
    pub depth: i32,
    /// The `{` and `[` of the block that are structure, the lowest bit being its first byte.
    pub opening: u64,
    /// The `}` and `]`.
    pub closing: u64,
    /// From here to the end of the block, the mark is nowhere.
    pub marked_until: usize,
    /// From here to the end of the block, no character is spelt by its number (`\u0041`).
    pub numbers_until: usize,
}

impl Mark {
    const APART: usize = 5;

    /// Of a word of at least eight letters. In `ecr.amazonaws.com` the two are the `r` and the `z`: few services have
    /// a name that ends like ours, while all end like this one's does.
    pub(super) fn of(word: &str) -> Self {
        let [_, _, first, _, _, _, _, second] =
            *word.as_bytes().first_chunk().unwrap_or(b"        ");
        Self(first, second)
    }
}

/// Shows each block in which fewer brackets than `within` may be open somewhere, until one is refused; with the widest
/// instructions that the machine has.
///
/// # Errors
/// The refusal.
pub(super) fn scan<E>(
    text: &[u8],
    within: i32,
    mark: Mark,
    mut see: impl FnMut(Low) -> Result<(), E>,
) -> Result<(), E> {
    let scanner = Scanner {
        within,
        mark,
        ..Scanner::default()
    };
    dispatch!(Level::new(), simd => scanner.scan(simd, text, &mut see))
}

#[derive(Debug, Default)]
struct Scanner {
    within: i32,
    mark: Mark,
    /// Where the next batch begins.
    offset: usize,
    /// How many brackets are open there.
    depth: i32,
    /// All ones if it begins within a string.
    in_string: u64,
    escapes: Escapes,
    marked_until: usize,
    numbers_until: usize,
}

/// What is found in a batch, be it within a string or not.
#[derive(Default)]
struct Found {
    quotes: Bits,
    opening: Bits,
    closing: Bits,
}

impl Scanner {
    #[expect(
        clippy::inline_always,
        reason = "it must become part of what `dispatch!` makes for each instruction set"
    )]
    #[inline(always)]
    fn scan<S: Simd, E>(
        mut self,
        simd: S,
        text: &[u8],
        see: &mut impl FnMut(Low) -> Result<(), E>,
    ) -> Result<(), E> {
        while let Some(batch) = text[self.offset..].first_chunk() {
            let found = self.find(simd, batch);
            self.count(&found, see)?;
        }
        while let Some(rest @ [_, ..]) = text.get(self.offset..) {
            let mut batch = [b' '; WIDTH * BATCH + Mark::APART];
            batch[..rest.len()].copy_from_slice(rest);
            let found = self.find(simd, &batch);
            self.count(&found, see)?;
        }
        Ok(())
    }

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn find<S: Simd>(&mut self, simd: S, batch: &Batch) -> Found {
        let at = |position: usize| u8x64::from_slice(simd, &batch[position..][..WIDTH]);
        let equal = |bytes: u8x64<S>, byte: u8| bytes.simd_eq(u8x64::splat(simd, byte));
        let mut found = Found::default();
        let mut marks = mask8x64::splat(simd, false);
        for index in 0..BATCH {
            let bytes = at(index * WIDTH);
            marks |=
                equal(bytes, self.mark.0) & equal(at(index * WIDTH + Mark::APART), self.mark.1);
            found.quotes[index] = equal(bytes, b'"').to_bitmask();
            let escaped = self.escapes.of(equal(bytes, b'\\').to_bitmask());
            if escaped != 0 {
                found.quotes[index] &= !escaped;
                if escaped & equal(bytes, b'u').to_bitmask() != 0 {
                    self.numbers_until = self.offset + (index + 1) * WIDTH;
                }
            }
            // This bit is all that `[` and `{`, and `]` and `}`, differ in; no other byte becomes one of them by it.
            let folded = bytes | u8x64::splat(simd, b'{' ^ b'[');
            found.opening[index] = equal(folded, b'{').to_bitmask();
            found.closing[index] = equal(folded, b'}').to_bitmask();
        }
        if marks.any_true() {
            self.marked_until = self.offset + WIDTH * BATCH;
        }
        found
    }

    #[expect(clippy::inline_always, reason = "as above")]
    #[inline(always)]
    fn count<E>(
        &mut self,
        found: &Found,
        see: &mut impl FnMut(Low) -> Result<(), E>,
    ) -> Result<(), E> {
        for index in 0..BATCH {
            let in_string = prefix_xor(found.quotes[index]) ^ self.in_string;
            self.in_string = 0_u64.wrapping_sub(in_string >> (u64::BITS - 1));
            let opening = found.opening[index] & !in_string;
            let closing = found.closing[index] & !in_string;
            let closed = closing.count_ones().cast_signed();
            if self.depth < self.within + closed {
                see(Low {
                    offset: self.offset + index * WIDTH,
                    depth: self.depth,
                    opening,
                    closing,
                    marked_until: self.marked_until,
                    numbers_until: self.numbers_until,
                })?;
            }
            self.depth += opening.count_ones().cast_signed() - closed;
        }
        self.offset += WIDTH * BATCH;
        Ok(())
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

    /// The blocks in which fewer brackets than so many are open.
    fn lows(text: &[u8], within: i32) -> Vec<Low> {
        let mut lows = Vec::new();
        let scanned: Result<(), ()> = scan(text, within, Mark::of("ecr.amazonaws.com"), |low| {
            lows.push(low);
            Ok(())
        });
        assert_eq!(scanned, Ok(()));
        lows
    }

    fn quickly(text: &[u8]) -> Vec<usize> {
        let brackets = |low: Low| {
            let all = low.opening | low.closing;
            (0..WIDTH).filter_map(move |bit| (all >> bit & 1 == 1).then_some(low.offset + bit))
        };
        lows(text, 1 << 16).into_iter().flat_map(brackets).collect()
    }

    proptest! {
        #[test]
        fn brackets_are_found_as_by_reading_byte_by_byte(letters in "[a{}\\[\\]\"\\\\u;\\x5b]{0,800}") {
            prop_assert_eq!(quickly(letters.as_bytes()), slowly(letters.as_bytes()));
        }

        #[test]
        fn only_blocks_are_left_out_in_which_enough_brackets_are_open(
            letters in "[a{}\\[\\]\"\\\\u]{0,800}", within in 0..4_i32,
        ) {
            let text = letters.as_bytes();
            let shown: Vec<usize> = lows(text, within).iter().map(|low| low.offset / WIDTH).collect();
            let mut depth = 0;
            for position in slowly(text) {
                depth += if matches!(text[position], b'{' | b'[') { 1 } else { -1 };
                prop_assert!(depth >= within || shown.contains(&(position / WIDTH)), "{}", position);
            }
        }

        #[test]
        fn a_word_and_a_number_are_noticed_wherever_they_stand(
            before in "[b ,\\[]{0,600}", after in "[c ,\\]]{0,600}", word in "ecr\\.amazonaws\\.com|\"\\\\u0041\"",
        ) {
            let text = format!("{before}{word}{after}");
            let (first, last) = (before.len(), before.len() + word.len());
            for low in lows(text.as_bytes(), 1 << 16) {
                let until = low.marked_until.max(low.numbers_until);
                prop_assert!(until == 0 || until > first && low.offset + WIDTH * BATCH > first);
                prop_assert!(until > first || low.offset + WIDTH < last, "{low:?}");
            }
        }
    }
}
