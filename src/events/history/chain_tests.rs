//! A chain tells every event of its span once, whatever happens to its tokens.

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::prelude::*;

use super::super::server_of_tests::{Server, forgotten_token};
use super::*;

fn read(
    chain: &mut Chain,
    server: &Server,
    forget: &mut impl Iterator<Item = bool>,
) -> Vec<String> {
    let mut told = Vec::new();
    let mut may_forget = true;
    while !chain.is_done() {
        let ask = chain.next_page();
        // Never twice in a row: a chain that gains nothing gives up.
        if ask.token.is_some() && may_forget && forget.next() == Some(true) {
            chain.resume(forgotten_token()).expect("it can be resumed");
            may_forget = false;
            continue;
        }
        let before = chain.reached();
        let rows = chain.take(server.answer(&ask));
        may_forget = chain.reached() < before;
        told.extend(
            rows.iter()
                .filter_map(|row| row.event_id().map(str::to_owned)),
        );
    }
    told
}

proptest! {
    #[test]
    fn a_chain_tells_each_event_once(
        seconds in prop::collection::vec(0_i64..60, 0..200), rows in 1_usize..20,
        first in 0_i64..30, length in 1_i64..40,
        forget in prop::collection::vec(any::<bool>(), 0..20),
    ) {
        let server = Server::new(seconds, rows, Duration::ZERO);
        let span = Span { first, last: first + length - 1 };
        let mut chain = Chain::new(span);
        let told = read(&mut chain, &server, &mut forget.into_iter());
        prop_assert_eq!(told.len(), told.iter().collect::<BTreeSet<_>>().len(), "none twice");
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), server.ids(span.first, span.last));
        prop_assert_eq!(chain.reached(), span.first);
    }

    #[test]
    fn a_chain_and_what_was_cut_off_it_tell_each_event_once(
        seconds in prop::collection::vec(0_i64..60, 0..200), rows in 1_usize..20,
        pages in 0_usize..4, keep in 1_i64..40,
    ) {
        let server = Server::new(seconds, rows, Duration::ZERO);
        let mut chain = Chain::new(Span { first: 0, last: 59 });
        let mut told = Vec::new();
        for _ in 0..pages {
            if !chain.is_done() {
                let rows = chain.take(server.answer(&chain.next_page()));
                told.extend(rows.iter().filter_map(|row| row.event_id().map(str::to_owned)));
            }
        }
        let rest = if chain.is_done() { None } else { chain.cut_after(keep) };
        told.extend(read(&mut chain, &server, &mut std::iter::empty()));
        if let Some(rest) = rest {
            told.extend(read(&mut Chain::new(rest), &server, &mut std::iter::empty()));
        }
        prop_assert_eq!(told.len(), told.iter().collect::<BTreeSet<_>>().len(), "none twice");
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), server.ids(0, 59));
    }
}

#[test]
fn a_token_that_is_refused_again_and_again_ends_in_its_error() {
    let server = Server::new(vec![5; 30], 10, Duration::ZERO);
    let mut chain = Chain::new(Span { first: 0, last: 9 });
    chain.take(server.answer(&chain.next_page()));
    assert!(chain.resume(forgotten_token()).is_ok());
    chain.take(server.answer(&chain.next_page()));
    assert!(chain.resume(forgotten_token()).is_err());
}
