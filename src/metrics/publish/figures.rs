//! A repository, or all of them together, in figures that can be published. What is not known is no figure: no size
//! of which a part is missing, no total to which a repository is missing, no findings without a scan.

use crate::metrics::registry::{Findings, Images, Repository};
use crate::metrics::severity::Severity;

/// Each is `None` where it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Figures {
    pub images: Option<u64>,
    pub untagged: Option<u64>,
    pub size_bytes: Option<u64>,
    /// Of the newest image, by severity; the severities that were asked for are all there, with 0 where ECR found none,
    /// so that a metric that rose falls again.
    pub findings: Option<Vec<(Severity, u64)>>,
}

impl Figures {
    pub(crate) fn of(repository: &Repository, severities: &[Severity]) -> Self {
        let images = repository.images.as_ref();
        Self {
            images: images.map(|images| images.count),
            untagged: images.map(|images| images.untagged),
            size_bytes: images.and_then(whole_size),
            findings: repository
                .findings
                .as_ref()
                .and_then(|findings| by_severity(findings, severities)),
        }
    }

    /// What nothing adds up to.
    fn nothing(severities: &[Severity]) -> Self {
        Self {
            images: Some(0),
            untagged: Some(0),
            size_bytes: Some(0),
            findings: Some(severities.iter().map(|severity| (*severity, 0)).collect()),
        }
    }

    /// What they add up to; unknown where any of them is.
    pub(crate) fn sum<'f>(
        all: impl IntoIterator<Item = &'f Self>,
        severities: &[Severity],
    ) -> Self {
        all.into_iter().fold(Self::nothing(severities), Self::and)
    }

    fn and(self, other: &Self) -> Self {
        let add = |one: Option<u64>, other: Option<u64>| Some(one? + other?);
        let findings = self.findings.zip(other.findings.as_ref());
        Self {
            images: add(self.images, other.images),
            untagged: add(self.untagged, other.untagged),
            size_bytes: add(self.size_bytes, other.size_bytes),
            findings: findings.map(|(ours, theirs)| {
                let both = ours.into_iter().zip(theirs);
                both.map(|((severity, our), (_, their))| (severity, our + their))
                    .collect()
            }),
        }
    }
}

/// The size, unless it is only a lower bound.
pub(crate) fn whole_size(images: &Images) -> Option<u64> {
    (images.without_size == 0).then_some(images.size_bytes)
}

/// How many findings of each of these severities: none where there is no image, unknown where there was no scan.
pub(crate) fn by_severity(
    findings: &Findings,
    severities: &[Severity],
) -> Option<Vec<(Severity, u64)>> {
    let count = |severity: &Severity| match findings {
        Findings::Found(found) => Some(found.get(severity.word()).copied().unwrap_or(0)),
        Findings::NoImage => Some(0),
        Findings::NeverScanned | Findings::NotScanned(_) => None,
    };
    severities
        .iter()
        .map(|severity| Some((*severity, count(severity)?)))
        .collect()
}
