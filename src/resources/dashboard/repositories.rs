//! Which repositories a dashboard is about: all of them, or those that matched a glob when it was made.
//!
//! A SEARCH of CloudWatch's knows no globs: it matches whole tokens of a name, or exact names (CloudWatch user guide,
//! "search expression syntax"). `team-a` would also find `x/team-a-old`. So a glob is resolved when the dashboard is
//! made, and its repositories are named one by one: a new one appears when the dashboard is made again.

/// The most repositories that are named one by one: with names of 256 characters, the longest there are, a chart of
/// them still has fewer than the 100 SEARCHes and 500 metrics that it may have.
pub(crate) const MOST: usize = 250;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Repositories {
    /// Whatever there is, now and later.
    #[default]
    All,
    /// Those of these names, at most [`MOST`], in their order.
    Named {
        /// What they matched.
        glob: String,
        names: Vec<String>,
    },
}

impl Repositories {
    pub(super) fn names(&self) -> Option<&[String]> {
        match self {
            Self::All => None,
            Self::Named { names, .. } => Some(names),
        }
    }

    /// What a person must know of repositories that are named one by one.
    pub(crate) fn note(&self) -> Option<String> {
        match self {
            Self::Named { glob, names } if has_wildcards(glob) => Some(format!(
                "`{glob}` means the {} repositories that match now; new ones appear when it is created again",
                names.len()
            )),
            _ => None,
        }
    }

    pub(super) fn glob(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::Named { glob, .. } => Some(glob),
        }
    }
}

pub(super) fn has_wildcards(glob: &str) -> bool {
    glob.contains(['*', '?', '[', '{'])
}
