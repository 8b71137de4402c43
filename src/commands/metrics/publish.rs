//! `ecrmon metrics publish`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use anyhow::Context as _;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use crate::aws::{Aws, CallError};
use crate::commands::flags::Repositories;
use crate::context::Context;
use crate::error::{Exit, Refusal, Usage};
use crate::explain::explain;
use crate::metrics::publish::send::{Sent, send};
use crate::metrics::publish::{Offer, turns};
use crate::metrics::registry::{self, Selection};
use crate::metrics::severity::Severity;
use crate::output::publish::{DryRun, Turn, gaps, put_offer};
use crate::output::{Format, Output};
use crate::terminal::Page;
use crate::time;

/// Publish image counts, sizes and findings as metrics of CloudWatch
///
/// AWS keeps no history of untagged images, sizes and findings, and no alarm can watch them. This writes ImageCount,
/// UntaggedImageCount, RepositorySize and FindingCount (of each repository's newest image) to the namespace
/// ECR/Monitoring, of each repository and, without `--repo`, of the whole registry. Each metric is billed; what they cost is said first.
/// What is unknown is not published.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon metrics publish --dry-run         Show what it would be and cost
  ecrmon metrics publish                   Publish once, after a question
  ecrmon metrics publish --every 5m --yes  Go on at :00, :05, :10, …
  ecrmon metrics publish --repo 'team-*/*' --severity critical --yes")]
pub(crate) struct Publish {
    /// Go on until Ctrl-C, once in every such span, at its whole multiples on the clock (at least 1m)
    #[arg(long, value_name = "SPAN", value_parser = turns::parse_every)]
    every: Option<SignedDuration>,

    #[command(flatten)]
    repositories: Repositories,

    /// Count findings of these severities; each is a metric of each repository
    #[arg(long, value_name = "SEVERITY", value_enum, ignore_case = true, value_delimiter = ',', default_values = ["CRITICAL", "HIGH"])]
    severity: Vec<Severity>,

    /// Publish at most so many metrics
    #[arg(long, value_name = "N", default_value_t = 500)]
    max_metrics: usize,

    /// Publish without asking
    #[arg(short, long)]
    yes: bool,

    /// Show what would be published, and publish nothing
    #[arg(long)]
    dry_run: bool,
}

impl Publish {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        self.check_format(&context.output)?;
        let selection = self.repositories.selection()?;
        let aws = context.connect().await?;
        let publisher = Publisher {
            severities: sorted(&self.severity),
            selection,
            output: &context.output,
            aws: &aws,
            warned: RefCell::default(),
        };
        let offer = publisher.look(&aws).await?;
        publisher.say(&offer, &self);
        if self.dry_run {
            return publisher.show(&offer);
        }
        self.agree(&offer, &context.output).await?;
        let Some(every) = self.every else {
            return publisher.publish(&offer).await;
        };
        aws.interrupt.is_the_way_out();
        tokio::select! {
            biased;
            () = aws.interrupt.requested() => Ok(Exit::Done),
            result = publisher.keep_on(offer, every, self.max_metrics) => result,
        }
    }

    fn check_format(&self, output: &Output) -> Result<(), Usage> {
        match output.format {
            Format::Json | Format::Csv if self.every.is_some() && !self.dry_run => Err(Usage::new(
                "what goes on has no end, which a JSON document and a table need",
                "use `--output ndjson`: a line for each turn",
            )),
            _ => Ok(()),
        }
    }

    /// # Errors
    /// [`Usage`] beyond the limit, and where nobody can be asked; [`Refusal`] where the answer is not yes.
    async fn agree(&self, offer: &Offer, output: &Output) -> anyhow::Result<()> {
        let metrics = offer.count();
        if metrics > self.max_metrics {
            return Err(Usage::new(
                format!("these are {metrics} metrics, and {} are allowed", self.max_metrics),
                format!("`--max-metrics {metrics}` allows them; `--repo GLOB` and `--severity critical` make fewer"),
            )
            .into());
        }
        if self.yes || (metrics == 0 && self.every.is_none()) {
            return Ok(());
        }
        if !output.can_ask() {
            return Err(Usage::new(
                "metrics cost, and there is no terminal to ask at",
                "`--yes` publishes without asking, `--dry-run` only shows what",
            )
            .into());
        }
        if output.confirms(&self.question()).await {
            Ok(())
        } else {
            Err(Refusal::declined().into())
        }
    }

    fn question(&self) -> String {
        match self.every {
            None => "Publish?".to_owned(),
            Some(every) => format!(
                "Publish now and every {}, new repositories too, up to {} metrics?",
                time::span(every),
                self.max_metrics
            ),
        }
    }
}

