//! The only writer: results to stdout in one of four formats, conversation to stderr.
//!
//! What a command has to say is a [`Report`]: data for programs, a [`Page`] for people.

pub(crate) mod answer;
pub(crate) mod chart;
pub(crate) mod counts;
pub(crate) mod dashboard;
pub(crate) mod dashboards;
pub(crate) mod events;
pub(crate) mod grid;
pub(crate) mod history;
pub(crate) mod inventory;
mod json;
pub(crate) mod logs;
pub(crate) mod picture;
pub(crate) mod plan;
mod points;
pub(crate) mod publish;
pub(crate) mod query;
mod question;
pub(crate) mod registry;
pub(crate) mod sparkline;
pub(crate) mod status;
pub(crate) mod stream;
pub(crate) mod table;
pub(crate) mod trails;

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Exit, Usage};
use crate::explain::Explanation;
use crate::terminal::{Page, Progress, Tone, stdout_columns, to_stderr};

pub(crate) use question::is_yes;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
    Ndjson,
    Csv,
}

/// One value, many forms.
pub(crate) trait Report: Serialize {
    /// The form for people.
    fn human(&self, page: &mut Page);

    /// The rows, for a report that is a list; others cannot be had as ndjson or csv.
    fn rows(&self) -> Option<Vec<Value>> {
        None
    }

    /// The rows as a spreadsheet takes them, where that is otherwise: a value for each cell.
    fn flat_rows(&self) -> Option<Vec<Value>> {
        self.rows()
    }
}

/// How and where to write.
#[derive(Debug, Clone, Default)]
pub(crate) struct Output {
    pub format: Format,
    /// Times in UTC instead of the person's zone.
    pub utc: bool,
    pub quiet: bool,
    /// What is said meanwhile, on stderr.
    pub progress: Progress,
}

impl Output {
    /// Writes a result.
    ///
    /// # Errors
    /// A failed write.
    pub(crate) fn result(&self, report: &impl Report) -> anyhow::Result<()> {
        let text = match self.format {
            Format::Text => Page::of(|page| report.human(page)).into_text(stdout_columns()),
            Format::Json => serde_json::to_string_pretty(report)? + "\n",
            Format::Ndjson => report
                .rows()
                .unwrap_or_default()
                .iter()
                .map(|row| row.to_string() + "\n")
                .collect(),
            Format::Csv => table::csv(&report.flat_rows().unwrap_or_default())?,
        };
        self.document(&text)
    }

    /// Writes a finished text. That the reader of a pipe has gone is no failure, and nothing stops for it.
    ///
    /// # Errors
    /// A failed write.
    pub(crate) fn document(&self, text: &str) -> anyhow::Result<()> {
        self.stream(text.as_bytes()).map(|_| ())
    }

    /// Writes a part of a text, and breaks off where the reader of a pipe has gone.
    ///
    /// # Errors
    /// A failed write.
    fn stream(&self, text: &[u8]) -> anyhow::Result<ControlFlow<()>> {
        let written = || match self.format {
            Format::Text => write_to(anstream::stdout().lock(), text),
            // Data has no colours that would have to be taken out.
            Format::Json | Format::Ndjson => write_to(io::stdout().lock(), &json::inert(text)),
            Format::Csv => write_to(io::stdout().lock(), text),
        };
        match self.progress.aside(written) {
            Ok(()) => Ok(ControlFlow::Continue(())),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            Err(error) => Err(error.into()),
        }
    }

    /// Refuses a format that a command without rows does not have.
    ///
    /// # Errors
    /// [`Usage`].
    pub(crate) fn without_rows(&self) -> Result<(), Usage> {
        match self.format {
            Format::Text | Format::Json => Ok(()),
            Format::Ndjson | Format::Csv => Err(Usage::new(
                "this command has no rows to write as ndjson or csv",
                "use `--output text` or `--output json`",
            )),
        }
    }

    /// Refuses every format but text, for what is no data.
    ///
    /// # Errors
    /// [`Usage`].
    pub(crate) fn text_alone(&self) -> Result<(), Usage> {
        match self.format {
            Format::Json => Err(Usage::new(
                "this command prints text, which is no JSON",
                "leave `--output` out",
            )),
            _ => self.without_rows(),
        }
    }

    /// Says something to the person; `--quiet` silences it.
    pub(crate) fn say(&self, write: impl FnOnce(&mut Page)) {
        if !self.quiet {
            self.tell(write);
        }
    }

    /// Says what a question is about, even under `--quiet`.
    pub(crate) fn tell(&self, write: impl FnOnce(&mut Page)) {
        self.progress.aside(|| to_stderr(write));
    }

    /// A failure: what was attempted, why it failed, what to do.
    pub(crate) fn failure(&self, explanation: &Explanation) {
        self.tell(|page| {
            page.labelled(Tone::Bad, "error", &explanation.message);
            if let Some(cause) = &explanation.cause {
                page.labelled(Tone::Warn, "cause", cause);
            }
            if let Some(hint) = explanation
                .hint
                .as_ref()
                .filter(|_| explanation.exit != Exit::Interrupted)
            {
                page.labelled(Tone::Good, "hint", hint);
            }
        });
    }

    /// May a question be asked? Both ends of the conversation must be a terminal.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }
}

fn write_to(mut stdout: impl Write, text: &[u8]) -> io::Result<()> {
    stdout.write_all(text)?;
    stdout.flush()
}
