//! Which stack and which dashboard are meant.

use clap::Args;

use crate::aws::{Aws, CallError};
use crate::error::Refusal;
use crate::names;
use crate::settings::{Choices, DEFAULT_TRAIL, Settings};
use crate::stack::survey::Survey;

#[derive(Debug, Args)]
pub(super) struct Stack {
    /// Name of our own trail, which names the stack
    #[arg(long, value_name = "NAME", default_value = DEFAULT_TRAIL, value_parser = names::trail, help_heading = "Names")]
    pub trail: String,
}

impl Stack {
    /// The trails and the stack's settings; what is missing to see them, where they may not be looked at.
    ///
    /// # Errors
    /// Those of [`Survey::make`] that are not about a permission.
    pub(super) async fn survey(
        &self,
        flags: &Choices,
        aws: &Aws,
    ) -> anyhow::Result<Result<Survey, String>> {
        let error = match Survey::make(&self.trail, flags, aws).await {
            Ok(survey) => return Ok(Ok(survey)),
            Err(error) => error,
        };
        match error.downcast_ref::<CallError>() {
            Some(denied) if denied.is_denied() => Ok(Err(denied.to_string())),
            _ => Err(error),
        }
    }

    /// The stack's settings: as they were recorded, if that can be seen, below the flags.
    ///
    /// # Errors
    /// Those of [`Settings::resolve`].
    pub(super) fn settings(
        &self,
        survey: &Result<Survey, String>,
        flags: &Choices,
        aws: &Aws,
    ) -> anyhow::Result<Settings> {
        Ok(match survey {
            Ok(survey) => survey.settings.clone(),
            Err(_) => Settings::resolve(&self.trail, flags, &Choices::default(), aws)?,
        })
    }
}

/// A dashboard by its name, or the stack's.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// Name of the dashboard [default: the stack's]
    #[arg(value_name = "NAME", value_parser = names::dashboard)]
    pub name: Option<String>,

    #[command(flatten)]
    pub stack: Stack,
}

impl Place {
    /// The dashboard's name. Unless it was given, the trails are looked at for the settings recorded on them.
    ///
    /// # Errors
    /// Those of [`Stack::survey`]; a [`Refusal`] where the stack is to have no dashboard.
    pub(super) async fn find(&self, aws: &Aws) -> anyhow::Result<String> {
        if let Some(name) = &self.name {
            return Ok(name.clone());
        }
        let flags = Choices::default();
        let survey = self.stack.survey(&flags, aws).await?;
        let settings = self.stack.settings(&survey, &flags, aws)?;
        settings.dashboard.ok_or_else(|| {
            Refusal::new(
                "this stack was set up without a dashboard",
                "name one, such as `ecrmon dashboard show NAME`; `ecrmon dashboard list` shows them",
            )
            .into()
        })
    }
}

/// There is no dashboard of that name.
pub(super) fn missing(name: &str) -> Refusal {
    Refusal::new(
        format!("there is no dashboard `{name}` in this account"),
        "`ecrmon dashboard list` shows those there are; `ecrmon dashboard create` makes ours",
    )
}
