//! A result whose rows are written as they come, in any of the four formats.

use std::ops::ControlFlow;

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value};

use super::grid::{Cell, Column, Grid};
use super::{Format, Output, table};
use crate::terminal::{Page, Tone, stdout_columns};

/// Something that is a row: data for programs, cells for people.
pub(crate) trait Row: Serialize {
    fn cells(&self, look: &Look) -> Vec<Cell>;
}

/// What rows look like.
pub(crate) struct Look {
    /// What the list is called in a JSON document.
    pub name: &'static str,
    /// The columns for people.
    pub columns: Vec<Column>,
    /// The fields for programs, and for people who name them; all, or those asked for.
    pub fields: Vec<String>,
    /// The fields were asked for, so people get them too.
    pub by_field: bool,
    pub zone: TimeZone,
    /// Times are shown with their day.
    pub with_day: bool,
    pub breadth: Breadth,
}

/// How much of a row people see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(crate) enum Breadth {
    Narrow,
    /// The rows are of several regions.
    WithRegion,
    Wide,
}

pub(crate) struct RowWriter {
    output: Output,
    look: Look,
    grid: Grid,
    written: u64,
    /// What is written next; kept for its memory.
    text: Vec<u8>,
}

impl RowWriter {
    pub(crate) fn new(output: &Output, look: Look) -> Self {
        let columns = if look.by_field {
            look.fields
                .iter()
                .map(|field| Column::of_field(field))
                .collect()
        } else {
            look.columns.clone()
        };
        Self {
            output: output.clone(),
            grid: Grid::new(columns, stdout_columns()),
            look,
            written: 0,
            text: Vec::new(),
        }
    }

    /// How many rows were written.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Writes rows at once; breaks off where nobody reads any more.
    ///
    /// # Errors
    /// A failed write.
    pub(crate) fn write(&mut self, rows: &[impl Row]) -> anyhow::Result<ControlFlow<()>> {
        if rows.is_empty() {
            return Ok(ControlFlow::Continue(()));
        }
        self.text.clear();
        match self.output.format {
            Format::Text => self.put_text(rows),
            Format::Json => self.put_json(rows)?,
            Format::Ndjson => self.put_ndjson(rows)?,
            Format::Csv => self.put_csv(rows)?,
        }
        self.written += rows.len() as u64;
        self.output.stream(&self.text)
    }

    /// Ends the list. `rest` is what a JSON document says besides.
    ///
    /// # Errors
    /// A failed write.
    pub(crate) fn finish(&self, rest: &impl Serialize) -> anyhow::Result<()> {
        let text = match self.output.format {
            Format::Json => self.end_of_json(rest)?,
            Format::Csv if self.written == 0 => table::csv_header(&self.look.fields)?,
            _ => return Ok(()),
        };
        self.output.document(&text)
    }

    fn put_text(&mut self, rows: &[impl Row]) {
        let cells: Vec<Vec<Cell>> = rows
            .iter()
            .map(|row| {
                if self.look.by_field {
                    self.fields_of(row).values().map(Cell::of_field).collect()
                } else {
                    row.cells(&self.look)
                }
            })
            .collect();
        let mut page = Page::default();
        self.grid.put(&mut page, &cells);
        self.text.extend(page.into_text(None).into_bytes());
    }

    fn put_json(&mut self, rows: &[impl Row]) -> anyhow::Result<()> {
        for (number, row) in rows.iter().enumerate() {
            let is_first = self.written == 0 && number == 0;
            let before = if is_first {
                self.start_of_json()
            } else {
                ",\n    ".to_owned()
            };
            self.text.extend(before.into_bytes());
            self.put_object(row)?;
        }
        Ok(())
    }

    fn start_of_json(&self) -> String {
        format!("{{\n  \"{}\": [\n    ", self.look.name)
    }

    fn end_of_json(&self, rest: &impl Serialize) -> anyhow::Result<String> {
        let list = if self.written == 0 {
            format!("{{\n  \"{}\": []", self.look.name)
        } else {
            "\n  ]".to_owned()
        };
        let rest = serde_json::to_string_pretty(rest)?;
        let fields = rest.strip_prefix('{').unwrap_or("\n}");
        Ok(format!("{list},{fields}\n"))
    }

    fn put_ndjson(&mut self, rows: &[impl Row]) -> anyhow::Result<()> {
        for row in rows {
            self.put_object(row)?;
            self.text.push(b'\n');
        }
        Ok(())
    }

    fn put_csv(&mut self, rows: &[impl Row]) -> anyhow::Result<()> {
        let fields = &self.look.fields;
        if self.written == 0 {
            self.text.extend(table::csv_header(fields)?.into_bytes());
        }
        let rows: Vec<Value> = rows
            .iter()
            .map(serde_json::to_value)
            .collect::<Result<_, _>>()?;
        self.text
            .extend(table::csv_rows(fields, &rows)?.into_bytes());
        Ok(())
    }

    fn put_object(&mut self, row: &impl Row) -> anyhow::Result<()> {
        if self.look.by_field {
            let fields = self.fields_of(row);
            serde_json::to_writer(&mut self.text, &fields)?;
        } else {
            serde_json::to_writer(&mut self.text, row)?;
        }
        Ok(())
    }

    /// The fields that are shown, unknown ones as null.
    fn fields_of(&self, row: &impl Row) -> Map<String, Value> {
        let value = serde_json::to_value(row).unwrap_or_default();
        self.look
            .fields
            .iter()
            .map(|field| (field.clone(), value[field].clone()))
            .collect()
    }
}

impl Column {
    fn of_field(field: &str) -> Self {
        Self {
            title: field.to_uppercase(),
            least: 0,
            whole: false,
        }
    }
}

impl Cell {
    fn of_field(value: &Value) -> Self {
        let text = table::text_cell(value);
        Self::new(Tone::Plain, if text.is_empty() { "-" } else { &text })
    }
}
