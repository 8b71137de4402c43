//! What is going on at the moment: on a terminal only, and gone when it is over. Warnings stay.

use std::collections::HashSet;
use std::fs;
use std::io::{IsTerminal, stderr, stdout};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Tone, to_stderr};

#[derive(Debug, Clone, Default)]
pub(crate) struct Progress {
    bars: MultiProgress,
    shown: bool,
    quiet: bool,
    /// What was said once already.
    said: Arc<Mutex<HashSet<String>>>,
}

const TICK: Duration = Duration::from_millis(100);

impl Progress {
    pub(crate) fn new(quiet: bool) -> Self {
        Self {
            shown: !quiet && stderr().is_terminal() && !is_piped(),
            quiet,
            ..Self::default()
        }
    }

    /// A line with a spinner for something long, to be told how far it is.
    pub(crate) fn spinner(&self, words: &str) -> ProgressBar {
        if !self.shown {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template("  {spinner} {wide_msg} {elapsed:>4}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = self.bars.add(
            ProgressBar::new_spinner()
                .with_style(style)
                .with_message(words.to_owned()),
        );
        bar.enable_steady_tick(TICK);
        bar
    }

    /// The same, without lines of progress.
    pub(crate) fn unseen(&self) -> Self {
        Self {
            shown: false,
            ..self.clone()
        }
    }

    /// Does something that writes to the terminal: the lines of progress make way for it.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bars.suspend(write)
    }

    /// Says, once, what the command is waiting for.
    pub(crate) fn waiting(&self, what: &str) {
        self.once(&format!("waiting for {what} …"));
    }

    /// Says something that needs to be said once.
    pub(crate) fn once(&self, text: &str) {
        let first = self
            .said
            .lock()
            .is_ok_and(|mut said| said.insert(text.to_owned()));
        if first {
            self.note(text);
        }
    }

    /// Says how it goes.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.aside(|| {
                to_stderr(|page| {
                    page.put(Tone::Faint, text).end();
                });
            });
        }
    }

    pub(crate) fn warning(&self, text: &str) {
        self.aside(|| {
            to_stderr(|page| {
                page.labelled(Tone::Warn, "warning", text);
            });
        });
    }
}

/// Results go to somebody who may write to this terminal, and would do so between the lines of progress.
fn is_piped() -> bool {
    let is_file = || fs::metadata("/dev/stdout").is_ok_and(|stdout| stdout.is_file());
    !stdout().is_terminal() && !is_file()
}
