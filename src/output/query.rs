//! What `ecrmon logs query` says: the rows of an answer, whatever their fields, and the list of our own queries.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Report, table};
use crate::events::insights::Answer;
use crate::events::insights::named::{NAMED, Named};
use crate::terminal::Page;

/// A row's address, by which nobody asked for it.
const POINTER: &str = "@ptr";

/// Rows, all with the same fields; a field that a row does not have is unknown.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct ResultTable {
    rows: Vec<Map<String, Value>>,
}

impl ResultTable {
    pub(crate) fn new(answer: &Answer) -> Self {
        let fields = fields(answer);
        let row = |row: &Vec<(String, String)>| {
            let mut cells: Map<String, Value> = fields
                .iter()
                .map(|field| ((*field).to_owned(), Value::Null))
                .collect();
            for (field, value) in row.iter().filter(|(field, _)| field != POINTER) {
                cells.insert(field.clone(), value.clone().into());
            }
            cells
        };
        Self {
            rows: answer.rows.iter().map(row).collect(),
        }
    }
}

/// The fields that any row has. Insights leaves out what a row does not have: where the order of the query's own
/// fields can be known at all, the row with the most of them knows it best.
fn fields(answer: &Answer) -> Vec<&str> {
    let mut rows: Vec<_> = answer.rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.len()));
    let mut fields = Vec::new();
    for (field, _) in rows.into_iter().flatten() {
        if field != POINTER && !fields.contains(&field.as_str()) {
            fields.push(field.as_str());
        }
    }
    fields
}

impl Report for ResultTable {
    fn human(&self, page: &mut Page) {
        let Some(first) = self.rows.first() else {
            page.line("No rows.");
            return;
        };
        let header: Vec<&str> = first.keys().map(String::as_str).collect();
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| {
                row.values()
                    .map(|value| table::text_cell(value).into_owned())
                    .collect()
            })
            .collect();
        table::put(page, &header, &rows);
    }

    fn rows(&self) -> Option<Vec<Value>> {
        Some(self.rows.iter().cloned().map(Value::Object).collect())
    }
}

/// Our own queries.
#[derive(Serialize)]
pub(crate) struct NamedTable {
    queries: Vec<&'static Named>,
}

impl NamedTable {
    pub(crate) fn new() -> Self {
        Self {
            queries: NAMED.iter().collect(),
        }
    }
}

impl Report for NamedTable {
    fn human(&self, page: &mut Page) {
        let width = NAMED
            .iter()
            .map(|named| named.name.len())
            .max()
            .unwrap_or(0)
            + 2;
        for named in &self.queries {
            page.column(super::Tone::Strong, named.name, width)
                .tail(named.answers);
        }
    }

    fn rows(&self) -> Option<Vec<Value>> {
        let rows = self.queries.iter();
        Some(
            rows.map(|named| serde_json::to_value(named).unwrap_or_default())
                .collect(),
        )
    }
}
