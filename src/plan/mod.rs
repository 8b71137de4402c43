//! A plan: what would change in the account, decided and shown before anything does.
//!
//! `Plan` holds stages in dependency order; applying it is in [`apply`], its looks are in `output::plan`.

mod apply;
mod diff;

use futures::future::LocalBoxFuture;
use serde::Serialize;
use serde_json::Value;

use crate::aws::{Aws, CallError};
pub(crate) use apply::Outcome;
pub(crate) use diff::Change;

/// A piece of AWS state, described the way we want it.
///
/// `observe` answers in `Self`, so wanted and found compare field by field and no resource writes its own diff.
/// Fields that are not managed are skipped when serialised.
pub(crate) trait Resource: Serialize + Clone + 'static {
    /// The noun shown to people, e.g. "log group".
    const KIND: &'static str;

    fn name(&self) -> &str;

    /// What there is under that name; absence is `None`, not an error.
    async fn observe(name: &str, aws: &Aws) -> anyhow::Result<Option<Self>>;

    /// Makes it so, from what was found, with as few calls as that takes. Doing it again is harmless.
    async fn apply(&self, found: Option<&Self>, aws: &Aws) -> anyhow::Result<()>;

    /// Removes it; removing what is gone succeeds.
    async fn destroy(&self, aws: &Aws) -> anyhow::Result<()>;

    /// Whether what is there now may be treated as made by this very stack.
    fn is_same_stack(&self, wanted: &Self) -> bool;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Action {
    Keep,
    Create,
    Update,
    Delete,
}

/// One decision about one resource: data to show, and what carries it out.
#[derive(Serialize)]
pub(crate) struct Step {
    pub resource: &'static str,
    pub name: String,
    pub action: Action,
    pub changes: Vec<Change>,
    /// What it is or why, in a few words.
    #[serde(skip)]
    pub note: String,
    /// What a person should know besides; nothing of it is changed.
    #[serde(skip)]
    pub advice: Vec<String>,
    /// What is lost for good if this is done; on a terminal it is confirmed by itself.
    #[serde(skip)]
    pub loss: Option<String>,
    #[serde(skip)]
    run: Option<Run>,
}

type Run = Box<dyn FnOnce(Aws) -> LocalBoxFuture<'static, anyhow::Result<()>>>;

impl Step {
    /// Creates, updates or keeps: whatever makes what was found what is wanted.
    pub(crate) fn ensure<R: Resource>(wanted: R, found: Option<R>) -> Self {
        let changes = diff::changes(found.as_ref(), &wanted);
        let action = match (&found, changes.is_empty()) {
            (None, _) => Action::Create,
            (Some(_), true) => Action::Keep,
            (Some(_), false) => Action::Update,
        };
        let name = wanted.name().to_owned();
        let run: Run = Box::new(move |aws| {
            Box::pin(async move { ensure(&wanted, found.as_ref(), &aws).await })
        });
        let run = (action != Action::Keep).then_some(run);
        Self {
            resource: R::KIND,
            name,
            action,
            changes,
            note: String::new(),
            advice: Vec::new(),
            loss: None,
            run,
        }
    }

    /// Leaves a thing as it is.
    pub(crate) fn keep(resource: &'static str, name: &str, note: impl Into<String>) -> Self {
        Self {
            resource,
            name: name.to_owned(),
            action: Action::Keep,
            changes: Vec::new(),
            note: note.into(),
            advice: Vec::new(),
            loss: None,
            run: None,
        }
    }

    pub(crate) fn delete<R: Resource>(found: R) -> Self {
        let name = found.name().to_owned();
        let run: Run = Box::new(move |aws| Box::pin(async move { found.destroy(&aws).await }));
        Self {
            action: Action::Delete,
            run: Some(run),
            ..Self::keep(R::KIND, &name, "")
        }
    }

    pub(crate) fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    pub(crate) fn advised(mut self, advice: Vec<String>) -> Self {
        self.advice = advice;
        self
    }

    pub(crate) fn losing(mut self, loss: Option<String>) -> Self {
        self.loss = loss;
        self
    }

    pub(crate) fn changes_something(&self) -> bool {
        self.action != Action::Keep
    }
}

/// Applies; where somebody made the same thing between our look and our call, looks again and goes on from there.
async fn ensure<R: Resource>(wanted: &R, found: Option<&R>, aws: &Aws) -> anyhow::Result<()> {
    let error = match wanted.apply(found, aws).await {
        Err(error) if found.is_none() && appeared_meanwhile(&error) => error,
        result => return result,
    };
    match R::observe(wanted.name(), aws).await? {
        Some(there) if there.is_same_stack(wanted) => wanted.apply(Some(&there), aws).await,
        _ => Err(error),
    }
}

fn appeared_meanwhile(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<CallError>()
        .is_some_and(CallError::is_already_there)
}

/// Stages in dependency order; the steps of one stage run side by side.
#[derive(Default)]
pub(crate) struct Plan(pub Vec<Vec<Step>>);

impl Plan {
    pub(crate) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.iter().flatten()
    }

    pub(crate) fn changes_something(&self) -> bool {
        self.steps().any(Step::changes_something)
    }

    pub(crate) fn count(&self, action: Action) -> usize {
        self.steps().filter(|step| step.action == action).count()
    }

    pub(crate) fn step(&self, resource: &str) -> Option<&Step> {
        self.steps().find(|step| step.resource == resource)
    }

    /// The steps as they go into a result.
    pub(crate) fn to_values(&self) -> Vec<Value> {
        self.steps()
            .map(|step| serde_json::to_value(step).unwrap_or_default())
            .collect()
    }
}
