//! The widgets of what `ecrmon metrics publish` writes, and of the alarms.

use serde_json::{Value, json};

use super::content::Content;
use super::metrics::chart;
use super::search;
use super::widget::Widget;
use crate::metrics::OURS;

/// Series of findings that are shown at most, those with the most findings first.
const WORST: usize = 20;

pub(super) fn sizes(content: &Content) -> Vec<Widget> {
    if !content.shown.sizes {
        return Vec::new();
    }
    let of = |title, axis, metric| {
        let rows = search::of_repositories(OURS, metric, "Maximum", &content.shown.repositories);
        chart(content, title, axis, &rows)
    };
    vec![
        of(
            "Sum of image sizes per repository",
            "Bytes",
            "RepositorySize",
        ),
        of(
            "Untagged images per repository",
            "Images",
            "UntaggedImageCount",
        ),
    ]
}

pub(super) fn findings(content: &Content) -> Option<Widget> {
    let worst = |terms: &str| {
        let found = search::search(terms, "Maximum");
        format!("SLICE(SORT({found}, MAX, DESC), 0, {WORST})")
    };
    let terms = format!(
        r#"{{{OURS},RepositoryName,Severity}} MetricName="FindingCount" (Severity="CRITICAL" OR Severity="HIGH")"#
    );
    let label = "${PROP('Dim.RepositoryName')} ${PROP('Dim.Severity')}";
    let rows = match content.shown.repositories.names() {
        None => vec![search::expression("e1", &worst(&terms), label)],
        Some(names) => names.iter().flat_map(|name| of_repository(name)).collect(),
    };
    content
        .shown
        .findings
        .then(|| chart(content, "Critical and high findings", "Findings", &rows))
}

pub(super) fn of_repository(name: &str) -> [Value; 2] {
    ["CRITICAL", "HIGH"].map(|severity| {
        let options = json!({"stat": "Maximum", "label": format!("{name} {severity}")});
        json!([
            OURS,
            "FindingCount",
            "RepositoryName",
            name,
            "Severity",
            severity,
            options
        ])
    })
}

pub(super) fn alarms(content: &Content) -> Option<Widget> {
    let alarms = &content.shown.alarms;
    (!alarms.is_empty()).then(|| Widget {
        kind: "alarm",
        height: 3,
        properties: json!({"title": "Alarms about ECR", "alarms": alarms}),
    })
}
