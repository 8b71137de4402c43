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
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fields: Vec<String> = rows
        .first()
        .and_then(Value::as_object)
        .map(|row| row.keys().cloned().collect())
        .unwrap_or_default();
    if !fields.is_empty() {
        writer.write_record(&fields)?;
    }
    for row in rows {
        writer.write_record(fields.iter().map(|field| cell(&row[field])))?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.replace(is_unsafe, ""),
        other => other.to_string(),
    }
}
