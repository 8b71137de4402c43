//! Carrying a plan out: stage after stage, the steps of one stage side by side, and an account of what came of it.

use std::time::{Duration, Instant};

use futures::future::join_all;

use super::{Action, Plan, Step};
use crate::aws::Aws;

/// One step that was tried.
pub(crate) struct Attempt {
    pub resource: &'static str,
    pub name: String,
    pub action: Action,
    pub took: Duration,
    pub result: anyhow::Result<()>,
}

/// What came of a plan.
#[derive(Default)]
pub(crate) struct Outcome {
    pub attempts: Vec<Attempt>,
    /// Steps of later stages, left alone because a step before them failed or Ctrl-C was pressed.
    pub not_tried: Vec<(&'static str, String)>,
}

impl Outcome {
    pub(crate) fn failures(&self) -> impl Iterator<Item = (&Attempt, &anyhow::Error)> {
        self.attempts
            .iter()
            .filter_map(|attempt| Some((attempt, attempt.result.as_ref().err()?)))
    }

    /// Whether it was Ctrl-C that ended it between two stages.
    pub(crate) fn is_interrupted(&self) -> bool {
        self.failures().next().is_none() && !self.not_tried.is_empty()
    }

    pub(crate) fn done(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts
            .iter()
            .filter(|attempt| attempt.result.is_ok())
    }
}

impl Plan {
    /// Applies what the plan changes. A step that fails, or Ctrl-C, lets its own stage end and stops the later ones.
    pub(crate) async fn apply(self, aws: &Aws) -> Outcome {
        let _held = aws.interrupt.hold();
        let mut outcome = Outcome::default();
        for stage in self.0 {
            let changing = stage.into_iter().filter(Step::changes_something);
            if aws.interrupt.is_requested() || outcome.failures().next().is_some() {
                outcome
                    .not_tried
                    .extend(changing.map(|step| (step.resource, step.name)));
            } else {
                outcome
                    .attempts
                    .extend(join_all(changing.map(|step| step.attempt(aws.clone()))).await);
            }
        }
        outcome
    }
}

impl Step {
    async fn attempt(self, aws: Aws) -> Attempt {
        let Self {
            resource,
            name,
            action,
            run,
            ..
        } = self;
        let what = format!("{} {resource} {name}", action.verb());
        let progress = aws.progress.spinner(&what);
        let begun = Instant::now();
        let result = match run {
            Some(run) => run(aws).await,
            None => Ok(()),
        };
        progress.finish_and_clear();
        let result = result.map_err(|error| {
            error.context(format!("cannot {} {resource} `{name}`", action.verb()))
        });
        Attempt {
            resource,
            name,
            action,
            took: begun.elapsed(),
            result,
        }
    }
}

impl Action {
    pub(crate) fn verb(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    pub(crate) fn past(self) -> &'static str {
        match self {
            Self::Keep => "kept",
            Self::Create => "created",
            Self::Update => "updated",
            Self::Delete => "deleted",
        }
    }
}
