//! Every row of the procedure that tells what a trail records and where it delivers, as tables; here is what the
//! tables are made of.

use super::*;

#[path = "coverage_tests/delivery.rs"]
mod delivery;
#[path = "coverage_tests/records.rs"]
mod records;
#[path = "coverage_tests/verdicts.rs"]
mod verdicts;

const REGION: &str = "eu-west-1";
const ACCOUNT: &str = "123456789012";

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).expect("a time")
}

fn hours_ago(hours: i64) -> Timestamp {
    now() - SignedDuration::from_hours(hours)
}

fn arn(region: &str, account: &str) -> String {
    format!("arn:aws:logs:{region}:{account}:log-group:/trail/logs:*")
}

fn log_group(region: &str, account: &str) -> LogGroupArn {
    LogGroupArn {
        region: region.to_owned(),
        account: account.to_owned(),
        name: "/trail/logs".to_owned(),
    }
}

/// A trail that has recorded everything, here, for two days, and delivered a moment ago.
fn perfect() -> TrailFacts {
    TrailFacts {
        name: "audit".to_owned(),
        arn: format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit"),
        home_region: REGION.to_owned(),
        multi_region: true,
        organization: false,
        bucket: "audit-logs".to_owned(),
        prefix: None,
        kms_key: None,
        log_file_validation: true,
        log_group: Some(arn(REGION, ACCOUNT)),
        role: Some(format!("arn:aws:iam::{ACCOUNT}:role/audit")),
        status: Known::Known(alive()),
        selectors: Known::Known(Selectors::Basic(Vec::new())),
    }
}

fn alive() -> TrailStatus {
    TrailStatus {
        logging: true,
        started: Some(hours_ago(48)),
        bucket_delivery: Some(hours_ago(0)),
        logs_delivery: Some(hours_ago(0)),
        ..TrailStatus::default()
    }
}

fn with_status(status: TrailStatus) -> TrailFacts {
    TrailFacts {
        status: Known::Known(status),
        ..perfect()
    }
}

fn with_selectors(selectors: Selectors) -> TrailFacts {
    TrailFacts {
        selectors: Known::Known(selectors),
        ..perfect()
    }
}

fn hidden<T>() -> Known<T> {
    Known::Unknown("cannot tell".to_owned())
}

/// No log group and no role.
fn unattached() -> TrailFacts {
    TrailFacts {
        log_group: None,
        role: None,
        ..perfect()
    }
}

fn basic(management: Option<bool>, read_write: Option<&str>) -> BasicSelector {
    BasicSelector {
        management,
        read_write: read_write.map(str::to_owned),
    }
}

fn equals(field: &str, values: &[&str]) -> Condition {
    let equals = values.iter().map(|&value| value.to_owned()).collect();
    Condition {
        field: field.to_owned(),
        equals,
        ..Condition::default()
    }
}

fn management(conditions: &[Condition]) -> Vec<Condition> {
    std::iter::once(equals("eventCategory", &["Management"]))
        .chain(conditions.iter().cloned())
        .collect()
}

fn data() -> Vec<Condition> {
    vec![
        equals("eventCategory", &["Data"]),
        equals("resources.type", &["AWS::S3::Object"]),
    ]
}

const DATA_ALONE: Records = Records::Nothing("it records data events alone");

fn unknown(why: &str) -> Records {
    Records::Unknown(why.to_owned())
}
