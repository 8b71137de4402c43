//! Text for people: words with a tone. Nothing that is written here can carry control characters.

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
}

#[derive(Debug, Default)]
pub(crate) struct Page {
    text: String,
}

impl Page {
    pub(crate) fn of(write: impl FnOnce(&mut Self)) -> Self {
        let mut page = Self::default();
        write(&mut page);
        page
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(crate) fn plain(&mut self, text: impl AsRef<str>) -> &mut Self {
        self.put(Tone::Plain, text)
    }

    /// Adds words. Values from AWS are untrusted: control characters go, and a line break cannot fake a line of ours.
    pub(crate) fn put(&mut self, tone: Tone, text: impl AsRef<str>) -> &mut Self {
        let style = tone.style();
        let clean = clean(text.as_ref());
        self.text.push_str(&format!("{style}{clean}{style:#}"));
        self
    }

    /// Adds words filled up with spaces to a width.
    pub(crate) fn column(&mut self, tone: Tone, text: &str, width: usize) -> &mut Self {
        let text = clean(text);
        let fill = width.saturating_sub(text.chars().count());
        self.put(tone, text).plain(" ".repeat(fill))
    }

    /// Adds a finished page's text.
    pub(crate) fn append(&mut self, page: &Self) -> &mut Self {
        self.text.push_str(&page.text);
        self
    }

    pub(crate) fn end(&mut self) -> &mut Self {
        self.text.push('\n');
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

fn clean(text: &str) -> String {
    text.replace('\n', " ").replace(is_unsafe, "")
}

/// Control characters, and the invisible ones that reorder what stands beside them.
pub(super) fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_faked_lines_do_not_get_through() {
        let mut page = Page::default();
        page.line("a\u{1b}[31mb\u{7}\rc\u{202e}d\nhint: run this");
        assert_eq!(page.into_text(), "a[31mbcd hint: run this\n");
    }

    #[test]
    fn a_cause_of_several_lines_stays_below_its_label() {
        let page = Page::of(|page| {
            page.labelled(Tone::Plain, "cause", "first\nhint: second");
        });
        assert_eq!(page.into_text(), "cause: first\n  hint: second\n");
    }
}
