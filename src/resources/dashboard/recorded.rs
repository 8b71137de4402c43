//! Reading back what a dashboard was made to show: which groups of widgets stands in the marker, what they hold in the
//! body itself, which is as it was made.

use serde_json::Value;

use super::content::Shown;
use super::look::Showing;
use super::marker::Marker;
use super::repositories::Repositories;
use super::resource::Dashboard;
use super::selector::CHOSEN;
use crate::metrics::dimensions::Metric;
use crate::metrics::{ECR, PULLS, USAGE};

impl Dashboard {
    /// What this stack's dashboard was made to show; `None` if it is not as it was made, or of before that was recorded.
    pub(crate) fn recorded(&self, stack: &str, region: &str) -> Option<Showing> {
        let marker = Marker::of(&self.body)?;
        let is_ours = marker.stack == stack && marker.region == region;
        let record = marker.record.as_ref()?;
        if !is_ours || !marker.is_intact(&self.body) {
            return None;
        }
        let holds = |word: &str| record.shows.iter().any(|shown| shown == word);
        let repositories = record.glob.clone().map_or(Repositories::All, |glob| {
            let names = names(&self.body);
            Repositories::Named { glob, names }
        });
        let shown = Shown {
            repositories,
            usage: rows(&self.body).filter_map(usage).collect(),
            sizes: holds("sizes"),
            findings: holds("findings"),
            alarms: alarms(&self.body),
        };
        let logs = holds("logs");
        let notes = Vec::new();
        Some(Showing { shown, logs, notes })
    }
}

fn widgets(body: &Value) -> impl Iterator<Item = &Value> {
    body["widgets"].as_array().into_iter().flatten()
}

/// The rows of all metric widgets.
fn rows(body: &Value) -> impl Iterator<Item = &[Value]> {
    widgets(body)
        .filter_map(|widget| widget["properties"]["metrics"].as_array())
        .flatten()
        .filter_map(|row| row.as_array().map(Vec::as_slice))
}

fn names(body: &Value) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in rows(body) {
        if let [namespace, metric, _, Value::String(name), ..] = row
            && (namespace, metric) == (&Value::from(ECR), &Value::from(PULLS))
            && name != CHOSEN
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    }
    names
}

fn usage(row: &[Value]) -> Option<Metric> {
    let words: Vec<&str> = row.iter().map_while(Value::as_str).collect();
    match words.as_slice() {
        [namespace, name, dimensions @ ..] if *namespace == USAGE => Some(Metric {
            namespace: USAGE.to_owned(),
            name: (*name).to_owned(),
            dimensions: dimensions
                .chunks_exact(2)
                .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
                .collect(),
        }),
        _ => None,
    }
}

fn alarms(body: &Value) -> Vec<String> {
    widgets(body)
        .filter(|widget| widget["type"] == "alarm")
        .filter_map(|widget| widget["properties"]["alarms"].as_array())
        .flatten()
        .filter_map(|arn| arn.as_str().map(str::to_owned))
        .collect()
}
