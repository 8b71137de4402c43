//! What `ecrmon metrics list` says: the metrics that there are.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Map, Value};

use super::grid::{Cell, Column, Grid};
use super::{Output, Report, table};
use crate::aws::Aws;
use crate::error::Exit;
use crate::metrics::OURS;
use crate::metrics::dimensions::{REPOSITORY, RESOURCE_ID};
use crate::metrics::inventory::{self, Group, Newest, PERIOD};
use crate::metrics::unit::Unit;
use crate::terminal::{Page, Tone, stdout_columns};
use crate::time;

#[derive(Serialize)]
pub(crate) struct MetricTable {
    account: String,
    region: String,
    metrics: Vec<MetricRow>,
    #[serde(skip)]
    each: bool,
    #[serde(skip)]
    zone: TimeZone,
    /// The terminal's width.
    #[serde(skip)]
    columns: Option<usize>,
}

#[derive(Serialize)]
struct MetricRow {
    namespace: String,
    metric: String,
    /// Those that all of its sets share.
    dimensions: Map<String, Value>,
    /// The dimensions in which its sets differ.
    by: Vec<String>,
    sets: usize,
    newest_value: Option<f64>,
    newest_time: Option<Timestamp>,
    newest_repository: Option<String>,
    unit: Option<Unit>,
    statistic: &'static str,
    period_seconds: u32,
    /// Why there is no newest value.
    unknown: Option<String>,
    #[serde(skip)]
    newest: Newest,
}

const NONE: &str = "none in 6 h";
const NOT_READ: &str = "not read is what takes many billed reads: `--repo` or `--all` reads it";

impl MetricTable {
    /// `each`: every set of dimensions stands for itself.
    pub(crate) fn new(groups: Vec<Group>, each: bool, utc: bool, aws: &Aws) -> Self {
        Self {
            account: aws.account.clone(),
            region: aws.region.clone(),
            metrics: groups.into_iter().filter_map(MetricRow::new).collect(),
            each,
            zone: time::zone(utc),
            columns: stdout_columns(),
        }
    }

    /// What is not known because CloudWatch kept it back makes the list incomplete.
    pub(crate) fn exit(&self) -> Exit {
        let is_unknown = |row: &MetricRow| matches!(row.newest, Newest::Unknown(_));
        if self.metrics.iter().any(is_unknown) {
            Exit::Incomplete
        } else {
            Exit::Done
        }
    }

    /// Says how to read it, and what is not there.
    pub(crate) fn say(&self, output: &Output) {
        let read = self
            .metrics
            .iter()
            .filter(|row| row.newest != Newest::NotRead);
        let billed = read.map(|row| row.sets).sum();
        output.say(|page| {
            let mut notes = vec![
                "these had a point in two weeks; newest is of five minutes in the last six hours",
                "AWS publishes no sizes, untagged images or findings of ECR:\n\
                 `ecrmon metrics` tells them as they are now,\n\
                 `ecrmon metrics publish` keeps them as metrics",
            ];
            let is_not_read = |row: &MetricRow| row.newest == Newest::NotRead;
            notes.extend(self.metrics.iter().any(is_not_read).then_some(NOT_READ));
            for note in notes {
                page.labelled(Tone::Faint, "note", note);
            }
            super::history::put_cost(page, billed);
        });
    }
}

impl MetricRow {
    fn new(group: Group) -> Option<Self> {
        let first = group.first()?.clone();
        let is_alone = group.metrics.len() == 1;
        let is_shared = |(name, _): &&(String, String)| is_alone || !is_of_repository(name);
        let (value, time, repository, unknown) = match &group.newest {
            Newest::Point(point) => (
                Some(point.value),
                Some(point.time),
                point.repository.clone(),
                None,
            ),
            Newest::None => (None, None, None, Some(NONE.to_owned())),
            Newest::NotRead => (None, None, None, Some(NOT_READ.to_owned())),
            Newest::Unknown(why) => (None, None, None, Some(why.clone())),
        };
        let shared = first.dimensions.iter().filter(is_shared);
        let own = first.dimensions.iter().filter(|one| !is_shared(one));
        Some(Self {
            dimensions: shared
                .map(|(name, value)| (name.clone(), value.clone().into()))
                .collect(),
            by: own.map(|(name, _)| name.clone()).collect(),
            sets: group.metrics.len(),
            newest_value: value,
            newest_time: time,
            newest_repository: repository,
            unit: inventory::unit(&first),
            statistic: inventory::statistic(&first),
            period_seconds: PERIOD,
            unknown,
            newest: group.newest,
            namespace: first.namespace,
            metric: first.name,
        })
    }

