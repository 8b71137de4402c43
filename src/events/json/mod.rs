//! Reading JSON whose shape cannot be relied on: what is of another kind than expected counts as absent, and a text is
//! borrowed where that is possible. That it is JSON at all is for the `reader` to find out.

mod reader;
mod spelling;
mod strings;

use std::borrow::Cow;

pub(super) use reader::Reader;

/// Something that can be read from any value.
pub(super) trait Value<'t>: Default {
    /// Becomes what comes next, in its place: much of a record is large, and moving it costs. `None` where that is no
    /// JSON.
    fn read(&mut self, reader: &mut Reader<'t>) -> Option<()>;
}

/// An object of known members, all of which may be absent. Of one that occurs twice the last counts.
pub(super) trait Members<'t>: Default {
    /// Reads the value of the member of that name, whatever the name is.
    fn member(&mut self, name: &str, reader: &mut Reader<'t>) -> Option<()>;
}

/// A text; numbers and truth values are taken as their text.
#[derive(Debug, Default)]
pub(super) struct Text<'t>(Option<Cow<'t, str>>);

/// An object of known fields.
#[derive(Debug, Default)]
pub(super) struct Object<T>(pub T);

/// A list; one thing alone is a list of one.
#[derive(Debug)]
pub(super) struct List<T>(pub Vec<T>);

impl<T> Object<T> {
    /// Becomes what a whole text says; `None` where that is no object.
    pub(super) fn read_whole<'t>(&mut self, text: &'t str) -> Option<()>
    where
        T: Members<'t>,
    {
        let mut reader = Reader::new(text);
        reader.members(|reader, name| self.0.member(name, reader))?;
        reader.end()
    }
}

impl Text<'_> {
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref().filter(|text| !text.is_empty())
    }

    pub(super) fn truth(&self) -> Option<bool> {
        self.get()?.parse().ok()
    }
}

impl<'t> Value<'t> for Text<'t> {
    fn read(&mut self, reader: &mut Reader<'t>) -> Option<()> {
        self.0 = match reader.peek()? {
            b'"' => Some(reader.string()?),
            b'{' | b'[' => {
                reader.skip()?;
                None
            }
            _ => match reader.scalar()? {
                "null" => None,
                spelt => Some(Cow::Borrowed(spelt)),
            },
        };
        Some(())
    }
}

impl<'t, T: Members<'t>> Value<'t> for Object<T> {
    fn read(&mut self, reader: &mut Reader<'t>) -> Option<()> {
        self.0 = T::default();
        if reader.peek()? == b'{' {
            reader.members(|reader, name| self.0.member(name, reader))
        } else {
            reader.skip()
        }
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'t, T: Value<'t>> Value<'t> for List<T> {
    fn read(&mut self, reader: &mut Reader<'t>) -> Option<()> {
        self.0.clear();
        let mut add = |reader: &mut Reader<'t>| {
            let mut element = T::default();
            element.read(reader)?;
            self.0.push(element);
            Some(())
        };
        match reader.peek()? {
            b'[' => reader.elements(add),
            b'{' => add(reader),
            _ => reader.skip(),
        }
    }
}