/// The worst first, each once.
fn sorted(severities: &[Severity]) -> Vec<Severity> {
    let each: BTreeSet<Severity> = severities.iter().copied().collect();
    each.into_iter().collect()
}

struct Publisher<'a> {
    severities: Vec<Severity>,
    selection: Selection,
    output: &'a Output,
    aws: &'a Aws,
    /// What was warned of last: what stays unknown turn after turn is said once.
    warned: RefCell<Vec<String>>,
}

impl Publisher<'_> {
    async fn look(&self, aws: &Aws) -> anyhow::Result<Offer> {
        let now = Timestamp::now();
        let registry = registry::read(&self.selection, aws)
            .await
            .context("cannot read the registry")?;
        let whole = self.selection.repositories.is_empty();
        let offer = Offer::new(&registry, whole, &self.severities, now);
        self.warn(gaps(&offer));
        Ok(offer)
    }

    fn warn(&self, gaps: Vec<String>) {
        if *self.warned.borrow() != gaps {
            for gap in &gaps {
                self.aws.progress.warning(gap);
            }
            self.warned.replace(gaps);
        }
    }

    /// Says what would be published. Where that is about to be asked, even under `--quiet`.
    fn say(&self, offer: &Offer, publish: &Publish) {
        let show = |page: &mut Page| {
            put_offer(page, offer, &self.severities, publish.every);
            page.end();
        };
        if publish.yes || publish.dry_run {
            self.output.say(show);
        } else {
            self.output.tell(show);
        }
    }

    fn show(&self, offer: &Offer) -> anyhow::Result<Exit> {
        let shown = DryRun::new(offer, &self.severities, self.aws, self.output.utc);
        self.output.result(&shown)?;
        Ok(exit(offer, &[]))
    }

    async fn publish(&self, offer: &Offer) -> anyhow::Result<Exit> {
        let Sent {
            published,
            failures,
        } = send(offer.data(), offer.time, self.aws).await;
        let turn = Turn::new(offer, published, self.aws, self.output.utc);
        self.output.result(&turn)?;
        let failures: Vec<anyhow::Error> = distinct(failures);
        for failure in &failures {
            self.output.failure(&explain(failure));
        }
        Ok(exit(offer, &failures))
    }

    /// Publishes turn after turn. What fails in one is said, and the next one is awaited.
    async fn keep_on(
        &self,
        mut offer: Offer,
        every: SignedDuration,
        most: usize,
    ) -> anyhow::Result<Exit> {
        let mut before = BTreeSet::new();
        let aws = self.aws.unseen();
        loop {
            before.extend(offer.repositories().map(str::to_owned));
            self.publish(&offer).await?;
            offer = loop {
                turns::until(turns::next(Timestamp::now(), every)).await;
                match self.look(&aws).await {
                    Ok(offer) => break offer.within(most, &before),
                    Err(error) => self.skip(&error, every),
                }
            };
            self.say_left_out(&offer, most);
        }
    }

    fn skip(&self, error: &anyhow::Error, every: SignedDuration) {
        self.output.failure(&explain(error));
        let next = time::local(turns::next(Timestamp::now(), every), self.output.utc);
        self.aws.progress.warning(&format!(
            "nothing was published this time; the next turn is at {next}"
        ));
    }

    fn say_left_out(&self, offer: &Offer, most: usize) {
        if !offer.left_out.is_empty() {
            self.aws.progress.warning(&format!(
                "more than {most} metrics are not allowed, so these repositories are left out: {}\n`--max-metrics N` allows more",
                offer.left_out.join(", ")
            ));
        }
    }
}

/// The same failure of several calls is told once.
fn distinct(failures: Vec<CallError>) -> Vec<anyhow::Error> {
    let mut told = BTreeSet::new();
    let new = |failure: &CallError| told.insert(failure.to_string());
    let failures: Vec<CallError> = failures.into_iter().filter(new).collect();
    let context = "cannot publish all metrics";
    failures
        .into_iter()
        .map(|failure| anyhow::Error::from(failure).context(context))
        .collect()
}

/// The worst failure, or that something was unknown.
fn exit(offer: &Offer, failures: &[anyhow::Error]) -> Exit {
    let worst = failures.iter().map(|failure| explain(failure).exit);
    let unknown = !offer.unknown.is_empty();
    Exit::worst(worst).unwrap_or(if unknown {
        Exit::Incomplete
    } else {
        Exit::Done
    })
}

impl ValueEnum for Severity {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.word()))
    }
}
