//! `ecrmon status`: is monitoring alive?

use clap::Args;
use jiff::SignedDuration;

use super::flags::StackNames;
use crate::context::Context;
use crate::error::Exit;
use crate::output::status::StatusReport;
use crate::stack::health;
use crate::time;

/// Tell whether ECR is being watched: logging, deliveries, and everything as setup left it
///
/// Exits with 3 if something is unhealthy: logging is off, a delivery failed, nothing was delivered for `--max-age`, or
/// a resource is not as it should be.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon status
  ecrmon status --max-age 2h
  ecrmon status --output json | jq '.checks[] | select(.state != \"ok\")'")]
pub(crate) struct Status {
    /// Unhealthy if nothing was delivered for this long
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = time::parse_span)]
    max_age: SignedDuration,

    #[command(flatten)]
    names: StackNames,
}

impl Status {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.output.without_rows()?;
        let aws = context.connect().await?;
        let (trail, flags) = self.names.into_choices();
        let checks = health::check(&trail, &flags, self.max_age, &aws).await?;
        let report = StatusReport::new(checks, &aws);
        context.output.result(&report)?;
        if !report.healthy {
            context.output.say(|page| {
                page.line("hint: `ecrmon setup` brings back what is missing or changed");
            });
        }
        Ok(if report.healthy {
            Exit::Done
        } else {
            Exit::Drift
        })
    }
}
