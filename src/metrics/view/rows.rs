//! The rows of a metric widget as queries of GetMetricData (CloudWatch API reference, "Dashboard body structure and
//! syntax", metrics array).

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::MetricDataQuery;
use serde_json::Value;

use crate::metrics::data::{self, Asked};

/// What a widget says for all of its rows, unless a row says otherwise.
struct Defaults<'a> {
    statistic: &'a str,
    /// In seconds.
    period: u32,
    region: Option<&'a str>,
}

/// CloudWatch's own defaults.
const STATISTIC: &str = "Average";
const PERIOD: u32 = 300;

/// The queries, and what of the rows cannot be asked. `shortest` is the shortest period that CloudWatch still has, in
/// seconds.
pub(super) fn queries(properties: &Value, shortest: u32) -> (Vec<MetricDataQuery>, Vec<String>) {
    let defaults = Defaults {
        statistic: properties["stat"].as_str().unwrap_or(STATISTIC),
        period: period(properties),
        region: properties["region"].as_str(),
    };
    let rows = properties["metrics"].as_array().map(Vec::as_slice);
    let rows = rows.unwrap_or_default();
    let mut ids = Ids::taken_in(rows);
    let (mut queries, mut problems) = (Vec::new(), Vec::new());
    let mut above: Vec<String> = Vec::new();
    for row in rows {
        let (words, options) = parts(row, &above);
        match query(&words, options, &defaults, shortest, &mut ids) {
            Ok(query) => queries.push(query),
            Err(why) => problems.push(why),
        }
        if !words.is_empty() {
            above = words;
        }
    }
    (queries, problems)
}

/// The period of a widget, in seconds.
pub(super) fn period(properties: &Value) -> u32 {
    seconds(&properties["period"]).unwrap_or(PERIOD)
}

/// Whether all that is drawn are sums, of which the sum says something.
pub(super) fn add_up(queries: &[MetricDataQuery]) -> bool {
    let drawn = queries
        .iter()
        .filter(|query| query.return_data() != Some(false));
    let is_sum = |query: &MetricDataQuery| match query.expression() {
        Some(expression) => expression.contains("'Sum'") && !expression.contains("QUOTA"),
        None => query.metric_stat().and_then(|asked| asked.stat()) == Some("Sum"),
    };
    drawn.into_iter().all(is_sum)
}

/// The words of a row, `.` being the word above it and `...` all that are above; and its options.
fn parts<'a>(row: &'a Value, above: &[String]) -> (Vec<String>, &'a Value) {
    let row = row.as_array().map(Vec::as_slice).unwrap_or_default();
    let (words, options) = match row.split_last() {
        Some((last, words)) if last.is_object() => (words, last),
        _ => (row, &Value::Null),
    };
    let mut resolved: Vec<String> = Vec::new();
    for word in words.iter().filter_map(Value::as_str) {
        match word {
            "..." => {
                // What follows takes the last places.
                let kept = above.len().saturating_sub(words.len() - 1);
                resolved.extend(above.iter().take(kept).cloned());
            }
            "." => resolved.push(above.get(resolved.len()).cloned().unwrap_or_default()),
            word => resolved.push(word.to_owned()),
        }
    }
    (resolved, options)
}

fn query(
    words: &[String],
    options: &Value,
    defaults: &Defaults<'_>,
    shortest: u32,
    ids: &mut Ids,
) -> Result<MetricDataQuery, String> {
    let id = options["id"]
        .as_str()
        .map_or_else(|| ids.next(), str::to_owned);
    let period = seconds(&options["period"])
        .unwrap_or(defaults.period)
        .max(shortest);
    let elsewhere = options["region"].as_str();
    if elsewhere.is_some() && elsewhere != defaults.region {
        return Err(format!(
            "a metric of {} is not read from here",
            elsewhere.unwrap_or_default()
        ));
    }
    let mut query = match (words, options["expression"].as_str()) {
        ([], Some(expression)) => data::expression(&id, expression, period),
        ([namespace, name, dimensions @ ..], None) if dimensions.len() % 2 == 0 => {
            let dimensions: Vec<(&str, &str)> = dimensions
                .chunks_exact(2)
                .map(|pair| (pair[0].as_str(), pair[1].as_str()))
                .collect();
            data::metric(
                &id,
                &Asked {
                    namespace,
                    name,
                    dimensions: &dimensions,
                    statistic: options["stat"].as_str().unwrap_or(defaults.statistic),
                    period,
                },
            )
        }
        _ => return Err("a row that is neither a metric nor an expression".to_owned()),
    };
    query.label = options["label"].as_str().map(str::to_owned);
    query.account_id = options["accountId"].as_str().map(str::to_owned);
    query.return_data = Some(options["visible"] != Value::Bool(false));
    Ok(query)
}

fn seconds(value: &Value) -> Option<u32> {
    value
        .as_u64()
        .and_then(|seconds| u32::try_from(seconds).ok())
}

/// Ids for the rows that have none.
struct Ids {
    taken: BTreeSet<String>,
    last: usize,
}

impl Ids {
    fn taken_in(rows: &[Value]) -> Self {
        let options = rows.iter().filter_map(|row| row.as_array()?.last());
        let taken = options.filter_map(|options| options["id"].as_str().map(str::to_owned));
        Self {
            taken: taken.collect(),
            last: 0,
        }
    }

    fn next(&mut self) -> String {
        loop {
            self.last += 1;
            let id = format!("row{}", self.last);
            if !self.taken.contains(&id) {
                return id;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn asked(properties: &Value) -> Vec<String> {
        let (queries, problems) = queries(properties, 60);
        assert_eq!(problems, Vec::<String>::new());
        let words = queries.iter().map(|query| {
            let id = query.id().unwrap_or_default();
            match query.metric_stat() {
                None => format!("{id} {}", query.expression().unwrap_or_default()),
                Some(statistic) => {
                    let metric = statistic.metric().expect("a metric");
                    let dimensions = metric.dimensions().iter().map(|dimension| {
                        format!(
                            "{}={}",
                            dimension.name().unwrap_or_default(),
                            dimension.value().unwrap_or_default()
                        )
                    });
                    format!(
                        "{id} {}/{} {} {} {}",
                        metric.namespace().unwrap_or_default(),
                        metric.metric_name().unwrap_or_default(),
                        dimensions.collect::<Vec<_>>().join(","),
                        statistic.stat().unwrap_or_default(),
                        statistic.period().unwrap_or_default(),
                    )
                }
            }
        });
        words.collect()
    }

    #[test]
    fn rows_repeat_what_is_above_them_and_options_beat_the_widgets() {
        let metrics = json!([
            ["AWS/ECR", "RepositoryPullCount", "RepositoryName", "a", {"id": "row1"}],
            [".", ".", ".", "b", {"stat": "Maximum", "period": 60}],
            ["...", "c"],
            [{"expression": "SUM(METRICS())"}],
        ]);
        assert_eq!(
            asked(&json!({"metrics": metrics, "stat": "Sum"})),
            [
                "row1 AWS/ECR/RepositoryPullCount RepositoryName=a Sum 300",
                "row2 AWS/ECR/RepositoryPullCount RepositoryName=b Maximum 60",
                "row3 AWS/ECR/RepositoryPullCount RepositoryName=c Sum 300",
                "row4 SUM(METRICS())",
            ]
        );
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        let metrics = json!([["AWS/ECR"], [], "x", ["A", "B", {"region": "us-east-1"}]]);
        let (queries, problems) = queries(&json!({"metrics": metrics, "region": "eu-west-1"}), 60);
        assert_eq!((queries.len(), problems.len()), (0, 4));
    }
}
