//! What the series of a topic are called.

use super::dimensions::Metric;
use super::quota;
use super::topic::{By, Topic};

/// A label for each: what it tells of, or the values of the dimensions that not all of them share.
pub(super) fn labels(topic: &Topic, metrics: &[Metric]) -> Vec<String> {
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
mod tests {
    use super::*;

    fn metric(dimensions: &[(&str, &str)]) -> Metric {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Metric {
            namespace: "My".to_owned(),
            name: "Depth".to_owned(),
            dimensions: dimensions.iter().map(owned).collect(),
        }
    }

    #[test]
    fn series_are_called_by_what_tells_them_apart() {
        let topic = Topic::parse("My/Depth").expect("a topic");
        let same = ("Host", "h");
        let several = [
            metric(&[same, ("Queue", "a")]),
            metric(&[same, ("Queue", "b")]),
            metric(&[same]),
        ];
        assert_eq!(labels(&topic, &several), ["a", "b", "Depth"]);
        assert_eq!(labels(&topic, &several[..1]), ["h a"]);
        assert!(labels(&topic, &[]).is_empty());
    }
}
