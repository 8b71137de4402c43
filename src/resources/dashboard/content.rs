//! What a dashboard shows.

use super::repositories::Repositories;
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
