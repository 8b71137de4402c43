//! What AWS would answer, for tests of paging: newest first, a token good for its own times only.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudtrail::types::Event as Row;
use aws_smithy_types::DateTime;

use super::page::{Ask, Page};
use crate::aws::{CallError, Fault};

/// Events, each with the second it happened in.
pub(super) struct Server {
    seconds: Vec<i64>,
    rows: usize,
    took: Duration,
}

impl Server {
    pub(super) fn new(mut seconds: Vec<i64>, rows: usize, took: Duration) -> Self {
        seconds.sort_unstable_by_key(|second| -second);
        Self {
            seconds,
            rows,
            took,
        }
    }

    pub(super) fn answer(&self, ask: &Ask) -> Page {
        let asked = ask.span.first..=ask.span.last;
        let times = format!("{}-{}", ask.span.first, ask.span.last);
        let offset = ask.token.as_ref().map_or(0, |token| {
            let (of, offset) = token.split_once(':').expect("a token of ours");
            assert_eq!(of, times, "a token with other times");
            offset.parse().expect("a token of ours")
        });
        let all: Vec<_> = self
            .seconds
            .iter()
            .enumerate()
            .filter(|(_, second)| asked.contains(second))
            .collect();
        let rows = all.iter().skip(offset).take(self.rows);
        let rows = rows
            .map(|(number, second)| row(*number, **second))
            .collect();
        let end = offset + self.rows;
        Page {
            rows,
            token: (end < all.len()).then(|| format!("{times}:{end}")),
            took: self.took,
        }
    }

    /// The ids of what happened in a span.
    pub(super) fn ids(&self, first: i64, last: i64) -> BTreeSet<String> {
        let all = self.seconds.iter().enumerate();
        all.filter(|(_, second)| (first..=last).contains(*second))
            .map(|(number, _)| number.to_string())
            .collect()
    }
}

pub(super) fn forgotten_token() -> CallError {
    CallError {
        action: "cloudtrail:LookupEvents",
        resource: "*".to_owned(),
        fault: Fault::Refused {
            status: 400,
            code: Some("InvalidNextTokenException".to_owned()),
            message: None,
            bucket_region: None,
        },
    }
}

fn row(number: usize, second: i64) -> Row {
    Row::builder()
        .event_id(number.to_string())
        .event_source("ecr.amazonaws.com")
        .event_name("PutImage")
        .event_time(DateTime::from_secs(second))
        .cloud_trail_event("{}")
        .build()
}
