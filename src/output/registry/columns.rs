//! The columns of the table of the registry, and which of them a terminal has room for.

use jiff::Timestamp;

use super::words::{self, nothing, unknown};
use crate::events::Window;
use crate::metrics::registry::{Findings, Images};
use crate::metrics::severity::Severity;
use crate::metrics::table::{Row, Sum};
use crate::output::grid::{Cell, Column, Grid};
use crate::output::sparkline::sparkline;
use crate::terminal::Tone;

/// Between two columns, as [`Grid`] has it.
const GAP: usize = 2;
/// Longer names of repositories may wrap, so that there is room for what is told of them.
const NAME: usize = 24;

/// A column with its cells, that of the total last.
struct Shown {
    title: String,
    /// The lower, the sooner it gets room.
    rank: u8,
    /// Numbers stand at its right.
    right: bool,
    cells: Vec<Cell>,
}

/// The rows, and all that the total is of, which may be more.
pub(super) struct Columns<'a> {
    pub rows: &'a [Row],
    pub all: &'a [Row],
    pub window: Window,
    pub now: Timestamp,
}

/// The table for a terminal of that many columns, or for a pipe.
pub(super) struct Fitted {
    pub grid: Grid,
    pub cells: Vec<Vec<Cell>>,
    /// The titles of columns that there is no room for.
    pub left_out: Vec<String>,
}

impl Columns<'_> {
    pub(super) fn fitted(&self, terminal: Option<usize>) -> Fitted {
        let (mut shown, mut left_out) = choose(self.all_columns(2), terminal);
        if !left_out.is_empty() {
            // A severity less makes room for another column.
            (shown, left_out) = choose(self.all_columns(1), terminal);
        }
        let mut columns: Vec<Column> = Vec::new();
        let mut cells: Vec<Vec<Cell>> = vec![Vec::new(); self.rows.len() + 1];
        for (at, column) in shown.into_iter().enumerate() {
            let width = column.width();
            let (title, of_column) = column.aligned(width);
            let title = Column::new(&title, width);
            // The name alone may wrap: it is the only one that may be longer than a terminal.
            columns.push(if at == 0 {
                Column { least: 0, ..title }
            } else {
                title.whole()
            });
            for (row, cell) in cells.iter_mut().zip(of_column) {
                row.push(cell);
            }
        }
        Fitted {
            grid: Grid::new(columns, terminal),
            cells,
            left_out,
        }
    }

    /// In the order in which they are shown; findings in so many severities.
    fn all_columns(&self, severities: usize) -> Vec<Shown> {
        vec![
            self.names(),
            self.images("IMAGES", 1, |images| images.count),
            self.images("UNTAGGED", 6, |images| images.untagged),
            self.sizes(),
            self.pulls(),
            self.ages("LAST PUSH", 5, |images| images.last_push),
            self.ages("LAST PULL", 7, |images| images.last_pull),
            self.findings(severities),
            self.words("TAGS", 9, |row| {
                row.repository.tag_mutability.as_deref().map(words::plain)
            }),
            self.words("LIFECYCLE", 8, |row| {
                let has_policy = row.repository.has_lifecycle_policy?;
                Some(if has_policy { "policy" } else { "none" }.to_owned())
            }),
        ]
    }

    /// A column of numbers or words: a cell of each row, and that of the total.
    fn column(
        &self,
        title: &str,
        rank: u8,
        right: bool,
        cell: impl Fn(&Row) -> Cell,
        total: Cell,
    ) -> Shown {
        Shown {
            title: title.to_owned(),
            rank,
            right,
            cells: self.rows.iter().map(cell).chain([total]).collect(),
        }
    }

    fn names(&self) -> Shown {
        let name = |row: &Row| Cell::new(Tone::Plain, &row.repository.name);
        let count = self.all.len() as u64;
        let total = format!(
            "{} {}",
            words::number(count),
            if count == 1 {
                "repository"
            } else {
                "repositories"
            }
        );
        self.column("REPOSITORY", 0, false, name, Cell::new(Tone::Strong, total))
    }

    fn images(&self, title: &str, rank: u8, count: fn(&Images) -> u64) -> Shown {
        let of = |row: &Row| row.images().map(count);
        let cell = |row: &Row| {
            of(row).map_or_else(unknown, |count| {
                Cell::new(Tone::Plain, words::number(count))
            })
        };
        let total = words::sum(Sum::of(self.all.iter().map(of)), words::number);
        self.column(title, rank, true, cell, total)
    }

    fn sizes(&self) -> Shown {
        let cell = |row: &Row| {
            row.images()
                .map_or_else(unknown, |images| words::sum(size(images), words::size))
        };
        let parts = self.all.iter().map(|row| row.images().map(size));
        let total = Sum {
            known: parts.clone().flatten().map(|size| size.known).sum(),
            is_whole: parts
                .clone()
                .all(|size| size.is_some_and(|size| size.is_whole)),
        };
        self.column("SIZE", 2, true, cell, words::sum(total, words::size))
    }

    /// A number at the right of its room, and the shape beside it.
    fn pulls(&self) -> Shown {
        let sum = |row: &Row| row.pulls.as_ref().map(|pulls| pulls.sum);
        let total = words::sum(Sum::of(self.all.iter().map(sum)), words::number).text;
        let of_row = |row: &Row| sum(row).map_or_else(|| words::UNKNOWN.to_owned(), words::number);
        let numbers: Vec<String> = self.rows.iter().map(of_row).chain([total]).collect();
        let width = numbers.iter().map(|number| number.chars().count()).max();
        let shapes = self.rows.iter().map(|row| row.pulls.as_ref());
        let shapes = shapes.map(|pulls| pulls.map(|pulls| sparkline(&pulls.over_time)));
        let cells = numbers
            .iter()
            .zip(shapes.chain([None]))
            .map(|(number, shape)| {
                let number = format!("{number:>0$}", width.unwrap_or(0));
                let shape = shape.map_or_else(String::new, |shape| format!("  {shape}"));
                Cell::new(Tone::Plain, number + &shape)
            });
        Shown {
            title: format!("PULLS {}", length(self.window)),
            rank: 3,
            right: false,
            cells: cells.collect(),
        }
    }

    fn ages(&self, title: &str, rank: u8, time: fn(&Images) -> Option<Timestamp>) -> Shown {
        let cell = |row: &Row| {
            row.images().map_or_else(unknown, |images| {
                words::age(time(images), images.count, self.now)
            })
        };
        let latest = self.all.iter().filter_map(|row| time(row.images()?)).max();
        let total = latest.map_or_else(nothing, |latest| words::age(Some(latest), 0, self.now));
        self.column(title, rank, false, cell, total)
    }

    fn findings(&self, severities: usize) -> Shown {
        let cell = |row: &Row| {
            let findings = row.repository.findings.as_ref();
            findings.map_or_else(unknown, |findings| words::findings(findings, severities))
        };
        self.column("FINDINGS", 4, false, cell, self.total_findings(severities))
    }

    fn total_findings(&self, severities: usize) -> Cell {
        let found = |row: &Row| match &row.repository.findings {
            Some(Findings::Found(found)) => Some(found.values().sum::<u64>()),
            _ => None,
        };
        let all: Vec<u64> = self.all.iter().filter_map(found).collect();
        if all.is_empty() {
            return nothing();
        }
        let count =
            |severity: Severity| self.all.iter().filter_map(|row| row.found(severity)).sum();
        let cell = words::counts(count, all.iter().sum(), severities);
        if self.all.iter().all(|row| row.repository.findings.is_some()) {
            cell
        } else {
            Cell::new(cell.tone, format!("≥{}", cell.text))
        }
    }

    fn words(&self, title: &str, rank: u8, word: impl Fn(&Row) -> Option<String>) -> Shown {
        let cell = |row: &Row| word(row).map_or_else(unknown, |word| Cell::new(Tone::Plain, word));
        self.column(title, rank, false, cell, Cell::new(Tone::Plain, ""))
    }
}

