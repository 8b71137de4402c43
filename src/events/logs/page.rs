//! A page of FilterLogEvents, read where it lies: nothing is kept of an event but its message and its time.

use memchr::memchr;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::text::unescape;

/// What an event of a log group says, and when that came there, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogEvent<'p> {
    pub message: &'p str,
    pub timestamp: Option<i64>,
}

/// The text is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OtherShape;

/// Tells each event of a page, and answers the token of the next one.
///
/// # Errors
/// [`OtherShape`], perhaps after some events were told.
pub(super) fn read(
    page: &[u8],
    mut tell: impl FnMut(LogEvent<'_>),
) -> Result<Option<String>, OtherShape> {
    let (mut token, mut message) = (None, Vec::new());
    let mut reader = Reader { rest: page };
    let read = reader.each(b'{', b'}', |reader| {
        match reader.key()? {
            b"events" if reader.is_next(b'[') => {
                reader.each(b'[', b']', |reader| reader.event(&mut message, &mut tell))?;
            }
            b"nextToken" => token = reader.value()?,
            _ => reader.skip()?,
        }
        Some(())
    });
    read.map(|()| token).ok_or(OtherShape)
}

/// Reads JSON from its beginning on; whatever it answers with `None` is no JSON of the expected shape.
struct Reader<'p> {
    rest: &'p [u8],
}

impl<'p> Reader<'p> {
    fn event(&mut self, buffer: &mut Vec<u8>, tell: &mut impl FnMut(LogEvent<'_>)) -> Option<()> {
        let (mut message, mut timestamp) = (None, None);
        self.each(b'{', b'}', |reader| {
            match reader.key()? {
                b"message" if reader.is_next(b'"') => {
                    let length = unescape(reader.rest, buffer)?;
                    reader.rest = reader.rest.get(length.spelt..)?;
                    message = Some(length.text);
                }
                b"timestamp" => timestamp = reader.value()?,
                _ => reader.skip()?,
            }
            Some(())
        })?;
        if let Some(length) = message {
            let message = str::from_utf8(buffer.get(..length)?).ok()?;
            tell(LogEvent { message, timestamp });
        }
        Some(())
    }

    /// Reads what is between two brackets, the parts of it by `read`.
    fn each(
        &mut self,
        open: u8,
        close: u8,
        mut read: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.expect(open)?;
        if self.is_next(close) {
            return self.expect(close);
        }
        loop {
            read(self)?;
            if self.is_next(close) {
                return self.expect(close);
            }
            self.expect(b',')?;
        }
    }

    /// The name of a member, as it is spelt.
    fn key(&mut self) -> Option<&'p [u8]> {
        self.expect(b'"')?;
        let (key, rest) = self.rest.split_at(memchr(b'"', self.rest)?);
        self.rest = rest;
        self.expect(b'"')?;
        self.expect(b':')?;
        Some(key)
    }

    fn is_next(&mut self, byte: u8) -> bool {
        self.rest = self.rest.trim_ascii_start();
        self.rest.first() == Some(&byte)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        let is_next = self.is_next(byte);
        self.rest = self.rest.get(1..)?;
        is_next.then_some(())
    }

    fn skip(&mut self) -> Option<()> {
        self.value::<IgnoredAny>().map(drop)
    }

    fn value<T: Deserialize<'p>>(&mut self) -> Option<T> {
        let mut values = serde_json::Deserializer::from_slice(self.rest).into_iter();
        let value = values.next()?.ok()?;
        self.rest = self.rest.get(values.byte_offset()..)?;
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    type Told = (Vec<(String, Option<i64>)>, Option<String>);

    fn told(page: &str) -> Option<Told> {
        let mut events = Vec::new();
        let token = read(page.as_bytes(), |event| {
            events.push((event.message.to_owned(), event.timestamp));
        });
        Some((events, token.ok()?))
    }

    proptest! {
        #[test]
        fn a_page_is_read_as_it_was_written(
            events in prop::collection::vec((r#"[a-c"\\é\n{}\[\],:]{0,99}"#, any::<Option<i64>>()), 0..5),
            token in any::<Option<String>>(), spaced: bool,
        ) {
            let list: Vec<_> = events
                .iter()
                .map(|(message, timestamp)| json!({
                    "timestamp": timestamp, "message": message, "logStreamName": "a \"stream\"", "more": [{}, [1.5]],
                }))
                .collect();
            let page = json!({"searchedLogStreams": [], "nextToken": token, "events": list});
            let page = if spaced { serde_json::to_string_pretty(&page) } else { serde_json::to_string(&page) };
            prop_assert_eq!(told(&page.expect("it is JSON")), Some((events, token)));
        }

        #[test]
        fn no_input_panics(page in r#"[{}\[\]":,a1\\ ]{0,60}"#) {
            let _ = told(&page);
            let _ = told(&format!("{{\"events\":[{{\"message\":{page}"));
        }
    }

    #[test]
    fn what_is_no_page_is_refused_and_what_it_lacks_is_absent() {
        assert_eq!(told("{}"), Some((vec![], None)));
        assert_eq!(told(r#"{"events":null}"#), Some((vec![], None)));
        assert_eq!(
            told(r#"{"events":[{"message":null},{}]}"#),
            Some((vec![], None))
        );
        for broken in [
            "",
            "[]",
            r#"{"events":[{"message":"a"#,
            r#"{"events":[{}}"#,
            "<html>",
        ] {
            assert_eq!(told(broken), None, "{broken}");
        }
    }
}
