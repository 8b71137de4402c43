//! `ecrmon metrics export`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use tokio::net::TcpListener;

use crate::aws::Aws;
use crate::commands::flags::Repositories;
use crate::context::Context;
use crate::error::Exit;
use crate::events::Window;
use crate::explain::explain;
use crate::metrics::export::cache::{Cache, Reading};
use crate::metrics::export::exposition::Exposition;
use crate::metrics::export::{file, server};
use crate::metrics::period::LONGEST;
use crate::metrics::registry::{self, Selection};
use crate::metrics::table::{self, Row, Table};
use crate::output::Output;
use crate::time;

/// Write the registry as OpenMetrics text, for Prometheus
///
/// The text is one that readers of Prometheus' older text format accept too, such as node_exporter's textfile
/// collector. What is unknown has no sample.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ecrmon metrics export
  ecrmon metrics export --file /var/lib/node_exporter/ecr.prom
  ecrmon metrics export --listen 127.0.0.1:9464 --repo 'team-*/*'")]
pub(crate) struct Export {
    #[command(flatten)]
    repositories: Repositories,

    /// Add the pulls of such a span until now, such as `7d`; reading them costs $0.01 per 1,000 repositories
    #[arg(long, value_name = "SPAN", value_parser = parse_pulls)]
    pulls: Option<Pulls>,

    /// Write to this file, which is replaced as a whole
    #[arg(long, value_name = "FILE", conflicts_with = "listen")]
    file: Option<PathBuf>,

    /// Serve it at http://ADDR:PORT/metrics until Ctrl-C, read anew every 5 minutes at most; port 0 is any free one
    #[arg(long, value_name = "ADDR:PORT", value_parser = parse_address)]
    listen: Option<SocketAddr>,
}

impl Export {
    pub(super) async fn run(self, context: &Context) -> anyhow::Result<Exit> {
        context.output.text_alone()?;
        let exporter = Exporter {
            selection: self.repositories.selection()?,
            pulls: self.pulls,
            output: &context.output,
            aws: context.connect().await?,
        };
        if let Some(address) = self.listen {
            return exporter.serve(address).await;
        }
        let (text, complete) = exporter.read().await?;
        match self.file {
            None => context.output.document(&text)?,
            Some(path) => {
                file::replace(&path, &text)?;
                let said = format!("wrote `{}`", path.display());
                context.output.say(|page| {
                    page.line(said);
                });
            }
        }
        Ok(if complete {
            Exit::Done
        } else {
            Exit::Incomplete
        })
    }
}

/// A span until now, and as it was given, which names it.
#[derive(Debug, Clone)]
struct Pulls {
    text: String,
    span: SignedDuration,
}

struct Exporter<'a> {
    selection: Selection,
    pulls: Option<Pulls>,
    output: &'a Output,
    aws: Aws,
}

impl Exporter<'_> {
    /// The text, and whether nothing is missing in it. What is missing is said.
    async fn read(&self) -> anyhow::Result<(String, bool)> {
        let time = Timestamp::now();
        let Table {
            rows,
            deleted: _,
            shortfalls,
        } = self.table(time).await?;
        for shortfall in &shortfalls {
            let of = shortfall.repository.as_ref();
            let of = of.map(|name| format!("{name}: ")).unwrap_or_default();
            let text = format!("{of}{}", shortfall.reason);
            self.aws.progress.warning(&text);
        }
        let exposition = Exposition {
            account: &self.aws.account,
            region: &self.aws.region,
            rows: &rows,
            window: self.pulls.as_ref().map(|pulls| pulls.text.as_str()),
            complete: shortfalls.is_empty(),
            time,
        };
        Ok((exposition.text()?, shortfalls.is_empty()))
    }

    async fn table(&self, until: Timestamp) -> anyhow::Result<Table> {
        if let Some(Pulls { span, .. }) = &self.pulls {
            let from = until.checked_sub(*span)?;
            return table::read(&self.selection, Window { from, until }, &self.aws).await;
        }
        let registry = registry::read(&self.selection, &self.aws).await;
        let registry = registry.context("cannot read the registry")?;
        let row = |repository| Row {
            repository,
            pulls: None,
        };
        Ok(Table {
            rows: registry.repositories.into_iter().map(row).collect(),
            deleted: registry.deleted,
            shortfalls: registry.shortfalls,
        })
    }

    async fn serve(mut self, address: SocketAddr) -> anyhow::Result<Exit> {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot listen on {address}"))?;
        let address = listener.local_addr()?;
        self.aws = self.aws.unseen();
        self.aws.interrupt.is_the_way_out();
        self.greet(address);
        let cache = Arc::new(Cache::new());
        tokio::select! {
            biased;
            () = self.aws.interrupt.requested() => {}
            () = server::serve(listener, cache.clone()) => {}
            () = cache.keep(async || self.reading().await) => {}
        }
        Ok(Exit::Done)
    }

    /// The port, even under `--quiet`: nobody knows which one it is, if any was asked for.
    fn greet(&self, address: SocketAddr) {
        if !address.ip().is_loopback() {
            self.aws.progress.warning(&format!(
                "whoever reaches {address} can read this: there is no password and no TLS"
            ));
        }
        self.output.tell(|page| {
            page.line(format!(
                "listening on http://{address}/metrics; Ctrl-C ends it"
            ));
        });
    }

    /// What is served: a failure is said here, and to whoever asked.
    async fn reading(&self) -> Reading {
        match self.read().await {
            Ok((text, _)) => Ok(text.into()),
            Err(error) => {
                self.output.failure(&explain(&error));
                Err(format!("{error:#}"))
            }
        }
    }
}

/// # Errors
/// A text that shows what is accepted.
fn parse_address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "use an address and a port, such as `127.0.0.1:9464`, `[::1]:9464` or `0.0.0.0:9464`"
            .to_owned()
    })
}

/// # Errors
/// A text that shows what is accepted.
fn parse_pulls(text: &str) -> Result<Pulls, String> {
    let span = time::parse_span(text)?;
    if span > LONGEST {
        let days = LONGEST.as_hours() / 24;
        return Err(format!("CloudWatch keeps metrics for {days} days"));
    }
    Ok(Pulls {
        text: text.trim().to_owned(),
        span,
    })
}
