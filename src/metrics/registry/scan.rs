//! What a scan found in an image.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_ecr::operation::describe_image_scan_findings::DescribeImageScanFindingsOutput;
use aws_sdk_ecr::types::{FindingSeverity, ImageIdentifier, ScanStatus};

use super::Findings;
use super::fold::Newest;
use crate::aws::{Aws, CallError, optional};

pub(super) const ACTION: &str = "ecr:DescribeImageScanFindings";

impl Newest {
    /// What DescribeImages told of its scan. It never does with basic scanning as it is since 2024 (ECR user guide,
    /// "Scan images for OS vulnerabilities").
    pub(super) fn told(&self) -> Option<Findings> {
        let summary = self.summary.as_ref()?;
        Some(found(summary.finding_severity_counts.as_ref()))
    }
}

/// Asks for the counts alone. `None` where ECR's answer does not tell.
///
/// # Errors
/// A [`CallError`].
pub(super) async fn ask(
    repository: &str,
    digest: &str,
    aws: &Aws,
) -> Result<Option<Findings>, CallError> {
    let request = aws
        .ecr
        .describe_image_scan_findings()
        .repository_name(repository)
        .image_id(ImageIdentifier::builder().image_digest(digest).build())
        .max_results(1);
    let answer = aws.call(ACTION, repository, request.send()).await;
    Ok(optional(answer)?.map_or(Some(Findings::NeverScanned), |answer| told(&answer)))
}

fn told(answer: &DescribeImageScanFindingsOutput) -> Option<Findings> {
    let status = answer
        .image_scan_status()
        .and_then(|status| status.status());
    let findings = answer.image_scan_findings();
    match status {
        // An enhanced scan that goes on for ever is `ACTIVE`.
        None | Some(ScanStatus::Complete | ScanStatus::Active) => {
            findings.map(|findings| found(findings.finding_severity_counts()))
        }
        Some(status) => Some(Findings::NotScanned(status.as_str().to_owned())),
    }
}

fn found(counts: Option<&HashMap<FindingSeverity, i32>>) -> Findings {
    let counts = counts.into_iter().flatten();
    let counts = counts.filter_map(|(severity, count)| {
        let count = u64::try_from(*count).ok().filter(|count| *count > 0)?;
        Some((severity.as_str().to_owned(), count))
    });
    Findings::Found(counts.collect::<BTreeMap<_, _>>())
}
