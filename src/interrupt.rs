//! Ctrl-C: the first one ends the command at the next safe place, the second one ends the process.
//!
//! While somebody holds it (a plan is being applied, a query runs in AWS that must be stopped first) the safe place is
//! where they let go; otherwise it is anywhere. A command that goes on until Ctrl-C ends well by it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::error::Exit;

/// The command was interrupted before the next call to AWS.
#[derive(Debug, thiserror::Error)]
#[error("interrupted")]
pub(crate) struct Interrupted;

#[derive(Clone, Default)]
pub(crate) struct Interrupt(Arc<State>);

#[derive(Default)]
struct State {
    requested: AtomicBool,
    holds: AtomicUsize,
    way_out: AtomicBool,
    changed: Notify,
}

impl Interrupt {
    /// Starts to listen for Ctrl-C.
    pub(crate) fn listen() -> Self {
        let interrupt = Self::default();
        let listener = interrupt.clone();
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() {
                listener.request();
            }
        });
        interrupt
    }

    /// A second Ctrl-C asks to leave at once, whatever is under way.
    fn request(&self) {
        if self.0.requested.swap(true, Ordering::SeqCst) {
            std::process::exit(Exit::Interrupted as i32);
        }
        self.0.changed.notify_waiters();
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.0.requested.load(Ordering::SeqCst)
    }

    /// As long as this lives an interrupt does not end the command: whoever holds it looks out for Ctrl-C, cleans up
    /// and lets go.
    pub(crate) fn hold(&self) -> Hold {
        self.0.holds.fetch_add(1, Ordering::SeqCst);
        Hold(self.clone())
    }

    /// From here on Ctrl-C is how the command is meant to end: it awaits [`Self::requested`] and ends well.
    pub(crate) fn is_the_way_out(&self) {
        self.0.way_out.store(true, Ordering::SeqCst);
    }

    /// Resolves when Ctrl-C was pressed.
    pub(crate) async fn requested(&self) {
        self.until(|state| state.requested.load(Ordering::SeqCst))
            .await;
    }

    /// Resolves when Ctrl-C was pressed, nobody holds it back, and the command does not end by itself.
    pub(crate) async fn safe_to_leave(&self) {
        self.until(|state| {
            let is_set = |flag: &AtomicBool| flag.load(Ordering::SeqCst);
            let is_held = state.holds.load(Ordering::SeqCst) > 0;
            is_set(&state.requested) && !is_held && !is_set(&state.way_out)
        })
        .await;
    }

    async fn until(&self, holds: impl Fn(&State) -> bool) {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if holds(&self.0) {
                return;
            }
            changed.await;
        }
    }
}

/// Keeps an interrupt from ending the command.
pub(crate) struct Hold(Interrupt);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.0.holds.fetch_sub(1, Ordering::SeqCst);
        self.0.0.changed.notify_waiters();
    }
}
