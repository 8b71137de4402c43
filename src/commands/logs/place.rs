//! Which log group is meant: the one that was named, or the one that a trail delivers to.

use anyhow::Context as _;
use clap::Args;

use crate::aws::Aws;
use crate::events::LogGroup;
use crate::names;

#[derive(Debug, Args)]
pub(super) struct Place {
    /// Look into this log group [default: the one that a trail delivers to]
    #[arg(long, value_name = "NAME", value_parser = names::log_group)]
    log_group: Option<String>,
}

impl Place {
    /// # Errors
    /// Those of [`LogGroup::of_trail`].
    pub(super) async fn find(self, aws: &Aws) -> anyhow::Result<LogGroup> {
        match self.log_group {
            Some(name) => Ok(LogGroup::named(&name, aws)?),
            None => LogGroup::of_trail(aws)
                .await
                .context("cannot find a trail's log group"),
        }
    }
}
