//! Which events: the filters of `ecrmon events`.

use clap::builder::PossibleValue;
use clap::{ArgGroup, Args, ValueEnum};

use crate::commands::flags::patterns;
use crate::error::Usage;
use crate::events::{Action, Filter, Globs, parse_glob};
use crate::names;

/// Which events; all flags that are given must fit, of several values of one flag any.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters", group = ArgGroup::new("kind").args(["reads", "writes"]))]
pub(crate) struct Filters {
    /// Repositories, such as `team-*/api`
    #[arg(long, value_name = "GLOB", value_parser = Globs::parse)]
    repo: Vec<Globs>,

    /// What was done, in ecrmon's words
    #[arg(long, value_name = "ACTION", value_enum, value_delimiter = ',')]
    action: Vec<Action>,

    /// AWS's names of calls, such as `PutImage` or `*Policy`
    #[arg(long, value_name = "GLOB", value_parser = Globs::parse)]
    event: Vec<Globs>,

    /// Who, as shown in the column WHO, such as `*ci*`
    #[arg(long, value_name = "GLOB", value_parser = parse_glob)]
    principal: Vec<globset::Glob>,

    /// Tags or digests, such as `v1.*` or `sha256:98c8*`
    #[arg(long, value_name = "GLOB", value_parser = Globs::parse)]
    image: Vec<Globs>,

    /// Addresses, or the services that called, such as `203.0.113.*`
    #[arg(long, value_name = "GLOB", value_parser = Globs::parse)]
    ip: Vec<Globs>,

    /// Repositories of these accounts
    #[arg(long, value_name = "ACCOUNT", value_parser = names::account, value_delimiter = ',')]
    owner: Vec<String>,

    /// Only calls that failed or were denied
    #[arg(long)]
    errors: bool,

    /// Only calls that change something
    #[arg(long)]
    writes: bool,

    /// Only calls that look
    #[arg(long)]
    reads: bool,
}

impl Filters {
    /// # Errors
    /// [`Usage`] for patterns that are too large together.
    pub(crate) fn filter(&self) -> Result<Filter, Usage> {
        Ok(Filter {
            repositories: patterns(self.repo.iter().flat_map(Globs::iter))?,
            actions: self.action.iter().copied().collect(),
            events: patterns(self.event.iter().flat_map(Globs::iter))?,
            principals: patterns(&self.principal)?,
            images: patterns(self.image.iter().flat_map(Globs::iter))?,
            addresses: patterns(self.ip.iter().flat_map(Globs::iter))?,
            owners: self.owner.iter().cloned().collect(),
            errors: self.errors,
            read_only: match (self.reads, self.writes) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            ..Filter::default()
        })
    }
}

impl ValueEnum for Action {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}
