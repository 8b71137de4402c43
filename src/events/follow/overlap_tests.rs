//! Under any order of late delivery, whatever looks fail or overlap, each thing is told exactly once.

use proptest::prelude::*;

use super::*;

const LATENESS: Lateness = Lateness {
    horizon: SignedDuration::from_secs(300),
    usual: SignedDuration::from_secs(20),
};
/// When following begins.
const BEGIN: i64 = 10_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

/// A thing on the other side: when it happened, and when it can first be seen there.
#[derive(Debug, Clone, Copy)]
struct Thing {
    happened: i64,
    visible: i64,
    /// It is told twice by whatever finds it.
    doubled: bool,
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Wait(i64),
    /// A whole look; it fails after so many of what it finds, where there are as many.
    Whole(Option<usize>),
    /// A look at the latest that ends after a whole one has begun and ended, where that is asked for.
    Latest(bool),
    /// AWS tells of itself what became visible since it told last, or loses it.
    Live(bool),
}

struct Run {
    things: Vec<Thing>,
    now: i64,
    lived: i64,
    overlap: Overlap,
    told: Vec<usize>,
}

impl Run {
    fn found(&self, window: Window) -> Vec<Arrival<usize>> {
        let visible =
            |thing: &Thing| thing.visible <= self.now && window.contains(at(thing.happened));
        self.arrivals(visible)
    }

    fn arrivals(&self, wanted: impl Fn(&Thing) -> bool) -> Vec<Arrival<usize>> {
        let wanted = self
            .things
            .iter()
            .enumerate()
            .filter(|(_, thing)| wanted(thing));
        let told = wanted.flat_map(|(number, thing)| {
            let arrival = Arrival {
                id: Id::of([number.to_string().as_bytes()]),
                time: at(thing.happened),
                item: number,
            };
            std::iter::repeat_n(arrival, 1 + usize::from(thing.doubled))
        });
        told.collect()
    }

    fn whole(&mut self, fails_after: Option<usize>) {
        let window = self.overlap.whole(at(self.now));
        let mut found = self.found(window);
        match fails_after {
            Some(count) if count < found.len() => {
                found.truncate(count);
                self.told.extend(self.overlap.news(found));
            }
            _ => {
                self.told.extend(self.overlap.news(found));
                self.overlap.looked(window);
            }
        }
    }

    fn latest(&mut self, whole_meanwhile: bool) {
        let found = self.found(self.overlap.latest(at(self.now)));
        if whole_meanwhile {
            self.now += 1000;
            self.whole(None);
        }
        self.told.extend(self.overlap.news(found));
    }

    fn live(&mut self, arrives: bool) {
        let (from, until) = (self.lived, self.now);
        self.lived = until;
        if arrives {
            let found = self.arrivals(|thing| {
                from < thing.visible && thing.visible <= until && thing.happened >= BEGIN
            });
            self.told.extend(self.overlap.news(found));
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Wait(seconds) => self.now += seconds,
            Act::Whole(fails_after) => self.whole(fails_after),
            Act::Latest(whole_meanwhile) => self.latest(whole_meanwhile),
            Act::Live(arrives) => self.live(arrives),
        }
    }
}

fn things() -> impl Strategy<Value = Vec<Thing>> {
    let thing =
        (-1000_i64..4000, 0_i64..=300, any::<bool>()).prop_map(|(happened, late, doubled)| Thing {
            happened: BEGIN + happened,
            visible: BEGIN + happened + late,
            doubled,
        });
    prop::collection::vec(thing, 0..80)
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        (0_i64..400).prop_map(Act::Wait),
        prop::option::of(0_usize..5).prop_map(Act::Whole),
        any::<bool>().prop_map(Act::Latest),
        any::<bool>().prop_map(Act::Live),
    ];
    prop::collection::vec(act, 0..60)
}

proptest! {
    #[test]
    fn each_thing_is_told_exactly_once(things in things(), acts in acts()) {
        let overlap = Overlap::new(at(BEGIN), LATENESS);
        let mut run = Run { things, now: BEGIN, lived: BEGIN, overlap, told: Vec::new() };
        for act in acts {
            run.act(act);
        }
        run.now = run.now.max(BEGIN + 5000);
        run.whole(None);
        run.told.sort_unstable();
        let asked: Vec<usize> = (0..run.things.len()).filter(|number| run.things[*number].happened >= BEGIN).collect();
        prop_assert_eq!(run.told, asked);
    }
}

#[test]
fn what_is_known_for_long_is_forgotten() {
    let mut overlap = Overlap::new(at(BEGIN), LATENESS);
    for hour in 0..10 {
        let now = BEGIN + 3600 * (hour + 1);
        let found = (0..100_u8).map(|number| Arrival {
            id: Id::of([&[number], hour.to_string().as_bytes()]),
            time: at(now - 60),
            item: (),
        });
        assert_eq!(overlap.news(found.collect()).len(), 100);
        let window = overlap.whole(at(now));
        overlap.looked(window);
    }
    assert_eq!(overlap.told.len(), 100);
}

#[test]
fn a_clock_that_is_set_back_or_a_thing_of_the_future_turns_no_window_round() {
    let mut overlap = Overlap::new(at(BEGIN), LATENESS);
    let future = Arrival {
        id: Id::of([b"future".as_slice()]),
        time: at(BEGIN + 7200),
        item: (),
    };
    overlap.news(vec![future]);
    let latest = overlap.latest(at(BEGIN + 100));
    assert_eq!(
        (latest.from, latest.until),
        (at(BEGIN + 80), at(BEGIN + 100))
    );
    let whole = overlap.whole(at(BEGIN - 50));
    assert_eq!((whole.from, whole.until), (at(BEGIN), at(BEGIN)));
}
