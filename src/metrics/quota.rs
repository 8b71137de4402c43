//! How much of a quota is used, in percent: metric math over what AWS/Usage counts (ECR user guide, "usage metrics").

use super::USAGE;
use super::data::{self, Query};
use super::dimensions::{self, Metric, Sought};
use super::topic::Topic;
use crate::aws::Aws;

/// Calls are counted as they come, resources as there are.
const CALLS: &str = "CallCount";
const RESOURCES: &str = "ResourceCount";

/// What counts towards a quota.
pub(super) async fn find(topic: &Topic, aws: &Aws) -> anyhow::Result<Vec<Metric>> {
    let sought = Sought {
        namespace: USAGE,
        name: None,
        dimensions: topic.dimensions,
    };
    let found = dimensions::list(sought, aws).await?;
    let counts = |metric: &Metric| [CALLS, RESOURCES].contains(&metric.name.as_str());
    Ok(found.into_iter().filter(counts).collect())
}

/// `PutImage`, `RepositoryCount`, `ImagesPerRepositoryCount team-a/api`.
pub(crate) fn label(metric: &Metric) -> String {
    let resource = metric.value("Resource").unwrap_or(&metric.name);
    match metric.repository() {
        Some(repository) => format!("{resource} {repository}"),
        None => resource.to_owned(),
    }
}

/// The pair of queries that `data::read` keeps together; the second one answers.
pub(super) fn queries(metric: &Metric, answer: &str, period: u32) -> [Query; 2] {
    let counted = format!("used_{answer}");
    let mut usage = metric.query(&counted, statistic(metric), period);
    usage.return_data = Some(false);
    let used = expression(&counted, metric);
    [usage, data::expression(answer, &used, period)]
}

pub(crate) fn statistic(metric: &Metric) -> &'static str {
    if metric.name == CALLS {
        "Sum"
    } else {
        "Maximum"
    }
}

/// Quotas of calls are calls a second: on average over the period.
pub(crate) fn expression(counted: &str, metric: &Metric) -> String {
    let used = if metric.name == CALLS {
        format!("{counted}/PERIOD({counted})")
    } else {
        counted.to_owned()
    };
    format!("{used}/SERVICE_QUOTA({counted})*100")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_of_calls_are_by_the_second_and_those_of_resources_are_not() {
        let expression = |name: &str| {
            let metric = Metric {
                namespace: USAGE.to_owned(),
                name: name.to_owned(),
                dimensions: Vec::new(),
            };
            expression("used1", &metric)
        };
        assert_eq!(
            expression(CALLS),
            "used1/PERIOD(used1)/SERVICE_QUOTA(used1)*100"
        );
        assert_eq!(expression(RESOURCES), "used1/SERVICE_QUOTA(used1)*100");
    }
}
