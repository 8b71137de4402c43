//! ecrmon provisions Amazon ECR monitoring and answers questions about a registry.
//!
//! ```text
//! arguments -> context (AWS clients, output) -> settings -> survey -> decision -> plan -> apply -> report
//!
//! commands/   one file for each command: help, flags, a short run
//! stack/      what a stack is, found, decided about, planned up and down
//! coverage    which existing trails already record ECR, and why not
//! plan/       steps, the one diff, applying stage after stage
//! resources/  one noun of AWS for each file: observe, apply, destroy
//! events/     events of a registry from any source, as one stream
//! metrics/    what the registry looks like: repositories, and metrics over time
//! aws/        clients, credentials, one way to make a call
//! terminal/   words with a tone, and what is said while a command works
//! output/     results, in four formats
//! ```

mod aws;
mod cli;
mod commands;
mod context;
mod coverage;
mod error;
mod events;
mod explain;
mod interrupt;
mod kms;
mod metrics;
mod names;
mod output;
mod plan;
mod resources;
mod settings;
mod stack;
mod terminal;
mod time;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::Exit;
use crate::explain::explain;
use crate::interrupt::{Interrupt, Interrupted};
use crate::output::Output;

/// Runs one command line, program name first, and answers its exit code.
///
/// # Panics
/// If the operating system refuses the asynchronous runtime its resources.
pub fn run<I, T>(arguments: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(help_or_error) => {
            match cli::refused_value(&help_or_error) {
                Some(refused) => Output::default().failure(&explain(&refused.into())),
                None => drop(help_or_error.print()),
            }
            return ExitCode::from(
                u8::try_from(help_or_error.exit_code()).unwrap_or(Exit::Usage as u8),
            );
        }
    };
    cli.global.color_choice().write_global();
    trace(cli.global.verbose);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system grants a runtime");
    let exit = runtime.block_on(run_command(cli));
    // A question may still wait for a line of input that will never come.
    runtime.shutdown_background();
    ExitCode::from(exit as u8)
}

async fn run_command(cli: Cli) -> Exit {
    let context = Context {
        output: cli.global.output(),
        interrupt: Interrupt::listen(),
        options: cli.global.options(),
        regions: cli.global.regions(),
    };
    let result = tokio::select! {
        result = cli.command.run(&context) => result,
        () = context.interrupt.safe_to_leave() => Err(Interrupted.into()),
    };
    match result {
        Ok(exit) => exit,
        Err(error) => {
            let mut explanation = explain(&error);
            if let Some(hint) = aws::credentials_hint(&error, &context.options).await {
                explanation.hint = Some(hint);
            }
            context.output.failure(&explanation);
            explanation.exit
        }
    }
}

/// The SDK's own account of what it does, on stderr. `-v` warnings, `-vv` what is called, `-vvv` everything.
fn trace(verbose: u8) {
    let filter = match verbose {
        0 => return,
        1 => "warn,aws_config=info,aws_smithy_runtime=info",
        2 => "info,aws_config=debug,aws_smithy_runtime=debug",
        _ => "trace",
    };
    let filter = tracing_subscriber::EnvFilter::new(filter);
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(true)
        .try_init();
}
