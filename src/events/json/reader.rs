//! Reads JSON from its beginning to its end, as strictly as RFC 8259 has it; what is not wanted is passed over.
//! Whatever is answered with `None` is no JSON, and nothing after it can be read.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::spelling::unescaped;
use super::strings::Strings;

/// Values within values, at most: as deep as other readers of JSON go.
const DEEPEST: u32 = 128;

pub(in crate::events) struct Reader<'t> {
    text: &'t str,
    /// Of the next byte.
    position: usize,
    strings: Strings,
    depth: u32,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            position: 0,
            strings: Strings::of(text.as_bytes()),
            depth: 0,
        }
    }

    /// The first byte of what comes next.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.position)?;
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.position += 1;
        }
    }

    /// Nothing more may come.
    pub(super) fn end(&mut self) -> Option<()> {
        self.peek().is_none().then_some(())
    }

    /// Reads an object, the value of each of its members by `member`, which is told its name.
    #[inline]
    pub(super) fn members(
        &mut self,
        mut member: impl FnMut(&mut Self, &str) -> Option<()>,
    ) -> Option<()> {
        self.between(b'{', b'}', |reader| {
            let name = reader.string()?;
            reader.expect(b':')?;
            member(reader, &name)
        })
    }

    /// Reads a list, each of its values by `element`.
    #[inline]
    pub(super) fn elements(&mut self, element: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.between(b'[', b']', element)
    }

    #[inline]
    fn between(
        &mut self,
        opening: u8,
        closing: u8,
        mut part: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.expect(opening)?;
        if self.peek()? == closing {
            return self.expect(closing);
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        loop {
            part(self)?;
            let next = self.peek()?;
            self.position += 1;
            if next == closing {
                self.depth -= 1;
                return Some(());
            }
            if next != b',' {
                return None;
            }
        }
    }

    #[inline]
    fn expect(&mut self, byte: u8) -> Option<()> {
        let is_next = self.peek()? == byte;
        self.position += 1;
        is_next.then_some(())
    }

    /// What a string says.
    #[inline]
    pub(super) fn string(&mut self) -> Option<Cow<'t, str>> {
        self.expect(b'"')?;
        let (begin, end) = self.strings.next()?;
        self.position = end + 1;
        if self.strings.stands_for_itself(begin, end) {
            self.text.get(begin..end).map(Cow::Borrowed)
        } else {
            unescaped(self.text.get(begin - 1..=end)?).map(Cow::Owned)
        }
    }

    /// A number, a truth value or null, as it is spelt.
    pub(super) fn scalar(&mut self) -> Option<&'t str> {
        let rest = &self.text[self.position..];
        let ends = |byte: u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t');
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        let scalar = rest.get(..length)?;
        self.position += length;
        let is_valid = matches!(scalar, "true" | "false" | "null")
            || serde_json::from_str::<IgnoredAny>(scalar).is_ok();
        is_valid.then_some(scalar)
    }

    /// Passes over any value.
    pub(in crate::events) fn skip(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.members(|reader, _| reader.skip()),
            b'[' => self.elements(Self::skip),
            _ => self.scalar().map(drop),
        }
    }
}
