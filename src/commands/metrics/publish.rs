//! `ecrmon metrics publish`.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Refusal};

/// Publish image counts, sizes and findings as metrics of CloudWatch
#[derive(Debug, Args)]
pub(crate) struct Publish {}

impl Publish {
    pub(super) async fn run(self, _context: &Context) -> anyhow::Result<Exit> {
        Err(Refusal::new("this is not made yet", "wait for a later version").into())
    }
}
