//! Spans lose and repeat nothing at their edges, whatever was learned meanwhile.

use proptest::prelude::*;

use super::*;

fn orders() -> impl Strategy<Value = Order> {
    prop_oneof![Just(Order::NewestFirst), Just(Order::OldestFirst)]
}

proptest! {
    #[test]
    fn a_plan_covers_every_unit_once_and_in_order(
        first in -5_000_i64..5_000, length in 1_i64..5_000, start in 1_i64..900,
        order in orders(), found in prop::collection::vec(0_usize..3_000, 0..64),
    ) {
        let whole = Span { first, last: first + length - 1 };
        let mut plan = Plan::new(whole, order, start, 100);
        let mut covered = Vec::new();
        let mut found = found.into_iter().cycle();
        while let Some(span) = plan.next() {
            covered.extend(span.first..=span.last);
            if let Some(events) = found.next() {
                plan.learn(span, events);
            }
            if order == Order::NewestFirst {
                let from = covered.len() - usize::try_from(span.length()).expect("it is positive");
                covered[from..].reverse();
            }
        }
        if order == Order::NewestFirst {
            covered.reverse();
        }
        prop_assert_eq!(covered, (whole.first..=whole.last).collect::<Vec<_>>());
    }

    #[test]
    fn parts_make_up_the_whole(
        first in -100_i64..100, length in 2_i64..500, events in 0_usize..10_000, order in orders(),
    ) {
        let whole = Span { first, last: first + length - 1 };
        let mut parts = Plan::new(whole, order, 1, 100).parts(whole, events);
        prop_assert!(parts.len() > 1);
        if order == Order::NewestFirst {
            parts.reverse();
        }
        let covered: Vec<_> = parts.iter().flat_map(|part| part.first..=part.last).collect();
        prop_assert_eq!(covered, (whole.first..=whole.last).collect::<Vec<_>>());
    }

    #[test]
    fn the_seconds_of_a_window_are_those_that_it_contains(
        from in -3_000_i64..3_000, length in 0_i64..4_000, second in -8_i64..8,
    ) {
        let moment = |millisecond| Timestamp::from_millisecond(millisecond).expect("it is near 1970");
        let window = Window { from: moment(from), until: moment(from + length) };
        let spanned = Span::of_seconds(window)
            .is_some_and(|span| (span.first..=span.last).contains(&second));
        prop_assert_eq!(spanned, window.contains(moment(second * 1_000)));
    }
}

#[test]
fn spans_grow_while_nothing_is_found_and_fit_what_is() {
    let whole = Span {
        first: 0,
        last: 9_999,
    };
    let mut plan = Plan::new(whole, Order::OldestFirst, 10, 100);
    let lengths: Vec<_> = plan.by_ref().take(3).map(Span::length).collect();
    assert_eq!(lengths, [10, 20, 40]);
    plan.learn(Span { first: 0, last: 9 }, 50);
    assert_eq!(plan.next().map(Span::length), Some(20));
    plan.learn(
        Span {
            first: 10,
            last: 29,
        },
        0,
    );
    assert_eq!(plan.next().map(Span::length), Some(40));
}

#[test]
fn parts_hold_what_is_wanted() {
    let whole = Span {
        first: 0,
        last: 9_999,
    };
    let plan = Plan::new(whole, Order::OldestFirst, 10, 100);
    assert_eq!(whole.estimate(500, 40), 800);
    assert_eq!(plan.parts(whole, 800).len(), 8);
    assert_eq!(plan.parts(whole, 1).len(), 2);
    assert!(plan.parts(whole, usize::MAX).len() <= 65);
}
