//! The world of one command: where it writes, how it may be interrupted, and AWS once it is asked for.

use crate::aws::{Aws, Options};
use crate::interrupt::Interrupt;
use crate::output::{Output, Progress, Tone};

pub(crate) struct Context {
    pub output: Output,
    pub interrupt: Interrupt,
    pub options: Options,
}

impl Context {
    /// Finds credentials, region and account, and says in whose name the command acts.
    ///
    /// # Errors
    /// Those of [`Aws::connect`].
    pub(crate) async fn connect(&self) -> anyhow::Result<Aws> {
        let aws = Aws::connect(
            &self.options,
            Progress::new(&self.output),
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
}
