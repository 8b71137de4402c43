//! Puts what a source tells into order, each event once, holding no more than what may still change places.

use std::cmp::Ordering;
use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::event::Event;
use super::ids::Ids;
use super::query::Order;
use super::sink::Found;

/// CloudTrail delivers at least once. A repetition of an event is known as one if it comes before the reading has gone
/// on by this much event time; the documentation gives no bound, repetitions seen are minutes apart.
const REPETITION: SignedDuration = SignedDuration::from_hours(2);

/// Events on their way from a source to their reader.
pub(crate) struct Sequence {
    order: Order,
    /// Up to where everything was told; see [`Found::Passed`].
    passed: Option<Timestamp>,
    /// In the order of telling, but for those that came since.
    held: Vec<Event>,
    /// The ids of what is held or was let go lately, with their times, to know repetitions by.
    seen: Ids,
    seen_at: VecDeque<(Timestamp, u128)>,
}

impl Sequence {
    pub(crate) fn new(order: Order) -> Self {
        Self {
            order,
            passed: None,
            held: Vec::new(),
            seen: Ids::default(),
            seen_at: VecDeque::new(),
        }
    }

    /// Takes what a source told, and answers what can be shown now, in order.
    pub(crate) fn take(&mut self, found: Found) -> Vec<Event> {
        match found {
            Found::Events(events) => self.hold(events),
            Found::Passed(time) => {
                self.passed = Some(time);
                self.let_go(Self::is_passed)
            }
        }
    }

    /// What is still held, in order; the source has ended.
    pub(crate) fn finish(&mut self) -> Vec<Event> {
        self.let_go(|_, _| true)
    }

    /// Keeps events back until they are passed. What has no time, or comes too late for its place, is shown at once.
    fn hold(&mut self, events: Vec<Event>) -> Vec<Event> {
        let mut at_once = Vec::new();
        for event in events {
            if !self.is_new(&event) {
                continue;
            }
            match event.time {
                Some(time) if !self.is_passed(time) => self.held.push(event),
                _ => at_once.push(event),
            }
        }
        at_once
    }

    /// An event without an id cannot be known again.
    fn is_new(&mut self, event: &Event) -> bool {
        let Some(key) = self.seen.key(event) else {
            return true;
        };
        if let Some(time) = event.time {
            self.seen_at.push_back((time, key));
        }
        self.seen.insert(key)
    }

    fn is_passed(&self, time: Timestamp) -> bool {
        self.passed.is_some_and(|passed| match self.order {
            Order::NewestFirst => time > passed,
            Order::OldestFirst => time < passed,
        })
    }

    /// Lets go of the first ones in the direction of reading, as far as `may_go` allows.
    fn let_go(&mut self, may_go: impl Fn(&Self, Timestamp) -> bool) -> Vec<Event> {
        let order = self.order;
        self.held.sort_by(|one, other| match order {
            Order::NewestFirst => by_time(other, one),
            Order::OldestFirst => by_time(one, other),
        });
        let count = self
            .held
            .partition_point(|event| event.time.is_some_and(|time| may_go(self, time)));
        let events = self.held.drain(..count).collect();
        self.forget();
        events
    }

    /// Forgets ids of events that can no longer come again.
    fn forget(&mut self) {
        let Some(passed) = self.passed else { return };
        while let Some((time, key)) = self.seen_at.front() {
            let away = match self.order {
                Order::NewestFirst => time.duration_since(passed),
                Order::OldestFirst => passed.duration_since(*time),
            };
            if away <= REPETITION {
                break;
            }
            self.seen.remove(*key);
            self.seen_at.pop_front();
        }
    }
}

/// Of the events of one second nobody knows the order; their ids give every source the same. The numbers of ids have
/// the order of their texts, and are nearer.
fn by_time(one: &Event, other: &Event) -> Ordering {
    one.time
        .cmp(&other.time)
        .then_with(|| match (one.uuid, other.uuid) {
            (Some(one), Some(other)) => one.cmp(&other),
            _ => one.event_id().cmp(&other.event_id()),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::event::Fact;
    use proptest::prelude::*;

    fn event(second: i64, id: usize) -> Event {
        let mut event = Event::default();
        event.time = Timestamp::from_second(second).ok();
        event.set(Fact::EventId, &id.to_string());
        event
    }

    fn seconds(events: &[Event]) -> Vec<i64> {
        events
            .iter()
            .filter_map(|event| event.time.map(Timestamp::as_second))
            .collect()
    }

    fn passed(second: i64) -> Found {
        Found::Passed(Timestamp::from_second(second).expect("a time"))
    }

    #[test]
    fn what_may_still_get_company_is_held_back() {
        let mut sequence = Sequence::new(Order::NewestFirst);
        assert!(
            sequence
                .take(Found::Events(vec![event(5, 1), event(9, 2)]))
                .is_empty()
        );
        assert_eq!(seconds(&sequence.take(passed(5))), [9]);
        assert!(sequence.take(Found::Events(vec![event(5, 3)])).is_empty());
        assert_eq!(seconds(&sequence.take(passed(4))), [5, 5]);
    }

    #[test]
    fn a_late_event_is_shown_all_the_same() {
        let mut sequence = Sequence::new(Order::OldestFirst);
        sequence.take(passed(100));
        assert_eq!(
            seconds(&sequence.take(Found::Events(vec![event(7, 1)]))),
            [7]
        );
    }

    #[test]
    fn the_events_of_one_second_come_in_one_order_from_every_source() {
        for (order, expected) in [
            (Order::OldestFirst, ["1", "2", "3"]),
            (Order::NewestFirst, ["3", "2", "1"]),
        ] {
            for ids in [[1, 2, 3], [3, 1, 2], [2, 3, 1]] {
                let mut sequence = Sequence::new(order);
                sequence.take(Found::Events(ids.map(|id| event(7, id)).to_vec()));
                let told = sequence.finish();
                let told: Vec<_> = told.iter().filter_map(|event| event.event_id()).collect();
                assert_eq!(told, expected);
            }
        }
    }

    proptest! {
        /// Whatever the batches, every event is shown once; and in order, as every mark keeps its promise.
        #[test]
        fn every_event_is_shown_once_and_in_order(
            times in prop::collection::vec(0_i64..1000, 0..60),
            copies in prop::collection::vec(0_usize..60, 0..20),
            batch in 1_usize..7,
            newest_first: bool,
        ) {
            let order = if newest_first { Order::NewestFirst } else { Order::OldestFirst };
            let mut told: Vec<Event> = times.iter().enumerate().map(|(id, time)| event(*time, id)).collect();
            let again: Vec<Event> = copies.iter().filter_map(|copy| told.get(*copy).cloned()).collect();
            told.extend(again);
            told.sort_by_key(|event| if newest_first { event.time.map(|t| -t.as_second()) } else { event.time.map(Timestamp::as_second) });
            let mut sequence = Sequence::new(order);
            let mut shown = Vec::new();
            for events in told.chunks(batch) {
                let last = events.last().and_then(|event| event.time).expect("a time");
                shown.extend(sequence.take(Found::Events(events.iter().rev().cloned().collect())));
                shown.extend(sequence.take(Found::Passed(last)));
            }
            shown.extend(sequence.finish());
            let mut expected = times.clone();
            expected.sort_unstable();
            if newest_first {
                expected.reverse();
            }
            prop_assert_eq!(seconds(&shown), expected);
        }
    }
}
