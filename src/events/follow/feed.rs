//! What can be followed, and the way from there to the reader.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc, watch};

use super::overlap::{Arrival, Lateness, Overlap};
use crate::events::Window;

/// A place where new things appear.
pub(crate) trait Feed {
    type Item;
    const LATENESS: Lateness;
    /// Between two looks at the latest.
    const PAUSE: Duration;

    /// Tells all there is in the window, in any order.
    async fn look(&self, window: Window, teller: &Teller<Self::Item>) -> anyhow::Result<()>;

    /// Tells what arrives, as it arrives, and never ends. Whether it hears at all it says by [`Teller::hears`].
    async fn listen(&self, teller: &Teller<Self::Item>);
}

/// What the reader of a feed is told.
#[derive(Debug)]
pub(crate) enum Told<T> {
    /// Each thing once, in any order.
    News(Vec<T>),
    /// At first, up to where everything was told; once all is told that was there in the beginning, the present time,
    /// every second.
    Passed(Timestamp),
}

/// How far following has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The first look is not over.
    Beginning,
    Looking,
    /// AWS tells what arrives, so that looks need only make sure.
    Hearing,
}

/// The way to the reader, which lets nothing through twice.
pub(crate) struct Teller<T> {
    overlap: Mutex<Overlap>,
    reader: mpsc::Sender<Told<T>>,
    has_worked: AtomicBool,
    pub(super) stage: watch::Sender<Stage>,
    /// Something may have been missed.
    pub(super) gap: Notify,
}

impl<T> Teller<T> {
    pub(super) fn new(overlap: Overlap, reader: mpsc::Sender<Told<T>>) -> Self {
        Self {
            overlap: Mutex::new(overlap),
            reader,
            has_worked: AtomicBool::new(false),
            stage: watch::Sender::new(Stage::Beginning),
            gap: Notify::new(),
        }
    }

    pub(super) fn overlap(&self) -> MutexGuard<'_, Overlap> {
        self.overlap.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what was found or heard, and passes on what of it is new.
    pub(super) async fn tell(&self, found: Vec<Arrival<T>>) {
        self.works();
        let news = self.overlap().news(found);
        if !news.is_empty() {
            self.send(Told::News(news)).await;
        }
    }

    /// Up to where a look has told everything; what later looks say of it is of no use to the reader.
    pub(super) async fn passed(&self, time: Timestamp) {
        if self.is_at_first_look() {
            self.send(Told::Passed(time)).await;
        }
    }

    pub(super) fn is_at_first_look(&self) -> bool {
        *self.stage.borrow() == Stage::Beginning
    }

    pub(super) async fn tick(&self) {
        self.send(Told::Passed(Timestamp::now())).await;
    }

    /// Following ends by itself when the reader has gone.
    async fn send(&self, told: Told<T>) {
        let _ = self.reader.send(told).await;
    }

    pub(super) async fn reader_is_gone(&self) {
        self.reader.closed().await;
    }

    /// Something was read at all.
    pub(super) fn works(&self) {
        self.has_worked.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_worked(&self) -> bool {
        self.has_worked.load(Ordering::Relaxed)
    }

    /// Says whether things are heard as they arrive. What happened before and was not heard is looked for at once.
    pub(super) fn hears(&self, hears: bool) {
        let stage = if hears {
            Stage::Hearing
        } else {
            Stage::Looking
        };
        if self.stage.send_replace(stage) != stage {
            self.missed();
        }
    }

    /// Has everything looked at again at once.
    pub(super) fn missed(&self) {
        self.gap.notify_one();
    }
}
