//! What `ecrmon metrics publish` says: what is to be published and what it costs, and what came of a turn.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::{Report, table};
use crate::aws::Aws;
use crate::metrics::OURS;
use crate::metrics::publish::offer::{self, FINDINGS, METRICS, Unknown};
use crate::metrics::publish::send::DATA_A_CALL;
use crate::metrics::publish::{Datum, Offer, price};
use crate::metrics::registry::Shortfall;
use crate::metrics::severity::Severity;
use crate::terminal::{Page, Tone};
use crate::time;

/// Before anything is published: how much of what, and what it costs.
pub(crate) fn put_offer(
    page: &mut Page,
    offer: &Offer,
    severities: &[Severity],
    every: Option<SignedDuration>,
) {
    let (metrics, repositories) = (offer.count(), offer.repositories().count());
    let what = format!(
        "{} of {} to publish in `{OURS}`:",
        counted(metrics, "metric", "metrics"),
        counted(repositories, "repository", "repositories")
    );
    page.put(Tone::Strong, what).end();
    for metric in METRICS {
        page.plain("  ").column(Tone::Plain, metric, 20);
        page.tail(spread(metric, offer, severities));
    }
    put_unscanned(page, &offer.unscanned);
    put_cost(page, metrics, every);
}

/// `3 repositories, whole registry, by CRITICAL, HIGH`.
fn spread(metric: &str, offer: &Offer, severities: &[Severity]) -> String {
    let (repositories, total) = offer.spread(metric);
    let mut words = counted(repositories, "repository", "repositories");
    if total {
        words += ", whole registry";
    } else if offer.whole {
        words += ", no total";
    }
    if metric == FINDINGS {
        let severities: Vec<&str> = severities.iter().map(|severity| severity.word()).collect();
        words = format!("{words}, by {}", severities.join(", "));
    }
    words
}

/// What is unknown and therefore not published, and what was met where it was read.
pub(crate) fn gaps(offer: &Offer) -> Vec<String> {
    let unknown = METRICS.into_iter().filter_map(|metric| {
        let unknown = offer.unknown.iter().filter(|one| one.metric == metric);
        let names: Vec<&str> = unknown.map(|one| one.repository.as_str()).collect();
        let names = (!names.is_empty()).then(|| listed(&names))?;
        Some(format!("{metric} is unknown, so not published: {names}"))
    });
    let met = offer.shortfalls.iter().map(|shortfall| {
        let of = shortfall.repository.as_ref();
        let of = of.map(|name| format!("{name}: ")).unwrap_or_default();
        of + &shortfall.reason
    });
    unknown.chain(met).collect()
}

fn put_unscanned(page: &mut Page, unscanned: &[String]) {
    if !unscanned.is_empty() {
        let names: Vec<&str> = unscanned.iter().map(String::as_str).collect();
        page.put(Tone::Faint, "note");
        page.plain(format!(": no finished scan, so no {FINDINGS}: "));
        page.tail(listed(&names));
    }
}

fn put_cost(page: &mut Page, metrics: usize, every: Option<SignedDuration>) {
    page.end()
        .put(Tone::Strong, "Cost")
        .line(" (list prices of us-east-1)");
    let price = price::dollars(price::metrics(metrics));
    page.plain("  ")
        .column(Tone::Plain, "metrics", 20)
        .plain(format!("{price} a month at most  "))
        .tail("$0.30 each, the first 10 of an account free, billed for the hours in which they are published");
    if let Some(every) = every {
        let (calls, cents) = price::calls(metrics.div_ceil(DATA_A_CALL), every);
        page.plain("  ")
            .column(Tone::Plain, "PutMetricData", 20)
            .plain(format!("{} a month  ", price::dollars(cents)))
            .tail(format!("{calls} calls, $0.01 per 1,000"));
    }
}

/// So many names are enough for people; data has them all.
const NAMES: usize = 5;