    fn cells(&self, table: &MetricTable) -> Vec<Cell> {
        let metric = format!("{}/{}", self.namespace, self.metric);
        let value = self
            .newest_value
            .map(|value| self.unit.unwrap_or(Unit::Count).show(value));
        let time = self
            .newest_time
            .map(|time| time.to_zoned(table.zone.clone()));
        let time = time.map(|time| time.strftime("%H:%M").to_string());
        let (tone, newest) = match &self.newest {
            Newest::Unknown(why) => (Tone::Warn, why.as_str()),
            Newest::None => (Tone::Faint, "none"),
            Newest::NotRead => (Tone::Faint, "not read"),
            Newest::Point(_) => (Tone::Plain, value.as_deref().unwrap_or_default()),
        };
        let of = if table.each {
            self.all_dimensions()
        } else {
            self.of()
        };
        let sets = (!table.each).then(|| Cell::new(Tone::Plain, self.sets.to_string()));
        let before = [metric, of].map(|text| Cell::new(Tone::Plain, text));
        let after = [
            Cell::new(tone, newest),
            Cell::new(Tone::Plain, time.unwrap_or_default()),
        ];
        before.into_iter().chain(sets).chain(after).collect()
    }

    fn all_dimensions(&self) -> String {
        let dimension =
            |(name, value): (&String, &Value)| format!("{name}={}", table::text_cell(value));
        let all: Vec<String> = self.dimensions.iter().map(dimension).collect();
        all.join(" ")
    }

    /// What it counts, in few words: `PutImage`, `each repository`, `CRITICAL, whole registry`.
    fn of(&self) -> String {
        let value = |name: &str| {
            let text = self.dimensions.get(name).map(table::text_cell);
            text.map(Cow::into_owned)
        };
        let public = value("Service").filter(|service| service != "ECR");
        let repository = self.dimensions.keys().find(|name| is_of_repository(name));
        let place = match repository.and_then(|name| value(name)) {
            // Its name says so.
            _ if self.dimensions.contains_key("Resource") => None,
            _ if !self.by.is_empty() => Some("each repository".to_owned()),
            None if self.namespace == OURS => Some("whole registry".to_owned()),
            repository => repository,
        };
        let parts = [public, value("Resource"), value("Severity"), place];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        parts.join(", ")
    }
}

fn is_of_repository(dimension: &str) -> bool {
    [REPOSITORY, RESOURCE_ID].contains(&dimension)
}

impl Report for MetricTable {
    fn human(&self, page: &mut Page) {
        if self.metrics.is_empty() {
            page.line("No metric of ECR had a point in the last two weeks.");
            return;
        }
        let titles = ["METRIC", "OF", "SETS", "NEWEST", "AT"].into_iter();
        let titles = titles.filter(|title| !self.each || *title != "SETS");
        let columns = titles.map(|title| match title {
            "SETS" | "AT" => Column::new(title, 0).whole(),
            _ => Column::new(title, 0),
        });
        let rows: Vec<Vec<Cell>> = self.metrics.iter().map(|row| row.cells(self)).collect();
        Grid::new(columns.collect(), self.columns).put(page, &rows);
    }

    fn rows(&self) -> Option<Vec<Value>> {
        let row = |row: &MetricRow| {
            let mut value = serde_json::to_value(row).ok()?;
            value["dimensions"] = row.all_dimensions().into();
            value["by"] = row.by.join(" ").into();
            Some(value)
        };
        self.metrics.iter().map(row).collect()
    }
}
