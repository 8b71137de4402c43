//! A person at a terminal: words with a tone, the width they have, and what is said while a command works.
//!
//! What there is to say is for others: nothing here knows AWS, or any result.

mod page;
mod progress;

use std::io::{self, Write};

use terminal_size::{Height, Width, terminal_size_of};

pub(crate) use page::{Page, Tone, clean, is_unsafe};
pub(crate) use progress::Progress;

/// The width of the terminal that results go to; none for a pipe.
pub(crate) fn stdout_columns() -> Option<usize> {
    columns(terminal_size_of(io::stdout()))
}

/// The terminal's width, if it is one.
fn columns(size: Option<(Width, Height)>) -> Option<usize> {
    size.map(|(Width(width), _)| width.into())
}

/// Stderr that has gone is no reason to stop half-way through a plan, so failures to write are dropped.
pub(crate) fn to_stderr(write: impl FnOnce(&mut Page)) {
    let text = Page::of(write).into_text(columns(terminal_size_of(io::stderr())));
    let mut stderr = anstream::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}
