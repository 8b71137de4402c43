//! A dashboard's body: a pure function of what it shows, so that a second run wants what the first one made.

use serde_json::{Value, json};

use super::content::{Content, Shown};
use super::marker::{Marker, Record};
use super::widget::{in_pairs, placed};
use super::{header, logs, metrics, published, selector};

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
#[path = "body_tests.rs"]
mod tests;
