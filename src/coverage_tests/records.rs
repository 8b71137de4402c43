//! What a trail records: its region, and its event selectors of either kind.

use super::*;

fn not_equals(field: &str, values: &[&str]) -> Condition {
    let not_equals = values.iter().map(|&value| value.to_owned()).collect();
    Condition {
        field: field.to_owned(),
        not_equals,
        ..Condition::default()
    }
}

#[track_caller]
fn assert_records(selectors: Selectors, records: &Records) {
    let said = format!("{selectors:?}");
    assert_eq!(
        &with_selectors(selectors).records(REGION),
        records,
        "{said}"
    );
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
        assert_records(Selectors::Basic(selectors), &records);
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
        assert_records(Selectors::Basic(selectors), &records);
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
        assert_records(Selectors::Advanced(vec![conditions]), &records);
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
        assert_records(Selectors::Advanced(selectors), &records);
    }
}
