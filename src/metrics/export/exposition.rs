//! The registry in the words of Prometheus, as OpenMetrics text that the older text format's readers accept too.
//!
//! node_exporter's textfile collector reads the older format: it takes `# EOF` for a comment, but refuses a file with
//! a type that it does not know (`info`, `stateset`, `unknown`) or with times beside the values. So everything here is
//! a gauge without a time. What is not known has no sample.

use std::fmt;

use jiff::Timestamp;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry;

use crate::metrics::publish::figures::{by_severity, whole_size};
use crate::metrics::registry::{Images, Repository};
use crate::metrics::severity::Severity;
use crate::metrics::table::Row;

/// What is written.
pub(crate) struct Exposition<'a> {
    pub account: &'a str,
    pub region: &'a str,
    pub rows: &'a [Row],
    /// What names the span of which the pulls are; `None` where they were not asked for.
    pub window: Option<&'a str>,
    /// Nothing is missing of what was to be read.
    pub complete: bool,
    /// When it was read.
    pub time: Timestamp,
}

type Labels = Vec<(&'static str, String)>;

#[derive(Debug)]
struct Gauge {
    name: &'static str,
    help: &'static str,
    samples: Vec<(Labels, u64)>,
}

#[derive(Debug)]
struct Gauges(Vec<Gauge>);

impl Exposition<'_> {
    /// The text. Account and region are labels of everything: a repository may have the same name in several regions,
    /// and one Prometheus may see them all.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let everywhere = [("account", self.account), ("region", self.region)];
        let everywhere = everywhere.map(|(name, value)| (name.into(), spelled(value).into()));
        let mut all = registry::Registry::with_labels(everywhere.into_iter());
        all.register_collector(Box::new(Gauges(self.gauges())));
        let mut written = String::new();
        text::encode(&mut written, &all)?;
        Ok(written)
    }

    fn gauges(&self) -> Vec<Gauge> {
        let mut gauges = self.of_the_reading();
        gauges.extend(self.of_images());
        gauges.extend(self.of_the_rest());
        gauges.extend(self.window.map(|window| self.of_pulls(window)));
        gauges
    }

    fn of_the_reading(&self) -> Vec<Gauge> {
        let one = |name, help, value| Gauge {
            name,
            help,
            samples: vec![(Labels::new(), value)],
        };
        let version = vec![("version", env!("CARGO_PKG_VERSION").to_owned())];
        vec![
            Gauge {
                name: "ecrmon_info",
                help: "The ecrmon that has read the registry.",
                samples: vec![(version, 1)],
            },
            one(
                "ecrmon_read_complete",
                "1 if everything could be read; what could not has no samples.",
                self.complete.into(),
            ),
            one(
                "ecrmon_read_timestamp_seconds",
                "When the registry was read.",
                seconds(self.time).unwrap_or(0),
            ),
            one(
                "ecr_repositories",
                "Repositories of the registry, or of the part of it that is exported.",
                self.rows.len() as u64,
            ),
        ]
    }

    fn of_images(&self) -> Vec<Gauge> {
        vec![
            self.of_each("ecr_repository_images", "Images.", |images| {
                Some(images.count)
            }),
            self.of_each(
                "ecr_repository_untagged_images",
                "Images without a tag.",
                |images| Some(images.untagged),
            ),
            self.of_each(
                "ecr_repository_size_bytes",
                "Sum of the sizes of the images, compressed, layers that they share counted for each.",
                whole_size,
            ),
            self.of_each(
                "ecr_repository_last_push_timestamp_seconds",
                "When the newest image was pushed.",
                |images| seconds(images.last_push?),
            ),
            self.of_each(
                "ecr_repository_last_pull_timestamp_seconds",
                "When an image was pulled last, as ECR records it, up to 24 hours late.",
                |images| seconds(images.last_pull?),
            ),
        ]
    }

    fn of_each(
        &self,
        name: &'static str,
        help: &'static str,
        value: impl Fn(&Images) -> Option<u64>,
    ) -> Gauge {
        let sample = |repository: &Repository| {
            let value = value(repository.images.as_ref()?)?;
            Some((named(repository), value))
        };
        Gauge {
            name,
            help,
            samples: self.repositories().filter_map(sample).collect(),
        }
    }

    /// No counter: as time goes on pulls leave the window.
    fn of_pulls(&self, window: &str) -> Gauge {
        let sample = |row: &Row| {
            let mut labels = named(&row.repository);
            labels.push(("window", spelled(window)));
            Some((labels, row.pulls.as_ref()?.sum))
        };
        Gauge {
            name: "ecr_repository_pulls",
            help: "Pulls within the window that ends with this reading.",
            samples: self.rows.iter().filter_map(sample).collect(),
        }
    }

    fn repositories(&self) -> impl Iterator<Item = &Repository> {
        self.rows.iter().map(|row| &row.repository)
    }

    fn of_the_rest(&self) -> Vec<Gauge> {
        vec![
            Gauge {
                name: "ecr_repository_findings",
                help: "Findings of the scan of the newest image.",
                samples: self.repositories().flat_map(findings).collect(),
            },
            Gauge {
                name: "ecr_repository_info",
                help: "Settings of the repository.",
                samples: self.repositories().map(settings).collect(),
            },
        ]
    }
}

fn findings(repository: &Repository) -> Vec<(Labels, u64)> {
    let known = repository.findings.as_ref();
    let known = known.and_then(|findings| by_severity(findings, &Severity::ALL));
    known
        .into_iter()
        .flatten()
        .map(|(severity, count)| {
            let mut labels = named(repository);
            labels.push(("severity", severity.word().to_owned()));
            (labels, count)
        })
        .collect()
}

/// What is not known of the settings is no label.
fn settings(repository: &Repository) -> (Labels, u64) {
    let mut labels = named(repository);
    let mutability = repository.tag_mutability.as_deref().map(spelled);
    labels.extend(mutability.map(|word| ("tag_mutability", word)));
    let policy = repository.has_lifecycle_policy;
    labels.extend(policy.map(|has_one| ("lifecycle_policy", has_one.to_string())));
    (labels, 1)
}

fn named(repository: &Repository) -> Labels {
    vec![("repository", spelled(&repository.name))]
}

fn seconds(time: Timestamp) -> Option<u64> {
    time.as_second().try_into().ok()
}

/// The text with control characters spelled out (`\u{1b}`): the formats allow them, a terminal would obey them.
fn spelled(text: &str) -> String {
    let spell = |c: char| {
        if c.is_control() {
            c.escape_unicode().to_string()
        } else {
            c.to_string()
        }
    };
    text.chars().map(spell).collect()
}

impl Collector for Gauges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        for Gauge {
            name,
            help,
            samples,
        } in &self.0
        {
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for (labels, value) in samples {
                ConstGauge::new(*value).encode(metric.encode_family(labels)?)?;
            }
        }
        Ok(())
    }
}
