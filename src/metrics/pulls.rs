//! How often repositories were pulled, as CloudWatch counted it.

use std::collections::HashMap;

use aws_sdk_cloudwatch::types::MetricDataQuery;
use jiff::Timestamp;

use super::data::{self, Asked, Series};
use super::{ECR, PULLS, period};
use crate::aws::Aws;
use crate::events::Window;

/// How finely a window is read, in points: 500 repositories, as many as one call takes, stay below the 100,800 points
/// of an answer (CloudWatch API reference, GetMetricData), and a week is read by the hour.
const POINTS: u32 = 170;
/// Into so many parts a window is divided, unless days divide it.
const PARTS: i64 = 10;
/// So many days are shown each by itself.
const DAYS: std::ops::RangeInclusive<i64> = 7..=14;
const DAY: i64 = 86_400;

/// The pulls of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pulls {
    pub sum: u64,
    /// Those of equal parts of the window, the earliest first; their sum is `sum`.
    pub over_time: Vec<u64>,
}

/// Reads the pulls of each repository, in the order of the names; an error says why they are not known. They are
/// counted in whole periods of CloudWatch, so that some just before or after the window may count as within.
///
/// # Errors
/// Those of [`data::read`].
pub(crate) async fn read(
    repositories: &[&str],
    window: Window,
    aws: &Aws,
) -> anyhow::Result<Vec<Result<Pulls, String>>> {
    let period = period::fitting(window, POINTS, Timestamp::now());
    let queries = repositories
        .iter()
        .enumerate()
        .map(|(number, repository)| query(number, repository, period));
    let asked = period::aligned(window, period);
    let series = data::read(queries.collect(), asked, aws).await?;
    let series: HashMap<String, Series> = series
        .into_iter()
        .map(|series| (series.id.clone(), series))
        .collect();
    let pulls = |number| match series.get(&id(number)) {
        None => Err("CloudWatch left its pulls out of the answer".to_owned()),
        Some(series) => Pulls::of(series, window),
    };
    Ok((0..repositories.len()).map(pulls).collect())
}

fn id(number: usize) -> String {
    format!("pulls{number}")
}

fn query(number: usize, repository: &str, period: u32) -> MetricDataQuery {
    let asked = Asked {
        namespace: ECR,
        name: PULLS,
        dimensions: &[("RepositoryName", repository)],
        statistic: "Sum",
        period,
    };
    data::metric(&id(number), &asked)
}

impl Pulls {
    /// A period without a point is one without pulls: only minutes with pulls are published.
    fn of(series: &Series, window: Window) -> Result<Self, String> {
        if let Some(shortfall) = &series.shortfall {
            return Err(format!(
                "CloudWatch does not tell all its pulls: {shortfall}"
            ));
        }
        let mut over_time = vec![0; parts(window)];
        for (time, value) in &series.points {
            over_time[part(*time, window)] += count(*value);
        }
        Ok(Self {
            sum: over_time.iter().sum(),
            over_time,
        })
    }
}

fn seconds(window: Window) -> i64 {
    window.until.duration_since(window.from).as_secs().max(1)
}

/// Into how many parts a window is divided: by days where that gives few enough.
fn parts(window: Window) -> usize {
    let days = (seconds(window) + DAY / 2) / DAY;
    let parts = if DAYS.contains(&days) { days } else { PARTS };
    usize::try_from(parts).unwrap_or(1)
}

/// Which part a moment is in; what a whole period brought in from outside counts for the first or the last.
fn part(time: Timestamp, window: Window) -> usize {
    let parts = parts(window);
    let since = time.duration_since(window.from).as_secs().max(0);
    let part = i128::from(since) * parts as i128 / i128::from(seconds(window));
    usize::try_from(part).map_or(parts - 1, |part| part.min(parts - 1))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count that CloudWatch keeps as a float; out of range it stays at the bound"
)]
fn count(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn window(days: i64) -> Window {
        let from: Timestamp = "2026-11-01T00:30:00Z".parse().expect("a time");
        Window {
            from,
            until: from + SignedDuration::from_hours(24 * days),
        }
    }

    fn series(points: &[(&str, f64)]) -> Series {
        let point = |(time, value): &(&str, f64)| (time.parse().expect("a time"), *value);
        Series {
            id: id(0),
            label: String::new(),
            points: points.iter().map(point).collect(),
            shortfall: None,
        }
    }

    #[test]
    fn pulls_are_summed_by_day_and_none_is_none() {
        let series = series(&[
            ("2026-11-01T00:00:00Z", 2.0),
            ("2026-11-01T23:00:00Z", 3.0),
            ("2026-11-02T01:00:00Z", 4.0),
            ("2026-11-08T00:00:00Z", 1.0),
        ]);
        let pulls = Pulls::of(&series, window(7)).expect("it is complete");
        assert_eq!(pulls.over_time, [5, 4, 0, 0, 0, 0, 1]);
        assert_eq!(pulls.sum, 10);
        let none = Pulls::of(&self::series(&[]), window(1)).expect("it is complete");
        assert_eq!((none.sum, none.over_time.len()), (0, 10));
    }

    #[test]
    fn pulls_that_are_partly_told_are_unknown() {
        let mut series = series(&[("2026-11-01T00:00:00Z", 2.0)]);
        series.shortfall = Some("PartialData".to_owned());
        let unknown = Pulls::of(&series, window(7)).expect_err("it is partial");
        assert!(unknown.ends_with("PartialData"), "{unknown}");
    }
}
