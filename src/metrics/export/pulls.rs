//! The pulls of a span until now, where they are asked for: unlike everything else, reading them is billed.

use jiff::{SignedDuration, Timestamp};

use crate::aws::Aws;
use crate::events::Window;
use crate::metrics::pulls;
use crate::metrics::registry::{Repository, Shortfall};
use crate::time;

/// A span as it was given, which names it, and how long it is.
#[derive(Debug, Clone)]
pub(crate) struct PullWindow {
    text: String,
    span: SignedDuration,
}

/// The pulls of the repositories, in their order, each `None` where it is not known.
pub(crate) struct Pulled {
    pub window: String,
    pub counts: Vec<Option<u64>>,
}

impl PullWindow {
    /// # Errors
    /// A text that shows what is accepted.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Ok(Self {
            text: text.trim().to_owned(),
            span: time::parse_span(text)?,
        })
    }

    /// Reads them; what is not known is added to what falls short.
    pub(crate) async fn read(
        &self,
        repositories: &[Repository],
        until: Timestamp,
        aws: &Aws,
        shortfalls: &mut Vec<Shortfall>,
    ) -> Pulled {
        let names: Vec<String> = repositories.iter().map(|one| one.name.clone()).collect();
        let from = until.checked_sub(self.span).unwrap_or(Timestamp::MIN);
        let read = pulls::read(&names, Window { from, until }, aws).await;
        let counts = match read {
            Ok(read) => names
                .iter()
                .zip(read)
                .map(|(name, pulls)| match pulls {
                    Ok(pulls) => Some(pulls.sum),
                    Err(reason) => {
                        shortfalls.push(Shortfall::of(name, reason));
                        None
                    }
                })
                .collect(),
            Err(error) => {
                shortfalls.push(Shortfall::of_all(format!("{error:#}")));
                vec![None; names.len()]
            }
        };
        Pulled {
            window: self.text.clone(),
            counts,
        }
    }
}
