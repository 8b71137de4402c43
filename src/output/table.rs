//! Finished tables, for people and for spreadsheets.

use comfy_table::{ContentArrangement, Table, TableStyle};
use serde_json::Value;

use super::Page;
use super::page::is_unsafe;

/// A table that fits the terminal: long cells wrap, nothing is cut.
pub(crate) fn put(page: &mut Page, header: &[&str], rows: &[Vec<String>]) {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    table.add_rows(
        rows.iter()
            .map(|row| row.iter().map(|cell| cell.replace(is_unsafe, ""))),
    );
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
    let cells = |row: &Value| fields.iter().map(|field| csv_cell(&row[field])).collect();
    let lines = std::iter::once(fields.clone()).chain(rows.iter().map(cells));
    csv_lines(lines)
}

/// Lines of CSV, each with its end.
pub(super) fn csv_lines<L>(lines: impl IntoIterator<Item = L>) -> anyhow::Result<String>
where
    L: IntoIterator<Item: AsRef<[u8]>>,
{
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer.write_record(line)?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

/// A value for a spreadsheet. A text that a spreadsheet would take for a formula is marked as text.
pub(super) fn csv_cell(value: &Value) -> String {
    let text = text_cell(value);
    let is_formula = value.is_string() && text.starts_with(['=', '+', '-', '@']);
    if is_formula { format!("'{text}") } else { text }
}

/// A value as text, without what a terminal would obey; unknown is empty.
pub(super) fn text_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace(is_unsafe, ""),
        other => other.to_string().replace(is_unsafe, ""),
    }
}
