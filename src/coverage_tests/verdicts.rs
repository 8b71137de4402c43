//! What follows for a trail: whether it covers ECR here, takes the first copy, or can be given our log group.

use super::*;

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

/// Trails, and why each cannot be given a log group.
fn trails_and_objections() -> Vec<(TrailFacts, Option<&'static str>)> {
    let other_account = format!("arn:aws:cloudtrail:{REGION}:999988887777:trail/audit");
    let data_alone = Known::Known(Selectors::Advanced(vec![data()]));
    vec![
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
    ]
}

#[test]
fn a_log_group_can_be_given_only_to_a_trail_of_ours_at_home_with_neither_field_set() {
    for (trail, why) in trails_and_objections() {
        assert_eq!(
            trail.not_attachable(REGION, ACCOUNT).as_deref(),
            why,
            "{trail:?}"
        );
    }
}
