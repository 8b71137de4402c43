//! Whatever spans turn out to hold too much, and whichever is read first, all is told once and in order.

use std::cell::RefCell;

use proptest::prelude::*;

use super::*;
use crate::events::query::Order;

/// What comes of reading a span: after how many turns of the others, and whether it is too much.
#[derive(Debug, Clone, Copy)]
struct Luck {
    turns: u8,
    too_many: Option<usize>,
}

fn luck() -> impl Strategy<Value = Luck> {
    (0_u8..5, prop::option::weighted(0.4, 1_usize..500))
        .prop_map(|(turns, too_many)| Luck { turns, too_many })
}

async fn read_with(luck: Luck, span: Span) -> Result<Outcome, CallError> {
    for _ in 0..luck.turns {
        tokio::task::yield_now().await;
    }
    Ok(match luck.too_many.filter(|_| span.length() > 1) {
        Some(events) => Outcome::TooMany(events),
        None => Outcome::Whole(Haul {
            read: usize::try_from(span.length()).expect("it is positive"),
            ..Haul::default()
        }),
    })
}

/// The spans as they were told, and how many were under way at most.
fn told(plan: Plan, width: usize, lucks: Vec<Luck>) -> (Vec<Span>, usize) {
    let lucks = RefCell::new(lucks.into_iter().cycle());
    let (told, under_way) = (RefCell::new(Vec::new()), RefCell::new((0, 0)));
    let read = |span| {
        let luck = lucks.borrow_mut().next().expect("there is always more");
        let mut counts = under_way.borrow_mut();
        counts.0 += 1;
        counts.1 = counts.0.max(counts.1);
        let under_way = &under_way;
        async move {
            let outcome = read_with(luck, span).await;
            under_way.borrow_mut().0 -= 1;
            outcome
        }
    };
    let tell = async |span, _| {
        told.borrow_mut().push(span);
        Ok(())
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.expect("build a runtime");
    let end = runtime.block_on(in_order(plan, || width, read, tell));
    end.expect("nothing fails");
    let most = under_way.borrow().1;
    (told.into_inner(), most)
}

proptest! {
    #[test]
    fn all_is_told_once_and_in_order(
        length in 1_i64..300, start in 1_i64..50, width in 1_usize..6,
        lucks in prop::collection::vec(luck(), 1..40), newest_first: bool,
    ) {
        let order = if newest_first { Order::NewestFirst } else { Order::OldestFirst };
        let whole = Span { first: 0, last: length - 1 };
        let (mut told, most) = told(Plan::new(whole, order, start, 20), width, lucks);
        prop_assert!(most <= width);
        if newest_first {
            told.reverse();
        }
        let covered: Vec<_> = told.iter().flat_map(|span| span.first..=span.last).collect();
        prop_assert_eq!(covered, (0..length).collect::<Vec<_>>());
    }
}

#[test]
fn a_burst_is_not_taken_for_the_rest_of_its_span() {
    let span = Span {
        first: 0,
        last: 3_599,
    };
    assert_eq!(too_many(span, 10, 99, 100), None);
    assert_eq!(too_many(span, 3_000, 100, 100), None);
    assert_eq!(too_many(span, 900, 100, 100), Some(400));
}
