//! Follows a feed for as long as the reader listens: looks again and again, hears what it can, and outlasts what fails.

use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::feed::{Feed, Stage, Teller, Told};
use super::overlap::Overlap;
use super::trouble::Trouble;
use crate::aws::Aws;

/// How often the reader is told the time.
const TICK: Duration = Duration::from_secs(1);

/// The shortest rest between two whole looks. After one that takes longer, twice its time: LookupEvents answers two
/// calls a second, and most of them are to be looks at the latest.
const REST: Duration = Duration::from_secs(15);
const RESTS_PER_LOOK: u32 = 2;

/// Tells what happens from `from` on, until the reader goes or Ctrl-C comes, which both end it well.
///
/// # Errors
/// What the very first look meets before it has found anything. Whatever fails later is said and tried again.
pub(crate) async fn follow<F: Feed>(
    feed: &F,
    from: Timestamp,
    reader: mpsc::Sender<Told<F::Item>>,
    aws: &Aws,
) -> anyhow::Result<()> {
    aws.interrupt.is_the_way_out();
    let teller = Teller::new(Overlap::new(from, F::LATENESS), reader);
    let follower = Follower { feed, teller, aws };
    tokio::select! {
        biased;
        () = aws.interrupt.requested() => Ok(()),
        () = follower.teller.reader_is_gone() => Ok(()),
        result = follower.look_at_all() => result,
        () = follower.look_at_latest() => Ok(()),
        () = follower.listen() => Ok(()),
        () = follower.tick() => Ok(()),
    }
}

struct Follower<'f, F: Feed> {
    feed: &'f F,
    teller: Teller<F::Item>,
    aws: &'f Aws,
}

impl<F: Feed> Follower<'_, F> {
    /// Ends with the error of the first look alone.
    async fn look_at_all(&self) -> anyhow::Result<()> {
        let mut trouble = Trouble::default();
        loop {
            let begun = Instant::now();
            let window = self.teller.overlap().whole(Timestamp::now());
            let rest = match self.feed.look(window, &self.teller).await {
                Ok(()) => {
                    self.teller.overlap().looked(window);
                    self.first_look_is_over();
                    trouble.is_over(&self.aws.progress);
                    REST.max(begun.elapsed() * RESTS_PER_LOOK)
                }
                Err(error) if !self.teller.has_worked() => return Err(error),
                Err(error) => trouble.is_met(&error, &self.aws.progress),
            };
            tokio::select! {
                () = sleep(rest) => (),
                () = self.teller.gap.notified(), if !trouble.is_there() => (),
            }
        }
    }

    fn first_look_is_over(&self) {
        self.teller.stage.send_if_modified(|stage| {
            let first = *stage == Stage::Beginning;
            if first {
                *stage = Stage::Looking;
            }
            first
        });
    }

    /// What fails here is left to the whole looks to find and to say.
    async fn look_at_latest(&self) {
        let mut trouble = Trouble::default();
        loop {
            self.until(|stage| stage == Stage::Looking).await;
            sleep(F::PAUSE.max(trouble.wait())).await;
            let window = self.teller.overlap().latest(Timestamp::now());
            match self.feed.look(window, &self.teller).await {
                Ok(()) => trouble = Trouble::default(),
                Err(_) => trouble.grows(),
            }
        }
    }

    async fn listen(&self) {
        self.until(|stage| stage != Stage::Beginning).await;
        self.feed.listen(&self.teller).await;
    }

    async fn tick(&self) {
        self.until(|stage| stage != Stage::Beginning).await;
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.teller.tick().await;
        }
    }

    async fn until(&self, holds: impl Fn(Stage) -> bool) {
        let mut stage = self.teller.stage.subscribe();
        // The sender lives as long as we do.
        let _ = stage.wait_for(|stage| holds(*stage)).await;
    }
}
