//! Events in order become operations in order, in bounded memory: an operation is told once no further call of it can
//! come.

use std::collections::{HashMap, VecDeque};
use std::hash::BuildHasher;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use super::event::Event;
use super::operation::{Growing, Kinship, Operation};

/// Calls of one operation follow each other within this time; a large layer is uploaded in parts of seconds.
const PAUSE: SignedDuration = SignedDuration::from_mins(2);
/// The longest an operation goes on before the rest of it becomes another.
const LONGEST: SignedDuration = SignedDuration::from_mins(30);
/// More images than these start another operation.
const IMAGES: usize = 1000;
/// Operations held at most, growing ones and those that wait for their turn.
const HELD: usize = 10_000;

/// Makes operations of events.
#[derive(Default)]
pub(crate) struct Grouping {
    /// In the order of their first call; the number of the first one is `told`.
    operations: VecDeque<Stage>,
    told: usize,
    /// The numbers of those that still grow, by the hashes of what their calls have in common.
    growing: HashMap<u64, usize>,
    /// The number of the one that grew last.
    latest: usize,
}

enum Stage {
    Growing(u64, Growing, Instant),
    Complete(Operation),
}

impl Grouping {
    /// Takes the next events of an ordered stream and answers the operations that are complete.
    pub(crate) fn take(&mut self, events: Vec<Event>) -> Vec<Operation> {
        let now = Instant::now();
        let mut told = Vec::new();
        for event in events {
            let time = event.time;
            self.put(event, now);
            let is_over = |growing: &Growing| time.is_some_and(|time| is_apart(growing, time));
            told.extend(self.tell(|growing, _| is_over(growing)));
            if self.operations.len() > HELD {
                told.extend(self.tell(|_, _| true));
            }
        }
        told
    }

    /// Completes what had no call for so long by our own clock, for a stream that goes on.
    pub(crate) fn complete_idle(&mut self, quiet: Duration) -> Vec<Operation> {
        self.tell(|_, latest| latest.elapsed() >= quiet).collect()
    }

    /// What is left; the stream has ended.
    pub(crate) fn finish(&mut self) -> Vec<Operation> {
        self.tell(|_, _| true).collect()
    }

    fn put(&mut self, event: Event, now: Instant) {
        let Some(kinship) = Kinship::of(&event) else {
            self.operations.push_back(Stage::Complete(event.into()));
            return;
        };
        let (kin, number) = self.find(kinship);
        if let Some(number) = number
            && let Some(Stage::Growing(_, growing, latest)) =
                self.operations.get_mut(number - self.told)
            && growing.images() < IMAGES
            && event.time.is_none_or(|time| !is_apart(growing, time))
        {
            growing.add(event);
            *latest = now;
            self.latest = number;
            return;
        }
        self.latest = self.told + self.operations.len();
        self.growing.insert(kin, self.latest);
        let begun = Stage::Growing(kin, Growing::of(event), now);
        self.operations.push_back(begun);
    }

    /// The hash of what calls have in common, and the number of the operation that still grows by such calls. The next
    /// call is mostly of the one that grew last, and to compare is cheaper than to hash.
    fn find(&self, kinship: Kinship<'_>) -> (u64, Option<usize>) {
        if let Some((kin, growing)) = self.growing_at(self.latest)
            && growing.has(kinship)
        {
            return (kin, Some(self.latest));
        }
        let kin = self.growing.hasher().hash_one(kinship);
        let number = self.growing.get(&kin).copied();
        let is_kin = |number: &usize| {
            let growing = self.growing_at(*number);
            growing.is_some_and(|(_, growing)| growing.has(kinship))
        };
        (kin, number.filter(is_kin))
    }

    fn growing_at(&self, number: usize) -> Option<(u64, &Growing)> {
        match self.operations.get(number.checked_sub(self.told)?)? {
            Stage::Growing(kin, growing, _) => Some((*kin, growing)),
            Stage::Complete(_) => None,
        }
    }

    /// Operations are told in the order of their first call in the stream, so one that grows holds back later ones.
    /// Later ones that are over wait as they are: a call that is not of them begins another.
    fn tell(
        &mut self,
        is_over: impl Fn(&Growing, Instant) -> bool,
    ) -> impl Iterator<Item = Operation> {
        std::iter::from_fn(move || {
            let stage = self.operations.pop_front_if(|stage| match stage {
                Stage::Growing(_, growing, latest) => is_over(growing, *latest),
                Stage::Complete(_) => true,
            })?;
            let operation = self.completed(stage);
            self.told += 1;
            Some(operation)
        })
    }

    fn completed(&mut self, stage: Stage) -> Operation {
        match stage {
            Stage::Complete(operation) => operation,
            Stage::Growing(kin, growing, _) => {
                // Another one of its kind may be growing in its place.
                if self.growing.get(&kin) == Some(&self.told) {
                    self.growing.remove(&kin);
                }
                growing.finish()
            }
        }
    }
}

