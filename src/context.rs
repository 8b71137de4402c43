//! The world of one command: where it writes, how it may be interrupted, and AWS once it is asked for.

use crate::aws::{Aws, Options};
use crate::error::Usage;
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::terminal::Tone;

pub(crate) struct Context {
    pub output: Output,
    pub interrupt: Interrupt,
    pub options: Options,
    /// The regions that were named; for most commands at most one.
    pub regions: Vec<String>,
}

impl Context {
    /// Finds credentials, region and account, and says in whose name the command acts.
    ///
    /// # Errors
    /// Those of [`Aws::connect`]; [`Usage`] where several regions were named.
    pub(crate) async fn connect(&self) -> anyhow::Result<Aws> {
        self.one_region()?;
        let aws = Aws::connect(
            &self.options,
            self.output.progress.clone(),
            self.interrupt.clone(),
        )
        .await?;
        let profile = aws
            .profile
            .as_ref()
            .map(|profile| format!(", profile {profile}"))
            .unwrap_or_default();
        self.output.say(|page| {
            let who = format!("Account {}, region {}{profile}", aws.account, aws.region);
            page.put(Tone::Faint, who).end().end();
        });
        Ok(aws)
    }

    /// # Errors
    /// [`Usage`] where several regions were named.
    pub(crate) fn one_region(&self) -> Result<(), Usage> {
        if self.regions.len() > 1 {
            return Err(Usage::new(
                "this command acts in one region",
                "name one with `--region`; `ecrmon events` reads several",
            ));
        }
        Ok(())
    }

    /// Finds region and settings for reads. No call is made, but where `--account` demands an account: that is asked
    /// for, so that nothing of another one is shown.
    ///
    /// # Errors
    /// Those of [`Aws::open`] and, with `--account`, of [`Aws::connect`].
    pub(crate) async fn open(&self) -> anyhow::Result<Aws> {
        let progress = self.output.progress.clone();
        let interrupt = self.interrupt.clone();
        if self.options.account.is_some() {
            Aws::connect(&self.options, progress, interrupt).await
        } else {
            Aws::open(&self.options, progress, interrupt).await
        }
    }
}
