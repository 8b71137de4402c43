//! The table of the registry in all its forms, and what is said of it besides.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::columns::Columns;
use super::data::{RowData, TotalData, flat};
use super::words;
use crate::aws::Aws;
use crate::error::Exit;
use crate::events::Window;
use crate::metrics::registry::{Images, Shortfall};
use crate::metrics::table::{Row, Sort, Table};
use crate::output::{Output, Report};
use crate::terminal::{Page, Tone, stdout_columns};

/// What a sum of sizes is, and what it is not: the storage that AWS bills.
const SIZES: &str = "Sizes are sums of image sizes: compressed, with shared layers once per image.";
/// So many shortfalls are said one by one; JSON has them all.
const SHORTFALLS: usize = 10;

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub window: Window,
    pub sort: Sort,
    /// So many rows at most.
    pub top: Option<usize>,
    /// All columns, however narrow the terminal.
    pub wide: bool,
    /// The patterns that repositories had to match.
    pub patterns: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct RegistryTable {
    account: String,
    region: String,
    from: Timestamp,
    until: Timestamp,
    repositories: Vec<RowData>,
    total: TotalData,
    deleted_meanwhile: Vec<String>,
    shortfalls: Vec<Shortfall>,
    #[serde(skip)]
    rows: Vec<Row>,
    #[serde(skip)]
    asked: Asked,
    #[serde(skip)]
    now: Timestamp,
}

impl RegistryTable {
    pub(crate) fn new(mut table: Table, asked: Asked, aws: &Aws) -> Self {
        asked.sort.sort(&mut table.rows);
        let shown = asked.top.unwrap_or(usize::MAX);
        Self {
            account: aws.account.clone(),
            region: aws.region.clone(),
            from: asked.window.from,
            until: asked.window.until,
            repositories: table.rows.iter().take(shown).map(RowData::of).collect(),
            total: TotalData::of(&table.rows),
            deleted_meanwhile: table.deleted,
            shortfalls: table.shortfalls,
            rows: table.rows,
            asked,
            now: Timestamp::now(),
        }
    }

    /// Says on stderr what is missing, even under `--quiet`, and answers how the command ends.
    pub(crate) fn say_shortfalls(&self, output: &Output) -> Exit {
        output.say(|page| {
            for deleted in &self.deleted_meanwhile {
                let note = format!("repository `{deleted}` was deleted while it was read");
                page.labelled(Tone::Faint, "note", &note);
            }
        });
        if self.shortfalls.is_empty() {
            return Exit::Done;
        }
        output.tell(|page| put_shortfalls(page, &self.shortfalls));
        Exit::Incomplete
    }

    fn put_emptiness(&self, page: &mut Page) {
        if self.asked.patterns.is_empty() {
            page.line(format!(
                "There is no repository in account {}, region {}.",
                self.account, self.region
            ));
        } else {
            page.line(format!(
                "No repository of account {}, region {} matches `{}`.",
                self.account,
                self.region,
                self.asked.patterns.join("` or `")
            ));
        }
    }

    fn put_notes(&self, page: &mut Page, left_out: &[String]) {
        let mut note = |text: String| {
            page.put(Tone::Faint, text).end();
        };
        if self.repositories.len() < self.rows.len() {
            note(format!(
                "The first {} by {} are shown; the last line counts all {}.",
                self.repositories.len(),
                self.asked.sort.word(),
                self.rows.len()
            ));
        }
        note(SIZES.to_owned());
        let images = |count: fn(&Images) -> u64| {
            let images = self.rows.iter().filter_map(Row::images);
            images.map(count).sum::<u64>()
        };
        if let without_size @ 1.. = images(|images| images.without_size) {
            note(format!(
                "≥: ECR does not tell the size of {}.",
                of_images(without_size)
            ));
        }
        if let archived @ 1.. = images(|images| images.archived) {
            note(format!(
                "{} archived: stored, and not to be pulled.",
                of_images(archived)
            ));
        }
        if !left_out.is_empty() {
            let titles = left_out.join(", ");
            note(format!("Left out: {titles} (`--wide` shows them)."));
        }
    }
}

/// `1 image`, `4 812 images`.
fn of_images(count: u64) -> String {
    let number = words::number(count);
    format!("{number} {}", if count == 1 { "image" } else { "images" })
}

fn put_shortfalls(page: &mut Page, shortfalls: &[Shortfall]) {
    for shortfall in shortfalls.iter().take(SHORTFALLS) {
        let text = match &shortfall.repository {
            Some(repository) => format!("of `{repository}`: {}", shortfall.reason),
            None => shortfall.reason.clone(),
        };
        page.labelled(Tone::Warn, "not read", &text);
    }
    if let Some(rest @ 1..) = shortfalls.len().checked_sub(SHORTFALLS) {
        let rest = format!("{rest} more, which `--output json` names");
        page.labelled(Tone::Warn, "not read", &rest);
    }
}

impl Report for RegistryTable {
    fn human(&self, page: &mut Page) {
        if self.rows.is_empty() {
            return self.put_emptiness(page);
        }
        let columns = Columns {
            rows: &self.rows[..self.repositories.len()],
            all: &self.rows,
            window: self.asked.window,
            now: self.now,
        };
        let terminal = stdout_columns().filter(|_| !self.asked.wide);
        let mut fitted = columns.fitted(terminal);
        fitted.grid.put(page, &fitted.cells);
        self.put_notes(page, &fitted.left_out);
    }

    fn rows(&self) -> Option<Vec<Value>> {
        let rows = self.repositories.iter();
        Some(
            rows.filter_map(|row| serde_json::to_value(row).ok())
                .collect(),
        )
    }

    fn flat_rows(&self) -> Option<Vec<Value>> {
        Some(self.repositories.iter().map(flat).collect())
    }
}
