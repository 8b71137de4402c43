//! What can be asked for by a word: the metrics that there are of ECR, and which there are not.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::dimensions::REPOSITORY;
use super::unit::Unit;
use super::{ECR, OURS, PULLS, USAGE};
use crate::error::Usage;

/// What makes the series of a topic differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// One of them for each repository.
    Repository,
    /// One for each operation of ECR's API.
    Operation,
    /// One for each quota: of operations, and of resources.
    Quota,
    /// One alone.
    Nothing,
    /// Whatever dimensions there are.
    Dimensions,
}

/// A metric, or several of one kind, that can be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Topic {
    /// What it is called here.
    pub word: Cow<'static, str>,
    pub namespace: Cow<'static, str>,
    pub metric: Cow<'static, str>,
    /// Dimensions that all its series have.
    pub dimensions: &'static [(&'static str, &'static str)],
    pub by: By,
    pub statistic: &'static str,
    /// How often there is a point, at most: the shortest period that makes sense, in seconds.
    pub every: u32,
    /// Unknown for a metric that is not ours to know.
    pub unit: Option<Unit>,
    /// Where there is no point, there was none. CloudWatch says so of pulls alone (ECR user guide, "repository
    /// metrics"): calls without a point are unknown.
    pub none_is_zero: bool,
    /// The series can be added up.
    pub adds_up: bool,
}

const ECR_ALONE: &[(&str, &str)] = &[("Service", "ECR")];

fn of_aws(word: &'static str, metric: &'static str, by: By) -> Topic {
    Topic {
        word: Cow::Borrowed(word),
        namespace: Cow::Borrowed(USAGE),
        metric: Cow::Borrowed(metric),
        dimensions: ECR_ALONE,
        by,
        statistic: "Maximum",
        every: 300,
        unit: Some(Unit::Count),
        none_is_zero: false,
        adds_up: false,
    }
}

fn of_ours(word: &'static str, metric: &'static str, by: By, unit: Unit) -> Topic {
    Topic {
        namespace: Cow::Borrowed(OURS),
        dimensions: &[],
        unit: Some(unit),
        adds_up: true,
        ..of_aws(word, metric, by)
    }
}

/// All topics (ECR user guide, "repository metrics" and "usage metrics", and what we publish).
pub(crate) static TOPICS: LazyLock<[Topic; 8]> = LazyLock::new(|| {
    [
        Topic {
            namespace: Cow::Borrowed(ECR),
            dimensions: &[],
            statistic: "Sum",
            every: 60,
            none_is_zero: true,
            adds_up: true,
            ..of_aws("pulls", PULLS, By::Repository)
        },
        Topic {
            dimensions: &[("Service", "ECR"), ("Type", "API")],
            statistic: "Sum",
            every: 60,
            adds_up: true,
            ..of_aws("api-calls", "CallCount", By::Operation)
        },
        Topic {
            dimensions: &[("Service", "ECR"), ("Resource", "ImagesPerRepositoryCount")],
            adds_up: true,
            ..of_aws("images", "ResourceCount", By::Repository)
        },
        Topic {
            dimensions: &[("Service", "ECR"), ("Resource", "RepositoryCount")],
            ..of_aws("repositories", "ResourceCount", By::Nothing)
        },
        of_ours("size", "RepositorySize", By::Repository, Unit::Bytes),
        of_ours(
            "untagged",
            "UntaggedImageCount",
            By::Repository,
            Unit::Count,
        ),
        of_ours("findings", "FindingCount", By::Dimensions, Unit::Count),
        Topic {
            every: 60,
            unit: Some(Unit::Percent),
            ..of_aws("quota", "quota", By::Quota)
        },
    ]
});

/// Words for what AWS does not publish, and what to use instead.
const UNPUBLISHED: [(&[&str], &str); 2] = [
    (
        &[
            "repositorysize",
            "repository-size",
            "imagesize",
            "image-size",
        ],
        "`ecrmon metrics show size` shows the sizes that `ecrmon metrics publish` writes; `ecrmon metrics` tells those of now",
    ),
    (
        &["imagecount", "image-count"],
        "`ecrmon metrics show images` shows AWS/Usage's count of images",
    ),
];

