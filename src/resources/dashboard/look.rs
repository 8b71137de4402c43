//! What there is to show: metrics that have data, alarms about ECR, repositories that match. What may not be looked at is
//! left out, and said to be.

use anyhow::Context;
use aws_sdk_cloudwatch::types::{DimensionFilter, Metric};
use globset::Glob;

use super::alarms;
use super::content::{Shown, UsageMetric};
use super::repositories::{MOST, Repositories, has_wildcards};
use crate::aws::{Aws, CallError};
use crate::error::Usage;
use crate::metrics::{OURS, USAGE};

/// What a dashboard is to show, and what there is to say about that.
#[derive(Debug, Clone, Default)]
pub(crate) struct Showing {
    pub shown: Shown,
    /// Whether it asks the trail's log group, if there is one.
    pub logs: bool,
    /// A line for each thing that is left out, and why.
    pub notes: Vec<String>,
}

/// What there is to show of all repositories. Looks at everything side by side: five calls, and one more for each
/// further hundred alarms.
///
/// # Errors
/// A [`CallError`], but where it says that access is denied.
pub(crate) async fn showing(stack: &str, aws: &Aws) -> anyhow::Result<Showing> {
    let (calls, count, sizes, findings, alarms) = tokio::try_join!(
        seen(usage("CallCount", None, aws)),
        seen(usage("ResourceCount", Some("RepositoryCount"), aws)),
        seen(is_published("RepositorySize", aws)),
        seen(is_published("FindingCount", aws)),
        seen(alarms::about_ecr(stack, aws)),
    )?;
    let mut notes = Vec::new();
    let mut usage = take(calls, "quota use", "ECR's API was not called lately", &mut notes);
    usage.extend(count.unwrap_or_default());
    let nothing = "`ecrmon metrics publish` writes them, and has not lately";
    let shown = Shown {
        usage,
        sizes: !take(sizes, "sizes", nothing, &mut notes).is_empty(),
        findings: !take(findings, "findings", nothing, &mut notes).is_empty(),
        alarms: take(alarms, "alarms", "none is about ECR", &mut notes),
        ..Shown::default()
    };
    Ok(Showing {
        shown,
        logs: true,
        notes,
    })
}

/// `Err` says what is missing to see it.
type Sight<T> = Result<Vec<T>, String>;

async fn seen<T>(
    look: impl Future<Output = Result<Vec<T>, CallError>>,
) -> anyhow::Result<Sight<T>> {
    match look.await {
        Ok(found) => Ok(Ok(found)),
        Err(denied) if denied.is_denied() => Ok(Err(denied.to_string())),
        Err(error) => Err(error).context("cannot look at what the dashboard could show"),
    }
}

/// What was seen. Of nothing it is noted why it is nothing.
fn take<T>(sight: Sight<T>, what: &str, why: &str, notes: &mut Vec<String>) -> Vec<T> {
    let (found, reason) = match sight {
        Ok(found) if !found.is_empty() => (found, None),
        Ok(nothing) => (nothing, Some(why.to_owned())),
        Err(denied) => (Vec::new(), Some(denied)),
    };
    notes.extend(reason.map(|reason| format!("without {what}: {reason}")));
    found
}

/// The usage metrics of ECR with that name, at most those of one page (500): there are eight operations.
async fn usage(
    name: &str,
    resource: Option<&str>,
    aws: &Aws,
) -> Result<Vec<UsageMetric>, CallError> {
    let dimensions = [("Service", Some("ECR")), ("Resource", resource)];
    let found = metrics(USAGE, name, &dimensions, aws).await?;
    let mut found: Vec<UsageMetric> = found.into_iter().map(|metric| named(name, metric)).collect();
    found.sort();
    found.dedup();
    Ok(found)
}

fn named(name: &str, metric: Metric) -> UsageMetric {
    let dimensions = metric.dimensions.unwrap_or_default();
    let mut dimensions: Vec<(String, String)> = dimensions
        .into_iter()
        .filter_map(|dimension| Some((dimension.name?, dimension.value?)))
        .collect();
    dimensions.sort();
    UsageMetric {
        name: name.to_owned(),
        dimensions,
    }
}

/// Metrics of ours with that name, not all of them; none where nothing was published in two weeks.
async fn is_published(name: &str, aws: &Aws) -> Result<Vec<Metric>, CallError> {
    metrics(OURS, name, &[], aws).await
}

/// The first page of ListMetrics, which tells what had data in the last two weeks.
async fn metrics(
    namespace: &str,
    name: &str,
    dimensions: &[(&str, Option<&str>)],
    aws: &Aws,
) -> Result<Vec<Metric>, CallError> {
    let filters = dimensions.iter().filter_map(|(name, value)| {
        let filter = DimensionFilter::builder().name(*name).value((*value)?);
        Some(filter.build())
    });
    let request = aws
        .cloudwatch
        .list_metrics()
        .namespace(namespace)
        .metric_name(name)
        .set_dimensions(Some(filters.collect()).filter(|filters: &Vec<_>| !filters.is_empty()));
    let page = aws.call("cloudwatch:ListMetrics", namespace, request.send());
    Ok(page.await?.metrics.unwrap_or_default())
}

/// The repositories that are meant. A glob without wildcards names one, which need not be looked for.
///
/// # Errors
/// [`Usage`] where none matches, or too many to be named one by one; a [`CallError`].
pub(crate) async fn repositories(glob: Option<&Glob>, aws: &Aws) -> anyhow::Result<Repositories> {
    let Some(glob) = glob.filter(|glob| glob.glob() != "*") else {
        return Ok(Repositories::All);
    };
    let text = glob.glob().to_owned();
    if !has_wildcards(&text) {
        let names = vec![text.clone()];
        return Ok(Repositories::Named { glob: text, names });
    }
    let matcher = glob.compile_matcher();
    let mut names = names(aws).await.context("cannot list the repositories")?;
    names.retain(|name| matcher.is_match(name));
    names.sort();
    match names.len() {
        0 => Err(Usage::new(
            format!("no repository of this region matches `{text}`"),
            "`--repo` takes a name or a glob such as 'team-*'",
        )
        .into()),
        1..=MOST => Ok(Repositories::Named { glob: text, names }),
        many => Err(Usage::new(
            format!("{many} repositories match `{text}`, and a dashboard can name {MOST}"),
            "mean fewer with `--repo`, or leave it out: then CloudWatch searches among all",
        )
        .into()),
    }
}

/// The most repositories of a page (ECR API reference, DescribeRepositories).
const PAGE: i32 = 1000;

async fn names(aws: &Aws) -> Result<Vec<String>, CallError> {
    let mut names = Vec::new();
    let mut token = None;
    loop {
        let request = aws
            .ecr
            .describe_repositories()
            .max_results(PAGE)
            .set_next_token(token);
        let page = aws
            .call("ecr:DescribeRepositories", "the registry", request.send())
            .await?;
        let found = page.repositories.unwrap_or_default();
        names.extend(found.into_iter().filter_map(|found| found.repository_name));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(names);
        }
    }
}
