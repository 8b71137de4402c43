//! `ecrmon dashboard show`.
use clap::Args;
use crate::context::Context;
use crate::error::Exit;
/// Draw
#[derive(Debug, Args)]
pub(crate) struct Show {}
impl Show { pub(super) async fn run(self, _context: &Context) -> anyhow::Result<Exit> { Ok(Exit::Done) } }
