//! A topic over time: which series it has, their values period by period, and what they add up to.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::data::{self, Query, Series};
use super::dimensions::{self, Metric, Sought};
use super::topic::{By, Topic};
use super::{period, quota};
use crate::aws::Aws;
use crate::events::{Patterns, Window};

/// What is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub topic: Topic,
    /// CloudWatch's word: `Sum`, `Maximum`, `p99`, …
    pub statistic: String,
    /// In seconds.
    pub period: u32,
    /// In whole periods.
    pub window: Window,
    pub repositories: Patterns,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Track {
    pub label: String,
    pub metric: Metric,
    /// One of each period of the window, `None` where CloudWatch has none.
    pub values: Vec<Option<f64>>,
    /// Why values may be missing, in CloudWatch's words; `None` where all are there.
    pub shortfall: Option<String>,
}

/// The answer.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub question: Question,
    /// The busiest first.
    pub tracks: Vec<Track>,
    /// Of all series, where they can be added up.
    pub total: Option<Vec<Option<f64>>>,
    /// How many metrics CloudWatch was asked for: it bills them.
    pub billed: usize,
}

/// What there is to read.
struct Found {
    each: Vec<Metric>,
    /// Of the whole registry, where that is published.
    whole: Option<Metric>,
}

/// Finds the series and reads them.
///
/// # Errors
/// A `CallError`.
pub(crate) async fn read(question: Question, aws: &Aws) -> anyhow::Result<History> {
    let found = find(&question, aws).await?;
    let metrics: Vec<&Metric> = found.each.iter().chain(&found.whole).collect();
    let words = format!(
        "reading {} of {}",
        counted(metrics.len()),
        question.topic.namespace
    );
    let reading = aws.progress.spinner(&words);
    let queries = metrics.iter().enumerate();
    let queries = queries.flat_map(|(number, metric)| question.queries(metric, number));
    let read = data::read(queries.collect(), question.window, aws).await;
    reading.finish_and_clear();
    Ok(history(question, found, read?))
}

fn counted(metrics: usize) -> String {
    format!(
        "{metrics} {}",
        if metrics == 1 { "metric" } else { "metrics" }
    )
}

/// The id of a metric's answer.
pub(super) fn id(number: usize) -> String {
    format!("m{number}")
}

async fn find(question: &Question, aws: &Aws) -> anyhow::Result<Found> {
    let topic = &question.topic;
    if let Some(named) = named(question) {
        return Ok(Found {
            each: named,
            whole: None,
        });
    }
    let listed = if topic.by == By::Quota {
        quota::find(topic, aws).await?
    } else {
        let sought = Sought {
            namespace: &topic.namespace,
            name: Some(&topic.metric),
            dimensions: topic.dimensions,
        };
        dimensions::list(sought, aws).await?
    };
    Ok(chosen(question, listed))
}

/// The series of repositories that were named to the letter: they need not have been listed lately.
fn named(question: &Question) -> Option<Vec<Metric>> {
    let names = question
        .repositories
        .literals()
        .filter(|names| !names.is_empty())?;
    let names: BTreeSet<&String> = names.iter().collect();
    let metric = |name: &&String| {
        let (dimension, value) = question.topic.named(name)?;
        Some(Metric {
            namespace: question.topic.namespace.to_string(),
            name: question.topic.metric.to_string(),
            dimensions: vec![(dimension.to_owned(), value.to_owned())],
        })
    };
    names.iter().map(metric).collect()
}

/// Of what we publish, the whole registry's series stand beside the repositories': they are the total of one metric, and
/// the answer about several.
fn chosen(question: &Question, listed: Vec<Metric>) -> Found {
    if !question.topic.is_ours() {
        let each = listed.into_iter().filter(|metric| question.admits(metric));
        return Found {
            each: each.collect(),
            whole: None,
        };
    }
    let of_one = |metric: &Metric| metric.repository().is_some();
    let (mut each, mut whole): (Vec<_>, Vec<_>) = listed.into_iter().partition(of_one);
    if !question.repositories.is_empty() {
        each.retain(|metric| question.admits(metric));
        whole.clear();
    }
    let is_total = whole.len() == 1 && !each.is_empty() && question.topic.by == By::Repository;
    let total = is_total.then(|| whole.pop()).flatten();
    if !whole.is_empty() {
        each = whole;
    }
    Found { each, whole: total }
}

impl Question {
    fn admits(&self, metric: &Metric) -> bool {
        self.repositories.admit(metric.repository())
    }

    fn queries(&self, metric: &Metric, number: usize) -> Vec<Query> {
        if self.topic.by == By::Quota {
            return quota::queries(metric, number, self.period).to_vec();
        }
        vec![metric.query(&id(number), &self.statistic, self.period)]
    }

    /// How many periods the window has.
    pub(crate) fn periods(&self) -> usize {
        let seconds = self.window.until.duration_since(self.window.from).as_secs();
        usize::try_from(seconds / i64::from(self.period)).unwrap_or(0)
    }

    /// When each period begins.
    pub(crate) fn times(&self) -> impl Iterator<Item = Timestamp> {
        let period = usize::try_from(self.period).unwrap_or(1).max(1);
        let from = self.window.from.as_second();
        let seconds = (from..self.window.until.as_second()).step_by(period);
        seconds.filter_map(|second| Timestamp::from_second(second).ok())
    }

