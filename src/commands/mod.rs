//! One file for each command: its help, its flags and a short `run`.

pub(crate) mod dashboard;
mod ensure;
pub(crate) mod events;
mod flags;
pub(crate) mod logs;
pub(crate) mod metrics;
pub(crate) mod setup;
pub(crate) mod shell;
pub(crate) mod status;
pub(crate) mod teardown;
pub(crate) mod trail;
mod verify;
mod writes;

use crate::cli::Command;
use crate::context::Context;
use crate::error::Exit;

pub(crate) async fn run(command: Command, context: &Context) -> anyhow::Result<Exit> {
    match command {
        Command::Setup(setup) => setup.run(context).await,
        Command::Trail(trail) => trail.run(context).await,
        Command::Dashboard(dashboard) => dashboard.run(context).await,
        Command::Logs(logs) => logs.run(context).await,
        Command::Metrics(metrics) => metrics.run(context).await,
        Command::Status(status) => status.run(context).await,
        Command::Events(events) => events.run(context).await,
        Command::Teardown(teardown) => teardown.run(context).await,
        Command::Completions(completions) => completions.run(context),
        Command::Man(man) => man.run(context),
    }
}
