//! What `ecrmon trail list` says.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{Report, table};
use crate::aws::Aws;
use crate::coverage::{Delivery, Known, TrailFacts, TrailStatus};
use crate::resources::log_group_arn::LogGroupArn;
use crate::resources::trail::records_text;
use crate::terminal::Page;
use crate::time;

#[derive(Serialize)]
pub(crate) struct TrailTable {
    account: String,
    region: String,
    trails: Vec<Row>,
    #[serde(skip)]
    utc: bool,
}

#[derive(Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the documented shape of a row"
)]
struct Row {
    trail: String,
    arn: String,
    home_region: String,
    multi_region: bool,
    organization: bool,
    /// What of ECR it records, in words.
    records: String,
    logging: Option<bool>,
    logging_since: Option<Timestamp>,
    bucket: String,
    log_group: Option<String>,
    /// Whether that log group can be read from this account.
    delivers_here: bool,
    last_bucket_delivery: Option<Timestamp>,
    last_log_delivery: Option<Timestamp>,
    delivery_error: Option<String>,
    /// What it records could not be read.
    #[serde(skip)]
    hidden: bool,
}

impl TrailTable {
    pub(crate) fn new(trails: &[TrailFacts], aws: &Aws, utc: bool) -> Self {
        let now = Timestamp::now();
        let rows = trails
            .iter()
            .map(|trail| Row::new(trail, aws, now))
            .collect();
        Self {
            account: aws.account.clone(),
            region: aws.region.clone(),
            trails: rows,
            utc,
        }
    }
}

impl TrailTable {
    /// Whether nothing was hidden from us.
    pub(crate) fn is_complete(&self) -> bool {
        self.trails
            .iter()
            .all(|row| row.logging.is_some() && !row.hidden)
    }
}

impl Row {
    fn new(trail: &TrailFacts, aws: &Aws, now: Timestamp) -> Self {
        let hidden = TrailStatus::default();
        let (status, why) = match &trail.status {
            Known::Known(status) => (status, None),
            Known::Unknown(why) => (&hidden, Some(why.clone())),
        };
        Self {
            trail: trail.name.clone(),
            arn: trail.arn.clone(),
            home_region: trail.home_region.clone(),
            multi_region: trail.multi_region,
            organization: trail.organization,
            records: records_text(&trail.records(&aws.region)),
            logging: trail.is_logging(),
            logging_since: status.started.filter(|_| status.logging),
            bucket: trail.bucket.clone(),
            log_group: trail.log_group.clone(),
            delivers_here: matches!(trail.delivery(&aws.account, now), Delivery::LogGroup(_)),
            last_bucket_delivery: status.bucket_delivery,
            last_log_delivery: status.logs_delivery,
            delivery_error: status.delivery_failure(now).or(why),
            hidden: matches!(trail.selectors, Known::Unknown(_)),
        }
    }

    fn cells(&self, table: &TrailTable) -> Vec<String> {
        let logging = match (self.logging, self.logging_since) {
            (Some(true), Some(since)) => format!("since {}", time::local(since, table.utc)),
            (Some(true), None) => "yes".to_owned(),
            (Some(false), _) => "no".to_owned(),
            (None, _) => "unknown".to_owned(),
        };
        let kind = if self.organization {
            " (organisation)"
        } else {
            ""
        };
        let reach = if self.multi_region {
            "all regions"
        } else {
            "one region"
        };
        vec![
            format!("{}{kind}", self.trail),
            format!("{}, {reach}", self.home_region),
            self.records.clone(),
            self.log_group.as_deref().map_or_else(
                || "none".to_owned(),
                |arn| place(arn, &table.account, &table.region),
            ),
            logging,
            self.delivery_error
                .clone()
                .unwrap_or_else(|| "none".to_owned()),
        ]
    }
}

/// A log group's name, with its account or region where that is another one.
fn place(arn: &str, account: &str, region: &str) -> String {
    match LogGroupArn::parse(arn) {
        None => arn.to_owned(),
        Some(log_group) if log_group.account != account => {
            format!("{} (account {})", log_group.name, log_group.account)
        }
        Some(log_group) if log_group.region != region => {
            format!("{} (in {})", log_group.name, log_group.region)
        }
        Some(log_group) => log_group.name,
    }
}

impl Report for TrailTable {
    fn human(&self, page: &mut Page) {
        if self.trails.is_empty() {
            page.line("No trail can be seen from this account and region.");
            return;
        }
        let rows: Vec<_> = self.trails.iter().map(|row| row.cells(self)).collect();
        table::put(
            page,
            &[
                "TRAIL",
                "HOME",
                "RECORDS OF ECR",
                "LOG GROUP",
                "LOGGING",
                "DELIVERY ERRORS",
            ],
            &rows,
        );
    }

    fn rows(&self) -> Option<Vec<Value>> {
        Some(
            self.trails
                .iter()
                .filter_map(|row| serde_json::to_value(row).ok())
                .collect(),
        )
    }
}
