//! `ecrmon metrics export`.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Refusal};

/// Write the table as OpenMetrics text, or serve it to Prometheus
#[derive(Debug, Args)]
pub(crate) struct Export {}

impl Export {
    pub(super) async fn run(self, _context: &Context) -> anyhow::Result<Exit> {
        Err(Refusal::new("this is not made yet", "wait for a later version").into())
    }
}
