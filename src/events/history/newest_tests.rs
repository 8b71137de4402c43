//! Chains side by side tell every event once, the newest first, however they were cut.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::super::server_of_tests::{Server, forgotten_token};
use super::*;
use crate::events::{Filter, Order, Registry, Window};

fn query() -> Query {
    Query {
        window: Window {
            from: Timestamp::UNIX_EPOCH,
            until: Timestamp::MAX,
        },
        filter: Filter::default(),
        order: Order::NewestFirst,
        registry: Registry::Private,
        keep_records: false,
    }
}

proptest! {
    #[test]
    fn strands_tell_each_event_once_and_in_order(
        seconds in prop::collection::vec(0_i64..600, 0..600),
        choices in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..8, 0_u8..10), 1..64),
    ) {
        let server = Server::new(seconds, 5, Duration::ZERO);
        let mut strands = Strands::new(Span { first: 0, last: 599 });
        let (mut asked, mut told, mut reached) = (Vec::new(), Vec::new(), 600);
        let mut choices = choices.into_iter().cycle();
        loop {
            asked.extend(strands.idle());
            let Some((which, width, luck)) = choices.next().filter(|_| !asked.is_empty()) else {
                break;
            };
            let (number, ask) = asked.swap_remove(which.index(asked.len()));
            if luck > 0 || ask.token.is_none() || strands.resume(number, forgotten_token()).is_err() {
                strands.take(number, server.answer(&ask), &query());
                while strands.unfinished() < width && strands.cut(width) {}
            }
            for (haul, now_reached) in strands.ready() {
                for event in haul.events {
                    let second = event.time.expect("all have a time").as_second();
                    prop_assert!((now_reached..=reached).contains(&second), "told in its turn");
                    told.extend(event.event_id().map(str::to_owned));
                }
                reached = now_reached;
            }
        }
        prop_assert_eq!(reached, 0);
        prop_assert_eq!(told.len(), told.iter().collect::<BTreeSet<_>>().len(), "none twice");
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), server.ids(0, 599));
    }
}

/// Every answer takes `took`; chains are asked in turn, one start each 510 ms. How many pages are read beyond those
/// that one chain would read, and how many starts come too late.
fn run(events: i64, took: Duration) -> (usize, usize) {
    let seconds = (0..events).map(|number| number * 7 + number % 5).collect();
    let server = Server::new(seconds, 50, took);
    let mut strands = Strands::new(Span {
        first: 0,
        last: events * 7 + 5,
    });
    let (mut under_way, mut queue) = (Vec::new(), std::collections::VecDeque::new());
    let (mut now, mut free_at, mut pages) = (Duration::ZERO, Duration::ZERO, 0);
    loop {
        queue.extend(strands.idle());
        while let Some((number, ask)) = queue.pop_front() {
            let start = now.max(free_at);
            free_at = start + crate::aws::LOOKUP_PACE;
            under_way.push((start + took, number, ask));
        }
        under_way.sort_by_key(|(end, ..)| std::cmp::Reverse(*end));
        let Some((end, number, ask)) = under_way.pop() else {
            break;
        };
        now = end;
        pages += 1;
        strands.take(number, server.answer(&ask), &query());
        let width = width(took);
        while strands.unfinished() < width && strands.cut(width) {}
        strands.ready();
    }
    let ideal = usize::try_from(events / 50).expect("it is positive");
    let late = now
        .saturating_sub(took)
        .div_duration_f64(crate::aws::LOOKUP_PACE);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small count"
    )]
    (pages - ideal, late as usize + 1 - ideal)
}

#[test]
fn slow_answers_cost_few_pages_more_and_hardly_any_time() {
    for took in [100, 700, 1_200, 2_500] {
        let (more, late) = run(10_000, Duration::from_millis(took));
        assert!(
            more <= 8 && late <= 10,
            "{took} ms: {more} pages more, {late} starts late"
        );
    }
}
