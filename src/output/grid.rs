//! A table whose rows come one after another: the first ones settle how wide its columns are, later ones wrap within.

use std::borrow::Cow;

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
        let natural = |(at, column): (usize, &Column)| {
            let widest = rows
                .iter()
                .filter_map(|row| row.get(at))
                .map(Cell::width)
                .max();
            widest
                .unwrap_or(0)
                .max(column.least)
                .max(column.title.len())
        };
        let mut widths: Vec<usize> = self.columns.iter().enumerate().map(natural).collect();
        if let Some(terminal) = self.terminal {
            let narrowed = narrowed(&widths, &self.columns, terminal);
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

/// Takes from the widest columns until the table fits; `None` where it cannot.
fn narrowed(widths: &[usize], columns: &[Column], terminal: usize) -> Option<Vec<usize>> {
    let mut widths = widths.to_vec();
    let gaps = GAP * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > terminal {
        let breakable = widths.iter_mut().zip(columns);
        let breakable = breakable.filter(|(_, column)| !column.whole);
        let widest = breakable.map(|(width, _)| width).max()?;
        if *widest <= NARROWEST {
            return None;
        }
        *widest -= 1;
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
        .map(|(cell, width)| textwrap::wrap(&cell.text, *width))
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
