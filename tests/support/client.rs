//! The process under test, as far as faults reach for it: they may interrupt it or kill it in the middle of a call.

use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

/// The client that runs in a world now, shared between the test that starts it and the proxy that hears it.
#[derive(Clone, Default)]
pub struct Client(Arc<Mutex<Option<u32>>>);

impl Client {
    /// Starts a client; `start` returns what was started and its process id.
    ///
    /// The lock is held meanwhile, so that a fault on the client's very first call already finds it.
    pub fn start<T>(&self, start: impl FnOnce() -> (T, u32)) -> T {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (started, id) = start();
        *current = Some(id);
        started
    }

    /// To be told before the id may belong to somebody else.
    pub fn ended(&self, id: u32) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        current.take_if(|current| *current == id);
    }

    pub fn interrupt(&self) {
        self.signal("INT");
    }

    pub fn kill(&self) {
        self.signal("KILL");
    }

    fn signal(&self, name: &str) {
        let current = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = current {
            signal(id, name);
        }
    }
}

/// Sends a signal by its name without the prefix. The shell does it: the system call would need `unsafe`.
pub fn signal(id: u32, name: &str) {
    // A process that has ended meanwhile cannot be signalled, and need not be.
    let _ = Command::new("sh")
        .args([
            "-c",
            "kill -s \"$1\" \"$2\" 2>/dev/null",
            "sh",
            name,
            &id.to_string(),
        ])
        .status();
}
