//! The words for a registry: its repositories, and what ECR says of their images.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Shortfall;

/// What was read of a registry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Registry {
    /// Sorted by name.
    pub repositories: Vec<Repository>,
    /// Repositories that were deleted while they were read.
    pub deleted: Vec<String>,
    /// What could not be read; whoever shows the rest says so and ends with `Exit::Incomplete`.
    pub shortfalls: Vec<Shortfall>,
}

/// A repository. Whatever could not be read is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Repository {
    pub name: String,
    /// `MUTABLE`, `IMMUTABLE`, …: ECR's own word.
    pub tag_mutability: Option<String>,
    pub has_lifecycle_policy: Option<bool>,
    pub images: Option<Images>,
    pub findings: Option<Findings>,
}

/// What the images of a repository add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Images {
    /// All that are stored, the archived ones too.
    pub count: u64,
    /// Those without a tag. The manifests that a manifest list names count as images of their own, mostly untagged.
    pub untagged: u64,
    /// Those in the archive: stored, and not to be pulled.
    pub archived: u64,
    /// The sum of the sizes that are known, in bytes: compressed, layers that images share counted for each, a manifest
    /// list with its largest image (ECR API reference, `ImageDetail.imageSizeInBytes`).
    pub size_bytes: u64,
    /// Images whose size ECR does not tell; with any, the sum is a lower bound.
    pub without_size: u64,
    pub last_push: Option<Timestamp>,
    /// The latest pull that ECR recorded, which may lag behind by 24 hours; `None` where it recorded none.
    pub last_pull: Option<Timestamp>,
}

/// What a scan of a repository's newest image found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Findings {
    /// How many of each severity, by ECR's word for it (`CRITICAL`, `HIGH`, …); empty: it found nothing.
    Found(BTreeMap<String, u64>),
    /// There is an image that can be scanned, and it never was.
    NeverScanned,
    /// A scan is under way or failed, or ECR cannot scan such an image: its word for it (`PENDING`, `FAILED`, …).
    NotScanned(String),
    /// There is no image that a scan could look at.
    NoImage,
}
