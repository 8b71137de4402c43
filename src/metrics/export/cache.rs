//! What was read last, for all who ask: it is read anew when somebody asks and it is old, once for all who wait.

use std::time::Duration;

use hyper::body::Bytes;
use tokio::sync::{Notify, watch};
use tokio::time::Instant;

/// What was read is served for so long, so that scrapes, however many there are, cost no calls.
const FRESH: Duration = Duration::from_mins(5);
/// After a reading that failed the next one is not tried sooner.
const PAUSE: Duration = Duration::from_mins(1);

/// The text, or why there is none.
pub(crate) type Reading = Result<Bytes, String>;

#[derive(Clone)]
struct Held {
    reading: Reading,
    ended: Instant,
}

impl Held {
    fn is_fresh(&self) -> bool {
        let lasts = if self.reading.is_ok() { FRESH } else { PAUSE };
        self.ended.elapsed() < lasts
    }
}

pub(crate) struct Cache {
    held: watch::Sender<Option<Held>>,
    wanted: Notify,
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self {
            held: watch::Sender::new(None),
            wanted: Notify::new(),
        }
    }

    /// What was read lately, or else what is read now. Whoever stops waiting does not end the reading: the next one
    /// who asks finds it done.
    pub(crate) async fn current(&self) -> Reading {
        let mut held = self.held.subscribe();
        if !is_fresh(&held.borrow_and_update()) {
            self.wanted.notify_one();
        }
        let fresh = held.wait_for(is_fresh).await;
        match fresh.as_deref() {
            Ok(Some(held)) => held.reading.clone(),
            // The sender lives as long as we do.
            Ok(None) | Err(_) => Err("the server ends".to_owned()),
        }
    }

    /// Reads whenever somebody wants it and it is old. Goes on until it is dropped.
    pub(crate) async fn keep(&self, mut read: impl AsyncFnMut() -> Reading) {
        loop {
            self.wanted.notified().await;
            // Somebody may have asked while it was read for somebody else.
            if !is_fresh(&self.held.borrow()) {
                let reading = read().await;
                let ended = Instant::now();
                self.held.send_replace(Some(Held { reading, ended }));
            }
        }
    }
}

#[expect(clippy::ref_option, reason = "a watch hands out what it holds so")]
fn is_fresh(held: &Option<Held>) -> bool {
    held.as_ref().is_some_and(Held::is_fresh)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::future::{join_all, select};

    use super::*;

    async fn asked(
        cache: &Cache,
        times: usize,
        read: impl AsyncFnMut() -> Reading,
    ) -> Vec<Reading> {
        let asking = std::pin::pin!(join_all((0..times).map(|_| cache.current())));
        let keeping = std::pin::pin!(cache.keep(read));
        match select(asking, keeping).await {
            futures::future::Either::Left((answers, _)) => answers,
            futures::future::Either::Right(_) => unreachable!("keeping does not end"),
        }
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.build().expect("a runtime").block_on(future)
    }

    #[test]
    fn all_who_ask_at_once_share_one_reading_and_so_does_whoever_comes_soon_after() {
        let (cache, read) = (Cache::new(), Cell::new(0));
        let reader = async || {
            read.set(read.get() + 1);
            tokio::task::yield_now().await;
            Ok(Bytes::from(format!("reading {}", read.get())))
        };
        for _ in 0..2 {
            let answers = block_on(asked(&cache, 20, reader));
            assert!(
                answers
                    .iter()
                    .all(|one| *one == Ok(Bytes::from("reading 1")))
            );
        }
        assert_eq!(read.get(), 1);
    }

    #[test]
    fn a_reading_that_failed_is_said_to_all_and_not_tried_again_at_once() {
        let (cache, read) = (Cache::new(), Cell::new(0));
        let reader = async || {
            read.set(read.get() + 1);
            Err("throttled".to_owned())
        };
        for _ in 0..2 {
            let answers = block_on(asked(&cache, 3, reader));
            assert_eq!(answers, vec![Err("throttled".to_owned()); 3]);
        }
        assert_eq!(read.get(), 1);
    }
}
