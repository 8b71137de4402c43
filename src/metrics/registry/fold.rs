//! Images folded into sums as their pages come: no list of them is kept, however many a repository has.

use aws_sdk_ecr::types::{ImageDetail, ImageScanFindingsSummary, ImageStatus};
use jiff::Timestamp;

use super::Images;
use crate::time;

/// Manifests that only name others, which a scan does not look at (OCI image specification; Docker's registry API).
const LISTS: [&str; 2] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];
/// What the configuration of a container's image says it is; charts, signatures and the like have words of their own.
const CONTAINERS: [&str; 2] = [
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.container.image.v1+json",
];
/// How cosign tags what it attaches to an image, and what looks like an image otherwise: `sha256-….sig`.
const ATTACHED: [&str; 3] = [".sig", ".att", ".sbom"];

/// The images of a repository so far.
#[derive(Debug, Default)]
pub(super) struct Fold {
    pub images: Images,
    /// The newest one that can be scanned.
    pub newest: Option<Newest>,
}

/// The image whose findings stand for the repository.
#[derive(Debug)]
pub(super) struct Newest {
    pushed: Option<Timestamp>,
    pub digest: String,
    pub summary: Option<ImageScanFindingsSummary>,
}

impl Fold {
    pub(super) fn add(&mut self, image: ImageDetail) {
        let images = &mut self.images;
        images.count += 1;
        images.untagged += u64::from(image.image_tags().is_empty());
        images.archived += u64::from(is_archived(&image));
        match image.image_size_in_bytes.map(u64::try_from) {
            Some(Ok(size)) => images.size_bytes += size,
            _ => images.without_size += 1,
        }
        let pushed = image.image_pushed_at.as_ref().and_then(time::from_aws);
        let pulled = image.last_recorded_pull_time.as_ref();
        images.last_push = images.last_push.max(pushed);
        images.last_pull = images.last_pull.max(pulled.and_then(time::from_aws));
        if can_be_scanned(&image) {
            self.take_newer(image, pushed);
        }
    }

    /// Of two that were pushed in the same moment it takes the greater digest, so that each run tells the same.
    fn take_newer(&mut self, image: ImageDetail, pushed: Option<Timestamp>) {
        let Some(digest) = image.image_digest else {
            return;
        };
        let newest = self.newest.as_ref();
        if newest.is_none_or(|newest| (newest.pushed, &newest.digest) < (pushed, &digest)) {
            self.newest = Some(Newest {
                pushed,
                digest,
                summary: image.image_scan_findings_summary,
            });
        }
    }
}

fn is_archived(image: &ImageDetail) -> bool {
    image.image_status == Some(ImageStatus::Archived)
}

fn can_be_scanned(image: &ImageDetail) -> bool {
    let manifest = image.image_manifest_media_type();
    let is_list = manifest.is_some_and(|manifest| LISTS.contains(&manifest));
    let artifact = image.artifact_media_type();
    let is_container = artifact.is_none_or(|artifact| CONTAINERS.contains(&artifact));
    let is_attached = image.subject_manifest_digest.is_some()
        || image.image_tags().iter().any(|tag| is_attachment(tag));
    is_container && !is_list && !is_attached && !is_archived(image)
}

fn is_attachment(tag: &str) -> bool {
    tag.starts_with("sha256-") && ATTACHED.iter().any(|end| tag.ends_with(end))
}
