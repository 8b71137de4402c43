//! What `ecrmon events --by …` says: counts, with bars for people.

use serde::Serialize;
use serde_json::{Map, Value};

use super::answer::Answer;
use super::{Report, table};
use crate::events::{Counted, Dimension};
use crate::terminal::Page;

#[derive(Serialize)]
pub(crate) struct CountTable<'a> {
    counts: Vec<Map<String, Value>>,
    #[serde(flatten)]
    answer: &'a Answer,
    #[serde(skip)]
    titles: Vec<String>,
    #[serde(skip)]
    rows: Vec<Counted>,
}

impl<'a> CountTable<'a> {
    pub(crate) fn new(by: &[Dimension], rows: Vec<Counted>, answer: &'a Answer) -> Self {
        let names: Vec<&str> = by.iter().map(|dimension| dimension.word()).collect();
        let object = |row: &Counted| {
            let keys = names.iter().zip(&row.keys);
            let mut fields: Map<String, Value> = keys
                .map(|(name, key)| ((*name).to_owned(), Value::from(key.clone())))
                .collect();
            fields.insert("calls".to_owned(), row.calls.into());
            fields
        };
        Self {
            counts: rows.iter().map(object).collect(),
            answer,
            titles: names.iter().map(|name| name.to_uppercase()).collect(),
            rows,
        }
    }
}

/// The longest bar.
const BAR: u64 = 20;

/// `█████▌`, to half a character; whatever is not none has a bar.
fn bar(calls: u64, most: u64) -> String {
    let halves = (calls * BAR * 2).div_ceil(most.max(1));
    let whole = usize::try_from(halves / 2).unwrap_or_default();
    "█".repeat(whole) + if halves % 2 == 1 { "▌" } else { "" }
}

impl Report for CountTable<'_> {
    fn human(&self, page: &mut Page) {
        if self.rows.is_empty() {
            return;
        }
        let most = self.rows.iter().map(|row| row.calls).max().unwrap_or(0);
        let cells: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| {
                let keys = row
                    .keys
                    .iter()
                    .map(|key| key.clone().unwrap_or_else(|| "-".to_owned()));
                keys.chain([row.calls.to_string(), bar(row.calls, most)])
                    .collect()
            })
            .collect();
        let titles: Vec<&str> = self
            .titles
            .iter()
            .map(String::as_str)
            .chain(["CALLS", ""])
            .collect();
        table::put(page, &titles, &cells);
    }

    fn rows(&self) -> Option<Vec<Value>> {
        Some(self.counts.iter().cloned().map(Value::Object).collect())
    }
}
