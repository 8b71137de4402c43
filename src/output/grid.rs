//! A table whose rows come one after another: the first ones settle how wide its columns are, later ones wrap within.

use std::borrow::Cow;

use textwrap::{Options, WordSplitter};

use crate::terminal::{Page, Tone, clean};

/// A column: its title, and the least width that is worth having.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub title: String,
    pub least: usize,
    /// Its cells are not broken, however narrow the terminal.
    pub whole: bool,
}

impl Column {
    pub(crate) fn new(title: &str, least: usize) -> Self {
        Self {
            title: title.to_owned(),
            least,
            whole: false,
        }
    }

    /// The same, with cells that stay whole.
    pub(crate) fn whole(self) -> Self {
        Self {
            whole: true,
            ..self
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Cell {
    pub tone: Tone,
    pub text: String,
}

impl Cell {
    pub(crate) fn new(tone: Tone, text: impl Into<String>) -> Self {
        let text: String = text.into();
        let text = match clean(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => clean,
        };
        Self { tone, text }
    }

    fn width(&self) -> usize {
        width_of(&self.text)
    }
}

/// The columns that a text without control characters takes on a terminal.
fn width_of(text: &str) -> usize {
    if text.is_ascii() {
        text.len()
    } else {
        textwrap::core::display_width(text)
    }
}

/// Between two columns.
const GAP: usize = 2;
/// A column is not made narrower than this, however narrow the terminal.
const NARROWEST: usize = 8;

pub(crate) struct Grid {
    columns: Vec<Column>,
    /// The terminal's width; none for a pipe, where nothing wraps.
    terminal: Option<usize>,
    widths: Option<Vec<usize>>,
}

impl Grid {
    pub(super) fn new(columns: Vec<Column>, terminal: Option<usize>) -> Self {
        Self {
            columns,
            terminal,
            widths: None,
        }
    }

    /// Puts rows, below the titles if they are the first.
    pub(super) fn put(&mut self, page: &mut Page, rows: &[Vec<Cell>]) {
        let widths = match &self.widths {
            Some(widths) => widths.clone(),
            None => self.begin(page, rows),
        };
        for row in rows {
            put_row(page, row, &widths, self.terminal.is_some());
        }
    }

    fn begin(&mut self, page: &mut Page, rows: &[Vec<Cell>]) -> Vec<usize> {
        let needs = self.columns.iter().enumerate();
        let needs: Vec<Need> = needs
            .map(|(at, column)| Need::of(column, rows.iter().filter_map(|row| row.get(at))))
            .collect();
        let mut widths: Vec<usize> = needs.iter().map(|need| need.wished).collect();
        if let Some(terminal) = self.terminal {
            let narrowed = narrowed(&needs, &self.columns, terminal);
            // So many columns are read more easily in long lines, as in a pipe.
            self.terminal = self.terminal.filter(|_| narrowed.is_some());
            widths = narrowed.unwrap_or(widths);
        }
        let titles: Vec<Cell> = self
            .columns
            .iter()
            .map(|column| Cell::new(Tone::Faint, &column.title))
            .collect();
        put_row(page, &titles, &widths, false);
        self.widths = Some(widths.clone());
        widths
    }
}

/// The widths that a column could do with.
struct Need {
    /// With room for rows to come.
    wished: usize,
    /// With no cell wrapped.
    cells: usize,
    /// With no word broken.
    words: usize,
}

impl Need {
    fn of<'c>(column: &Column, cells: impl Iterator<Item = &'c Cell> + Clone) -> Self {
        let words = cells.clone().flat_map(|cell| cell.text.split(' '));
        let title = column.title.len().max(NARROWEST);
        let cells = cells.map(Cell::width).max().unwrap_or(0);
        Self {
            wished: cells.max(column.least).max(column.title.len()),
            cells: cells.max(title),
            words: words.map(width_of).max().unwrap_or(0).max(title),
        }
    }
}

/// Takes from columns until the table fits: first the room for rows to come, then from cells that wrap between words,
/// then from the widest; `None` where it cannot fit.
fn narrowed(needs: &[Need], columns: &[Column], terminal: usize) -> Option<Vec<usize>> {
    let mut widths: Vec<usize> = needs.iter().map(|need| need.wished).collect();
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > terminal {
        let spare = |at: &usize| {
            let (width, need) = (widths[*at], &needs[*at]);
            let above = |need: usize| width.saturating_sub(need);
            (above(need.cells), above(need.words), width)
        };
        let breakable = (0..widths.len()).filter(|at| !columns[*at].whole);
        let widest = breakable.max_by_key(spare)?;
        if widths[widest] <= NARROWEST {
            return None;
        }
        widths[widest] -= 1;
    }
    Some(widths)
}

fn put_row(page: &mut Page, row: &[Cell], widths: &[usize], wraps: bool) {
    if !wraps {
        let cells = row.iter().map(|cell| (cell.tone, cell.text.as_str()));
        put_line(page, cells, widths);
        return;
    }
    let cells: Vec<Vec<Cow<'_, str>>> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| {
            // An id is not a word that could be divided at its hyphens.
            let options = Options::new(*width).word_splitter(WordSplitter::NoHyphenation);
            textwrap::wrap(&cell.text, options)
        })
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    for number in 0..height {
        let last = cells.iter().rposition(|lines| lines.len() > number);
        let parts = row.iter().zip(&cells).map(|(cell, lines)| {
            let text = lines.get(number).map_or("", AsRef::as_ref);
            (cell.tone, text)
        });
        put_line(page, parts.take(last.map_or(0, |last| last + 1)), widths);
    }
}

/// Puts texts in their columns; the last one is not filled up.
fn put_line<'t>(page: &mut Page, texts: impl Iterator<Item = (Tone, &'t str)>, widths: &[usize]) {
    let mut gap = 0;
    for ((tone, text), width) in texts.zip(widths) {
        page.gap(gap).put(tone, text);
        gap = width.saturating_sub(width_of(text)) + GAP;
    }
    page.end();
}
