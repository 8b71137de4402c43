//! Every row of the procedure that tells what a trail records and where it delivers, as tables.

use super::*;

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

fn not_equals(field: &str, values: &[&str]) -> Condition {
    let not_equals = values.iter().map(|&value| value.to_owned()).collect();
    Condition {
        field: field.to_owned(),
        not_equals,
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

#[test]
fn a_trail_records_its_home_region_or_all_of_them() {
    let elsewhere = Records::Nothing("it records another region alone");
    for (multi_region, home_region, records) in [
        (true, REGION, Records::ReadsAndWrites),
        (true, "us-east-1", Records::ReadsAndWrites),
        (false, REGION, Records::ReadsAndWrites),
        (false, "us-east-1", elsewhere),
    ] {
        let trail = TrailFacts {
            multi_region,
            home_region: home_region.to_owned(),
            ..perfect()
        };
        assert_eq!(
            trail.records(REGION),
            records,
            "multi-region: {multi_region}, home: {home_region}"
        );
    }
}

#[test]
fn basic_selectors_record_what_they_say_and_all_by_default() {
    for (selectors, records) in [
        (vec![], Records::ReadsAndWrites),
        (vec![basic(None, None)], Records::ReadsAndWrites),
        (vec![basic(None, Some("All"))], Records::ReadsAndWrites),
        (
            vec![basic(Some(true), Some("All"))],
            Records::ReadsAndWrites,
        ),
        (
            vec![basic(Some(true), Some("ReadOnly"))],
            Records::ReadsOnly,
        ),
        (vec![basic(None, Some("WriteOnly"))], Records::WritesOnly),
        (vec![basic(Some(false), Some("All"))], DATA_ALONE),
        (vec![basic(Some(false), None)], DATA_ALONE),
        (
            vec![basic(None, Some("Sideways"))],
            unknown("its event selector says `Sideways`"),
        ),
    ] {
        let said = format!("{selectors:?}");
        assert_eq!(
            with_selectors(Selectors::Basic(selectors)).records(REGION),
            records,
            "{said}"
        );
    }
}

#[test]
fn basic_selectors_add_up() {
    let (reads, writes) = (
        basic(None, Some("ReadOnly")),
        basic(None, Some("WriteOnly")),
    );
    let (all, none, strange) = (
        basic(None, None),
        basic(Some(false), None),
        basic(None, Some("Sideways")),
    );
    for (selectors, records) in [
        (vec![reads.clone(), writes.clone()], Records::ReadsAndWrites),
        (vec![none.clone(), all.clone()], Records::ReadsAndWrites),
        (vec![none.clone(), writes.clone()], Records::WritesOnly),
        (vec![reads.clone(), reads], Records::ReadsOnly),
        (vec![none.clone(), none], DATA_ALONE),
        (vec![strange.clone(), all], Records::ReadsAndWrites),
        (
            vec![writes, strange],
            unknown("its event selector says `Sideways`"),
        ),
    ] {
        let said = format!("{selectors:?}");
        assert_eq!(
            with_selectors(Selectors::Basic(selectors)).records(REGION),
            records,
            "{said}"
        );
    }
}

#[test]
fn advanced_selectors_record_by_category_read_only_and_source() {
    let read_only = |value| equals("readOnly", &[value]);
    let admitted = equals("eventSource", &["ecr.amazonaws.com", "s3.amazonaws.com"]);
    for (conditions, records) in [
        (management(&[]), Records::ReadsAndWrites),
        (management(&[read_only("true")]), Records::ReadsOnly),
        (management(&[read_only("false")]), Records::WritesOnly),
        (
            management(&[not_equals("eventSource", &["kms.amazonaws.com"])]),
            Records::ReadsAndWrites,
        ),
        (
            management(&[
                not_equals("eventSource", &["rdsdata.amazonaws.com"]),
                read_only("false"),
            ]),
            Records::WritesOnly,
        ),
        (
            management(&[equals("eventSource", &["ecr.amazonaws.com"])]),
            Records::ReadsAndWrites,
        ),
        (
            management(&[admitted, read_only("true")]),
            Records::ReadsOnly,
        ),
        (data(), DATA_ALONE),
        (vec![equals("readOnly", &["true"])], DATA_ALONE),
        (vec![], DATA_ALONE),
    ] {
        let said = format!("{conditions:?}");
        assert_eq!(
            with_selectors(Selectors::Advanced(vec![conditions])).records(REGION),
            records,
            "{said}"
        );
    }
}

#[test]
fn a_condition_that_we_do_not_judge_claims_no_coverage() {
    let starts_with = |field: &str| Condition {
        field: field.to_owned(),
        other: true,
        ..Condition::default()
    };
    for (condition, field) in [
        (equals("eventName", &["PutImage"]), "eventName"),
        (not_equals("eventName", &["BatchGetImage"]), "eventName"),
        (equals("eventSource", &["s3.amazonaws.com"]), "eventSource"),
        (
            not_equals("eventSource", &["ecr.amazonaws.com"]),
            "eventSource",
        ),
        (starts_with("eventSource"), "eventSource"),
        (starts_with("readOnly"), "readOnly"),
        (not_equals("readOnly", &["true"]), "readOnly"),
        (
            equals("sessionCredentialFromConsole", &["true"]),
            "sessionCredentialFromConsole",
        ),
    ] {
        let said = format!("{condition:?}");
        let trail = with_selectors(Selectors::Advanced(vec![management(&[condition])]));
        assert_eq!(
            trail.records(REGION),
            unknown(&format!("its event selector has a condition on `{field}`")),
            "{said}"
        );
        assert_eq!(trail.covers(REGION, ACCOUNT, now()), None, "{said}");
    }
}

#[test]
fn advanced_selectors_add_up() {
    let reads = management(&[equals("readOnly", &["true"])]);
    let writes = management(&[equals("readOnly", &["false"])]);
    let strange = management(&[equals("eventName", &["PutImage"])]);
    for (selectors, records) in [
        (vec![reads.clone(), writes.clone()], Records::ReadsAndWrites),
        (vec![data(), management(&[])], Records::ReadsAndWrites),
        (vec![data(), writes.clone()], Records::WritesOnly),
        (vec![data(), data()], DATA_ALONE),
        (
            vec![strange.clone(), reads, writes.clone()],
            Records::ReadsAndWrites,
        ),
        (
            vec![writes, strange],
            unknown("its event selector has a condition on `eventName`"),
        ),
    ] {
        let said = format!("{selectors:?}");
        assert_eq!(
            with_selectors(Selectors::Advanced(selectors)).records(REGION),
            records,
            "{said}"
        );
    }
}

#[test]
fn what_is_hidden_from_us_is_unknown_and_never_covers() {
    let selectors = TrailFacts {
        selectors: hidden(),
        ..perfect()
    };
    assert_eq!(selectors.records(REGION), unknown("cannot tell"));
    assert_eq!(selectors.covers(REGION, ACCOUNT, now()), None);

    let status = TrailFacts {
        status: hidden(),
        ..perfect()
    };
    assert_eq!(status.is_logging(), None);
    assert_eq!(
        status.delivery(ACCOUNT, now()),
        Delivery::Unknown("cannot tell".to_owned())
    );
    assert_eq!(status.covers(REGION, ACCOUNT, now()), None);
}

#[test]
fn events_are_read_where_the_trail_delivers_them() {
    let of = |log_group: Option<String>| {
        TrailFacts {
            log_group,
            ..perfect()
        }
        .delivery(ACCOUNT, now())
    };
    assert_eq!(
        of(Some(arn(REGION, ACCOUNT))),
        Delivery::LogGroup(log_group(REGION, ACCOUNT))
    );
    assert_eq!(
        of(Some(arn("us-east-1", ACCOUNT))),
        Delivery::LogGroup(log_group("us-east-1", ACCOUNT))
    );
    let other = "999988887777";
    assert_eq!(
        of(Some(arn(REGION, other))),
        Delivery::OtherAccount(log_group(REGION, other))
    );
    assert_eq!(of(None), Delivery::NoLogGroup);
    let garbage = Delivery::Unknown("`arn:aws:s3:::logs` is no log group's ARN".to_owned());
    assert_eq!(of(Some("arn:aws:s3:::logs".to_owned())), garbage);
}

#[test]
fn deliveries_fail_by_error_or_by_silence_once_the_trail_has_settled() {
    let error = || Some("AccessDenied".to_owned());
    let started = |hours, last| TrailStatus {
        started: Some(hours_ago(hours)),
        logs_delivery: last,
        ..alive()
    };
    for (status, failure) in [
        (alive(), None),
        (
            TrailStatus {
                bucket_error: error(),
                ..alive()
            },
            Some("delivery to its bucket fails: AccessDenied"),
        ),
        (
            TrailStatus {
                logs_error: error(),
                ..alive()
            },
            Some("delivery to its log group fails: AccessDenied"),
        ),
        (
            TrailStatus {
                bucket_error: Some(String::new()),
                logs_error: Some(String::new()),
                ..alive()
            },
            None,
        ),
        (started(0, None), None),
        (
            started(2, None),
            Some("nothing was ever delivered to its log group"),
        ),
        (started(48, Some(hours_ago(23))), None),
        (
            started(48, Some(hours_ago(25))),
            Some("nothing was delivered to its log group for a day"),
        ),
        (started(0, Some(hours_ago(25))), None),
        (
            TrailStatus {
                logging: false,
                ..started(48, None)
            },
            None,
        ),
    ] {
        let said = format!("{status:?}");
        assert_eq!(status.delivery_failure(now()).as_deref(), failure, "{said}");
        let delivery = with_status(status).delivery(ACCOUNT, now());
        let expected = failure.map(|why| Delivery::Failing(why.to_owned()));
        assert_eq!(
            delivery,
            expected.unwrap_or(Delivery::LogGroup(log_group(REGION, ACCOUNT))),
            "{said}"
        );
    }
}

#[test]
fn a_trail_covers_only_if_it_records_all_is_logging_and_delivers_to_this_account() {
    let abroad = TrailFacts {
        log_group: Some(arn("us-east-1", ACCOUNT)),
        ..perfect()
    };
    assert_eq!(
        perfect().covers(REGION, ACCOUNT, now()),
        Some(log_group(REGION, ACCOUNT))
    );
    assert_eq!(
        abroad.covers(REGION, ACCOUNT, now()),
        Some(log_group("us-east-1", ACCOUNT))
    );
    for trail in [
        with_status(TrailStatus {
            logging: false,
            ..alive()
        }),
        with_status(TrailStatus {
            bucket_error: Some("NoSuchBucket".to_owned()),
            ..alive()
        }),
        with_status(TrailStatus {
            logs_error: Some("AccessDenied".to_owned()),
            ..alive()
        }),
        with_status(TrailStatus {
            logs_delivery: None,
            ..alive()
        }),
        with_selectors(Selectors::Basic(vec![basic(None, Some("WriteOnly"))])),
        with_selectors(Selectors::Basic(vec![basic(None, Some("ReadOnly"))])),
        with_selectors(Selectors::Advanced(vec![data()])),
        TrailFacts {
            multi_region: false,
            home_region: "us-east-1".to_owned(),
            ..perfect()
        },
        TrailFacts {
            log_group: Some(arn(REGION, "999988887777")),
            ..perfect()
        },
        unattached(),
    ] {
        assert_eq!(trail.covers(REGION, ACCOUNT, now()), None, "{trail:?}");
    }
}

#[test]
fn a_trail_takes_the_first_copy_unless_it_surely_records_nothing_here() {
    let writes = with_selectors(Selectors::Basic(vec![basic(None, Some("WriteOnly"))]));
    let hidden_status = TrailFacts {
        status: hidden(),
        ..perfect()
    };
    let hidden_selectors = TrailFacts {
        selectors: hidden(),
        ..perfect()
    };
    for trail in [
        perfect(),
        unattached(),
        writes,
        hidden_status,
        hidden_selectors,
    ] {
        assert!(trail.takes_first_copy(REGION), "{trail:?}");
    }
    let stopped = with_status(TrailStatus {
        logging: false,
        ..alive()
    });
    let elsewhere = TrailFacts {
        multi_region: false,
        home_region: "us-east-1".to_owned(),
        ..perfect()
    };
    for trail in [
        stopped,
        elsewhere,
        with_selectors(Selectors::Advanced(vec![data()])),
    ] {
        assert!(!trail.takes_first_copy(REGION), "{trail:?}");
    }
}

#[test]
fn a_log_group_can_be_given_only_to_a_trail_of_ours_at_home_with_neither_field_set() {
    let other_account = format!("arn:aws:cloudtrail:{REGION}:999988887777:trail/audit");
    let data_alone = Known::Known(Selectors::Advanced(vec![data()]));
    for (trail, why) in [
        (unattached(), None),
        (
            TrailFacts {
                multi_region: false,
                ..unattached()
            },
            None,
        ),
        (
            TrailFacts {
                organization: true,
                ..unattached()
            },
            Some("an organisation trail, cannot be changed from here"),
        ),
        (
            TrailFacts {
                arn: other_account,
                ..unattached()
            },
            Some("it belongs to account 999988887777"),
        ),
        (
            TrailFacts {
                home_region: "us-east-1".to_owned(),
                ..unattached()
            },
            Some("its home region is us-east-1: run there, with `--region us-east-1`"),
        ),
        (
            TrailFacts {
                role: None,
                ..perfect()
            },
            Some("it names a log group or a role already"),
        ),
        (
            TrailFacts {
                log_group: None,
                ..perfect()
            },
            Some("it names a log group or a role already"),
        ),
        (
            TrailFacts {
                selectors: data_alone,
                ..unattached()
            },
            Some("it records data events alone"),
        ),
    ] {
        assert_eq!(
            trail.not_attachable(REGION, ACCOUNT).as_deref(),
            why,
            "{trail:?}"
        );
    }
}
