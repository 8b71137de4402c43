//! What a plan will cost: unit prices, and a monthly figure only where a volume is at hand.

use super::decision::Decision;
use super::survey::Survey;
use crate::aws::Aws;
use crate::plan::{Action, Plan, Resource};
use crate::resources::dashboard::Dashboard;
use crate::resources::log_group::LogGroup;
use crate::resources::trail::Trail;

/// Prices of us-east-1 (CloudTrail and CloudWatch pricing pages, 2026).
const SECOND_COPY: &str = "$2.00 per 100,000 events";
const LOG_INGESTION: &str = "$0.50 per GB";
const LOG_STORAGE_PER_GB_MONTH: f64 = 0.03;
const DASHBOARD: &str = "free up to 3, then $3.00 a month";
const LOG_WIDGET: &str = "$0.005 per GB scanned";

const BYTES_PER_GB: f64 = 1_073_741_824.0;

/// What is paid for, its price, and what there is to know about it.
pub(crate) struct Line {
    pub what: &'static str,
    pub price: String,
    pub remark: String,
}

/// The lines for what a plan adds; nothing for what is there already.
pub(crate) fn lines(
    plan: &Plan,
    survey: &Survey,
    decision: &Decision,
    stored_bytes: i64,
    log_widgets: usize,
    aws: &Aws,
) -> Vec<Line> {
    let mut lines = Vec::new();
    let adds = |kind: &str| {
        plan.step(kind)
            .is_some_and(|step| step.action == Action::Create)
    };
    let starts_delivery = adds(Trail::KIND)
        || matches!(decision, Decision::Attach(_))
            && plan
                .step(Trail::KIND)
                .is_some_and(super::super::plan::Step::changes_something);
    if adds(Trail::KIND)
        && let Some(first) = survey
            .trails
            .iter()
            .find(|trail| trail.takes_first_copy(&aws.region))
    {
        lines.push(line(
            "second copy of management events",
            SECOND_COPY,
            format!("`{}` takes the free one", first.name),
        ));
    }
    if starts_delivery || adds(LogGroup::KIND) {
        lines.push(line(
            "log group: ingestion",
            LOG_INGESTION,
            "all services and regions, not ECR alone",
        ));
        lines.push(line(
            "log group: storage",
            &storage_price(),
            stored(stored_bytes),
        ));
    }
    lines.extend(dashboard(plan, log_widgets));
    lines
}

/// The lines for a dashboard that a plan makes or changes, with so many widgets that ask a log group.
pub(crate) fn dashboard(plan: &Plan, log_widgets: usize) -> Vec<Line> {
    let action = plan.step(Dashboard::KIND).map(|step| step.action);
    let mut lines = Vec::new();
    if action == Some(Action::Create) {
        lines.push(line("dashboard", DASHBOARD, ""));
    }
    if matches!(action, Some(Action::Create | Action::Update)) && log_widgets > 0 {
        let remark = format!(
            "{log_widgets} of them, each over the time shown (3 h at first), at every refresh; `dashboard create --no-log-widgets` leaves them out"
        );
        lines.push(line("dashboard: log widgets", LOG_WIDGET, remark));
    }
    lines
}

fn line(what: &'static str, price: &str, remark: impl Into<String>) -> Line {
    Line {
        what,
        price: price.to_owned(),
        remark: remark.into(),
    }
}

fn storage_price() -> String {
    format!("${LOG_STORAGE_PER_GB_MONTH:.2} per GB and month")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a price in cents needs no more than 52 bits of a byte count"
)]
fn stored(bytes: i64) -> String {
    if bytes == 0 {
        return String::new();
    }
    let gigabytes = bytes as f64 / BYTES_PER_GB;
    format!(
        "it holds {gigabytes:.1} GB now: ${:.2} a month",
        gigabytes * LOG_STORAGE_PER_GB_MONTH
    )
}
