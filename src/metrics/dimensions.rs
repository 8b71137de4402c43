//! ListMetrics: which metrics there are, by their dimensions. AWS names only those that had a point in the last two
//! weeks (CloudWatch API reference, ListMetrics).

use anyhow::Context;
use aws_sdk_cloudwatch::types::{DimensionFilter, Metric as Listed};
use jiff::SignedDuration;

use super::data::Asked;
use crate::aws::Aws;

/// What has had no point for longer is not listed.
pub(crate) const LISTED_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The dimension by which AWS/ECR and we name a repository.
pub(crate) const REPOSITORY: &str = "RepositoryName";
/// The one by which AWS/Usage does, as `repository/NAME` (ECR user guide, "usage metrics").
pub(crate) const RESOURCE_ID: &str = "ResourceId";
const REPOSITORY_ID: &str = "repository/";

/// A metric: one series of points.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Metric {
    pub namespace: String,
    pub name: String,
    /// By their names.
    pub dimensions: Vec<(String, String)>,
}

impl Metric {
    pub(crate) fn value(&self, dimension: &str) -> Option<&str> {
        let mut dimensions = self.dimensions.iter();
        let found = dimensions.find(|(name, _)| name == dimension)?;
        Some(&found.1)
    }

    /// The repository that it tells of, if it tells of one.
    pub(crate) fn repository(&self) -> Option<&str> {
        let by_id = || self.value(RESOURCE_ID)?.strip_prefix(REPOSITORY_ID);
        self.value(REPOSITORY).or_else(by_id)
    }

    /// What to ask of it.
    pub(crate) fn query(&self, id: &str, statistic: &str, period: u32) -> super::data::Query {
        let dimensions: Vec<(&str, &str)> = self
            .dimensions
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let asked = Asked {
            namespace: &self.namespace,
            name: &self.name,
            dimensions: &dimensions,
            statistic,
            period,
        };
        super::data::metric(id, &asked)
    }

    fn of(listed: Listed) -> Self {
        let dimensions = listed.dimensions.unwrap_or_default().into_iter();
        let dimension = |one: aws_sdk_cloudwatch::types::Dimension| {
            (one.name.unwrap_or_default(), one.value.unwrap_or_default())
        };
        let mut dimensions: Vec<_> = dimensions.map(dimension).collect();
        dimensions.sort();
        Self {
            namespace: listed.namespace.unwrap_or_default(),
            name: listed.metric_name.unwrap_or_default(),
            dimensions,
        }
    }
}

/// Which metrics to list: those that have all of these dimensions with these values, whatever others they have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sought<'a> {
    pub namespace: &'a str,
    /// `None`: any.
    pub name: Option<&'a str>,
    pub dimensions: &'a [(&'a str, &'a str)],
}

/// All of them, in order.
///
/// # Errors
/// A `CallError`.
pub(crate) async fn list(sought: Sought<'_>, aws: &Aws) -> anyhow::Result<Vec<Metric>> {
    let filter =
        |(name, value): &(&str, &str)| DimensionFilter::builder().name(*name).value(*value).build();
    let dimensions: Vec<_> = sought.dimensions.iter().map(filter).collect();
    let mut metrics = Vec::new();
    let mut token = None;
    loop {
        let request = aws
            .cloudwatch
            .list_metrics()
            .namespace(sought.namespace)
            .set_metric_name(sought.name.map(str::to_owned))
            .set_dimensions((!dimensions.is_empty()).then(|| dimensions.clone()))
            .set_next_token(token);
        let page = aws
            .call("cloudwatch:ListMetrics", "the metrics", request.send())
            .await
            .with_context(|| format!("cannot list the metrics of {}", sought.namespace))?;
        let listed = page.metrics.unwrap_or_default();
        metrics.extend(listed.into_iter().map(Metric::of));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            metrics.sort();
            metrics.dedup();
            return Ok(metrics);
        }
    }
}
