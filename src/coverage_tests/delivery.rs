//! Where a trail delivers, and when its deliveries fail.

use super::*;

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

/// Statuses, and how deliveries fail by them.
fn statuses_and_failures() -> Vec<(TrailStatus, Option<&'static str>)> {
    let error = || Some("AccessDenied".to_owned());
    let started = |hours, last| TrailStatus {
        started: Some(hours_ago(hours)),
        logs_delivery: last,
        ..alive()
    };
    vec![
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
    ]
}

#[test]
fn deliveries_fail_by_error_or_by_silence_once_the_trail_has_settled() {
    for (status, failure) in statuses_and_failures() {
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
