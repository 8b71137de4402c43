//! `ecrmon metrics` without a subcommand: the table of the registry.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::commands::flags::{Repositories, Times};
use crate::context::Context;
use crate::error::Exit;
use crate::metrics::period;
use crate::metrics::table::{self, Sort};
use crate::names;
use crate::output::registry::{Asked, RegistryTable};

/// Where the pulls begin that are counted, if nobody says.
const WEEK: &str = "7d";
const SINCE: &str = "Count pulls from here on: `90m`, `2d 4h`, `today`, `yesterday`, `2026-11-01`, or an RFC 3339 time [default: 7d]";

#[derive(Debug, Args)]
#[command(mut_arg("since", |since| since.help(SINCE)))]
pub(crate) struct Table {
    #[command(flatten)]
    repositories: Repositories,

    /// Sort by this column, the most or latest first; what is unknown comes last
    #[arg(long, value_name = "COLUMN", value_enum, default_value_t = Sort::Name)]
    sort: Sort,

    /// Show only the first N repositories; the last line still counts all
    #[arg(long, value_name = "N", value_parser = names::count::<u32>)]
    top: Option<u32>,

    /// Show all columns, however narrow the terminal
    #[arg(long)]
    wide: bool,

    #[command(flatten)]
    times: Times,
}

impl Table {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        let window = self.times.window(WEEK, context.output.utc)?;
        period::remembered(window, Timestamp::now())?;
        let selection = self.repositories.selection()?;
        let aws = context.connect().await?;
        let table = table::read(&selection, window, &aws).await?;
        let asked = Asked {
            window,
            sort: self.sort,
            top: self.top.and_then(|top| usize::try_from(top).ok()),
            wide: self.wide,
            patterns: selection.repositories.texts().to_vec(),
        };
        let report = RegistryTable::new(table, asked, &aws);
        context.output.result(&report)?;
        Ok(report.say_shortfalls(&context.output))
    }
}

impl ValueEnum for Sort {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}
