//! The rate that an API allows and nobody publishes, found by trying: calls start freely until one is throttled, then
//! no faster than were answered, and gradually faster again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

const SECOND: Duration = Duration::from_secs(1);
/// By what the rate falls when a call is throttled, at least and at most.
const GENTLY: f64 = 0.9;
const HALF: f64 = 0.5;
/// By how much of itself it rises in a second without.
const GROWTH: f64 = 0.05;
/// It never falls below so many calls a second: an API that takes none is given up by whoever asks it.
const LEAST: f64 = 0.5;

/// Shared by all callers of one operation in one region.
#[derive(Clone, Default)]
pub(super) struct Rate(Arc<Mutex<Found>>);

impl Rate {
    /// Returns when a call may start.
    pub(super) async fn wait(&self) {
        let start = self.with(|found| found.start(Instant::now()));
        sleep_until(start).await;
    }

    pub(super) fn answered(&self) {
        self.with(|found| found.answered(Instant::now()));
    }

    pub(super) fn throttled(&self) {
        self.with(|found| found.throttled(Instant::now()));
    }

    fn with<T>(&self, look: impl FnOnce(&mut Found) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What is known of a rate so far.
#[derive(Default)]
struct Found {
    /// Calls a second; `None` until one was throttled.
    allowed: Option<f64>,
    next: Option<Instant>,
    last_cut: Option<Instant>,
    /// Those of the last second.
    starts: VecDeque<Instant>,
    answers: VecDeque<Instant>,
}

impl Found {
    /// When the next call may start.
    fn start(&mut self, now: Instant) -> Instant {
        let start = self.next.map_or(now, |next| next.max(now));
        if let Some(allowed) = self.allowed {
            self.next = Some(start + SECOND.div_f64(allowed));
        }
        within_a_second(&mut self.starts, now);
        self.starts.push_back(start);
        start
    }

    fn answered(&mut self, now: Instant) {
        self.answers.push_back(now);
        within_a_second(&mut self.answers, now);
        // As many answers come in a second as are allowed.
        self.allowed = self.allowed.map(|allowed| allowed + GROWTH);
    }

    /// Calls that started together are throttled together, and count as one.
    fn throttled(&mut self, now: Instant) {
        if self.last_cut.is_some_and(|cut| now < cut + SECOND) {
            return;
        }
        self.last_cut = Some(now);
        let started = within_a_second(&mut self.starts, now);
        let before = self.allowed.unwrap_or(started).min(started.max(1.0));
        let answered = within_a_second(&mut self.answers, now);
        let allowed = answered.clamp(before * HALF, before * GENTLY).max(LEAST);
        self.allowed = Some(allowed);
        self.next = Some(now + SECOND.div_f64(allowed));
    }
}

/// How many of these times are in the last second; the others are forgotten.
#[expect(clippy::cast_precision_loss, reason = "few calls start in a second")]
fn within_a_second(times: &mut VecDeque<Instant>, now: Instant) -> f64 {
    while times.front().is_some_and(|time| *time + SECOND < now) {
        times.pop_front();
    }
    times.iter().filter(|time| **time <= now).count() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A minute of calls to an API that allows so many a second, each answered at once: how many it answered, and how
    /// many it throttled.
    fn a_minute(a_second: f64) -> (f64, f64) {
        let began = Instant::now();
        let (mut found, mut now, mut tokens) = (Found::default(), began, a_second);
        let (mut answered, mut throttled) = (0.0, 0.0);
        while now < began + 60 * SECOND {
            // Without a pace, another call starts every millisecond.
            let start = found.start(now + Duration::from_millis(1));
            tokens += start.duration_since(now).as_secs_f64() * a_second;
            tokens = tokens.min(a_second);
            now = start;
            if tokens >= 1.0 {
                tokens -= 1.0;
                answered += 1.0;
                found.answered(now);
            } else {
                throttled += 1.0;
                found.throttled(now);
            }
        }
        (answered, throttled)
    }

    #[test]
    fn an_api_is_kept_busy_and_seldom_throttles() {
        for a_second in [2.0, 10.0, 50.0, 200.0] {
            let (answered, throttled) = a_minute(a_second);
            let busy = answered / (a_second * 60.0);
            assert!(busy > 0.88, "{a_second} a second: {busy:.2} of it");
            let share = throttled / answered;
            assert!(share < 0.15, "{a_second} a second: {share:.2} throttled");
        }
    }

    #[test]
    fn calls_start_at_once_until_one_is_throttled() {
        let (mut found, now) = (Found::default(), Instant::now());
        for _ in 0..100 {
            assert_eq!(found.start(now), now);
            found.answered(now);
        }
        found.throttled(now);
        assert!(found.start(now) > now);
    }

    #[test]
    fn a_rate_never_falls_to_nothing() {
        let (mut found, mut now) = (Found::default(), Instant::now());
        for _ in 0..100 {
            now = found.start(now);
            found.throttled(now);
        }
        assert!(found.start(now) <= now + 2 * SECOND);
    }
}
