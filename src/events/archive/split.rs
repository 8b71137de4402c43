//! Where the records of a CloudTrail file begin and end, without reading what is in them.
//!
//! In valid JSON the answer is exact: texts, escapes and brackets are told apart as JSON does, and everything between
//! the records is checked. Anything but `{"Records":[{…},…]}` is refused, and read by a JSON reader instead
//! (`records`). That what is within a record is valid is for those to find out who read it.

use super::scan::{Low, Mark, scan};

/// One record of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub text: &'t [u8],
    /// Characters of it may be spelt by their numbers (`\u0041`), so that looking for words may miss some.
    pub may_hide_words: bool,
    /// The mark is in it or near; without, it does not hold the word.
    pub is_marked: bool,
}

/// The text is not of the expected shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OtherShape;

const BEGINNING: [&str; 4] = ["{", "\"Records\"", ":", "["];
const ENDING: [&str; 2] = ["]", "}"];

/// How many brackets are open within a record: the file's, the list's and its own.
const WITHIN: i32 = 3;

/// Tells each record, in their order.
///
/// # Errors
/// [`OtherShape`], perhaps after some records were told.
pub(super) fn split<'t>(
    text: &'t [u8],
    mark: Mark,
    mut tell: impl FnMut(Piece<'t>),
) -> Result<(), OtherShape> {
    let mut splitter = Splitter {
        text,
        start: 0,
        end: 0,
    };
    scan(text, WITHIN, mark, |low| splitter.step(low, &mut tell))?;
    splitter.finish()
}

struct Splitter<'t> {
    text: &'t [u8],
    /// Where the record begins, within one.
    start: usize,
    /// Where the latest record ended.
    end: usize,
}

impl<'t> Splitter<'t> {
    /// Takes the next block in which a record may begin or end. Cold, so that the scan's loop, where one block of twenty
    /// is such, is not burdened with it.
    #[cold]
    fn step(&mut self, low: Low, tell: &mut impl FnMut(Piece<'t>)) -> Result<(), OtherShape> {
        let mut depth = low.depth;
        let mut left = low.opening | low.closing;
        while left != 0 {
            let bit = left & left.wrapping_neg();
            let position = low.offset + bit.trailing_zeros() as usize;
            let opens = bit & low.opening != 0;
            let within = depth + i32::from(opens);
            match within {
                0 => return Err(OtherShape),
                WITHIN if opens => self.open(position)?,
                WITHIN => tell(self.close(position, low)),
                _ => {}
            }
            depth = within - i32::from(!opens);
            left ^= bit;
        }
        Ok(())
    }

    fn open(&mut self, position: usize) -> Result<(), OtherShape> {
        let is_first = self.end == 0;
        let before: &[&str] = if is_first { &BEGINNING } else { &[","] };
        self.expect(position, before)?;
        if self.text[position] != b'{' {
            return Err(OtherShape);
        }
        self.start = position;
        Ok(())
    }

    fn close(&mut self, position: usize, low: Low) -> Piece<'t> {
        self.end = position + 1;
        Piece {
            text: &self.text[self.start..self.end],
            may_hide_words: low.numbers_until > self.start,
            is_marked: low.marked_until > self.start,
        }
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
