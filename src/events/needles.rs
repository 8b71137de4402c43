//! What a server can look for on behalf of a filter: texts that must stand in the record of every event that the
//! filter wants. It finds too much rather than too little; the whole filter is applied to what was found.
//!
//! A needle is made of letters, digits, `.`, `_` and `-` alone. No writer of JSON escapes those, so it stands in the
//! record as it is; and no language quotes them, so nothing that a person types can break out of a literal.

use super::filter::{Filter, Patterns};
use super::glob::Reader;

/// Texts all of which must be there.
pub(super) type All<'a> = Vec<&'a str>;

/// One pattern of several must be there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AnyOf<'a> {
    pub place: Place,
    pub patterns: Vec<All<'a>>,
}

/// What part of a record holds the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// `eventName`.
    Call,
    /// `userIdentity`.
    Who,
    /// `sourceIPAddress`.
    Address,
    /// Request, response, details and resources.
    Things,
}

/// The words of ours in a principal: a needle that is part of one need not be in the record.
const WORDS_OF_PRINCIPALS: [&str; 8] = [
    "root",
    "user",
    "role",
    "as",
    "federated",
    "idc",
    "account",
    "service",
];

/// What to look for: each of these must be there.
pub(super) fn of(filter: &Filter) -> Vec<AnyOf<'_>> {
    let from_record = |_: &&str| true;
    let not_ours = |needle: &&str| !WORDS_OF_PRINCIPALS.iter().any(|word| word.contains(needle));
    let owners = (!filter.owners.is_empty()).then(|| AnyOf {
        place: Place::Things,
        patterns: filter.owners.iter().map(|owner| runs(owner)).collect(),
    });
    [
        any_of(Place::Call, &filter.events, from_record),
        any_of(Place::Who, &filter.principals, not_ours),
        any_of(Place::Address, &filter.addresses, from_record),
        any_of(Place::Things, &filter.repositories, from_record),
        any_of(Place::Things, &filter.images, from_record),
        owners.filter(AnyOf::excludes_something),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn any_of<'a>(
    place: Place,
    patterns: &'a Patterns,
    is_in_record: impl Fn(&&str) -> bool,
) -> Option<AnyOf<'a>> {
    let patterns: Vec<All<'a>> = patterns
        .texts()
        .iter()
        .map(|glob| runs(glob).into_iter().filter(&is_in_record).collect())
        .collect();
    Some(AnyOf { place, patterns }).filter(AnyOf::excludes_something)
}

impl AnyOf<'_> {
    /// A pattern without needles is met by everything, and with it the whole list.
    fn excludes_something(&self) -> bool {
        !self.patterns.is_empty() && self.patterns.iter().all(|needles| !needles.is_empty())
    }
}

pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_plain_character)
}

fn is_plain_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-')
}

/// The runs of plain characters that every text has that matches the glob.
fn runs(glob: &str) -> All<'_> {
    let mut runs = Vec::new();
    let mut reader = Reader::default();
    let mut start = None;
    for (at, character) in glob.char_indices() {
        let literal = reader.is_literal(character) && is_plain_character(character);
        match (literal, start) {
            (true, None) => start = Some(at),
            (false, Some(begun)) => {
                runs.push(&glob[begun..at]);
                start = None;
            }
            _ => {}
        }
    }
    runs.extend(start.map(|begun| &glob[begun..]));
    runs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::parse_glob;
    use proptest::prelude::*;

    #[test]
    fn needles_are_what_every_match_of_a_glob_holds() {
        for (glob, needles) in [
            ("team-*/api", vec!["team-", "api"]),
            ("sha256:12ab*", vec!["sha256", "12ab"]),
            ("*", vec![]),
            ("a{b,c}d", vec!["a", "d"]),
            ("a{b,{c,d}}e", vec!["a", "e"]),
            ("x[]ab]y", vec!["x", "y"]),
            ("x[!]ab]y", vec!["x", "y"]),
            (r"x\*y\zw", vec!["x", "y", "w"]),
            ("it's \"x\" | y", vec!["it", "s", "x", "y"]),
        ] {
            assert_eq!(runs(glob), needles, "{glob}");
        }
    }

    #[test]
    fn our_own_words_are_not_looked_for_in_a_record() {
        let filter = Filter {
            principals: Patterns::new(&[parse_glob("role/ci (build-*)").expect("a glob")])
                .expect("patterns"),
            ..Filter::default()
        };
        assert_eq!(
            of(&filter),
            [AnyOf {
                place: Place::Who,
                patterns: vec![vec!["ci", "build-"]]
            }]
        );
    }

    proptest! {
        #[test]
        fn what_matches_a_glob_holds_its_needles(
            glob in r"[ab*?/{}\[\],!^\\-]{0,10}",
            text in "[ab/,!^-]{0,8}",
        ) {
            if let Ok(parsed) = parse_glob(&glob)
                && parsed.compile_matcher().is_match(&text)
            {
                for needle in runs(&glob) {
                    prop_assert!(text.contains(needle), "{glob} {text} {needle}");
                }
            }
        }
    }
}
