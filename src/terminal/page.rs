//! Text for people: words with a tone. Nothing that is written here can carry control characters.

use std::borrow::Cow;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};

/// What a word means; colour adds to it and never carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Faint,
    Good,
    Warn,
    Bad,
    /// One of several series, counted from 0: a colour of its own, as far as there are colours.
    Series(usize),
}

/// Of series; red and yellow are for what is wrong.
const SERIES: [AnsiColor; 4] = [
    AnsiColor::Cyan,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::Green,
];

/// Lines of words. A line may have a tail, which goes to a line of its own where the terminal is too narrow for both.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page {
    lines: Vec<Line>,
    current: Line,
}

#[derive(Debug, Clone, Default)]
struct Line {
    text: String,
    width: usize,
    /// Where the tail begins, in bytes of the text, and the width before it.
    tail: Option<(usize, usize)>,
}

/// What stands before a tail that got a line of its own.
const TAIL_INDENT: &str = "      ";

impl Page {
    pub(crate) fn of(write: impl FnOnce(&mut Self)) -> Self {
        let mut page = Self::default();
        write(&mut page);
        page
    }

    /// The text for a terminal of that many columns; `None` for a pipe, where no line is broken.
    pub(crate) fn into_text(mut self, columns: Option<usize>) -> String {
        let last = std::mem::take(&mut self.current);
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.fitted(columns));
            text.push('\n');
        }
        text.push_str(&last.text);
        text
    }

    pub(crate) fn plain(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.put(Tone::Plain, text)
    }

    /// Adds words. Values from AWS are untrusted: control characters go, and a line break cannot fake a line of ours.
    pub(crate) fn put(&mut self, tone: Tone, text: impl AsRef<str>) -> &mut Self {
        let clean = clean(text.as_ref());
        self.current.width += clean.chars().count();
        if tone == Tone::Plain {
            self.current.text.push_str(&clean);
        } else {
            let style = tone.style();
            // Writing to a String cannot fail.
            let _ = write!(self.current.text, "{style}{clean}{style:#}");
        }
        self
    }

    /// Adds so many spaces.
    pub(crate) fn gap(&mut self, width: usize) -> &mut Self {
        self.current.width += width;
        self.current.text.extend(std::iter::repeat_n(' ', width));
        self
    }

    /// Adds words filled up with spaces to a width.
    pub(crate) fn column(&mut self, tone: Tone, text: &str, width: usize) -> &mut Self {
        let text = clean(text);
        let fill = width.saturating_sub(text.chars().count());
        self.put(tone, text).gap(fill)
    }

    /// Ends the line with words that may go below it.
    pub(crate) fn tail(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.current.tail = Some((self.current.text.len(), self.current.width));
        self.plain(text).end()
    }

    /// Adds a finished page.
    pub(crate) fn append(&mut self, page: Self) -> &mut Self {
        self.lines.extend(page.lines);
        self.current = page.current;
        self
    }

    pub(crate) fn end(&mut self) -> &mut Self {
        self.lines.push(std::mem::take(&mut self.current));
        self
    }

    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.plain(text).end()
    }

    /// A text of several lines is indented from the second on.
    pub(crate) fn labelled(&mut self, tone: Tone, label: &str, text: &str) -> &mut Self {
        self.put(tone, label).plain(": ");
        for (number, line) in text.lines().enumerate() {
            self.plain(if number == 0 { "" } else { "  " }).line(line);
        }
        self
    }
}

impl Line {
    fn fitted(&self, columns: Option<usize>) -> Cow<'_, str> {
        match (self.tail, columns) {
            (Some((start, _)), Some(columns)) if self.width > columns => {
                let (head, tail) = self.text.split_at(start);
                let options = textwrap::Options::new(columns)
                    .initial_indent(TAIL_INDENT)
                    .subsequent_indent(TAIL_INDENT);
                format!("{}\n{}", head.trim_end(), textwrap::fill(tail, options)).into()
            }
            _ => self.text.trim_end_matches(' ').into(),
        }
    }
}

/// A text without what a terminal would obey, on one line.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    // Nearly every text is of such letters, which are known to be harmless at once.
    let is_printable_ascii = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !is_printable_ascii && text.contains(is_unsafe) {
        text.replace('\n', " ").replace(is_unsafe, "").into()
    } else {
        text.into()
    }
}

/// Control characters, and the invisible ones that reorder what stands beside them.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Tone {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Strong => Style::new().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Good => colour(AnsiColor::Green),
            Self::Warn => colour(AnsiColor::Yellow),
            Self::Bad => colour(AnsiColor::Red),
            Self::Series(number) => colour(SERIES[number % SERIES.len()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_goes_below_where_the_terminal_is_too_narrow() {
        let page = || {
            Page::of(|page| {
                page.plain("a long name  ").tail("what it is");
            })
        };
        assert_eq!(page().into_text(Some(23)), "a long name  what it is\n");
        assert_eq!(
            page().into_text(Some(22)),
            "a long name\n      what it is\n"
        );
        assert_eq!(page().into_text(None), "a long name  what it is\n");
    }

    #[test]
    fn escape_sequences_and_faked_lines_do_not_get_through() {
        let mut page = Page::default();
        page.line("a\u{1b}[31mb\u{7}\rc\u{202e}d\nhint: run this");
        assert_eq!(page.into_text(None), "a[31mbcd hint: run this\n");
    }

    #[test]
    fn a_cause_of_several_lines_stays_below_its_label() {
        let page = Page::of(|page| {
            page.labelled(Tone::Plain, "cause", "first\nhint: second");
        });
        assert_eq!(page.into_text(None), "cause: first\n  hint: second\n");
    }
}
