//! A JSON string whose text is JSON itself, with a backslash before every quotation mark: some ten bytes apart, too
//! close for a reader that looks for the next one each time.

use fearless_simd::{Level, Simd, dispatch, mask8x64, prelude::*, u8x64};

use crate::events::escapes::Escapes;

/// Bytes looked at together: one for each bit of a mask.
const WIDTH: usize = 64;

/// How long a string is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Length {
    /// In JSON, with its quotation marks.
    pub spelt: usize,
    /// As what it says.
    pub text: usize,
}

/// Writes to the beginning of a buffer what a string says that begins with the first byte, a quotation mark. What lies
/// behind it in the buffer means nothing. `None` if the string has no end, or is none.
pub(super) fn unescape(json: &[u8], buffer: &mut Vec<u8>) -> Option<Length> {
    let string = json.strip_prefix(b"\"")?;
    let (mut length, is_simple) =
        dispatch!(Level::new(), simd => unescape_simple(simd, string, buffer))?;
    if !is_simple {
        let text: String = serde_json::from_slice(json.get(..length.spelt)?).ok()?;
        *buffer = text.into_bytes();
        length.text = buffer.len();
    }
    Some(length)
}

/// Drops the backslashes of a string. That is all there is to do if what they escape stands for itself.
#[expect(
    clippy::inline_always,
    reason = "it must become part of what `dispatch!` makes for each instruction set"
)]
#[inline(always)]
fn unescape_simple<S: Simd>(
    simd: S,
    string: &[u8],
    buffer: &mut Vec<u8>,
) -> Option<(Length, bool)> {
    let mut carried = Escapes::default();
    let (mut is_simple, mut written) = (true, 0);
    let mut padded: [u8; WIDTH];
    for at in (0..string.len()).step_by(WIDTH) {
        let rest = &string[at..];
        let block = if let Some(block) = rest.first_chunk() {
            block
        } else {
            padded = [0; WIDTH];
            padded[..rest.len()].copy_from_slice(rest);
            &padded
        };
        let bytes = u8x64::from_slice(simd, block);
        let positions = |byte: u8| bytes.simd_eq(u8x64::splat(simd, byte)).to_bitmask();
        let (quotes, backslashes) = (positions(b'"'), positions(b'\\'));
        let escaped = carried.of(backslashes);
        let end = (quotes & !escaped).trailing_zeros();
        let within = u64::MAX.checked_shr(u64::BITS - end).unwrap_or(0);
        is_simple &= escaped & within & !(quotes | backslashes | positions(b'/')) == 0;
        let kept = within & (escaped | !backslashes);
        if buffer.len() < written + WIDTH {
            buffer.resize(2 * written + WIDTH, 0);
        }
        let kept_bytes = bytes.compress(mask8x64::from_bitmask(simd, kept));
        kept_bytes.store_slice(&mut buffer[written..written + WIDTH]);
        written += kept.count_ones() as usize;
        if end < u64::BITS {
            let length = Length {
                spelt: at + end as usize + 2,
                text: written,
            };
            return Some((length, is_simple));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unescaped(json: &str) -> Option<(usize, String)> {
        let mut buffer = b"what was there before".to_vec();
        let length = unescape(json.as_bytes(), &mut buffer)?;
        buffer.truncate(length.text);
        Some((
            length.spelt,
            String::from_utf8(buffer).expect("it is UTF-8"),
        ))
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