/// The sizes that ECR tells; of images none of which it tells, no part is known.
fn size(images: &Images) -> Sum {
    Sum {
        known: images.size_bytes,
        is_whole: images.without_size == 0,
    }
}

/// How long a window is, as `--since` would have it: `7d`, `24h`, `90m`.
fn length(window: Window) -> String {
    let minutes = (window.until.duration_since(window.from).as_secs() + 30) / 60;
    match (minutes / 1_440, minutes / 60) {
        (2.., _) => format!("{}d", (minutes + 720) / 1_440),
        (_, 2..) => format!("{}h", (minutes + 30) / 60),
        _ => format!("{minutes}m"),
    }
}

/// Those that there is room for, by their rank, in their order; and the titles of the others.
fn choose(columns: Vec<Shown>, terminal: Option<usize>) -> (Vec<Shown>, Vec<String>) {
    let Some(terminal) = terminal else {
        return (columns, Vec::new());
    };
    let mut by_rank: Vec<&Shown> = columns.iter().collect();
    by_rank.sort_by_key(|column| column.rank);
    let mut room = terminal;
    let mut ranks = Vec::new();
    for column in by_rank {
        let width = if column.rank == 0 {
            column.width().min(NAME)
        } else {
            column.width() + GAP
        };
        if let Some(left) = room.checked_sub(width) {
            room = left;
            ranks.push(column.rank);
        }
    }
    let (shown, left_out): (Vec<_>, Vec<_>) = columns
        .into_iter()
        .partition(|column| ranks.contains(&column.rank));
    (
        shown,
        left_out.into_iter().map(|column| column.title).collect(),
    )
}

impl Shown {
    fn width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| cell.text.as_str());
        cells
            .chain([self.title.as_str()])
            .map(textwrap::core::display_width)
            .max()
            .unwrap_or(0)
    }

    /// Title and cells, filled up from the left where they are numbers.
    fn aligned(self, width: usize) -> (String, Vec<Cell>) {
        if !self.right {
            return (self.title, self.cells);
        }
        let fill = |text: &str| " ".repeat(width - textwrap::core::display_width(text)) + text;
        let cells = self.cells.iter();
        let cells = cells.map(|cell| Cell::new(cell.tone, fill(&cell.text)));
        (fill(&self.title), cells.collect())
    }
}
