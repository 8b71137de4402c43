//! What a JSON string with escapes says.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};

/// Reads a string, quotation marks included; `None` where it is none. Half of a surrogate pair, which is what some
/// writers leave where they cut a text, becomes replacement characters.
#[cold]
pub(super) fn unescaped(string: &str) -> Option<String> {
    if string.bytes().any(|byte| byte < b' ') {
        return None;
    }
    let Said(bytes) = serde_json::from_str(string).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a string says, half pairs and all: as text serde_json refuses them, as bytes it does not.
struct Said(Vec<u8>);

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_bytes(SaidVisitor)
    }
}

struct SaidVisitor;

impl Visitor<'_> for SaidVisitor {
    type Value = Said;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Said, E> {
        Ok(Said(bytes.to_vec()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_string_says_what_another_reader_of_json_reads(text in any::<String>()) {
            let json = serde_json::to_string(&text).expect("a text is JSON");
            prop_assert_eq!(unescaped(&json), Some(text));
        }
    }

    #[test]
    fn half_a_pair_is_replaced_and_what_is_no_string_refused() {
        let said = |string| unescaped(string);
        assert_eq!(
            said(r#""cut \ud83d""#).as_deref(),
            Some("cut \u{fffd}\u{fffd}\u{fffd}")
        );
        assert_eq!(said(r#""\ud83d\ude00""#).as_deref(), Some("\u{1f600}"));
        for broken in [r#""\x""#, r#""\u12""#, "\"a\nb\"", r#""a"#] {
            assert_eq!(said(broken), None, "{broken}");
        }
    }
}
