//! A table whose rows come one after another: the first ones settle how wide its columns are, later ones wrap within.

use std::borrow::Cow;

use super::page::{Page, Tone, clean};

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
        textwrap::core::display_width(&self.text)
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
    let cells: Vec<Vec<Cow<'_, str>>> = row
        .iter()
        .zip(widths)
        .map(|(cell, width)| lines(&cell.text, *width, wraps))
        .collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    for number in 0..height {
        for (at, ((cell, lines), width)) in row.iter().zip(&cells).zip(widths).enumerate() {
            let text = lines.get(number).map_or("", AsRef::as_ref);
            let is_last = cells[at + 1..].iter().all(|lines| lines.len() <= number);
            page.put(cell.tone, text);
            if is_last {
                break;
            }
            let fill = width.saturating_sub(textwrap::core::display_width(text));
            page.plain(" ".repeat(fill + GAP));
        }
        page.end();
    }
}

fn lines(text: &str, width: usize, wraps: bool) -> Vec<Cow<'_, str>> {
    if wraps {
        textwrap::wrap(text, width)
    } else {
        vec![text.into()]
    }
}
