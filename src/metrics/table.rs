//! The table of the registry: what ECR tells of each repository beside what CloudWatch counted of its pulls, read at
//! the same time; what it adds up to, and in which order it is told.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::Context;

use super::pulls::{self, Pulls};
use super::registry::{self, Findings, Images, Repository, Selection, Shortfall};
use super::severity::Severity;
use crate::aws::{Aws, CallError};
use crate::events::Window;

/// A repository and its pulls; `None` where they are not known.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub repository: Repository,
    pub pulls: Option<Pulls>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    /// Sorted by name.
    pub rows: Vec<Row>,
    /// Repositories that were deleted while they were read.
    pub deleted: Vec<String>,
    pub shortfalls: Vec<Shortfall>,
}

/// Reads the table.
///
/// # Errors
/// A [`CallError`] in its context: of the list of repositories, or of whatever would meet every further call.
pub(crate) async fn read(
    selection: &Selection,
    window: Window,
    aws: &Aws,
) -> anyhow::Result<Table> {
    let listed = registry::list(selection, aws)
        .await
        .context("cannot list the repositories")?;
    let names: Vec<String> = listed.iter().map(|listed| listed.name.clone()).collect();
    let describe = async {
        let registry = registry::describe(listed, aws).await;
        registry.context("cannot read the repositories")
    };
    let pulls = pulls_of(&names, window, aws);
    let (registry, (pulls, without_pulls)) = tokio::try_join!(describe, pulls)?;
    let mut pulls: BTreeMap<String, Pulls> = pulls;
    let rows = registry.repositories.into_iter().map(|repository| Row {
        pulls: pulls.remove(&repository.name),
        repository,
    });
    Ok(Table {
        rows: rows.collect(),
        deleted: registry.deleted,
        shortfalls: registry
            .shortfalls
            .into_iter()
            .chain(without_pulls)
            .collect(),
    })
}

/// The pulls that are known, by repository, and why others are not.
async fn pulls_of(
    names: &[String],
    window: Window,
    aws: &Aws,
) -> anyhow::Result<(BTreeMap<String, Pulls>, Vec<Shortfall>)> {
    let mut known = BTreeMap::new();
    let read = match pulls::read(names, window, aws).await {
        Ok(read) => read,
        Err(error) => {
            let call = error.downcast_ref::<CallError>();
            return match call.filter(|call| !call.is_final()) {
                Some(call) => Ok((known, vec![Shortfall::of_all(call.to_string())])),
                None => Err(error),
            };
        }
    };
    let mut shortfalls = Vec::new();
    for (name, pulls) in names.iter().zip(read) {
        match pulls {
            Ok(pulls) => drop(known.insert(name.clone(), pulls)),
            Err(reason) => shortfalls.push(Shortfall::of(name, reason)),
        }
    }
    Ok((known, shortfalls))
}

/// A sum, and whether every part of it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum {
    pub known: u64,
    pub is_whole: bool,
}

impl Sum {
    pub(crate) fn of(parts: impl IntoIterator<Item = Option<u64>>) -> Self {
        let nothing = Self {
            known: 0,
            is_whole: true,
        };
        parts.into_iter().fold(nothing, |sum, part| Self {
            known: sum.known + part.unwrap_or(0),
            is_whole: sum.is_whole && part.is_some(),
        })
    }

    /// The sum, unless a part of it is unknown.
    pub(crate) fn whole(self) -> Option<u64> {
        self.is_whole.then_some(self.known)
    }
}

impl Row {
    pub(crate) fn images(&self) -> Option<&Images> {
        self.repository.images.as_ref()
    }

    /// How many findings of a severity the newest image has; `None` where no scan that is done tells.
    pub(crate) fn found(&self, severity: Severity) -> Option<u64> {
        match self.repository.findings.as_ref()? {
            Findings::Found(found) => Some(found.get(severity.word()).copied().unwrap_or(0)),
            _ => None,
        }
    }
}

/// In which order the rows are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    Name,
    Images,
    Untagged,
    Size,
    Pulls,
    LastPush,
    LastPull,
    Findings,
}

impl Sort {
    pub(crate) const ALL: [Self; 8] = [
        Self::Name,
        Self::Images,
        Self::Untagged,
        Self::Size,
        Self::Pulls,
        Self::LastPush,
        Self::LastPull,
        Self::Findings,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Images => "images",
            Self::Untagged => "untagged",
            Self::Size => "size",
            Self::Pulls => "pulls",
            Self::LastPush => "last-push",
            Self::LastPull => "last-pull",
            Self::Findings => "findings",
        }
    }

    /// Sorts: names as an alphabet does, whatever can be counted by how much of it there is, times by how late they
    /// are, findings by the worst ones. What is unknown comes last, and equals stay in the order of their names.
    pub(crate) fn sort(self, rows: &mut [Row]) {
        rows.sort_by(|one, other| one.repository.name.cmp(&other.repository.name));
        if self != Self::Name {
            rows.sort_by_cached_key(|row| Reverse(self.key(row)));
        }
    }

    fn key(self, row: &Row) -> Option<Vec<i128>> {
        let one = |number: u64| vec![i128::from(number)];
        let second = |time: jiff::Timestamp| vec![time.as_nanosecond()];
        match self {
            Self::Name => None,
            Self::Images => row.images().map(|images| one(images.count)),
            Self::Untagged => row.images().map(|images| one(images.untagged)),
            Self::Size => row.images().map(|images| one(images.size_bytes)),
            Self::Pulls => row.pulls.as_ref().map(|pulls| one(pulls.sum)),
            Self::LastPush => row.images()?.last_push.map(second),
            Self::LastPull => row.images()?.last_pull.map(second),
            Self::Findings => Severity::ALL
                .into_iter()
                .map(|severity| row.found(severity).map(i128::from))
                .collect(),
        }
    }
}
