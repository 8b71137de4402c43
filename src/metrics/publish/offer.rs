//! What there is to publish of a registry at a moment: metrics with values, and what is left out because nobody knows.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use super::figures::Figures;
use crate::metrics::registry::{Findings, Registry, Repository, Shortfall};
use crate::metrics::severity::Severity;

pub(crate) const IMAGES: &str = "ImageCount";
pub(crate) const UNTAGGED: &str = "UntaggedImageCount";
/// In bytes: the sum of the sizes of the images.
pub(crate) const SIZE: &str = "RepositorySize";
/// Of the newest image, by [`SEVERITY`].
pub(crate) const FINDINGS: &str = "FindingCount";
/// All of them: each of a repository by [`REPOSITORY`](crate::metrics::dimensions::REPOSITORY), and of the whole registry without it.
pub(crate) const METRICS: [&str; 4] = [IMAGES, UNTAGGED, SIZE, FINDINGS];

pub(crate) const SEVERITY: &str = "Severity";

/// A value of a metric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Datum {
    pub metric: &'static str,
    /// `None`: of the whole registry.
    pub repository: Option<String>,
    pub severity: Option<&'static str>,
    pub value: u64,
}

/// All metrics of a repository, or of the whole registry.
#[derive(Debug, Clone)]
struct Group {
    repository: Option<String>,
    data: Vec<Datum>,
}

/// A metric that has no value because not all that it counts could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Unknown {
    pub repository: String,
    pub metric: &'static str,
}

/// What can be published.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    /// When the registry was read.
    pub time: Timestamp,
    /// Not only a part of the registry was read, so that there are totals of what is known of all.
    pub whole: bool,
    groups: Vec<Group>,
    pub unknown: Vec<Unknown>,
    /// Why it is unknown, as far as reading met something.
    pub shortfalls: Vec<Shortfall>,
    /// Repositories whose newest image has no scan that is done: of them ECR knows no findings, and neither do we.
    pub unscanned: Vec<String>,
    /// Repositories that go beyond the number of metrics that was allowed.
    pub left_out: Vec<String>,
}

impl Offer {
    pub(crate) fn new(
        registry: &Registry,
        whole: bool,
        severities: &[Severity],
        time: Timestamp,
    ) -> Self {
        let repositories = &registry.repositories;
        let unknown: Vec<Unknown> = repositories.iter().flat_map(unknown).collect();
        let figures: Vec<(&Repository, Figures)> = repositories
            .iter()
            .map(|repository| (repository, Figures::of(repository, severities)))
            .collect();
        let total = whole.then(|| {
            let sum = Figures::sum(figures.iter().map(|(_, figures)| figures), severities);
            Group::new(None, &sum)
        });
        let each = figures
            .iter()
            .map(|(repository, figures)| Group::new(Some(&repository.name), figures));
        Self {
            time,
            whole,
            groups: total.into_iter().chain(each).collect(),
            shortfalls: about(&unknown, &registry.shortfalls),
            unknown,
            unscanned: repositories
                .iter()
                .filter(|repository| is_unscanned(repository))
                .map(|repository| repository.name.clone())
                .collect(),
            left_out: Vec::new(),
        }
    }

    /// The same with no more than so many metrics. The whole registry comes first, then the repositories that were
    /// published `before`, so that no series ends for a new one; each repository is in it as a whole or not at all.
    pub(crate) fn within(mut self, most: usize, before: &BTreeSet<String>) -> Self {
        let is_new = |group: &Group| {
            let name = group.repository.as_ref();
            name.is_some_and(|name| !before.contains(name))
        };
        let mut left = most;
        let (new, old): (Vec<_>, Vec<_>) = self.groups.into_iter().partition(is_new);
        self.groups = Vec::new();
        for group in old.into_iter().chain(new) {
            if let Some(rest) = left.checked_sub(group.data.len()) {
                left = rest;
                self.groups.push(group);
            } else {
                self.left_out.extend(group.repository);
            }
        }
        self
    }

    pub(crate) fn data(&self) -> impl Iterator<Item = &Datum> {
        self.groups.iter().flat_map(|group| &group.data)
    }

    /// Group by group: the repository, none for the whole registry, and its metrics.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (Option<&str>, &[Datum])> {
        let groups = self.groups.iter();
        groups.map(|group| (group.repository.as_deref(), group.data.as_slice()))
    }

    /// How many metrics there are: each of them is billed.
    pub(crate) fn count(&self) -> usize {
        self.data().count()
    }

    /// The repositories of which something is published.
    pub(crate) fn repositories(&self) -> impl Iterator<Item = &str> {
        let some = self.groups.iter().filter(|group| !group.data.is_empty());
        some.filter_map(|group| group.repository.as_deref())
    }

    /// In how many repositories the metric has a value, and whether it has one of the whole registry.
    pub(crate) fn spread(&self, metric: &str) -> (usize, bool) {
        let with_it = |group: &&Group| group.data.iter().any(|datum| datum.metric == metric);
        let groups = self.groups.iter().filter(with_it);
        let (all, each): (Vec<_>, Vec<_>) = groups.partition(|group| group.repository.is_none());
        (each.len(), !all.is_empty())
    }
}

impl Group {
    fn new(repository: Option<&String>, figures: &Figures) -> Self {
        let datum = |metric, severity: Option<Severity>, value| Datum {
            metric,
            repository: repository.cloned(),
            severity: severity.map(Severity::word),
            value,
        };
        let counts = [
            (IMAGES, figures.images),
            (UNTAGGED, figures.untagged),
            (SIZE, figures.size_bytes),
        ];
        let counts = counts
            .into_iter()
            .filter_map(|(metric, value)| Some(datum(metric, None, value?)));
        let findings = figures.findings.iter().flatten();
        let findings = findings.map(|(severity, count)| datum(FINDINGS, Some(*severity), *count));
        Self {
            repository: repository.cloned(),
            data: counts.chain(findings).collect(),
        }
    }
}

fn unknown(repository: &Repository) -> Vec<Unknown> {
    let of_images: &[&str] = match &repository.images {
        None => &[IMAGES, UNTAGGED, SIZE],
        Some(images) if images.without_size > 0 => &[SIZE],
        Some(_) => &[],
    };
    let of_findings = repository.findings.is_none().then_some(FINDINGS);
    of_images
        .iter()
        .copied()
        .chain(of_findings)
        .map(|metric| Unknown {
            repository: repository.name.clone(),
            metric,
        })
        .collect()
}

/// What was met where something is unknown; a lifecycle policy that could not be read is no concern of ours.
fn about(unknown: &[Unknown], shortfalls: &[Shortfall]) -> Vec<Shortfall> {
    let is_about_it = |shortfall: &&Shortfall| {
        let repository = shortfall.repository.as_ref();
        let mut unknown = unknown.iter();
        unknown.any(|one| repository.is_none_or(|name| *name == one.repository))
    };
    shortfalls.iter().filter(is_about_it).cloned().collect()
}

fn is_unscanned(repository: &Repository) -> bool {
    matches!(
        repository.findings,
        Some(Findings::NeverScanned | Findings::NotScanned(_))
    )
}

#[cfg(test)]
#[path = "offer_tests.rs"]
mod tests;
