//! `ecrmon completions` and `ecrmon man`: what a shell and `man` want to know of the command line.

use clap::{Args, Command};
use clap_complete::Shell;

use crate::context::Context;
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
    pub(crate) fn run(&self, mut ecrmon: Command, context: &Context) -> anyhow::Result<Exit> {
        context.output.text_alone()?;
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut ecrmon, "ecrmon", &mut script);
        context.output.document(&String::from_utf8(script)?)?;
        Ok(Exit::Done)
    }
}

/// Print the manual: a page for each command
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon man | man -l -
  ecrmon man > ~/.local/share/man/man1/ecrmon.1")]
pub(crate) struct Man {}

impl Man {
    #[expect(clippy::unused_self, reason = "every command runs the same way")]
    pub(crate) fn run(&self, ecrmon: &Command, context: &Context) -> anyhow::Result<Exit> {
        context.output.text_alone()?;
        let mut page = Vec::new();
        put_pages(ecrmon, "ecrmon", &mut page)?;
        context.output.document(&String::from_utf8(page)?)?;
        Ok(Exit::Done)
    }
}

/// A command's page and those of its subcommands. Each is built by itself, so that global flags are told of once.
fn put_pages(command: &Command, name: &str, page: &mut Vec<u8>) -> std::io::Result<()> {
    let named = command
        .clone()
        .display_name(name.replace(' ', "-"))
        .bin_name(name);
    clap_mangen::Man::new(named).render(page)?;
    for subcommand in command.get_subcommands() {
        put_pages(
            subcommand,
            &format!("{name} {}", subcommand.get_name()),
            page,
        )?;
    }
    Ok(())
}
