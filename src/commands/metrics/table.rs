//! `ecrmon metrics table`.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Refusal};

/// The table of the registry
#[derive(Debug, Args)]
pub(crate) struct Table {}

impl Table {
    pub(super) async fn run(self, _context: &Context) -> anyhow::Result<Exit> {
        Err(Refusal::new("this is not made yet", "wait for a later version").into())
    }
}
