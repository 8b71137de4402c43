//! Which source answers a question best.

use super::history::History;
use super::logs::{LogGroup, Logs};
use super::source::Source;
use crate::aws::{Aws, CallError};

/// A way to answer.
pub(crate) struct Candidate {
    /// What people call it.
    pub name: &'static str,
    /// Why it was chosen; empty where it was asked for.
    pub why: String,
    pub sources: Vec<Source>,
}

impl Candidate {
    pub(crate) fn history(aws: &Aws, regions: &[String], why: String) -> Self {
        let source = |region: &String| {
            Source::History(History {
                aws: aws.in_region(region),
            })
        };
        Self {
            name: "event history",
            why,
            sources: regions.iter().map(source).collect(),
        }
    }

    pub(crate) fn logs(aws: &Aws, group: LogGroup, why: String) -> Self {
        let aws = aws.clone();
        Self {
            name: "log group",
            why,
            sources: vec![Source::Logs(Logs { aws, group })],
        }
    }
}

/// Whether another source may be open where this one is not.
pub(crate) fn is_denied(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<CallError>()
        .is_some_and(CallError::is_denied)
}
