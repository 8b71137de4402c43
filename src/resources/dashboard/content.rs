//! What a dashboard shows, and its body: a pure function of that, so that a second run wants what the first one made.

use serde_json::{Value, json};

use super::marker::{Marker, Record};
use super::repositories::Repositories;
use super::widget::{in_pairs, placed};
use super::{header, logs, metrics, published, selector};
use crate::metrics::dimensions::Metric;
use crate::resources::log_group_arn::LogGroupArn;

/// What the body depends on.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub stack: String,
    pub region: String,
    /// Where the trail's events are; without it there are no log widgets.
    pub log_group: Option<LogGroupArn>,
    pub shown: Shown,
}

/// What was decided when it was made, from what there was to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub repositories: Repositories,
    /// The metrics of AWS/Usage whose share of their quotas is shown, with exactly the dimensions that they have.
    pub usage: Vec<Metric>,
    /// Sizes and untagged images, as `metrics publish` writes them.
    pub sizes: bool,
    /// Findings, likewise.
    pub findings: bool,
    /// ARNs, at most 100.
    pub alarms: Vec<String>,
}

/// The time that is shown at first: log widgets scan it at every refresh.
const START: &str = "-PT3H";

impl Content {
    /// The body with its marker.
    pub(crate) fn body(&self) -> Value {
        Marker::seal(&self.stack, &self.region, &self.record(), |marker| {
            self.with_header(marker)
        })
    }

    /// How many of its widgets ask the log group, and are billed for it.
    pub(crate) fn log_widgets(&self) -> usize {
        self.log_group.as_ref().map_or(0, |_| logs::COUNT)
    }

    fn record(&self) -> Record {
        let Shown {
            repositories,
            usage,
            sizes,
            findings,
            alarms,
        } = &self.shown;
        let all = [
            ("quotas", !usage.is_empty()),
            ("sizes", *sizes),
            ("findings", *findings),
            ("alarms", !alarms.is_empty()),
            ("logs", self.log_group.is_some()),
        ];
        Record {
            shows: all
                .into_iter()
                .filter(|(_, shown)| *shown)
                .map(|(word, _)| word.to_owned())
                .collect(),
            glob: repositories.glob().map(str::to_owned),
        }
    }

    fn with_header(&self, marker: &str) -> Value {
        let one = |widget| Vec::from_iter(widget);
        let calls = [Some(metrics::calls(self)), metrics::quotas(self)];
        let mut rows = vec![
            vec![header::header(self, marker)],
            one(published::alarms(self)),
            metrics::pulls(self),
            calls.into_iter().flatten().collect(),
            metrics::counts(self),
            published::sizes(self),
            one(published::findings(self)),
        ];
        rows.extend(in_pairs(selector::widgets(self)));
        rows.extend(in_pairs(logs::widgets(self)));
        let mut body = json!({"start": START, "periodOverride": "auto"});
        let variables = selector::variables(self);
        if !variables.is_empty() {
            body["variables"] = json!(variables);
        }
        body["widgets"] = json!(placed(rows));
        body
    }
}

#[cfg(test)]
#[path = "content_tests.rs"]
mod tests;
