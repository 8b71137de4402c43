//! The widgets of what AWS itself publishes: pulls, API calls, quotas, repositories and images.

use serde_json::{Value, json};

use super::content::Content;
use super::search::{self, PERIOD};
use super::widget::Widget;
use crate::metrics::{ECR, PULLS, quota};

/// Percent of a quota at which a line is drawn (ECR user guide, "usage metrics", alarms there at 80).
const NEARLY_USED_UP: u32 = 80;

/// A chart over time from zero on.
pub(super) fn chart(content: &Content, title: &str, axis: &str, metrics: &[Value]) -> Widget {
    let properties = json!({
        "title": title, "region": content.region, "view": "timeSeries", "stacked": false, "period": PERIOD,
        "metrics": metrics, "yAxis": {"left": {"min": 0, "label": axis, "showUnits": false}},
    });
    Widget {
        kind: "metric",
        height: 7,
        properties,
    }
}

pub(super) fn pulls(content: &Content) -> Vec<Widget> {
    let repositories = &content.shown.repositories;
    let all = search::of_repositories(ECR, PULLS, "Sum", repositories);
    let mut widgets = vec![chart(content, "Pulls per repository", "Pulls", &all)];
    let few = |names: &[String]| names.len() <= search::BUSIEST;
    if !repositories.names().is_some_and(few) {
        let title = format!("The {} busiest repositories", search::BUSIEST);
        let busiest = search::busiest(ECR, PULLS, "Sum", repositories);
        widgets.push(chart(content, &title, "Pulls", &busiest));
    }
    widgets
}

pub(super) fn calls(content: &Content) -> Widget {
    let calls = search::usage(r#"MetricName="CallCount""#, "Sum");
    let row = search::expression("e1", &calls, "${PROP('Dim.Resource')}");
    chart(content, "API calls by operation", "Calls", &[row])
}

/// SERVICE_QUOTA is documented for a metric, not for what a SEARCH finds: each metric stands for itself, with exactly
/// the dimensions that it is published with.
pub(super) fn quotas(content: &Content) -> Option<Widget> {
    let usage = &content.shown.usage;
    let rows = usage.iter().enumerate().flat_map(|(number, metric)| {
        let id = format!("m{number}");
        let mut row = vec![json!(metric.namespace), json!(metric.name)];
        let dimensions = metric.dimensions.iter();
        row.extend(dimensions.flat_map(|(name, value)| [json!(name), json!(value)]));
        let statistic = quota::statistic(metric);
        row.push(json!({"stat": statistic, "period": PERIOD, "id": id, "visible": false}));
        let (share, label) = (quota::expression(&id, metric), quota::label(metric));
        let share = search::expression(&format!("e{number}"), &share, &label);
        [Value::Array(row), share]
    });
    let mut widget = chart(content, QUOTAS, "Percent", &rows.collect::<Vec<_>>());
    widget.properties["annotations"] =
        json!({"horizontal": [{"label": "nearly used up", "value": NEARLY_USED_UP}]});
    (!usage.is_empty()).then_some(widget)
}

const QUOTAS: &str = "Use of quotas, in percent";

pub(super) fn counts(content: &Content) -> Vec<Widget> {
    let repositories = search::usage(
        r#"MetricName="ResourceCount" Resource="RepositoryCount""#,
        "Maximum",
    );
    let row = search::expression("e1", &repositories, "${PROP('Dim.Resource')}");
    let images = search::image_counts(&content.shown.repositories);
    vec![
        chart(content, "Repositories", "Repositories", &[row]),
        chart(content, "Images per repository", "Images", &images),
    ]
}
