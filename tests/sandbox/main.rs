//! `cargo run --example sandbox -- setup --yes`: ecrmon against a simulated AWS account with a small registry in it.
//! The simulator lives on for the next command, until `sandbox reset` or half an hour without a call.

#[path = "../support/http.rs"]
mod http;
#[path = "../support/python.rs"]
mod python;
#[path = "../support/server.rs"]
mod server;
mod simulator;

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

/// Set in the process that has the sandbox's variables already.
const INSIDE: &str = "ECRMON_SANDBOX_INSIDE";
const REGION: &str = "eu-west-1";
/// AWS's own documentation uses these keys; no service accepts them.
const ACCESS_KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if env::var_os(INSIDE).is_some() {
        return ecrmon::run([OsString::from("ecrmon")].into_iter().chain(arguments));
    }
    match enter(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // When stderr is closed there is nobody to tell.
            let _ = writeln!(io::stderr(), "error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn enter(arguments: &[OsString]) -> Result<()> {
    match arguments {
        [] => print_variables(),
        [word] if word == "reset" => simulator::end(),
        _ => run_inside(arguments),
    }
}

/// Says what to export so that `ecrmon` and the AWS CLI alike reach the sandbox from any shell.
fn print_variables() -> Result<()> {
    let variables = variables(simulator::port()?);
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN"
    )
    .context("print the variables")?;
    for (name, value) in variables {
        writeln!(out, "export {name}={value}").context("print the variables")?;
    }
    Ok(())
}

/// Becomes this same program with the sandbox's variables: a running process cannot safely change its environment.
///
/// The process is replaced and not waited for, so that Ctrl-C and exit codes are ecrmon's own.
fn run_inside(arguments: &[OsString]) -> Result<()> {
    let mut command = Command::new(env::current_exe().context("find the running program")?);
    command.args(arguments);
    // Nobody's real credentials, profiles or endpoints come into the sandbox.
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_")) {
        command.env_remove(name);
    }
    command.envs(variables(simulator::port()?)).env(INSIDE, "1");
    Err(command.exec()).context("start ecrmon in the sandbox")
}

fn variables(port: u16) -> [(&'static str, String); 9] {
    [
        ("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY.to_owned()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_DEFAULT_REGION", REGION.to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
        // A proxy of the caller's would look for the sandbox on its own machine.
        ("NO_PROXY", "127.0.0.1".to_owned()),
    ]
}