fn listed(names: &[&str]) -> String {
    let some = names[..names.len().min(NAMES)].join(", ");
    match names.len().saturating_sub(NAMES) {
        0 => some,
        more => format!("{some} and {more} more"),
    }
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// What came of a turn.
#[derive(Serialize)]
pub(crate) struct Turn<'a> {
    account: &'a str,
    region: &'a str,
    namespace: &'static str,
    time: Timestamp,
    repositories: usize,
    /// To be published, and published.
    metrics: usize,
    published: usize,
    unknown: &'a [Unknown],
    shortfalls: &'a [Shortfall],
    unscanned: &'a [String],
    left_out: &'a [String],
    #[serde(skip)]
    utc: bool,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(offer: &'a Offer, published: usize, aws: &'a Aws, utc: bool) -> Self {
        Self {
            account: &aws.account,
            region: &aws.region,
            namespace: OURS,
            time: offer.time,
            repositories: offer.repositories().count(),
            metrics: offer.count(),
            published,
            unknown: &offer.unknown,
            shortfalls: &offer.shortfalls,
            unscanned: &offer.unscanned,
            left_out: &offer.left_out,
            utc,
        }
    }
}

impl Report for Turn<'_> {
    fn human(&self, page: &mut Page) {
        let time = time::local(self.time, self.utc);
        let metrics = counted(self.metrics, "metric", "metrics");
        let repositories = counted(self.repositories, "repository", "repositories");
        page.plain(format!("{time}  published "));
        if self.published < self.metrics {
            page.put(Tone::Bad, format!("{} of ", self.published));
        }
        page.plain(format!("{metrics} of {repositories}"));
        if !self.unknown.is_empty() {
            page.put(Tone::Warn, format!(", {} unknown", self.unknown.len()));
        }
        page.end();
    }

    fn rows(&self) -> Option<Vec<Value>> {
        serde_json::to_value(self).ok().map(|row| vec![row])
    }
}

/// What a dry run shows: every value.
#[derive(Serialize)]
pub(crate) struct DryRun<'a> {
    #[serde(flatten)]
    turn: Turn<'a>,
    data: Vec<&'a Datum>,
    #[serde(skip)]
    offer: &'a Offer,
    #[serde(skip)]
    severities: &'a [Severity],
}

impl<'a> DryRun<'a> {
    pub(crate) fn new(
        offer: &'a Offer,
        severities: &'a [Severity],
        aws: &'a Aws,
        utc: bool,
    ) -> Self {
        Self {
            turn: Turn::new(offer, 0, aws, utc),
            data: offer.data().collect(),
            offer,
            severities,
        }
    }

    fn cells(&self, repository: Option<&str>, data: &[Datum]) -> Vec<String> {
        let cell = |metric, severity: Option<Severity>| {
            let severity = severity.map(Severity::word);
            let is_it = |datum: &&Datum| datum.metric == metric && datum.severity == severity;
            let found = data.iter().find(is_it);
            found.map_or("unknown".to_owned(), |datum| datum.value.to_string())
        };
        let counts = [offer::IMAGES, offer::UNTAGGED, offer::SIZE].map(|metric| cell(metric, None));
        let severities = self.severities.iter();
        let findings = severities.map(|severity| cell(FINDINGS, Some(*severity)));
        let name = repository.unwrap_or("(whole registry)").to_owned();
        std::iter::once(name)
            .chain(counts)
            .chain(findings)
            .collect()
    }
}

impl Report for DryRun<'_> {
    fn human(&self, page: &mut Page) {
        let titles = ["REPOSITORY", "IMAGES", "UNTAGGED", "BYTES"].into_iter();
        let severities = self.severities.iter().map(|severity| severity.word());
        let titles: Vec<&str> = titles.chain(severities).collect();
        let rows: Vec<Vec<String>> = self
            .offer
            .groups()
            .map(|(repository, data)| self.cells(repository, data))
            .collect();
        table::put(page, &titles, &rows);
    }

    fn rows(&self) -> Option<Vec<Value>> {
        let data = self.data.iter();
        data.map(|datum| serde_json::to_value(datum).ok()).collect()
    }
}
