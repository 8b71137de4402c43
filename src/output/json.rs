//! JSON that a terminal shows and does not obey.

use std::borrow::Cow;
use std::fmt::Write;

use crate::terminal::is_unsafe;

/// The same JSON, with what serde_json leaves as it is and a terminal may obey written as `\u…`: DEL, the C1 controls
/// and the characters that reorder text. They can only stand within strings.
pub(super) fn inert(json: &[u8]) -> Cow<'_, [u8]> {
    let is_harmful = |c: char| c != '\n' && is_unsafe(c);
    if json.is_ascii() && memchr::memchr(0x7f, json).is_none() {
        return Cow::Borrowed(json);
    }
    let text = String::from_utf8_lossy(json);
    if !text.contains(is_harmful) {
        return Cow::Borrowed(json);
    }
    let mut inert = String::with_capacity(json.len());
    for c in text.chars() {
        if is_harmful(c) {
            // Writing to a String cannot fail.
            let _ = write!(inert, "\\u{:04x}", u32::from(c));
        } else {
            inert.push(c);
        }
    }
    Cow::Owned(inert.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_means_the_same() {
        let json =
            serde_json::json!({"a": "\u{7f}\u{9b}31m \u{202e}x", "b": "grün\u{1b}"}).to_string();
        let inert = String::from_utf8_lossy(&inert(json.as_bytes())).into_owned();
        assert!(!inert.contains(is_unsafe), "{inert}");
        let (before, after): (serde_json::Value, serde_json::Value) = (
            serde_json::from_str(&json).expect("JSON"),
            serde_json::from_str(&inert).expect("JSON"),
        );
        assert_eq!(before, after);
    }
}
