//! What there is to show: metrics that have data, alarms about ECR, repositories that match. What may not be looked at is
//! left out, and said to be.

use anyhow::Context;
use globset::Glob;

use super::alarms;
use super::content::Shown;
use super::repositories::{MOST, Repositories, has_wildcards};
use crate::aws::{Aws, CallError};
use crate::error::Usage;
use crate::events::Patterns;
use crate::metrics::dimensions::{self, Metric, Sought};
use crate::metrics::registry::{self, Selection};
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
        seen(async { Ok(alarms::about_ecr(stack, aws).await?) }),
    )?;
    let mut left_out = LeftOut::default();
    let mut usage = left_out.unless(calls, "quotas of calls", "ECR's API was not called lately");
    usage.extend(count.unwrap_or_default());
    let nothing = "`ecrmon metrics publish` writes them, and has not lately";
    let shown = Shown {
        usage,
        sizes: !left_out.unless(sizes, "sizes", nothing).is_empty(),
        findings: !left_out.unless(findings, "findings", nothing).is_empty(),
        alarms: left_out.unless(alarms, "alarms", "none is about ECR"),
        ..Shown::default()
    };
    Ok(Showing {
        shown,
        logs: true,
        notes: left_out.into_lines(),
    })
}

/// `Err` says what is missing to see it.
type Sight<T> = Result<Vec<T>, String>;

async fn seen<T>(look: impl Future<Output = anyhow::Result<Vec<T>>>) -> anyhow::Result<Sight<T>> {
    let error = match look.await {
        Ok(found) => return Ok(Ok(found)),
        Err(error) => error,
    };
    match error.downcast_ref::<CallError>() {
        Some(denied) if denied.is_denied() => Ok(Err(denied.to_string())),
        _ => Err(error.context("cannot look at what the dashboard could show")),
    }
}

/// What is left out, by why it is.
#[derive(Default)]
struct LeftOut(Vec<(String, Vec<&'static str>)>);

impl LeftOut {
    /// What was seen. Where that is nothing, it is left out.
    fn unless<T>(&mut self, sight: Sight<T>, what: &'static str, why: &str) -> Vec<T> {
        let why = match sight {
            Ok(found) if !found.is_empty() => return found,
            Ok(_) => why.to_owned(),
            Err(denied) => denied,
        };
        match self.0.iter_mut().find(|(known, _)| *known == why) {
            Some((_, all)) => all.push(what),
            None => self.0.push((why, vec![what])),
        }
        Vec::new()
    }

    fn into_lines(self) -> Vec<String> {
        let line = |(why, what): (String, Vec<&str>)| {
            let separator = if what.len() == 2 { " and " } else { ", " };
            format!("without {}: {why}", what.join(separator))
        };
        self.0.into_iter().map(line).collect()
    }
}

/// The usage metrics of ECR with that name: there are eight operations, and one count of repositories.
async fn usage(name: &str, resource: Option<&str>, aws: &Aws) -> anyhow::Result<Vec<Metric>> {
    let resource = resource.map(|resource| ("Resource", resource));
    let dimensions: Vec<_> = [("Service", "ECR")].into_iter().chain(resource).collect();
    let sought = Sought {
        namespace: USAGE,
        name: Some(name),
        dimensions: &dimensions,
    };
    dimensions::list(sought, aws).await
}

/// Whether anything of ours with that name was published in the last two weeks: one element if so. A single page of
/// ListMetrics tells; there may be tens of thousands of metrics.
async fn is_published(name: &str, aws: &Aws) -> anyhow::Result<Vec<()>> {
    let request = aws
        .cloudwatch
        .list_metrics()
        .namespace(OURS)
        .metric_name(name);
    let page = aws.call("cloudwatch:ListMetrics", "the metrics", request.send());
    let found = page.await.context("cannot list our metrics")?;
    Ok(found.metrics().first().map(|_| ()).into_iter().collect())
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
    let selection = Selection {
        repositories: Patterns::new(std::slice::from_ref(glob))?,
    };
    let found = registry::list(&selection, aws)
        .await
        .context("cannot list the repositories")?;
    let names: Vec<String> = found.into_iter().map(|found| found.name).collect();
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
