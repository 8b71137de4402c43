//! Finished tables, for people and for spreadsheets.

use std::borrow::Cow;

use comfy_table::{ContentArrangement, Table, TableStyle};
use serde_json::Value;

use crate::terminal::{Page, clean};

/// A table that fits the terminal: long cells wrap, nothing is cut.
pub(crate) fn put(page: &mut Page, header: &[&str], rows: &[Vec<String>]) {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    table.add_rows(rows.iter().map(|row| row.iter().map(|cell| clean(cell))));
    for line in table.lines() {
        page.line(line.trim_end().strip_prefix(' ').unwrap_or(line.trim_end()));
    }
}

/// Rows of equal fields as CSV with a header; unknown is empty.
pub(super) fn csv(rows: &[Value]) -> anyhow::Result<String> {
    let fields: Vec<String> = rows
        .first()
        .and_then(Value::as_object)
        .map(|row| row.keys().cloned().collect())
        .unwrap_or_default();
    if fields.is_empty() {
        return Ok(String::new());
    }
    Ok(csv_header(&fields)? + &csv_rows(&fields, rows)?)
}

/// The line of CSV that names the fields.
pub(super) fn csv_header(fields: &[String]) -> anyhow::Result<String> {
    csv_lines([fields])
}

/// Those fields of the rows as lines of CSV.
pub(super) fn csv_rows(fields: &[String], rows: &[Value]) -> anyhow::Result<String> {
    csv_lines(
        rows.iter()
            .map(|row| fields.iter().map(|field| csv_cell(&row[field]))),
    )
}

fn csv_lines<L>(lines: impl IntoIterator<Item = L>) -> anyhow::Result<String>
where
    L: IntoIterator<Item: AsRef<str>>,
{
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        for cell in line {
            writer.write_field(cell.as_ref())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// A value for a spreadsheet. A text that a spreadsheet would take for a formula is marked as text.
fn csv_cell(value: &Value) -> Cow<'_, str> {
    let text = text_cell(value);
    // Some pass over the blanks before it.
    let is_formula = value.is_string() && text.trim_start().starts_with(['=', '+', '-', '@']);
    if is_formula {
        format!("'{text}").into()
    } else {
        text
    }
}

/// A value as text, on one line and without what a terminal would obey; unknown is empty.
pub(super) fn text_cell(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => "".into(),
        Value::String(text) => clean(text),
        other => clean(&other.to_string()).into_owned().into(),
    }
}
