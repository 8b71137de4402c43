//! Which trail will watch, for each kind of account and wish.

use super::*;
use crate::coverage::{Known, Selectors, TrailStatus};

const REGION: &str = "eu-west-1";
const ACCOUNT: &str = "123456789012";
const OWN_ARN: &str = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/ecr-monitor-trail";

/// Records everything here and is logging, but delivers to no log group.
fn trail(name: &str) -> TrailFacts {
    TrailFacts {
        name: name.to_owned(),
        arn: format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{name}"),
        home_region: REGION.to_owned(),
        multi_region: true,
        organization: false,
        bucket: "logs".to_owned(),
        prefix: None,
        kms_key: None,
        log_file_validation: true,
        log_group: None,
        role: None,
        status: Known::Known(TrailStatus {
            logging: true,
            ..TrailStatus::default()
        }),
        selectors: Known::Known(Selectors::Basic(Vec::new())),
    }
}

fn delivering(name: &str) -> TrailFacts {
    TrailFacts {
        log_group: Some(format!(
            "arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/{name}:*"
        )),
        role: Some(format!("arn:aws:iam::{ACCOUNT}:role/{name}")),
        ..trail(name)
    }
}

fn stopped(name: &str) -> TrailFacts {
    TrailFacts {
        status: Known::Known(TrailStatus::default()),
        ..trail(name)
    }
}

fn seen(trails: &[TrailFacts]) -> Seen<'_> {
    Seen {
        trails,
        region: REGION,
        account: ACCOUNT,
        now: Timestamp::UNIX_EPOCH,
        own_arn: OWN_ARN,
        own_exists: false,
        attached: None,
    }
}

/// The decision in one word or two.
fn said(decision: &Result<Decision, Usage>) -> String {
    match decision {
        Ok(Decision::Own) => "own".to_owned(),
        Ok(Decision::Adopt(trail, log_group)) => {
            format!("adopt {} at {}", trail.name, log_group.name)
        }
        Ok(Decision::Attach(trail)) => format!("attach {}", trail.name),
        Ok(Decision::Choose { attachable }) => format!("choose [{}]", attachable.join(", ")),
        Err(usage) => format!("error: {usage}"),
    }
}

#[test]
fn without_a_wish_the_account_decides() {
    let organization = TrailFacts {
        organization: true,
        selectors: Known::Unknown("hidden".to_owned()),
        ..trail("org")
    };
    for (trails, decision) in [
        (vec![], "own"),
        (vec![stopped("idle")], "own"),
        (vec![delivering("audit")], "adopt audit at /audit"),
        (
            vec![trail("silent"), delivering("audit")],
            "adopt audit at /audit",
        ),
        (vec![trail("silent"), stopped("idle")], "choose [silent]"),
        (vec![organization], "choose []"),
    ] {
        assert_eq!(said(&seen(&trails).decide(&Wish::Nothing)), decision);
    }
}

#[test]
fn a_trail_of_our_own_stays_even_beside_one_that_covers() {
    let trails = [delivering("audit"), delivering("ecr-monitor-trail")];
    let seen = Seen {
        own_exists: true,
        ..seen(&trails)
    };
    assert_eq!(said(&seen.decide(&Wish::Nothing)), "own");
    assert_eq!(said(&seen.decide(&Wish::NewTrail)), "own");
    let refused = said(&seen.decide(&Wish::Attach("audit".to_owned())));
    assert!(
        refused.starts_with("error: `--attach` is for an account without a trail of ours"),
        "{refused}"
    );
}

#[test]
fn a_trail_once_attached_is_the_only_one_until_teardown() {
    let trails = [delivering("audit"), trail("silent")];
    let seen = Seen {
        attached: Some(&trails[0]),
        ..seen(&trails)
    };
    assert_eq!(said(&seen.decide(&Wish::Nothing)), "attach audit");
    assert_eq!(
        said(&seen.decide(&Wish::Attach("audit".to_owned()))),
        "attach audit"
    );
    let refused = "error: trail `audit` delivers to this stack's log group already";
    assert_eq!(
        said(&seen.decide(&Wish::Attach("silent".to_owned()))),
        refused
    );
    assert_eq!(said(&seen.decide(&Wish::NewTrail)), refused);
}

#[test]
fn attaching_takes_a_name_or_an_arn_and_says_why_not() {
    let away = TrailFacts {
        home_region: "us-east-1".to_owned(),
        ..trail("away")
    };
    let organization = TrailFacts {
        organization: true,
        ..trail("org")
    };
    let trails = [trail("silent"), delivering("audit"), organization, away];
    let cannot = |name: &str, why: &str| {
        format!("error: trail `{name}` cannot be given our log group: {why}")
    };
    for (name, decision) in [
        ("silent", "attach silent".to_owned()),
        (&trails[0].arn, "attach silent".to_owned()),
        (
            "missing",
            "error: there is no trail `missing` to attach to".to_owned(),
        ),
        (
            "audit",
            cannot("audit", "it names a log group or a role already"),
        ),
        (
            "org",
            cannot("org", "an organisation trail, cannot be changed from here"),
        ),
        (
            "away",
            cannot(
                "away",
                "its home region is us-east-1: run there, with `--region us-east-1`",
            ),
        ),
    ] {
        assert_eq!(
            said(&seen(&trails).decide(&Wish::Attach(name.to_owned()))),
            decision
        );
    }
}

#[test]
fn a_new_trail_is_ours_whatever_there_is() {
    for trails in [vec![], vec![trail("silent")], vec![delivering("audit")]] {
        assert_eq!(said(&seen(&trails).decide(&Wish::NewTrail)), "own");
    }
}

#[test]
fn a_name_that_somebody_else_has_is_refused() {
    let refused =
        "error: a trail named `ecr-monitor-trail` exists here, and ecrmon did not make it";
    assert_eq!(
        said(&seen(&[stopped("ecr-monitor-trail")]).decide(&Wish::Nothing)),
        refused
    );
    assert_eq!(
        said(&seen(&[trail("ecr-monitor-trail")]).decide(&Wish::NewTrail)),
        refused
    );
}

#[test]
fn a_trail_that_will_not_do_is_described_with_what_is_wrong() {
    let organization = TrailFacts {
        organization: true,
        ..trail("org")
    };
    let trails = [organization, stopped("idle"), trail("ecr-monitor-trail")];
    let words = |name: &str, words: &str| (name.to_owned(), words.to_owned());
    assert_eq!(
        seen(&trails).shortcomings(),
        [
            words(
                "org",
                "records reads and writes; delivers to no log group (an organisation trail, cannot be changed from here)"
            ),
            words(
                "idle",
                "records reads and writes; delivers to no log group; logging is off"
            ),
        ]
    );
}
