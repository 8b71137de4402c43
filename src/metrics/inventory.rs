//! Which metrics of ECR there are in an account and region, and the newest value of each, as far as that is asked for.

use std::collections::{BTreeMap, HashMap};

use futures::try_join;
use jiff::{SignedDuration, Timestamp};

use super::data::{self, Series};
use super::dimensions::{self, Metric, REPOSITORY, RESOURCE_ID, Sought};
use super::topic::TOPICS;
use super::unit::Unit;
use super::{ECR, OURS, USAGE, period};
use crate::aws::Aws;
use crate::events::{Patterns, Window};

/// How far back a newest value is looked for.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(6);
/// The period of newest values, in seconds: AWS/Usage counts resources every five minutes.
pub(crate) const PERIOD: u32 = 300;
/// CloudWatch bills each metric that is read. Without being asked for, no more than one call takes are read: half a cent.
const UNASKED: usize = 500;

/// What AWS/Usage calls the private registries and the public ones.
const SERVICES: [&str; 2] = ["ECR", "ECR Public"];

/// Metrics that differ in their repository alone, or a metric alone.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub metrics: Vec<Metric>,
    pub newest: Newest,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Newest {
    Point(Point),
    /// There is none in the last six hours.
    None,
    /// It would have cost too much, unasked.
    NotRead,
    /// CloudWatch answered in part; its words.
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Point {
    pub time: Timestamp,
    pub value: f64,
    pub repository: Option<String>,
}

impl Group {
    /// One of them, for all that they share; there is no group of none.
    pub(crate) fn first(&self) -> Option<&Metric> {
        self.metrics.first()
    }
}

/// The statistic that says most about a metric.
pub(crate) fn statistic(metric: &Metric) -> &'static str {
    topic_of(metric).map_or("Maximum", |topic| topic.statistic)
}

pub(crate) fn unit(metric: &Metric) -> Option<Unit> {
    topic_of(metric).and_then(|topic| topic.unit)
}

fn topic_of(metric: &Metric) -> Option<&'static super::topic::Topic> {
    let is_its = |topic: &&super::topic::Topic| {
        topic.namespace == metric.namespace && topic.metric == metric.name
    };
    TOPICS.iter().find(is_its)
}

/// Lists the metrics: grouped, or each by itself, those of some repositories or all.
///
/// # Errors
/// A `CallError`.
pub(crate) async fn read(
    repositories: &Patterns,
    each: bool,
    aws: &Aws,
) -> anyhow::Result<Vec<Group>> {
    let mut metrics = list(aws).await?;
    metrics.retain(|metric| repositories.admit(metric.repository()));
    let mut groups = grouped(metrics, each);
    let chosen = chosen(&groups, each);
    let newest = newest(&groups, &chosen, aws).await?;
    for (number, newest) in newest {
        groups[number].newest = newest;
    }
    Ok(groups)
}

async fn list(aws: &Aws) -> anyhow::Result<Vec<Metric>> {
    let sought = |namespace, dimensions| Sought {
        namespace,
        name: None,
        dimensions,
    };
    let services = SERVICES.map(|service| [("Service", service)]);
    let (pulls, private, public, ours) = try_join!(
        dimensions::list(sought(ECR, &[]), aws),
        dimensions::list(sought(USAGE, &services[0]), aws),
        dimensions::list(sought(USAGE, &services[1]), aws),
        dimensions::list(sought(OURS, &[]), aws),
    )?;
    Ok([pulls, private, public, ours].concat())
}

fn grouped(metrics: Vec<Metric>, each: bool) -> Vec<Group> {
    let mut groups: BTreeMap<Metric, Vec<Metric>> = BTreeMap::new();
    for metric in metrics {
        let key = if each { metric.clone() } else { shape(&metric) };
        groups.entry(key).or_default().push(metric);
    }
    let group = |metrics| Group {
        metrics,
        newest: Newest::NotRead,
    };
    groups.into_values().map(group).collect()
}

/// The metric, whatever its repository.
fn shape(metric: &Metric) -> Metric {
    let mut shape = metric.clone();
    for (name, value) in &mut shape.dimensions {
        if [REPOSITORY, RESOURCE_ID].contains(&name.as_str()) {
            value.clear();
        }
    }
    shape
}

/// The groups whose newest values are read: all that were asked for one by one, else the small ones first.
fn chosen(groups: &[Group], each: bool) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..groups.len()).collect();
    if each {
        return numbers;
    }
    numbers.sort_by_key(|number| groups[*number].metrics.len());
    let mut left = UNASKED;
    numbers.retain(
        |number| match left.checked_sub(groups[*number].metrics.len()) {
            Some(rest) => {
                left = rest;
                true
            }
            None => false,
        },
    );
    numbers
}

async fn newest(
    groups: &[Group],
    chosen: &[usize],
    aws: &Aws,
) -> anyhow::Result<Vec<(usize, Newest)>> {
    let now = Timestamp::now();
    let window = Window {
        from: now - LOOK_BACK,
        until: now,
    };
    let metrics = chosen.iter().flat_map(|number| &groups[*number].metrics);
    let query = |(number, metric): (usize, &Metric)| {
        metric.query(&format!("m{number}"), statistic(metric), PERIOD)
    };
    let queries = metrics.enumerate().map(query).collect();
    let read = data::read(queries, period::aligned(window, PERIOD), aws).await?;
    let read: HashMap<String, Series> = read
        .into_iter()
        .map(|series| (series.id.clone(), series))
        .collect();
    let mut number = 0;
    let newest = chosen.iter().map(|group| {
        let metrics = groups[*group].metrics.iter();
        let series = metrics.map(|metric| {
            number += 1;
            (metric, read.get(&format!("m{}", number - 1)))
        });
        (*group, newest_of(series))
    });
    Ok(newest.collect())
}

/// The newest point; of several as new, the highest.
fn newest_of<'s>(all: impl Iterator<Item = (&'s Metric, Option<&'s Series>)>) -> Newest {
    let mut newest: Option<Point> = None;
    for (metric, series) in all {
        let shortfall = series.map_or(Some("left out of the answer"), |series| {
            series.shortfall.as_deref()
        });
        if let Some(shortfall) = shortfall {
            return Newest::Unknown(shortfall.to_owned());
        }
        let Some((time, value)) = series.and_then(|series| series.points.last()) else {
            continue;
        };
        let is_newer = |than: &Point| (*time, *value) > (than.time, than.value);
        if newest.as_ref().is_none_or(is_newer) {
            newest = Some(Point {
                time: *time,
                value: *value,
                repository: metric.repository().map(str::to_owned),
            });
        }
    }
    newest.map_or(Newest::None, Newest::Point)
}
