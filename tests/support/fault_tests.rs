//! What each kind of fault does, and when.

use super::super::wire::Protocol;
use super::*;

fn arrives(
    faults: &mut Faults,
    protocol: Protocol,
    name: &str,
    bucket_is_busy: bool,
) -> Option<u16> {
    let bucket = (protocol == Protocol::S3).then(|| "logs".to_owned());
    let service = if protocol == Protocol::S3 {
        "s3"
    } else {
        "cloudtrail"
    };
    let operation = Operation {
        protocol,
        service: service.to_owned(),
        name: name.to_owned(),
        bucket,
    };
    let steps = faults.meet(&Arrival {
        operation: &operation,
        bucket_is_busy,
    });
    match steps.last() {
        Some(Step::Refuse(Refusal::Error { status, .. })) => Some(*status),
        _ => None,
    }
}

#[test]
fn a_fault_happens_as_often_and_as_late_as_asked() {
    let mut faults = Faults::default();
    faults.inject(
        Fault::error("CreateTrail", 400, "ConflictException", "wait")
            .after(1)
            .times(2),
    );
    let met: Vec<_> = (0..4)
        .map(|_| arrives(&mut faults, Protocol::Json, "CreateTrail", false))
        .collect();
    assert_eq!(met, [None, Some(400), Some(400), None]);
    assert_eq!(
        arrives(&mut faults, Protocol::Json, "UpdateTrail", false),
        None
    );
}

#[test]
fn an_earlier_refusal_does_not_use_up_a_later_one() {
    let mut faults = Faults::default();
    faults.inject(Fault::error("*", 400, "First", "").times(1));
    faults.inject(Fault::error("*", 500, "Second", "").times(1));
    let met: Vec<_> = (0..3)
        .map(|_| arrives(&mut faults, Protocol::Json, "CreateTrail", false))
        .collect();
    assert_eq!(met, [Some(400), Some(500), None]);
}

#[test]
fn a_new_role_is_trusted_before_it_is_permitted() {
    let mut faults = Faults::default();
    faults.inject(Fault::iam_propagation_lag(2));
    let operation = Operation {
        protocol: Protocol::Json,
        service: "cloudtrail".to_owned(),
        name: "UpdateTrail".to_owned(),
        bucket: None,
    };
    let mut says = || match faults
        .meet(&Arrival {
            operation: &operation,
            bucket_is_busy: false,
        })
        .pop()
    {
        Some(Step::Refuse(Refusal::Error { message, .. })) => message,
        _ => String::new(),
    };
    let (trust, permissions) = (
        "Access denied. Check the trust relationships for your role.",
        "Access denied. Check the permissions for your role.",
    );
    assert_eq!(
        [(); 5].map(|()| says()),
        [trust, trust, permissions, permissions, ""]
    );
}

#[test]
fn bucket_writes_conflict_only_with_each_other() {
    let mut faults = Faults::default();
    faults.inject(Fault::overlapping_bucket_writes());
    assert_eq!(
        arrives(&mut faults, Protocol::S3, "PutBucketPolicy", false),
        None
    );
    assert_eq!(
        arrives(&mut faults, Protocol::S3, "PutBucketTagging", true),
        Some(409)
    );
    assert_eq!(
        arrives(&mut faults, Protocol::S3, "GetBucketTagging", true),
        None
    );
}

#[test]
fn first_bucket_writes_conflict_once_each() {
    let mut faults = Faults::default();
    faults.inject(Fault::first_bucket_writes_conflict());
    let mut tries = |name| [(); 2].map(|()| arrives(&mut faults, Protocol::S3, name, false));
    assert_eq!(tries("PutBucketPolicy"), [Some(409), None]);
    assert_eq!(tries("PutBucketTagging"), [Some(409), None]);
}

#[test]
fn the_client_is_killed_after_its_last_change_only() {
    let mut faults = Faults::default();
    assert!(!faults.was_last_change());
    faults.kill_client_after(2);
    assert_eq!(
        [(); 3].map(|()| faults.was_last_change()),
        [false, true, false]
    );
}
