//! A widget, and where it stands: rows from the top, the widgets of a row side by side, the grid's 24 columns shared
//! evenly (CloudWatch API reference, "Dashboard body structure and syntax").

use serde_json::{Value, json};

/// Columns of the grid.
const COLUMNS: usize = 24;

/// A widget that has no place yet.
pub(super) struct Widget {
    /// `metric`, `text`, `log` or `alarm`.
    pub kind: &'static str,
    /// In rows of the grid, 1 to 1000.
    pub height: usize,
    pub properties: Value,
}

/// The widgets with their places. Rows without widgets take no place.
pub(super) fn placed(rows: Vec<Vec<Widget>>) -> Vec<Value> {
    let mut top = 0;
    let mut placed = Vec::new();
    for row in rows.into_iter().filter(|row| !row.is_empty()) {
        let width = COLUMNS / row.len();
        let height = row.iter().map(|widget| widget.height).max().unwrap_or(1);
        for (number, widget) in row.into_iter().enumerate() {
            placed.push(json!({
                "type": widget.kind, "x": number * width, "y": top, "width": width, "height": height,
                "properties": widget.properties,
            }));
        }
        top += height;
    }
    placed
}

/// In rows of two.
pub(super) fn in_pairs(widgets: Vec<Widget>) -> Vec<Vec<Widget>> {
    let mut rows: Vec<Vec<Widget>> = Vec::new();
    for widget in widgets {
        match rows.last_mut() {
            Some(row) if row.len() < 2 => row.push(widget),
            _ => rows.push(vec![widget]),
        }
    }
    rows
}
