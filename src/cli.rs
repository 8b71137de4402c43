//! The command line: global flags, and the table of commands. Only this file and `commands/` know clap.

use std::error::Error;
use std::time::Duration;

use clap::error::{ContextKind, ErrorKind};
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};

use crate::aws::Options;
use crate::commands::{dashboard, events, logs, metrics, setup, shell, status, teardown, trail};
use crate::context::Context;
use crate::error::{Exit, Usage};
use crate::names;
use crate::output::{Format, Output};
use crate::terminal::Progress;

/// Provision and use monitoring of an Amazon ECR registry
#[derive(Debug, Parser)]
#[command(
    name = "ecrmon",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
#[command(after_help = "Examples:
  ecrmon setup                     Watch the registry: shows a plan, then asks
  ecrmon setup --check             In CI: exit 3 if anything is not as it should be
  ecrmon status                    Is monitoring alive?
  ecrmon events --since 1h         Who did what, when, from where
  ecrmon metrics                   What is in the registry, and what is pulled
  ecrmon teardown --dry-run        What would be taken away

Exit codes: 0 done, 1 failed, 2 usage, 3 drift or unhealthy, 4 credentials, 5 incomplete, 130 interrupted")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Setup(Box<setup::Setup>),
    #[command(subcommand)]
    Trail(trail::Trail),
    #[command(subcommand)]
    Dashboard(dashboard::Dashboard),
    #[command(subcommand)]
    Logs(logs::Logs),
    Metrics(metrics::Metrics),
    Status(status::Status),
    Events(Box<events::Events>),
    Teardown(teardown::Teardown),
    Completions(shell::Completions),
    Man(shell::Man),
}

impl Command {
    pub(crate) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        match self {
            Self::Setup(setup) => setup.run(context).await,
            Self::Trail(trail) => trail.run(context).await,
            Self::Dashboard(dashboard) => dashboard.run(context).await,
            Self::Logs(logs) => logs.run(context).await,
            Self::Metrics(metrics) => metrics.run(context).await,
            Self::Status(status) => status.run(context).await,
            Self::Events(events) => events.run(context).await,
            Self::Teardown(teardown) => teardown.run(context).await,
            Self::Completions(completions) => completions.run(Cli::command(), context),
            Self::Man(man) => man.run(&Cli::command(), context),
        }
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Use this profile of the AWS configuration, before any key variables [default: AWS_PROFILE]
    #[arg(long, global = true, value_name = "NAME")]
    profile: Option<String>,

    /// Act in this region; `events` reads several, separated by commas [default: AWS_REGION, or the profile's]
    #[arg(long, global = true, value_name = "REGION", value_parser = names::region, value_delimiter = ',')]
    region: Vec<String>,

    /// Send all calls to this address [default: AWS_ENDPOINT_URL]
    #[arg(long, global = true, value_name = "URL", value_parser = names::endpoint_url)]
    endpoint_url: Option<String>,

    /// Go on only if the credentials belong to this account
    #[arg(long, global = true, value_name = "ID", value_parser = names::account)]
    account: Option<String>,

    /// Write the result in this format
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        value_enum,
        default_value_t
    )]
    output: OutputFormat,

    /// Colour the output
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,

    /// Show times in UTC instead of the local zone; JSON is always UTC
    #[arg(long, global = true)]
    utc: bool,

    /// Wait this long for an answer of AWS, in seconds [default: 60]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = names::count::<u64>)]
    timeout: Option<u64>,

    /// Try a call at most this often [default: AWS_MAX_ATTEMPTS, or 3]
    #[arg(long, global = true, value_name = "N", value_parser = names::count::<u32>)]
    max_attempts: Option<u32>,

    /// Say nothing but the result, questions, warnings and errors
    #[arg(short, long, global = true)]
    quiet: bool,

    /// Say what is done on the wire; repeat for more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
}

/// A value that one of our own rules refused: said as every other failure, the rule being the way out.
pub(crate) fn refused_value(error: &clap::Error) -> Option<Usage> {
    if error.kind() != ErrorKind::ValueValidation {
        return None;
    }
    let rule = error.source()?.to_string();
    let flag = error.get(ContextKind::InvalidArg)?;
    let value = error.get(ContextKind::InvalidValue)?;
    Some(Usage::new(
        format!("cannot use `{value}` for `{flag}`"),
        rule,
    ))
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum OutputFormat {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// One JSON object a line, for lists
    Ndjson,
    /// Comma-separated values, for lists
    Csv,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    Always,
    Never,
}

impl Global {
    pub(crate) fn options(&self) -> Options {
        Options {
            profile: self.profile.clone(),
            region: self.region.first().cloned(),
            endpoint_url: self.endpoint_url.clone(),
            account: self.account.clone(),
            timeout: self.timeout.map(Duration::from_secs),
            max_attempts: self.max_attempts,
        }
    }

    pub(crate) fn regions(&self) -> Vec<String> {
        self.region.clone()
    }

    pub(crate) fn output(&self) -> Output {
        let format = match self.output {
            OutputFormat::Text => Format::Text,
            OutputFormat::Json => Format::Json,
            OutputFormat::Ndjson => Format::Ndjson,
            OutputFormat::Csv => Format::Csv,
        };
        Output {
            format,
            utc: self.utc,
            quiet: self.quiet,
            progress: Progress::new(self.quiet),
        }
    }

    pub(crate) fn color_choice(&self) -> anstream::ColorChoice {
        match self.color {
            Color::Auto => anstream::ColorChoice::Auto,
            Color::Always => anstream::ColorChoice::Always,
            Color::Never => anstream::ColorChoice::Never,
        }
    }
}
