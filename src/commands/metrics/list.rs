//! `ecrmon metrics list`.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Refusal};

/// List the ECR metrics that exist in this account and region
#[derive(Debug, Args)]
pub(crate) struct List {}

impl List {
    pub(super) async fn run(self, _context: &Context) -> anyhow::Result<Exit> {
        Err(Refusal::new("this is not made yet", "wait for a later version").into())
    }
}
