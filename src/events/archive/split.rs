//! Where the records of a CloudTrail file begin and end, without reading what is in them.
//!
//! In valid JSON the answer is exact: texts, escapes and brackets are told apart as JSON does, and everything between
//! the records is checked. Anything but `{"Records":[{…},…]}` is refused, and read by a JSON reader instead
//! (`records`). That what is within a record is valid is for those to find out who read it.

use std::ops::ControlFlow;

use super::scan::{Mark, Seen, WIDTH, scan};

/// One record of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub text: &'t [u8],
    /// Characters of it may be spelt by their numbers (`\u0041`), so that looking for words may miss some.
    pub may_hide_words: bool,
    /// A string of it has the mark; without, none has.
    pub is_marked: bool,
}

/// The text is not of the expected shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OtherShape;

const BEGINNING: [&str; 4] = ["{", "\"Records\"", ":", "["];
const ENDING: [&str; 2] = ["]", "}"];

/// How many brackets are open within a record: the file's, the list's and its own.
const WITHIN: u32 = 3;

/// Tells each record, in their order.
///
/// # Errors
/// [`OtherShape`], perhaps after some records were told.
pub(super) fn split<'t>(
    text: &'t [u8],
    mark: Mark,
    mut tell: impl FnMut(Piece<'t>),
) -> Result<(), OtherShape> {
    let mut splitter = Splitter::new(text);
    scan(
        text,
        mark,
        #[inline(always)]
        |seen| splitter.step(seen, &mut tell),
    )?;
    splitter.finish()
}

/// Whether a text begins and ends as a file does, whatever is between.
pub(super) fn has_shape(text: &[u8]) -> bool {
    let middle = skip(text, &BEGINNING);
    middle.is_some_and(|middle| {
        let end = middle.trim_ascii_end().strip_suffix(b"}");
        end.is_some_and(|end| end.trim_ascii_end().ends_with(b"]"))
    })
}

struct Splitter<'t> {
    text: &'t [u8],
    /// Where the next block begins.
    offset: usize,
    /// How many brackets are open.
    depth: u32,
    /// Where the record begins, within one.
    start: usize,
    /// Where the latest record ended.
    end: usize,
    may_hide_words: bool,
    is_marked: bool,
}

impl<'t> Splitter<'t> {
    fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            offset: 0,
            depth: 0,
            start: 0,
            end: 0,
            may_hide_words: false,
            is_marked: false,
        }
    }

    /// Takes the next block.
    #[expect(
        clippy::inline_always,
        reason = "it becomes part of the scan, and gains by its instructions"
    )]
    #[inline(always)]
    fn step(&mut self, seen: Seen, tell: &mut dyn FnMut(Piece<'t>)) -> Result<(), OtherShape> {
        let offset = self.offset;
        self.offset += WIDTH;
        self.may_hide_words |= seen.has_number_escape;
        self.is_marked |= seen.has_mark;
        if seen.opening | seen.closing == 0 {
            return Ok(());
        }
        let (opened, closed) = (seen.opening.count_ones(), seen.closing.count_ones());
        if self.depth >= WITHIN + closed {
            self.depth = self.depth + opened - closed;
            return Ok(());
        }
        let mut left = seen.opening | seen.closing;
        while left != 0 {
            let position = offset + left.trailing_zeros() as usize;
            if left & left.wrapping_neg() & seen.opening != 0 {
                self.open(position)?;
            } else if let ControlFlow::Break(piece) = self.close(position)? {
                tell(piece);
                self.may_hide_words = seen.has_number_escape;
                self.is_marked = seen.has_mark;
            }
            left &= left - 1;
        }
        Ok(())
    }

    #[inline]
    fn open(&mut self, position: usize) -> Result<(), OtherShape> {
        self.depth += 1;
        if self.depth == WITHIN {
            let is_first = self.end == 0;
            let before: &[&str] = if is_first { &BEGINNING } else { &[","] };
            self.expect(position, before)?;
            if self.text[position] != b'{' {
                return Err(OtherShape);
            }
            self.start = position;
        }
        Ok(())
    }

    #[inline]
    fn close(&mut self, position: usize) -> Result<ControlFlow<Piece<'t>>, OtherShape> {
        self.depth = self.depth.checked_sub(1).ok_or(OtherShape)?;
        if self.depth + 1 != WITHIN {
            return Ok(ControlFlow::Continue(()));
        }
        self.end = position + 1;
        Ok(ControlFlow::Break(Piece {
            text: &self.text[self.start..self.end],
            may_hide_words: self.may_hide_words,
            is_marked: self.is_marked,
        }))
    }

    fn finish(&self) -> Result<(), OtherShape> {
        if self.end == 0 {
            let empty: Vec<&str> = BEGINNING.into_iter().chain(ENDING).collect();
            return self.expect(self.text.len(), &empty);
        }
        self.expect(self.text.len(), &ENDING)
    }

    /// Only these stand between the latest record and the position.
    fn expect(&self, position: usize, tokens: &[&str]) -> Result<(), OtherShape> {
        match skip(&self.text[self.end..position], tokens) {
            Some([]) => Ok(()),
            _ => Err(OtherShape),
        }
    }
}

/// What follows the tokens and the white space around them; `None` if the text begins otherwise.
fn skip<'t>(text: &'t [u8], tokens: &[&str]) -> Option<&'t [u8]> {
    tokens
        .iter()
        .try_fold(text.trim_ascii_start(), |rest, token| {
            Some(rest.strip_prefix(token.as_bytes())?.trim_ascii_start())
        })
}
