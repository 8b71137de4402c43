//! A JSON string whose text is JSON itself, with a backslash before every quotation mark: some ten bytes apart, too
//! close for a reader that looks for the next one each time.

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x64};

use crate::events::escapes::Escapes;

/// Bytes looked at together: one for each bit of a mask.
const WIDTH: usize = 64;
/// Bytes copied together, be they wanted or not; most runs between two backslashes are shorter.
const STEP: usize = 16;

type Block = [u8; WIDTH + STEP];

/// Makes `text` what a string says that begins with the first byte, a quotation mark. Answers how many bytes it is long
/// in JSON; `None` if it has no end, or is none.
pub(super) fn unescape(json: &[u8], text: &mut Vec<u8>) -> Option<usize> {
    let string = json.strip_prefix(b"\"")?;
    let (length, is_simple) = dispatch!(Level::new(), simd => unescape_simple(simd, string, text))?;
    let length = length + 1;
    if !is_simple {
        let all: String = serde_json::from_slice(json.get(..length)?).ok()?;
        *text = all.into_bytes();
    }
    Some(length)
}

/// Drops the backslashes of a string. That is all there is to do if what they escape stands for itself.
#[expect(
    clippy::inline_always,
    reason = "it must become part of what `dispatch!` makes for each instruction set"
)]
#[inline(always)]
fn unescape_simple<S: Simd>(simd: S, string: &[u8], text: &mut Vec<u8>) -> Option<(usize, bool)> {
    let mut carried = Escapes::default();
    let (mut is_simple, mut written) = (true, 0);
    let mut padded: Block;
    for at in (0..string.len()).step_by(WIDTH) {
        let rest = &string[at..];
        let block = if let Some(block) = rest.first_chunk() {
            block
        } else {
            padded = [0; WIDTH + STEP];
            padded[..rest.len()].copy_from_slice(rest);
            &padded
        };
        let bytes = u8x64::from_slice(simd, &block[..WIDTH]);
        let positions = |byte: u8| bytes.simd_eq(u8x64::splat(simd, byte)).to_bitmask();
        let (quotes, backslashes) = (positions(b'"'), positions(b'\\'));
        let escaped = carried.of(backslashes);
        let end = (quotes & !escaped).trailing_zeros();
        let within = u64::MAX.checked_shr(u64::BITS - end).unwrap_or(0);
        let end = end as usize;
        is_simple &= escaped & within & !(quotes | backslashes | positions(b'/')) == 0;
        written += copy(block, end, backslashes & !escaped & within, text, written);
        if end < WIDTH {
            text.truncate(written);
            return Some((at + end + 1, is_simple));
        }
    }
    None
}

/// Copies the beginning of a block without the bytes to drop; answers how many that are.
#[expect(clippy::inline_always, reason = "as above")]
#[inline(always)]
fn copy(block: &Block, end: usize, mut drop: u64, text: &mut Vec<u8>, written: usize) -> usize {
    if text.len() < written + block.len() {
        text.resize(2 * written + block.len(), 0);
    }
    let into = &mut text[written..written + WIDTH + STEP];
    let (mut from, mut to) = (0, 0);
    loop {
        let run_ends = (drop.trailing_zeros() as usize).min(end);
        let shift = from - to;
        while from < run_ends {
            into[from - shift..][..STEP].copy_from_slice(&block[from..][..STEP]);
            from += STEP;
        }
        to = run_ends - shift;
        if drop == 0 {
            return to;
        }
        drop &= drop - 1;
        from = run_ends + 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescaped(json: &str) -> Option<(usize, String)> {
        let mut text = b"what was there before".to_vec();
        let length = unescape(json.as_bytes(), &mut text)?;
        Some((length, String::from_utf8(text).expect("it is UTF-8")))
    }

    proptest! {
        #[test]
        fn a_string_says_what_a_reader_of_json_reads(
            text in r#"([a-z{}:,é]{0,40}["\\/\n\u{1}]{0,3}){0,12}"#, rest in r#"[,"\\ a]{0,90}"#,
        ) {
            let json = serde_json::to_string(&text).expect("a text is JSON");
            let read = unescaped(&format!("{json}{rest}"));
            prop_assert_eq!(read, Some((json.len(), text)));
        }

        #[test]
        fn a_string_without_an_end_is_none(text in r#"[a"\\]{0,200}"#) {
            let json = serde_json::to_string(&text).expect("a text is JSON");
            prop_assert_eq!(unescaped(&json[..json.len() - 1]), None);
        }
    }

    #[test]
    fn characters_that_are_spelt_by_their_numbers_are_read() {
        let read = unescaped(r#""\u0041\"\ud83d\ude00\/" "#);
        assert_eq!(read, Some((24, "A\"😀/".to_owned())));
        assert_eq!(unescaped(r#""\x""#), None);
        assert_eq!(unescaped("{}"), None);
    }
}
