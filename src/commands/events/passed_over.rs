//! The sources that `ecrmon events` passed over, and why it came to the one that it read.

use crate::error::Refusal;
use crate::events::choice::{self, Gap, Kind};

/// The answer of the source that was read.
pub(super) struct Chosen<T> {
    pub kind: Kind,
    /// Why it was that one, if that was left to us.
    pub why: String,
    /// The sources that would have told more and could not be read.
    pub unread: Vec<String>,
    pub answer: T,
}

pub(super) struct PassedOver {
    /// Why the sources were tried in that order.
    why: &'static str,
    failures: Vec<(Kind, anyhow::Error)>,
}

impl PassedOver {
    pub(super) fn new(why: &'static str) -> Self {
        let failures = Vec::new();
        Self { why, failures }
    }

    pub(super) fn push(&mut self, kind: Kind, why: anyhow::Error) {
        self.failures.push((kind, why));
    }

    /// The first that could be read and has a part of the time asked for.
    pub(super) fn with_gap(&self) -> Option<Kind> {
        let mut failures = self.failures.iter();
        failures
            .find(|(_, error)| error.is::<Gap>())
            .map(|(kind, _)| *kind)
    }

    /// The error to tell where there is no answer.
    pub(super) fn foremost(self) -> anyhow::Error {
        choice::foremost(self.failures.into_iter().map(|(_, error)| error).collect())
    }

    /// A source is chosen that has all of the time asked for.
    pub(super) fn chosen<T>(self, kind: Kind, answer: T) -> Chosen<T> {
        let reasons = self.failures.iter().map(told);
        let reasons: Vec<_> = std::iter::once(self.why.to_owned())
            .chain(reasons)
            .collect();
        Chosen {
            kind,
            why: reasons.join("; "),
            unread: Vec::new(),
            answer,
        }
    }

    /// A source is chosen although it has a part of that time alone: what the others have is missing.
    pub(super) fn chosen_with_gap<T>(self, kind: Kind, answer: T) -> Chosen<T> {
        let is_source =
            |(_, error): &&(Kind, anyhow::Error)| !error.is::<Gap>() && !error.is::<Refusal>();
        let unread = self.failures.iter().filter(is_source).map(told).collect();
        Chosen {
            unread,
            ..self.chosen(kind, answer)
        }
    }
}

fn told((kind, error): &(Kind, anyhow::Error)) -> String {
    format!("{}: {error:#}", kind.name())
}
