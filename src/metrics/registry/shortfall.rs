//! What could not be read, and what is therefore not asked again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::aws::CallError;

/// Something that is missing from a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Shortfall {
    /// `None` where it is missing of all, or of many.
    pub repository: Option<String>,
    pub reason: String,
}

impl Shortfall {
    pub(crate) fn of(repository: &str, reason: impl Into<String>) -> Self {
        Self {
            repository: Some(repository.to_owned()),
            reason: reason.into(),
        }
    }

    pub(crate) fn of_all(reason: impl Into<String>) -> Self {
        Self {
            repository: None,
            reason: reason.into(),
        }
    }
}

/// Collects, while many repositories are read side by side, what falls short.
#[derive(Default)]
pub(super) struct Shortfalls(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// By action. A permission that is missing is said once, not for each repository.
    denied: BTreeMap<&'static str, Denial>,
    others: Vec<Shortfall>,
}

struct Denial {
    /// What the first one said.
    reason: String,
    /// How many there were.
    times: usize,
}

impl Denial {
    fn into_reason(self) -> String {
        match self.times {
            1 => self.reason,
            times => format!("{} (refused {times} times in all)", self.reason),
        }
    }
}

impl Shortfalls {
    /// Whether the action was denied before.
    pub(super) fn is_denied(&self, action: &str) -> bool {
        self.with(|inner| inner.denied.contains_key(action))
    }

    /// An answer, or `None` with a note of why there is none.
    ///
    /// # Errors
    /// A failure that the next call would meet as well, and the absence of the whole repository.
    pub(super) fn known<T>(
        &self,
        repository: &str,
        answer: Result<T, CallError>,
    ) -> Result<Option<T>, CallError> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.is_final() || is_gone(&error) => Err(error),
            Err(error) => {
                self.note(repository, &error);
                Ok(None)
            }
        }
    }

    pub(super) fn say(&self, repository: &str, reason: impl Into<String>) {
        let shortfall = Shortfall::of(repository, reason);
        self.with(|inner| inner.others.push(shortfall));
    }

    fn note(&self, repository: &str, error: &CallError) {
        if error.is_denied() {
            self.with(|inner| {
                let denial = inner.denied.entry(error.action).or_insert_with(|| Denial {
                    reason: error.to_string(),
                    times: 0,
                });
                denial.times += 1;
            });
        } else {
            self.say(repository, error.to_string());
        }
    }

    /// What is missing of all first, then repository by repository.
    pub(super) fn into_list(self) -> Vec<Shortfall> {
        let Inner { denied, mut others } =
            self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        others.sort_by(|one, other| one.repository.cmp(&other.repository));
        let denied = denied.into_values().map(Denial::into_reason);
        let denied = denied.map(Shortfall::of_all);
        denied.chain(others).collect()
    }

    fn with<T>(&self, look: impl FnOnce(&mut Inner) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The repository was deleted since it was listed.
pub(super) fn is_gone(error: &CallError) -> bool {
    error.is(&["RepositoryNotFoundException"])
}
