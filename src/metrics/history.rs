//! A topic over time: which series it has, their values period by period, and what they add up to.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::data::{self, Query, Series};
use super::dimensions::{self, Metric, Sought};
use super::label::labels;
use super::topic::{By, Topic};
use super::total::sums;
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
    /// Which series CloudWatch did not tell wholly, and why.
    pub unread: Vec<(String, String)>,
    /// How many metrics CloudWatch was asked for: it bills them.
    pub billed: usize,
}

/// What the series of the whole registry is called.
const WHOLE: &str = "the whole registry";

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
fn id(number: usize) -> String {
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
            return quota::queries(metric, &id(number), self.period).to_vec();
        }
        vec![metric.query(&id(number), &self.statistic, self.period)]
    }

    fn track(&self, metric: Metric, label: String, series: Series) -> Track {
        Track {
            label,
            metric,
            values: self.values(&series),
            shortfall: series.shortfall,
        }
    }

    /// The busiest first: of which most happened, or of which there was most; nothing known comes last.
    fn order(&self, one: &Track, other: &Track) -> Ordering {
        let is_summed = self.is_summed();
        let busyness = |track: &Track| {
            let known = track.values.iter().flatten().copied();
            let most = if is_summed {
                known.reduce(|sum, value| sum + value)
            } else {
                known.reduce(f64::max)
            };
            most.unwrap_or(f64::NEG_INFINITY)
        };
        let by_label = || one.label.cmp(&other.label);
        busyness(other)
            .total_cmp(&busyness(one))
            .then_with(by_label)
    }

    /// The sum of all series: none where any of them is not wholly read, or they do not add up.
    fn total(&self, tracks: &[Track]) -> Option<Vec<Option<f64>>> {
        // The sum of other statistics, of averages or percentiles, means nothing.
        let adds_up = self.topic.adds_up && self.statistic == self.topic.statistic;
        let is_whole = tracks.iter().all(|track| track.shortfall.is_none());
        let values: Vec<&[Option<f64>]> =
            tracks.iter().map(|track| track.values.as_slice()).collect();
        (adds_up && is_whole && !tracks.is_empty()).then(|| sums(&values, self.periods()))
    }

    /// Values of later periods add to those of earlier ones.
    pub(crate) fn is_summed(&self) -> bool {
        self.statistic == "Sum" && self.topic.by != By::Quota
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
    /// something back, has forgotten, or cannot know yet.
    fn values(&self, series: &Series) -> Vec<Option<f64>> {
        let now = Timestamp::now();
        let known = period::kept_since(self.period, now)..now;
        let is_whole = self.topic.none_is_zero && series.shortfall.is_none();
        let none = |time: Timestamp| (is_whole && known.contains(&time)).then_some(0.0);
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
    let whole = found.whole.map(|metric| (metric, WHOLE.to_owned()));
    let has_whole = whole.is_some();
    let labels = labels(&question.topic, &found.each);
    let metrics = found.each.into_iter().zip(labels).chain(whole);
    let tracks = metrics.enumerate().map(|(number, (metric, label))| {
        let series = read.remove(&id(number)).unwrap_or_else(left_out);
        question.track(metric, label, series)
    });
    let mut tracks: Vec<Track> = tracks.collect();
    let unread = tracks.iter().filter_map(Track::unread).collect();
    let billed = tracks.len();
    let published = if has_whole { tracks.pop() } else { None };
    tracks.sort_by(|one, other| question.order(one, other));
    let total = match published {
        Some(whole) => Some(whole.values).filter(|_| whole.shortfall.is_none()),
        None => question.total(&tracks),
    };
    History {
        question,
        tracks,
        total,
        unread,
        billed,
    }
}

impl Track {
    fn unread(&self) -> Option<(String, String)> {
        Some((self.label.clone(), self.shortfall.clone()?))
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
