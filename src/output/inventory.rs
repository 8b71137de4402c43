//! What `ecrmon metrics list` says: the metrics that there are.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{Output, Page, Report, Tone, table};
use crate::aws::Aws;
use crate::error::Exit;
use crate::metrics::dimensions::{REPOSITORY, RESOURCE_ID};
use crate::metrics::inventory::{self, Group, Newest, PERIOD};
use crate::metrics::unit::Unit;
use crate::time;

#[derive(Serialize)]
pub(crate) struct MetricTable {
    account: String,
    region: String,
    metrics: Vec<MetricRow>,
    #[serde(skip)]
    each: bool,
    #[serde(skip)]
    now: Timestamp,
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
const NOT_READ: &str = "not read: too many, `--repo` or `--all` reads them";

impl MetricTable {
    /// `each`: every set of dimensions stands for itself.
    pub(crate) fn new(groups: Vec<Group>, each: bool, aws: &Aws) -> Self {
        Self {
            account: aws.account.clone(),
            region: aws.region.clone(),
            metrics: groups.into_iter().filter_map(MetricRow::new).collect(),
            each,
            now: Timestamp::now(),
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
            for line in [
                "Listed is what had a point in the last two weeks; a newest value is that of 5 minutes.",
                "AWS publishes no sizes, untagged images or findings of ECR: `ecrmon metrics` tells them as they are now, \
                 `ecrmon metrics publish` keeps them as metrics.",
            ] {
                page.put(Tone::Faint, line).end();
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

    fn cells(&self, table: &MetricTable) -> Vec<String> {
        let newest = match (self.newest_value, &self.unknown) {
            (Some(value), _) => self.unit.unwrap_or(Unit::Count).show(value),
            (None, unknown) => unknown.clone().unwrap_or_default(),
        };
        let whose = self.newest_repository.as_ref().filter(|_| self.sets > 1);
        let whose = whose
            .map(|repository| format!(" ({repository})"))
            .unwrap_or_default();
        let time = self.newest_time.map(|time| time::ago(time, table.now));
        vec![
            format!("{}/{}", self.namespace, self.metric),
            if table.each {
                self.all_dimensions()
            } else {
                self.of()
            },
            self.sets.to_string(),
            format!("{newest}{whose}"),
            time.unwrap_or_default(),
        ]
    }

    fn all_dimensions(&self) -> String {
        let dimension =
            |(name, value): (&String, &Value)| format!("{name}={}", table::text_cell(value));
        let all: Vec<String> = self.dimensions.iter().map(dimension).collect();
        all.join(" ")
    }

    /// What it counts, in few words: `PutImage`, `each repository`, `CRITICAL, whole registry`.
    fn of(&self) -> String {
        let value = |name: &str| self.dimensions.get(name).map(table::text_cell);
        let repository = self.dimensions.keys().find(|name| is_of_repository(name));
        let where_ = match repository.and_then(|name| value(name)) {
            _ if !self.by.is_empty() => Some("each repository".to_owned()),
            None if self.namespace == crate::metrics::OURS => Some("whole registry".to_owned()),
            repository => repository,
        };
        let public = value("Service").filter(|service| service != "ECR");
        let parts = [public, value("Resource"), value("Severity"), where_];
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
        let header = ["METRIC", "OF", "SETS", "NEWEST", ""];
        let rows: Vec<Vec<String>> = self.metrics.iter().map(|row| row.cells(self)).collect();
        table::put(page, &header, &rows);
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
