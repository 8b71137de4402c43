//! What `ecrmon status` says.

use serde::Serialize;

use super::Report;
use crate::aws::Aws;
use crate::stack::health::{Check, State};
use crate::terminal::{Page, Tone};

#[derive(Serialize)]
pub(crate) struct StatusReport {
    account: String,
    region: String,
    pub healthy: bool,
    checks: Vec<Check>,
}

impl StatusReport {
    pub(crate) fn new(checks: Vec<Check>, aws: &Aws) -> Self {
        Self {
            account: aws.account.clone(),
            region: aws.region.clone(),
            healthy: checks.iter().all(Check::is_healthy),
            checks,
        }
    }
}

impl Report for StatusReport {
    fn human(&self, page: &mut Page) {
        let width = self
            .checks
            .iter()
            .map(|check| check.name.chars().count())
            .max()
            .unwrap_or_default();
        for check in &self.checks {
            let (tone, sign) = match check.state {
                State::Ok => (Tone::Good, "✓"),
                State::Waiting => (Tone::Warn, "…"),
                State::Unknown => (Tone::Warn, "?"),
                State::Drift => (Tone::Warn, "!"),
                State::Missing | State::Failing => (Tone::Bad, "✗"),
            };
            page.put(tone, sign)
                .plain(" ")
                .column(Tone::Plain, check.resource, 9)
                .plain("  ");
            page.column(Tone::Plain, &check.name, width)
                .plain("  ")
                .tail(&check.detail);
        }
    }
}
