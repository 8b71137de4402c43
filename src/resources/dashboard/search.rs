//! Rows of a metric widget: SEARCH expressions where new repositories are to appear by themselves, metrics by their
//! names where they are not.
//!
//! A SEARCH has at most 1024 characters, and finds what had data in the last two weeks, at most 500 series.

use serde_json::{Value, json};

use super::repositories::Repositories;
use crate::metrics;

/// The most characters of a SEARCH (CloudWatch user guide, "search expression limits").
const LONGEST: usize = 1024;
/// Seconds of a period, which CloudWatch makes longer where a long time is shown (`periodOverride` `auto`).
pub(super) const PERIOD: u32 = 300;

const REPOSITORY_LABEL: &str = "${PROP('Dim.RepositoryName')}";
/// AWS/Usage names a repository as `repository/NAME`. CloudWatch adds to a label without `${…}` what it sees fit.
pub(super) const REPOSITORY_ID_LABEL: &str = "${PROP('Dim.ResourceId')}";

/// `SEARCH('…', 'Sum', 300)`
pub(super) fn search(terms: &str, statistic: &str) -> String {
    format!("SEARCH('{terms}', '{statistic}', {PERIOD})")
}

/// Without a schema, since whether these metrics have a `Class` dimension is not documented: a schema must name exactly
/// the dimensions that they have.
pub(super) fn usage(terms: &str, statistic: &str) -> String {
    let namespace = metrics::USAGE;
    search(
        &format!(r#"Namespace="{namespace}" Service="ECR" {terms}"#),
        statistic,
    )
}

pub(super) fn expression(id: &str, expression: &str, label: &str) -> Value {
    json!([{"expression": expression, "label": label, "id": id, "period": PERIOD}])
}

/// The metric of each repository: one SEARCH for all, a row for each that has a name.
pub(super) fn of_repositories(
    namespace: &str,
    metric: &str,
    statistic: &str,
    repositories: &Repositories,
) -> Vec<Value> {
    match repositories.names() {
        None => vec![expression(
            "e1",
            &every(namespace, metric, statistic),
            REPOSITORY_LABEL,
        )],
        Some(names) => names
            .iter()
            .map(|name| of_repository(namespace, metric, statistic, name))
            .collect(),
    }
}

pub(super) fn of_repository(namespace: &str, metric: &str, statistic: &str, name: &str) -> Value {
    json!([namespace, metric, "RepositoryName", name, {"stat": statistic, "label": name}])
}

/// The ten repositories of whose metric there was most.
pub(super) fn busiest(
    namespace: &str,
    metric: &str,
    statistic: &str,
    repositories: &Repositories,
) -> Vec<Value> {
    let top = |of: &str| format!("SLICE(SORT({of}, SUM, DESC), 0, {BUSIEST})");
    match repositories.names() {
        None => {
            let top = top(&every(namespace, metric, statistic));
            vec![expression("e1", &top, REPOSITORY_LABEL)]
        }
        Some(names) => {
            let hidden = names.iter().enumerate().map(|(number, name)| {
                let options = json!({"stat": statistic, "label": name, "id": format!("m{number}"), "visible": false});
                json!([namespace, metric, "RepositoryName", name, options])
            });
            let top = expression("e1", &top("METRICS()"), REPOSITORY_LABEL);
            hidden.chain([top]).collect()
        }
    }
}

/// How many the busiest are.
pub(super) const BUSIEST: usize = 10;

fn every(namespace: &str, metric: &str, statistic: &str) -> String {
    let terms = format!(r#"{{{namespace},RepositoryName}} MetricName="{metric}""#);
    search(&terms, statistic)
}

/// How many images each repository has, by AWS's own count.
pub(super) fn image_counts(repositories: &Repositories) -> Vec<Value> {
    let terms = r#"MetricName="ResourceCount" Resource="ImagesPerRepositoryCount""#;
    let row = |(number, search): (usize, String)| {
        expression(&format!("e{}", number + 1), &search, REPOSITORY_ID_LABEL)
    };
    let searches = match repositories.names() {
        None => vec![usage(terms, "Maximum")],
        Some(names) => among(terms, names),
    };
    searches.into_iter().enumerate().map(row).collect()
}

/// As few SEARCHes as hold all the names.
fn among(terms: &str, names: &[String]) -> Vec<String> {
    let of = |any: &[String]| usage(&format!("{terms} ({})", any.join(" OR ")), "Maximum");
    let mut searches = Vec::new();
    let mut any: Vec<String> = Vec::new();
    for name in names {
        any.push(format!(r#"ResourceId="repository/{name}""#));
        if of(&any).len() > LONGEST
            && let Some(last) = any.pop()
        {
            searches.push(of(&any));
            any = vec![last];
        }
    }
    if !any.is_empty() {
        searches.push(of(&any));
    }
    searches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::dashboard::repositories::MOST;

    #[test]
    fn the_longest_names_there_are_still_fit_the_limits_of_a_graph() {
        let names: Vec<String> = (0..MOST).map(|number| format!("{number:0>256}")).collect();
        let searches = among(
            r#"MetricName="ResourceCount" Resource="ImagesPerRepositoryCount""#,
            &names,
        );
        assert!(searches.len() <= 100, "{}", searches.len());
        assert!(searches.iter().all(|search| search.len() <= LONGEST));
        assert!(
            names
                .iter()
                .all(|name| searches.iter().any(|search| search.contains(name)))
        );
    }
}
