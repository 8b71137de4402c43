//! The table of the registry as programs read it: the documented shape of its rows and of its total.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::words::known_size;
use crate::metrics::registry::{Findings, Images};
use crate::metrics::severity::Severity;
use crate::metrics::table::{Row, Sum};

/// A repository. Null is unknown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct RowData {
    repository: String,
    images: Option<u64>,
    untagged: Option<u64>,
    archived: Option<u64>,
    /// A lower bound where there are images without a size.
    size_bytes: Option<u64>,
    images_without_size: Option<u64>,
    pulls: Option<u64>,
    pulls_over_time: Option<Vec<u64>>,
    last_push: Option<Timestamp>,
    last_pull: Option<Timestamp>,
    /// By severity, in lower case.
    findings: Option<Map<String, Value>>,
    /// `SCANNED`, `NEVER_SCANNED`, `NO_IMAGE`, or ECR's word for a scan that is not done.
    findings_status: Option<String>,
    tag_mutability: Option<String>,
    lifecycle_policy: Option<bool>,
}

impl RowData {
    pub(super) fn of(row: &Row) -> Self {
        let images = row.images();
        let repository = &row.repository;
        Self {
            repository: repository.name.clone(),
            images: images.map(|images| images.count),
            untagged: images.map(|images| images.untagged),
            archived: images.map(|images| images.archived),
            size_bytes: images.and_then(known_size),
            images_without_size: images.map(|images| images.without_size),
            pulls: row.pulls.as_ref().map(|pulls| pulls.sum),
            pulls_over_time: row.pulls.as_ref().map(|pulls| pulls.over_time.clone()),
            last_push: images.and_then(|images| images.last_push),
            last_pull: images.and_then(|images| images.last_pull),
            findings: findings(row),
            findings_status: repository.findings.as_ref().map(status),
            tag_mutability: repository.tag_mutability.clone(),
            lifecycle_policy: repository.has_lifecycle_policy,
        }
    }
}

/// All severities, and whichever ECR may have besides: of a scan that is done, what it does not name is not there.
fn findings(row: &Row) -> Option<Map<String, Value>> {
    let Some(Findings::Found(found)) = &row.repository.findings else {
        return None;
    };
    let known = Severity::ALL.map(|severity| (severity.word().to_lowercase(), 0.into()));
    let found = found
        .iter()
        .map(|(word, count)| (word.to_lowercase(), Value::from(*count)));
    Some(known.into_iter().chain(found).collect())
}

fn status(findings: &Findings) -> String {
    match findings {
        Findings::Found(_) => "SCANNED".to_owned(),
        Findings::NeverScanned => "NEVER_SCANNED".to_owned(),
        Findings::NotScanned(word) => word.clone(),
        Findings::NoImage => "NO_IMAGE".to_owned(),
    }
}

/// What all repositories add up to. Null where a part is unknown.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TotalData {
    repositories: usize,
    images: Option<u64>,
    untagged: Option<u64>,
    archived: Option<u64>,
    size_bytes: Option<u64>,
    images_without_size: Option<u64>,
    pulls: Option<u64>,
    /// Of the repositories whose newest image has a scan that is done, so many of them.
    findings: Option<Map<String, Value>>,
    scanned: Option<usize>,
}

impl TotalData {
    pub(super) fn of(rows: &[Row]) -> Self {
        let images = |count: fn(&Images) -> u64| {
            Sum::of(rows.iter().map(|row| row.images().map(count))).whole()
        };
        let sizes = rows.iter().map(|row| row.images().and_then(known_size));
        let pulls = rows.iter().map(|row| Some(row.pulls.as_ref()?.sum));
        let is_told = rows.iter().all(|row| row.repository.findings.is_some());
        Self {
            repositories: rows.len(),
            images: images(|images| images.count),
            untagged: images(|images| images.untagged),
            archived: images(|images| images.archived),
            size_bytes: Sum::of(sizes).whole(),
            images_without_size: images(|images| images.without_size),
            pulls: Sum::of(pulls).whole(),
            findings: is_told.then(|| all_findings(rows)),
            scanned: is_told.then(|| rows.iter().filter_map(findings).count()),
        }
    }
}

fn all_findings(rows: &[Row]) -> Map<String, Value> {
    let count = |severity| {
        rows.iter()
            .filter_map(|row| row.found(severity))
            .sum::<u64>()
    };
    let counts = Severity::ALL
        .map(|severity| (severity.word().to_lowercase(), Value::from(count(severity))));
    counts.into_iter().collect()
}

/// A row of which no cell holds more than a value: findings have a column each, and pulls over time have none.
pub(super) fn flat(row: &RowData) -> Value {
    let mut flat = Map::new();
    let Ok(Value::Object(fields)) = serde_json::to_value(row) else {
        return Value::Null;
    };
    for (name, value) in fields {
        match name.as_str() {
            "pulls_over_time" => {}
            "findings" => flat.extend(flat_findings(&value)),
            _ => drop(flat.insert(name, value)),
        }
    }
    Value::Object(flat)
}

/// The severities, and `other` for those that ECR may have besides.
fn flat_findings(findings: &Value) -> Vec<(String, Value)> {
    let words = Severity::ALL.map(|severity| severity.word().to_lowercase());
    let other = findings.as_object().map(|found| {
        let others = found.iter().filter(|(word, _)| !words.contains(word));
        others.filter_map(|(_, count)| count.as_u64()).sum::<u64>()
    });
    let known = words
        .iter()
        .map(|word| (word.as_str(), findings[word].clone()));
    known
        .chain([("other", other.into())])
        .map(|(word, count)| (format!("findings_{word}"), count))
        .collect()
}
