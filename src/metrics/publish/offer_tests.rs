//! What is published is known, falls back to a true zero, and stays within what was allowed.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::metrics::registry::Images;

const SEVERITIES: [Severity; 2] = [Severity::Critical, Severity::High];

fn repository(name: &str, images: Option<(u64, u64)>, findings: Option<Findings>) -> Repository {
    Repository {
        name: name.to_owned(),
        images: images.map(|(count, without_size)| Images {
            count,
            untagged: count / 2,
            size_bytes: count * 1_000,
            without_size,
            ..Images::default()
        }),
        findings,
        ..Repository::default()
    }
}

fn found(critical: u64) -> Findings {
    Findings::Found(BTreeMap::from([("CRITICAL".to_owned(), critical)]))
}

fn registry(repositories: &[Repository]) -> Registry {
    Registry {
        repositories: repositories.to_vec(),
        ..Registry::default()
    }
}

fn offer(repositories: &[Repository]) -> Offer {
    let registry = registry(repositories);
    Offer::new(&registry, true, &SEVERITIES, Timestamp::UNIX_EPOCH)
}

/// `ImageCount a 4`, `FindingCount a HIGH 0`, `ImageCount 4`.
fn lines(offer: &Offer) -> Vec<String> {
    let line = |datum: &Datum| {
        let dimensions = [datum.repository.as_deref(), datum.severity];
        let value = datum.value.to_string();
        let words = std::iter::once(datum.metric).chain(dimensions.into_iter().flatten());
        words.chain([value.as_str()]).collect::<Vec<_>>().join(" ")
    };
    offer.data().map(line).collect()
}

#[test]
fn every_repository_and_the_whole_registry_have_their_metrics() {
    let offer = offer(&[
        repository("a", Some((4, 0)), Some(found(3))),
        repository("b", Some((0, 0)), Some(Findings::NoImage)),
    ]);
    assert_eq!(
        lines(&offer),
        [
            "ImageCount 4",
            "UntaggedImageCount 2",
            "RepositorySize 4000",
            "FindingCount CRITICAL 3",
            "FindingCount HIGH 0",
            "ImageCount a 4",
            "UntaggedImageCount a 2",
            "RepositorySize a 4000",
            "FindingCount a CRITICAL 3",
            "FindingCount a HIGH 0",
            "ImageCount b 0",
            "UntaggedImageCount b 0",
            "RepositorySize b 0",
            "FindingCount b CRITICAL 0",
            "FindingCount b HIGH 0",
        ]
    );
    assert!(offer.unknown.is_empty() && offer.unscanned.is_empty());
}

#[test]
fn what_is_not_known_is_not_published_and_neither_is_a_total_of_it() {
    let offer = offer(&[
        repository("known", Some((4, 0)), Some(found(0))),
        repository("lower-bound", Some((2, 1)), Some(Findings::NeverScanned)),
        repository("unread", None, None),
    ]);
    assert_eq!(
        lines(&offer),
        [
            "ImageCount known 4",
            "UntaggedImageCount known 2",
            "RepositorySize known 4000",
            "FindingCount known CRITICAL 0",
            "FindingCount known HIGH 0",
            "ImageCount lower-bound 2",
            "UntaggedImageCount lower-bound 1",
        ]
    );
    let unknown: Vec<(&str, &str)> = offer
        .unknown
        .iter()
        .map(|unknown| (unknown.repository.as_str(), unknown.metric))
        .collect();
    assert_eq!(
        unknown,
        [
            ("lower-bound", SIZE),
            ("unread", IMAGES),
            ("unread", UNTAGGED),
            ("unread", SIZE),
            ("unread", FINDINGS),
        ]
    );
    assert_eq!(offer.unscanned, ["lower-bound"]);
    let published: Vec<&str> = offer.repositories().collect();
    assert_eq!(published, ["known", "lower-bound"]);
}

#[test]
fn a_part_of_the_registry_has_no_totals() {
    let all = registry(&[repository("a", Some((4, 0)), Some(found(3)))]);
    let part = Offer::new(&all, false, &SEVERITIES, Timestamp::UNIX_EPOCH);
    assert!(part.data().all(|datum| datum.repository.is_some()));
    assert_eq!(part.spread(IMAGES), (1, false));
}

#[test]
fn an_empty_registry_has_totals_of_nothing() {
    assert_eq!(offer(&[]).data().map(|datum| datum.value).sum::<u64>(), 0);
    assert_eq!(offer(&[]).count(), 5);
}

#[test]
fn a_new_repository_beyond_the_limit_is_left_out_and_an_old_one_stays() {
    let all = ["a", "b", "c"].map(|name| repository(name, Some((1, 0)), Some(found(0))));
    let before = BTreeSet::from(["b".to_owned(), "c".to_owned()]);
    let offer = offer(&all).within(15, &before);
    assert_eq!(offer.left_out, ["a"]);
    assert_eq!(offer.repositories().collect::<Vec<_>>(), ["b", "c"]);
    assert_eq!(offer.count(), 15);
}

proptest! {
    #[test]
    fn the_limit_holds_whatever_there_is(
        known in proptest::collection::vec(proptest::option::of(0_u64..9), 0..30),
        most in 0_usize..100,
    ) {
        let repository = |(number, count): (usize, &Option<u64>)| {
            repository(&number.to_string(), count.map(|count| (count, 0)), Some(found(1)))
        };
        let all: Vec<Repository> = known.iter().enumerate().map(repository).collect();
        let offer = offer(&all).within(most, &BTreeSet::new());
        prop_assert!(offer.count() <= most);
    }
}
