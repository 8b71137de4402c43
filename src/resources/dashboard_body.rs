//! The body of the dashboard: a pure function of the stack, so that a second run wants what the first one made.
//!
//! Lists of repositories are SEARCH expressions: a new repository appears by itself. The structure is the one of
//! CloudWatch's "dashboard body structure and syntax".

use serde_json::{Value, json};

use super::dashboard_marker::Marker;
use super::log_group_arn::LogGroupArn;

/// What the body depends on.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub stack: String,
    pub region: String,
    /// Where the trail's events are; without it there is no list of events.
    pub log_group: Option<LogGroupArn>,
}

/// Rows of the list of recent events.
const RECENT_EVENTS: usize = 50;

impl Content {
    /// The body with its marker.
    pub(crate) fn body(&self) -> Value {
        Marker::seal(&self.stack, &self.region, |marker| self.with_header(marker))
    }

    fn with_header(&self, marker: &str) -> Value {
        let mut widgets = vec![self.header(marker), self.pulls(), self.api_calls()];
        widgets.extend(
            self.log_group
                .as_ref()
                .map(|log_group| self.recent_events(log_group)),
        );
        json!({"start": "-P1D", "periodOverride": "auto", "widgets": widgets})
    }

    fn header(&self, marker: &str) -> Value {
        let missing = if self.log_group.is_some() {
            ""
        } else {
            "\n\nNo trail delivers to a log group of this account, so recent events are not shown: `ecrmon setup` changes that."
        };
        let markdown = format!(
            "# Amazon ECR in {region}\nWho pushes, pulls and deletes, and how often. Change it with `ecrmon dashboard create`; \
             edits made by hand are kept and reported.{missing}\n\n{marker}",
            region = self.region
        );
        json!({"type": "text", "x": 0, "y": 0, "width": 24, "height": 4, "properties": {"markdown": markdown}})
    }

    fn pulls(&self) -> Value {
        let search =
            r#"SEARCH('{AWS/ECR,RepositoryName} MetricName="RepositoryPullCount"', 'Sum', 300)"#;
        self.chart(
            0,
            "Pulls per repository",
            search,
            "${PROP('Dim.RepositoryName')}",
        )
    }

    /// Without a schema in the SEARCH, since whether these metrics have a `Class` dimension is not documented.
    fn api_calls(&self) -> Value {
        let search =
            r#"SEARCH('Namespace="AWS/Usage" Service="ECR" MetricName="CallCount"', 'Sum', 300)"#;
        self.chart(12, "API calls", search, "${PROP('Dim.Resource')}")
    }

    fn chart(&self, x: u32, title: &str, search: &str, label: &str) -> Value {
        json!({
            "type": "metric", "x": x, "y": 4, "width": 12, "height": 8,
            "properties": {
                "title": title, "region": self.region, "view": "timeSeries", "stacked": false, "stat": "Sum", "period": 300,
                "metrics": [[{"expression": search, "label": label, "id": "e1", "period": 300}]],
                "yAxis": {"left": {"min": 0, "label": "Count", "showUnits": false}},
            },
        })
    }

    fn recent_events(&self, log_group: &LogGroupArn) -> Value {
        let query = format!(
            "SOURCE '{}' | fields eventTime, eventName, requestParameters.repositoryName, userIdentity.arn, sourceIPAddress, errorCode \
             | filter eventSource = \"ecr.amazonaws.com\" and awsRegion = \"{}\" | sort eventTime desc | limit {RECENT_EVENTS}",
            log_group.name, self.region
        );
        json!({
            "type": "log", "x": 0, "y": 12, "width": 24, "height": 9,
            "properties": {"title": "Recent ECR events", "region": log_group.region, "view": "table", "query": query},
        })
    }
}
