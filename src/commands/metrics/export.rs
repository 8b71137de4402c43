//! `ecrmon metrics export`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use globset::Glob;
use jiff::Timestamp;
use tokio::net::TcpListener;

use crate::aws::Aws;
use crate::commands::flags::patterns;
use crate::context::Context;
use crate::error::Exit;
use crate::events::parse_glob;
use crate::explain::explain;
use crate::metrics::export::cache::{Cache, Reading};
use crate::metrics::export::exposition::Exposition;
use crate::metrics::export::pulls::PullWindow;
use crate::metrics::export::{file, server};
use crate::metrics::registry::{self, Selection};
use crate::output::Output;

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
    /// Only these repositories, such as `team-*/api`
    #[arg(long, value_name = "GLOB", value_parser = parse_glob)]
    repo: Vec<Glob>,

    /// Add the pulls of such a span until now, such as `7d`; reading them costs $0.01 per 1,000 repositories
    #[arg(long, value_name = "SPAN", value_parser = PullWindow::parse)]
    pulls: Option<PullWindow>,

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
            selection: Selection {
                repositories: patterns(&self.repo)?,
            },
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

struct Exporter<'a> {
    selection: Selection,
    pulls: Option<PullWindow>,
    output: &'a Output,
    aws: Aws,
}

impl Exporter<'_> {
    /// The text, and whether nothing is missing in it. What is missing is said.
    async fn read(&self) -> anyhow::Result<(String, bool)> {
        let time = Timestamp::now();
        let registry = registry::read(&self.selection, &self.aws)
            .await
            .context("cannot read the registry")?;
        let mut shortfalls = registry.shortfalls;
        let pulls = match &self.pulls {
            None => None,
            Some(window) => {
                let repositories = &registry.repositories;
                Some(window.read(repositories, time, &self.aws, &mut shortfalls).await)
            }
        };
        for shortfall in &shortfalls {
            let of = shortfall.repository.as_ref();
            let of = of.map(|name| format!("{name}: ")).unwrap_or_default();
            let text = format!("{of}{}", shortfall.reason);
            self.aws.progress.warning(&text);
        }
        let exposition = Exposition {
            account: &self.aws.account,
            region: &self.aws.region,
            repositories: &registry.repositories,
            pulls,
            complete: shortfalls.is_empty(),
            time,
        };
        Ok((exposition.text()?, shortfalls.is_empty()))
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
            page.line(format!("listening on http://{address}/metrics; Ctrl-C ends it"));
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
