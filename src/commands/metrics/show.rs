//! `ecrmon metrics show`.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Refusal};

/// Draw a metric over time
#[derive(Debug, Args)]
pub(crate) struct Show {}

impl Show {
    pub(super) async fn run(self, _context: &Context) -> anyhow::Result<Exit> {
        Err(Refusal::new("this is not made yet", "wait for a later version").into())
    }
}