impl Topic {
    /// Reads what was asked for: a word, or a namespace and a name with a slash between.
    ///
    /// # Errors
    /// [`Usage`] for what AWS does not publish, and for words that nobody knows.
    pub(crate) fn parse(text: &str) -> Result<Self, Usage> {
        if let Some(known) = TOPICS.iter().find(|topic| topic.word == text) {
            return Ok(known.clone());
        }
        match text.rsplit_once('/') {
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
                Self::raw(namespace, name)
            }
            _ => Err(unpublished(text, text).unwrap_or_else(|| unknown(text))),
        }
    }

    fn raw(namespace: &str, name: &str) -> Result<Self, Usage> {
        let is_it = |topic: &&Self| topic.namespace == namespace && topic.metric == name;
        let mut same = TOPICS.iter().filter(is_it);
        if let (Some(known), None) = (same.next(), same.next()) {
            return Ok(known.clone());
        }
        if namespace == ECR {
            let text = format!("{namespace}/{name}");
            return Err(unpublished(&text, name).unwrap_or_else(|| {
                Usage::new(
                    format!("AWS publishes no metric `{text}`: {PULLS} is all there is in {ECR}"),
                    "`ecrmon metrics show pulls` shows that one; `ecrmon metrics list` tells what else there is of ECR",
                )
            }));
        }
        Ok(Self {
            word: format!("{namespace}/{name}").into(),
            namespace: namespace.to_owned().into(),
            metric: name.to_owned().into(),
            dimensions: if namespace == USAGE { ECR_ALONE } else { &[] },
            statistic: "Average",
            every: 60,
            unit: None,
            ..of_aws("", "", By::Dimensions)
        })
    }

    /// It is ours: it has values only where `ecrmon metrics publish` runs.
    pub(crate) fn is_ours(&self) -> bool {
        self.namespace == OURS
    }

    /// Its series tell of repositories, so that some of these can be asked for.
    pub(crate) fn has_repositories(&self) -> bool {
        matches!(self.by, By::Repository | By::Dimensions)
    }

    /// The dimensions of a repository's series, where they are documented to the last one.
    pub(crate) fn named<'n>(&self, repository: &'n str) -> Option<(&'static str, &'n str)> {
        (self.namespace == ECR).then_some((REPOSITORY, repository))
    }
}

fn unpublished(text: &str, name: &str) -> Option<Usage> {
    let name = name.to_lowercase();
    let (_, instead) = UNPUBLISHED
        .iter()
        .find(|(words, _)| words.contains(&name.as_str()))?;
    Some(Usage::new(
        format!("AWS publishes no metric `{text}` of ECR"),
        *instead,
    ))
}

/// The nearest word stands first; a metric's own name is as near as can be.
fn unknown(text: &str) -> Usage {
    let lower = text.to_lowercase();
    let likeness = |topic: &&Topic| {
        let is_name = topic.metric.to_lowercase() == lower;
        if is_name {
            1.0
        } else {
            alike(&topic.word, &lower)
        }
    };
    let mut topics: Vec<&Topic> = TOPICS.iter().collect();
    topics.sort_by(|one, other| likeness(other).total_cmp(&likeness(one)));
    let words: Vec<&str> = topics.iter().map(|topic| topic.word.as_ref()).collect();
    Usage::new(
        format!("there is no metric `{text}`"),
        format!("use {}, or a NAMESPACE/NAME", words.join(", ")),
    )
}

/// From 0 to 1.
fn alike(one: &str, other: &str) -> f32 {
    similar::TextDiff::from_chars(one, other).ratio()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> (String, String) {
        let refused = Topic::parse(text).expect_err("it is refused");
        (refused.to_string(), refused.hint)
    }

    #[test]
    fn words_and_full_names_mean_the_same() {
        for (text, word) in [
            ("pulls", "pulls"),
            ("AWS/ECR/RepositoryPullCount", "pulls"),
            ("AWS/Usage/CallCount", "api-calls"),
            ("ECR/Monitoring/RepositorySize", "size"),
            ("AWS/Usage/ResourceCount", "AWS/Usage/ResourceCount"),
            ("My/Own/Name", "My/Own/Name"),
        ] {
            let topic = Topic::parse(text).expect(text);
            assert_eq!(topic.word, word);
        }
        let raw = Topic::parse("My/Own/Name").expect("a raw one");
        assert_eq!(
            (raw.namespace.as_ref(), raw.metric.as_ref()),
            ("My/Own", "Name")
        );
    }

    #[test]
    fn what_aws_does_not_publish_is_refused_with_what_to_use_instead() {
        for (text, instead) in [
            ("RepositorySize", "metrics show size"),
            ("AWS/ECR/RepositorySize", "metrics show size"),
            ("AWS/ECR/ImageCount", "metrics show images"),
            ("ImageCount", "metrics show images"),
            ("image-count", "metrics show images"),
            ("AWS/ECR/Pulls", "metrics show pulls"),
        ] {
            let (message, hint) = refusal(text);
            assert!(
                message.contains(&format!("no metric `{text}`")),
                "{message}"
            );
            assert!(hint.contains(instead), "{hint}");
        }
    }

    #[test]
    fn unknown_words_are_answered_with_the_nearest_first() {
        for (text, first) in [
            ("pull", "use pulls, "),
            ("calls", "use api-calls, "),
            ("sizes", "use size, "),
            ("quotas", "use quota, "),
            ("RepositoryPullCount", "use pulls, "),
            ("/x", "use "),
            ("", "use "),
        ] {
            let (_, hint) = refusal(text);
            assert!(hint.starts_with(first), "{text}: {hint}");
        }
    }
}
