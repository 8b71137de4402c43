//! The source `insights`: CloudWatch Logs Insights over a trail's log group. For wide windows and for counts.
//!
//! Needs logs:StartQuery and logs:GetQueryResults on the group, and logs:StopQuery.

mod count;
mod language;
pub(crate) mod named;
mod read;
mod run;
mod seconds;

pub(crate) use run::{Answer, Ask};

use jiff::SignedDuration;

use crate::aws::Aws;
use crate::events::Recorded;
use crate::events::scanned::{self, Cost};

/// CloudTrail's records in a log group.
pub(crate) struct Insights {
    /// In the region of the group.
    pub aws: Aws,
    /// Its name or its ARN.
    pub log_group: String,
    /// For which time it can have everything.
    pub recorded: Recorded,
    /// What readers must know of the trail.
    pub notes: Vec<String>,
}

/// How late events come on average (CloudTrail user guide, "How CloudTrail works").
const DELAY: SignedDuration = SignedDuration::from_mins(5);

/// Dollars for each gigabyte scanned in us-east-1 (CloudWatch pricing page).
const PRICE: f64 = 0.005;

/// What a query that scanned so many bytes cost.
pub(crate) fn cost(scanned: u64) -> Cost {
    Cost {
        scanned,
        dollars: scanned::gigabytes(scanned) * PRICE,
    }
}
