//! `ecrmon completions` and `ecrmon man`: what a shell and `man` want to know of the command line.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::error::Exit;

/// Print the completion script of a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon completions bash > ~/.local/share/bash-completion/completions/ecrmon
  ecrmon completions zsh > ~/.zfunc/_ecrmon")]
pub(crate) struct Completions {
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "ecrmon", &mut script);
        print(&script)
    }
}

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon man | man -l -
  ecrmon man > ~/.local/share/man/man1/ecrmon.1")]
pub(crate) struct Man {}

impl Man {
    #[expect(clippy::unused_self, reason = "every command runs the same way")]
    pub(crate) fn run(&self) -> anyhow::Result<Exit> {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        print(&page)
    }
}

fn print(bytes: &[u8]) -> anyhow::Result<Exit> {
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()?;
    Ok(Exit::Done)
}
