//! How `ecrmon events` shows what it finds: the flags that say so.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::rows::Wish;
use crate::error::Usage;
use crate::events::{Dimension, Order};
use crate::names;
use crate::output::stream::Breadth;

/// How to show it.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct View {
    /// Go on with what happens from now on, oldest first, until Ctrl-C
    #[arg(short, long, conflicts_with_all = ["until", "limit"])]
    pub follow: bool,

    /// Count the calls by one or two of these instead of showing them
    #[arg(long, value_name = "WHAT", value_enum, value_delimiter = ',', conflicts_with_all = ["follow", "raw", "fields", "wide"])]
    by: Vec<Dimension>,

    /// Print the one event with this id, as CloudTrail recorded it
    #[arg(long, value_name = "ID", conflicts_with_all = ["follow", "by"])]
    pub show: Option<String>,

    /// Show every call instead of operations
    #[arg(long)]
    raw: bool,

    /// Stop after so many rows; with `--by`, show the first so many of all that are counted
    #[arg(long, value_name = "N", value_parser = names::count::<u64>)]
    limit: Option<u64>,

    /// Show the oldest first
    #[arg(long)]
    oldest_first: bool,

    /// Show more columns, and whole digests
    #[arg(long)]
    wide: bool,

    /// Show these fields, by their names in JSON
    #[arg(
        long,
        value_name = "FIELD",
        value_delimiter = ',',
        conflicts_with = "wide"
    )]
    fields: Vec<String>,
}

impl View {
    /// What to count by; empty where nothing is to be counted.
    ///
    /// # Errors
    /// [`Usage`] for more than two, or one of them twice.
    pub(super) fn by(&self) -> Result<&[Dimension], Usage> {
        match self.by.as_slice() {
            by @ ([] | [_]) => Ok(by),
            by @ [one, other] if one != other => Ok(by),
            _ => Err(Usage::new(
                "calls are counted by one or two things at a time",
                "name two different ones, such as `--by principal,action`",
            )),
        }
    }

    /// How many rows of counts to show at most.
    pub(super) fn most_rows(&self) -> Option<usize> {
        self.limit
            .map(|limit| limit.try_into().unwrap_or(usize::MAX))
    }

    pub(crate) fn order(&self) -> Order {
        if self.oldest_first || self.follow {
            Order::OldestFirst
        } else {
            Order::NewestFirst
        }
    }

    /// How to show rows; `regions` where they are of several.
    pub(super) fn wish(&self, regions: bool) -> Wish {
        let narrow = if regions {
            Breadth::WithRegion
        } else {
            Breadth::Narrow
        };
        Wish {
            raw: self.raw,
            breadth: if self.wide { Breadth::Wide } else { narrow },
            fields: self.fields.clone(),
            limit: self.limit,
        }
    }
}

impl ValueEnum for Dimension {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}
