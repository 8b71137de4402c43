//! What `ecrmon dashboard list` and `open` say.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{Report, table};
use crate::aws::Aws;
use crate::resources::dashboard::Owner;
use crate::resources::dashboard::list::Entry;
use crate::terminal::Page;
use crate::time;

#[derive(Serialize)]
pub(crate) struct DashboardTable {
    account: String,
    region: String,
    dashboards: Vec<Row>,
    #[serde(skip)]
    utc: bool,
}

#[derive(Serialize)]
struct Row {
    dashboard: String,
    size_bytes: Option<i64>,
    modified: Option<Timestamp>,
    /// `ours`, `edited`, `other stack` or `foreign`; unknown for one whose body cannot be read.
    owner: Option<&'static str>,
    /// Of one that ecrmon made for another stack.
    stack: Option<String>,
    stack_region: Option<String>,
    /// Why the owner is not known.
    hidden: Option<String>,
}

impl DashboardTable {
    pub(crate) fn new(entries: Vec<Entry>, aws: &Aws, utc: bool) -> Self {
        Self {
            account: aws.account.clone(),
            region: aws.region.clone(),
            dashboards: entries.into_iter().map(Row::new).collect(),
            utc,
        }
    }

    /// Whether nothing was hidden from us.
    pub(crate) fn is_complete(&self) -> bool {
        self.dashboards.iter().all(|row| row.owner.is_some())
    }
}

impl Row {
    fn new(entry: Entry) -> Self {
        let (owner, marker, hidden) = match entry.owner {
            Ok(Owner::Us) => (Some("ours"), None, None),
            Ok(Owner::Edited) => (Some("edited"), None, None),
            Ok(Owner::OtherStack(marker)) => (Some("other stack"), Some(marker), None),
            Ok(Owner::Somebody) => (Some("foreign"), None, None),
            Err(why) => (None, None, Some(why)),
        };
        let (stack, stack_region) = marker.map(|marker| (marker.stack, marker.region)).unzip();
        Self {
            dashboard: entry.name,
            size_bytes: entry.size_bytes,
            modified: entry.modified,
            owner,
            stack,
            stack_region,
            hidden,
        }
    }

    fn cells(&self, utc: bool) -> Vec<String> {
        let unknown = || "unknown".to_owned();
        let modified = self.modified.map(|modified| time::local(modified, utc));
        vec![
            self.dashboard.clone(),
            self.size_bytes.map_or_else(unknown, size),
            modified.unwrap_or_else(unknown),
            self.whose(),
        ]
    }

    fn whose(&self) -> String {
        match (self.owner, &self.stack, &self.stack_region, &self.hidden) {
            (Some("edited"), ..) => "ours, edited by hand".to_owned(),
            (_, Some(stack), Some(region), _) => format!("ecrmon's, of stack {stack} in {region}"),
            (Some(owner), ..) => owner.to_owned(),
            (None, .., Some(why)) => format!("unknown ({why})"),
            (None, ..) => "unknown".to_owned(),
        }
    }
}

fn size(bytes: i64) -> String {
    indicatif::DecimalBytes(u64::try_from(bytes).unwrap_or_default()).to_string()
}

impl Report for DashboardTable {
    fn human(&self, page: &mut Page) {
        if self.dashboards.is_empty() {
            page.line("There is no dashboard in this account.");
            return;
        }
        let rows: Vec<_> = self
            .dashboards
            .iter()
            .map(|row| row.cells(self.utc))
            .collect();
        table::put(page, &["DASHBOARD", "SIZE", "MODIFIED", "WHOSE"], &rows);
    }

    fn rows(&self) -> Option<Vec<Value>> {
        let rows = self.dashboards.iter();
        rows.map(|row| serde_json::to_value(row).ok()).collect()
    }
}

/// Where a dashboard is in the console.
#[derive(Serialize)]
pub(crate) struct Address {
    pub dashboard: String,
    pub url: String,
}

impl Report for Address {
    fn human(&self, page: &mut Page) {
        page.line(&self.url);
    }
}
