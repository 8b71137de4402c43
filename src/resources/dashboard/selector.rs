//! The repository selector, and the widgets that follow it.
//!
//! A variable of the type `property` would set the repository of every metric on the dashboard, also of the overviews.
//! One of the type `pattern` replaces a text wherever it stands: this one stands only in the widgets that are to follow.

use serde_json::{Value, json};

use super::content::Content;
use super::metrics::chart;
use super::published;
use super::search;
use super::widget::Widget;
use crate::metrics::{ECR, OURS, PULLS};

/// What the chosen repository's name replaces.
pub(super) const CHOSEN: &str = "chosen-repository";

/// With a single repository there is nothing to select.
fn is_needed(content: &Content) -> bool {
    content
        .shown
        .repositories
        .names()
        .is_none_or(|names| names.len() > 1)
}

/// The repositories to select from: those that were pulled in the last two weeks, or those that were named.
pub(super) fn variables(content: &Content) -> Vec<Value> {
    if !is_needed(content) {
        return Vec::new();
    }
    let mut variable = json!({
        "type": "pattern", "pattern": CHOSEN, "inputType": "select", "id": "repository", "label": "Repository",
        "defaultValue": "__FIRST", "visible": true,
    });
    match content.shown.repositories.names() {
        None => {
            variable["search"] = json!(format!(r#"{{{ECR},RepositoryName}} MetricName="{PULLS}""#));
            variable["populateFrom"] = json!("RepositoryName");
        }
        Some(names) => {
            let value = |name: &String| json!({"value": name, "label": name});
            variable["values"] = names.iter().map(value).collect();
        }
    }
    vec![variable]
}

pub(super) fn widgets(content: &Content) -> Vec<Widget> {
    if !is_needed(content) {
        return Vec::new();
    }
    let of = |title: &str, axis, rows: &[Value]| {
        chart(content, &format!("{title} {CHOSEN}"), axis, rows)
    };
    let metric =
        |namespace, name, statistic| [search::of_repository(namespace, name, statistic, CHOSEN)];
    let terms = format!(
        r#"MetricName="ResourceCount" Resource="ImagesPerRepositoryCount" ResourceId="repository/{CHOSEN}""#
    );
    let images = search::expression(
        "e1",
        &search::usage(&terms, "Maximum"),
        search::REPOSITORY_ID_LABEL,
    );
    let mut widgets = vec![
        of("Pulls of", "Pulls", &metric(ECR, PULLS, "Sum")),
        of("Images in", "Images", &[images]),
    ];
    if content.shown.sizes {
        let size = metric(OURS, "RepositorySize", "Maximum");
        let untagged = metric(OURS, "UntaggedImageCount", "Maximum");
        widgets.push(of("Sum of image sizes in", "Bytes", &size));
        widgets.push(of("Untagged images in", "Images", &untagged));
    }
    if content.shown.findings {
        let rows = published::of_repository(CHOSEN);
        widgets.push(of("Critical and high findings in", "Findings", &rows));
    }
    widgets
}