    /// The value of each period. None is zero where that is how the metric is published, unless CloudWatch kept
    /// something back, or has forgotten.
    fn values(&self, series: &Series) -> Vec<Option<f64>> {
        let kept = period::kept_since(self.period, Timestamp::now());
        let is_whole = self.topic.none_is_zero && series.shortfall.is_none();
        let none = |time: Timestamp| (is_whole && time >= kept).then_some(0.0);
        let mut values: Vec<Option<f64>> = self.times().map(none).collect();
        for (time, value) in &series.points {
            let since = time.duration_since(self.window.from).as_secs();
            let number = usize::try_from(since.div_euclid(i64::from(self.period)));
            if let Some(place) = number.ok().and_then(|number| values.get_mut(number)) {
                *place = Some(*value);
            }
        }
        values
    }
}

fn history(question: Question, found: Found, read: Vec<Series>) -> History {
    let mut read: HashMap<String, Series> = read
        .into_iter()
        .map(|series| (series.id.clone(), series))
        .collect();
    let billed = found.each.len() + usize::from(found.whole.is_some());
    let labels = labels(&question.topic, &found.each);
    let whole = found.whole.map(|metric| (metric, "all".to_owned()));
    let each = found.each.into_iter().zip(labels).chain(whole.clone());
    let tracks = each.enumerate().map(|(number, (metric, label))| {
        let series = read.remove(&id(number)).unwrap_or_else(left_out);
        Track {
            label,
            metric,
            values: question.values(&series),
            shortfall: series.shortfall,
        }
    });
    let mut tracks: Vec<Track> = tracks.collect();
    let published = whole.and_then(|_| tracks.pop());
    tracks.sort_by(|one, other| busyness(&question, other).total_cmp(&busyness(&question, one)));
    let total = match published {
        Some(total) => Some(total.values),
        None => total(&question, &tracks),
    };
    History {
        question,
        tracks,
        total,
        billed,
    }
}

fn left_out() -> Series {
    Series {
        id: String::new(),
        label: String::new(),
        points: Vec::new(),
        shortfall: Some("CloudWatch left it out of its answer".to_owned()),
    }
}

/// What series are put in order by: all that happened, or the most that there was; nothing known comes last.
fn busyness(question: &Question, track: &Track) -> f64 {
    let known = track.values.iter().flatten().copied();
    if question.statistic == "Sum" && question.topic.by != By::Quota {
        known.reduce(|sum, value| sum + value)
    } else {
        known.reduce(f64::max)
    }
    .unwrap_or(f64::NEG_INFINITY)
}

/// What all series add up to: none where any of them is not wholly known. A series that has not begun, or has ended,
/// adds nothing; one that is missing in between, or in the newest period alone, leaves the sum unknown.
fn total(question: &Question, tracks: &[Track]) -> Option<Vec<Option<f64>>> {
    let is_extensive = question.statistic == question.topic.statistic;
    if !question.topic.adds_up
        || !is_extensive
        || tracks.is_empty()
        || tracks.iter().any(|track| track.shortfall.is_some())
    {
        return None;
    }
    let mut sums = vec![Some(0.0); question.periods()];
    let mut counts = vec![0_usize; sums.len()];
    for track in tracks {
        let first = track.values.iter().position(Option::is_some);
        let last = track.values.iter().rposition(Option::is_some);
        for (number, value) in track.values.iter().enumerate() {
            let is_gone = last.is_none_or(|last| number > last) && number + 1 < sums.len();
            let is_absent = first.is_none_or(|first| number < first) || is_gone;
            match value {
                Some(value) => {
                    counts[number] += 1;
                    sums[number] = sums[number].map(|sum| sum + value);
                }
                None if is_absent => {}
                None => sums[number] = None,
            }
        }
    }
    let sums = sums.into_iter().zip(counts);
    Some(sums.map(|(sum, count)| sum.filter(|_| count > 0)).collect())
}

fn labels(topic: &Topic, metrics: &[Metric]) -> Vec<String> {
    let shared: Vec<(String, String)> = match metrics.split_first() {
        Some((first, rest)) if !rest.is_empty() => {
            let in_all =
                |one: &&(String, String)| rest.iter().all(|metric| metric.dimensions.contains(one));
            first.dimensions.iter().filter(in_all).cloned().collect()
        }
        _ => Vec::new(),
    };
    metrics
        .iter()
        .map(|metric| label(topic, metric, &shared))
        .collect()
}

/// What a series is called: by what it tells of, or by the values of the dimensions that not all series share.
fn label(topic: &Topic, metric: &Metric, shared: &[(String, String)]) -> String {
    let known = match topic.by {
        By::Repository => metric.repository().map(str::to_owned),
        By::Operation => metric.value("Resource").map(str::to_owned),
        By::Quota => Some(quota::label(metric)),
        By::Nothing => Some(topic.word.to_string()),
        By::Dimensions => None,
    };
    known.unwrap_or_else(|| {
        let own = metric.dimensions.iter().filter(|one| !shared.contains(one));
        let values: Vec<&str> = own.map(|(_, value)| value.as_str()).collect();
        if values.is_empty() {
            metric.name.clone()
        } else {
            values.join(" ")
        }
    })
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