/// Whether a call at that time is too far from an operation to be of it, in either direction.
fn is_apart(growing: &Growing, time: Timestamp) -> bool {
    let (Some(from), Some(until)) = (growing.from(), growing.until()) else {
        return false;
    };
    let before = from.duration_since(time);
    let after = time.duration_since(until);
    let span = until.max(time).duration_since(from.min(time));
    before > PAUSE || after > PAUSE || span > LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::event::Fact;
    use crate::events::{Action, Image};
    use proptest::prelude::*;

    fn call(second: i64, name: &str, who: &str, tag: Option<&str>) -> Event {
        let image = |tag: &str| Image {
            tag: Some(tag.into()),
            digest: None,
        };
        let mut event = Event::default();
        event.time = Timestamp::from_second(second).ok();
        event.action = Action::of(name);
        event.images = tag.map(image).into_iter().collect();
        event.set(Fact::EventName, name);
        event.set(Fact::Principal, who);
        event
    }

    /// Action, calls and times of each operation, in the order told.
    fn told(events: impl IntoIterator<Item = Event>) -> Vec<(Action, u64, u64)> {
        told_of(events.into_iter().map(|event| vec![event]))
    }

    fn told_of(batches: impl IntoIterator<Item = Vec<Event>>) -> Vec<(Action, u64, u64)> {
        let mut grouping = Grouping::default();
        let batches = batches.into_iter();
        let mut operations: Vec<_> = batches.flat_map(|events| grouping.take(events)).collect();
        operations.extend(grouping.finish());
        operations
            .iter()
            .map(|operation| (operation.event.action, operation.calls, operation.times))
            .collect()
    }

    fn push(second: i64, who: &str) -> [Event; 3] {
        [
            call(second, "InitiateLayerUpload", who, None),
            call(second + 1, "CompleteLayerUpload", who, None),
            call(second + 2, "PutImage", who, Some("v1")),
        ]
    }

    #[test]
    fn a_push_is_one_operation_in_either_direction() {
        let forth = push(0, "ci");
        let back = forth.clone().into_iter().rev();
        assert_eq!(told(forth.clone()), [(Action::Push, 3, 1)]);
        assert_eq!(told(back), [(Action::Push, 3, 1)]);
    }

    #[test]
    fn pushes_of_two_people_and_pushes_apart_are_told_apart() {
        let events = push(0, "ci")
            .into_iter()
            .chain(push(1, "anna"))
            .chain(push(500, "ci"));
        assert_eq!(told(events), [(Action::Push, 3, 1); 3]);
    }

    #[test]
    fn pulls_count_as_often_as_the_image_that_was_asked_for_most() {
        let events = [("v1", 0), ("child", 1), ("v1", 2), ("child", 3)]
            .map(|(tag, second)| call(second, "BatchGetImage", "node", Some(tag)));
        assert_eq!(told(events), [(Action::Pull, 4, 2)]);
    }

    #[test]
    fn calls_that_only_look_are_told_by_their_names() {
        let names = ["ListImages", "DescribeImages", "ListImages"];
        let events = (0..).zip(names);
        let events = events.map(|(second, name)| call(second, name, "anna", None));
        assert_eq!(told(events), [(Action::Read, 2, 2), (Action::Read, 1, 1)]);
    }

    #[test]
    fn time_and_tag_are_those_of_the_latest_push_in_either_direction() {
        let layer = call(60, "UploadLayerPart", "ci", None);
        let mut manifest = call(61, "PutImage", "ci", None);
        manifest.images = vec![Image {
            tag: None,
            digest: Some("sha256:0a".into()),
        }];
        let pushes = [("v9", 54), ("v10", 62)];
        let pushes = pushes.map(|(tag, second)| call(second, "PutImage", "ci", Some(tag)));
        let [first, second] = pushes;
        let mut events = vec![first, layer, manifest, second];
        for _ in ["the oldest first", "the newest first"] {
            let mut grouping = Grouping::default();
            assert!(grouping.take(events.clone()).is_empty());
            let operation = grouping.finish().pop().expect("an operation");
            assert_eq!(operation.event.time, Timestamp::from_second(62).ok());
            assert_eq!(operation.event.tag(), Some("v10"));
            assert_eq!((operation.calls, operation.event.images.len()), (4, 3));
            events.reverse();
        }
    }

    #[test]
    fn calls_that_say_different_things_are_told_apart() {
        let moved = |second, class: &str| {
            let mut event = call(second, "UpdateImageStorageClass", "anna", Some("v1"));
            event.set(Fact::Detail, class);
            event
        };
        let events = [moved(0, "ARCHIVE"), moved(1, "STANDARD")];
        assert_eq!(told(events), [(Action::Storage, 1, 1); 2]);
    }

    #[test]
    fn an_operation_that_is_complete_waits_for_those_that_began_before_it() {
        let mut grouping = Grouping::default();
        let push = call(0, "PutImage", "ci", Some("v1"));
        let policy = call(1, "SetRepositoryPolicy", "anna", None);
        assert!(grouping.take(vec![push, policy]).is_empty());
        let told = grouping.take(vec![call(200, "DeleteRepository", "anna", None)]);
        assert_eq!(told.len(), 3);
    }

    proptest! {
        /// No call is lost or counted twice, whatever comes.
        #[test]
        fn every_call_is_in_one_operation(
            calls in prop::collection::vec((0_i64..4000, 0_usize..5, 0_usize..3), 0..200),
        ) {
            const NAMES: [&str; 5] = ["PutImage", "BatchGetImage", "UploadLayerPart", "DeleteRepository", "DescribeImages"];
            let mut calls = calls;
            calls.sort_unstable();
            let events: Vec<_> = calls
                .iter()
                .map(|(second, name, who)| call(*second, NAMES[*name], &who.to_string(), None))
                .collect();
            let operations = told(events.clone());
            prop_assert_eq!(&operations, &told_of([events]), "batches change nothing");
            prop_assert_eq!(operations.iter().map(|(_, calls, _)| calls).sum::<u64>(), calls.len() as u64);
        }
    }
}
