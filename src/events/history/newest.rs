//! Newest first: one chain of pages over the whole window, each told as it comes. Where AWS takes longer to answer
//! than the pace allows it to be asked, the chain leaves what lies further back to others, which read ahead of it.

use std::collections::VecDeque;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::chain::Chain;
use super::page::{Ask, PAGE, Page, wanted};
use super::{History, moment, width};
use crate::aws::CallError;
use crate::events::in_order::{Haul, Stop};
use crate::events::query::Query;
use crate::events::span::Span;
use crate::events::telling::Telling;

/// A chain is cut only if both parts are worth a page of their own, whatever the estimate is off by.
const PAGES_WORTH_CUTTING: i64 = 4;
/// Events that chains hold back together, some 1.5 KB each, before those behind the first one wait.
const HELD_AT_MOST: usize = 15_000;

pub(super) async fn read(
    history: &History,
    query: &Query,
    whole: Span,
    telling: &mut Telling<'_>,
) -> Result<(), Stop> {
    let mut strands = Strands::new(whole);
    let mut calls = FuturesUnordered::new();
    loop {
        for (number, ask) in strands.idle() {
            calls.push(async move { (number, Page::read(&history.aws, query, ask).await) });
        }
        let Some((number, answer)) = calls.next().await else {
            return Ok(());
        };
        match answer {
            Ok(page) => {
                let width = width(page.took);
                strands.take(number, page, query);
                while strands.unfinished() < width && strands.cut(width) {}
            }
            Err(error) => strands.resume(number, error)?,
        }
        for (haul, reached) in strands.ready() {
            telling.events(haul).await?;
            telling.passed(moment(reached)).await?;
        }
    }
}

/// The chains that make up the window, newest first.
struct Strands {
    chains: VecDeque<Strand>,
    /// How many chains there have been: the number of the next one.
    count: usize,
    /// What pages have covered so far, to estimate how many are left.
    pages: i64,
    seconds: i64,
}

struct Strand {
    number: usize,
    chain: Chain,
    /// What waits for its turn.
    held: Haul,
    asking: bool,
}

impl Strands {
    fn new(whole: Span) -> Self {
        let mut strands = Self {
            chains: VecDeque::new(),
            count: 0,
            pages: 0,
            seconds: 0,
        };
        strands.insert(0, whole);
        strands
    }

    fn insert(&mut self, place: usize, span: Span) {
        let strand = Strand {
            number: self.count,
            chain: Chain::new(span),
            held: Haul::default(),
            asking: false,
        };
        self.count += 1;
        self.chains.insert(place, strand);
    }

    /// What to ask for next, by every chain that waits for no answer.
    fn idle(&mut self) -> Vec<(usize, Ask)> {
        let held: usize = self.chains.iter().map(|one| one.held.events.len()).sum();
        let allowed = if held < HELD_AT_MOST { usize::MAX } else { 1 };
        let idle = self
            .chains
            .iter_mut()
            .take(allowed)
            .filter(|one| !one.asking && !one.chain.is_done());
        idle.map(|one| {
            one.asking = true;
            (one.number, one.chain.next_page())
        })
        .collect()
    }

    fn unfinished(&self) -> usize {
        self.chains
            .iter()
            .filter(|one| !one.chain.is_done())
            .count()
    }

    fn asked(&mut self, number: usize) -> Option<&mut Strand> {
        let strand = self.chains.iter_mut().find(|one| one.number == number)?;
        strand.asking = false;
        Some(strand)
    }

    fn take(&mut self, number: usize, page: Page, query: &Query) {
        let Some(strand) = self.asked(number) else {
            return;
        };
        let before = strand.chain.reached();
        let rows = strand.chain.take(page);
        let covered = before - strand.chain.reached();
        strand.held.add(wanted(rows, query));
        self.pages += 1;
        self.seconds += covered;
    }

    fn resume(&mut self, number: usize, error: CallError) -> Result<(), Stop> {
        match self.asked(number) {
            Some(strand) => Ok(strand.chain.resume(error)?),
            None => Err(error.into()),
        }
    }

    /// Cuts the last unfinished chain so that it and those that are missing have about equally much to read. `false`
    /// where that is not worth it.
    fn cut(&mut self, width: usize) -> bool {
        let Some(last) = self.chains.iter().rposition(|one| !one.chain.is_done()) else {
            return false;
        };
        let sharers = i64::try_from(width - self.unfinished() + 1).unwrap_or(i64::MAX);
        let left = self.chains[last].chain.left();
        let a_page = (self.seconds / self.pages.max(1)).max(1);
        if left / a_page < PAGES_WORTH_CUTTING {
            return false;
        }
        let share = (left / sharers).min(pages_ahead(width) * a_page).max(1);
        let Some(rest) = self.chains[last].chain.cut_after(share) else {
            return false;
        };
        self.insert(last + 1, rest);
        true
    }

    /// What is at the front and whatever has waited behind it, each with the second that was reached thereby.
    fn ready(&mut self) -> Vec<(Haul, i64)> {
        let mut ready = Vec::new();
        while let Some(front) = self.chains.front_mut() {
            ready.push((std::mem::take(&mut front.held), front.chain.reached()));
            if !front.chain.is_done() {
                break;
            }
            self.chains.pop_front();
        }
        ready
    }
}

/// How many pages a chain takes on, so that those behind the first one have room for theirs.
fn pages_ahead(width: usize) -> i64 {
    i64::try_from(HELD_AT_MOST / PAGE / width).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "newest_tests.rs"]
mod tests;
