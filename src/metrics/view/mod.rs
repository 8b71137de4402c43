//! A dashboard with live values, as far as it can be had without the console: any dashboard, ours or not.
//!
//! [`rows`] turns the rows of a metric widget into queries, [`variables`] puts in what was selected, [`live`] reads.

mod alarms;
pub(crate) mod live;
mod rows;
pub(crate) mod variables;

use serde::Serialize;

pub(crate) use alarms::Alarm;

use crate::events::insights::Answer;
use crate::metrics::data::Series;
use crate::metrics::unit::Unit;

/// A widget as it can be shown.
pub(crate) struct Drawn {
    pub title: String,
    /// CloudWatch's word: `metric`, `text`, `log`, `alarm`, `explorer`, `custom`.
    pub kind: String,
    pub picture: Picture,
    /// Why something of it is missing that is there in CloudWatch.
    pub missing: Vec<String>,
}

pub(crate) enum Picture {
    Series(Plot),
    Rows(Answer),
    Alarms(Vec<Alarm>),
    Text(String),
    /// Nothing; why.
    Nothing(String),
}

pub(crate) struct Plot {
    pub series: Vec<Series>,
    /// In seconds.
    pub period: u32,
    pub unit: Unit,
    /// The values of a series add up.
    pub adds_up: bool,
    /// The course of time is of no interest, only the newest values.
    pub newest_alone: bool,
}

/// What was put in for a variable; `None` where there was nothing to select from.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Selected {
    pub variable: String,
    pub label: String,
    pub value: Option<String>,
}
