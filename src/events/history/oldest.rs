//! Oldest first: AWS answers newest first only, so spans of the window are read whole, the oldest first, and told one
//! after another. How long they are follows from how many events the last ones had.

use std::cell::Cell;

use super::chain::Chain;
use super::page::{Page, wanted};
use super::{History, moment, width};
use crate::aws::CallError;
use crate::events::in_order::{Haul, Outcome, Stop, in_order, too_many};
use crate::events::query::{Order, Query};
use crate::events::span::{Plan, Span};
use crate::events::telling::Telling;

/// The first span, in seconds.
const FIRST: i64 = 3_600;
/// Twenty pages a span: ten seconds of reading, and little lost by a last page that is not full.
const EVENTS_IN_A_SPAN: usize = 1_000;

pub(super) async fn read(
    history: &History,
    query: &Query,
    whole: Span,
    telling: &mut Telling<'_>,
) -> Result<(), Stop> {
    let plan = Plan::new(whole, Order::OldestFirst, FIRST, EVENTS_IN_A_SPAN);
    let spans_at_once = Cell::new(1);
    let span = |span| read_span(history, query, span, &spans_at_once);
    in_order(
        plan,
        || spans_at_once.get(),
        span,
        async |span, haul| {
            telling.events(haul).await?;
            telling.passed(moment(span.last + 1)).await
        },
    )
    .await
}

async fn read_span(
    history: &History,
    query: &Query,
    span: Span,
    spans_at_once: &Cell<usize>,
) -> Result<Outcome, CallError> {
    let mut chain = Chain::new(span);
    let mut haul = Haul::default();
    while !chain.is_done() {
        match Page::read(&history.aws, query, chain.next_page()).await {
            Ok(page) => {
                spans_at_once.set(width(page.took));
                haul.add(wanted(chain.take(page), query));
            }
            Err(error) => chain.resume(error)?,
        }
        let covered = span.length() - chain.left();
        if let Some(events) = too_many(span, covered, haul.read, EVENTS_IN_A_SPAN)
            && !chain.is_done()
        {
            return Ok(Outcome::TooMany(events));
        }
    }
    Ok(Outcome::Whole(haul))
}
