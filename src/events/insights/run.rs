//! One Logs Insights query from its start to its last row, stopped when nobody wants it any more: an abandoned one
//! goes on, and is billed.

use std::cell::Cell;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::error::SdkError;
use aws_sdk_cloudwatchlogs::operation::get_query_results::GetQueryResultsOutput;
use aws_sdk_cloudwatchlogs::operation::start_query::StartQueryError;
use aws_sdk_cloudwatchlogs::types::{QueryCompileErrorLocation, QueryStatistics, QueryStatus};
use tokio::time::sleep;

use super::Insights;
use crate::aws::{CallError, Limit, Patience};
use crate::error::{Refusal, Usage};
use crate::events::scanned::size;

/// A query and the log time it is about.
pub(crate) struct Ask<'a> {
    pub query: &'a str,
    /// Seconds since 1970, both inclusive.
    pub from: i64,
    pub until: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Each the fields that it has, with their names.
    pub rows: Vec<Vec<(String, String)>>,
    /// Records that passed the query's filters, whatever became of them afterwards.
    pub matched: u64,
    pub scanned: u64,
}

/// The first look at a query's state comes soon, and each later one half as much later, up to one a second
/// (GetQueryResults: 10 calls a second in an account and region).
const FIRST_LOOK: Duration = Duration::from_millis(150);
const LONGEST_WAIT: Duration = Duration::from_secs(1);
/// How long to wait for one of the 100 places for queries of an account (CloudWatch Logs user guide, quotas).
const PATIENCE: Duration = Duration::from_mins(2);

impl Insights {
    /// Runs a query; `None` where `enough` resolved before it was through.
    ///
    /// # Errors
    /// [`Usage`] for a query that CloudWatch cannot read; a refusal for one that it could not finish.
    pub(crate) async fn run(
        &self,
        ask: &Ask<'_>,
        enough: impl Future<Output = ()>,
    ) -> anyhow::Result<Option<Answer>> {
        // From here on Ctrl-C is ours to see: a query that was started must be stopped.
        let _held = self.aws.interrupt.hold();
        let query = self.start(ask).await?;
        self.aws
            .attend(self.answer(&query), enough, self.stop(&query))
            .await
    }

    async fn start(&self, ask: &Ask<'_>) -> anyhow::Result<String> {
        let wrong = Cell::new(None);
        let no_place = |error: &CallError| {
            error.is(&["LimitExceededException"]).then_some(Patience {
                limit: Limit::Total(PATIENCE),
                waiting_for: "other Logs Insights queries of the account to end",
            })
        };
        let begin = async || {
            let call = self.aws.logs.start_query();
            let call = call
                .log_group_identifiers(self.log_group.trim_end_matches(":*"))
                .start_time(ask.from)
                .end_time(ask.until)
                .query_string(ask.query);
            let call = async {
                call.send()
                    .await
                    .inspect_err(|error| wrong.set(place(error)))
            };
            self.aws
                .call("logs:StartQuery", &self.log_group, call)
                .await
        };
        let started = self.aws.retry(no_place, begin).await;
        let id = started.map_err(|error| self.explained(error, ask, wrong.take()))?;
        id.query_id
            .ok_or_else(|| anyhow::anyhow!("CloudWatch started a query and did not say which"))
    }

    fn explained(
        &self,
        error: CallError,
        ask: &Ask<'_>,
        place: Option<QueryCompileErrorLocation>,
    ) -> anyhow::Error {
        if error.is(&["MalformedQueryException"]) {
            let hint = place.map_or_else(
                || format!("the query is `{}`", ask.query),
                |place| pointed_at(ask.query, &place),
            );
            return Usage::new(format!("cannot read the query: {}", error.message()), hint).into();
        }
        if error.is_not_found() {
            return Refusal::new(
                format!("there is no log group `{}` in {}", self.log_group, self.aws.region),
                "name another with `--log-group`, or another region with `--region`; `ecrmon logs groups` lists them",
            )
            .into();
        }
        error.into()
    }

    /// Waits until the query is through, and reads all of its rows.
    async fn answer(&self, query: &str) -> anyhow::Result<Answer> {
        let spinner = self.aws.progress.spinner("Logs Insights");
        let mut wait = FIRST_LOOK;
        let answer = loop {
            sleep(wait).await;
            // A query that is not through shows some rows already; there is no use in them.
            let seen = self.page(query, None, Some(1)).await?;
            match seen.status() {
                Some(QueryStatus::Complete) => break self.rows(query).await,
                Some(
                    ended @ (QueryStatus::Failed | QueryStatus::Timeout | QueryStatus::Cancelled),
                ) => {
                    break Err(unfinished(ended));
                }
                status => {
                    spinner.set_message(progress(status, seen.statistics()));
                    wait = (wait * 3 / 2).min(LONGEST_WAIT);
                }
            }
        };
        spinner.finish_and_clear();
        answer
    }

    async fn rows(&self, query: &str) -> anyhow::Result<Answer> {
        let mut answer = Answer::default();
        let mut token = None;
        loop {
            let page = self.page(query, token, None).await?;
            if let Some(statistics) = page.statistics {
                answer.matched = whole(statistics.records_matched);
                answer.scanned = whole(statistics.bytes_scanned);
            }
            let rows = page.results.unwrap_or_default().into_iter();
            answer.rows.extend(rows.map(|row| {
                row.into_iter()
                    .filter_map(|cell| Some((cell.field?, cell.value?)))
                    .collect()
            }));
            token = page.next_token;
            if token.is_none() {
                return Ok(answer);
            }
        }
    }

    async fn page(
        &self,
        query: &str,
        token: Option<String>,
        at_most: Option<i32>,
    ) -> Result<GetQueryResultsOutput, CallError> {
        let call = self.aws.logs.get_query_results().query_id(query);
        let call = call.set_next_token(token).set_max_items(at_most);
        self.aws
            .call("logs:GetQueryResults", &self.log_group, call.send())
            .await
    }

    async fn stop(&self, query: &str) {
        let call = self.aws.logs.stop_query().query_id(query);
        let stopped = self
            .aws
            .last_call("logs:StopQuery", &self.log_group, call.send())
            .await;
        // One that has ended meanwhile is refused so (StopQuery).
        if let Err(error) = stopped
            && !error.is(&["InvalidParameterException"])
        {
            self.aws.progress.warning(&format!(
                "a Logs Insights query goes on, and is billed, as it could not be stopped: {error}"
            ));
        }
    }
}

fn place(
    error: &SdkError<StartQueryError, aws_sdk_cloudwatchlogs::config::http::HttpResponse>,
) -> Option<QueryCompileErrorLocation> {
    match error.as_service_error()? {
        StartQueryError::MalformedQueryException(malformed) => {
            malformed.query_compile_error()?.location().cloned()
        }
        _ => None,
    }
}

/// The query with a mark below what is wrong.
fn pointed_at(query: &str, place: &QueryCompileErrorLocation) -> String {
    let at = |offset: Option<i32>| offset.and_then(|offset| usize::try_from(offset).ok());
    let start = at(place.start_char_offset).unwrap_or(0);
    let line: String = query
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let width = at(place.end_char_offset)
        .unwrap_or(start + 1)
        .saturating_sub(start);
    format!(
        "at character {}:\n{line}\n{}{}",
        start + 1,
        " ".repeat(start.min(line.chars().count())),
        "^".repeat(width.clamp(1, line.chars().count().saturating_sub(start).max(1)))
    )
}

fn unfinished(status: &QueryStatus) -> anyhow::Error {
    let (what, hint) = match status {
        QueryStatus::Timeout => (
            "took longer than the hour that it may take",
            "ask for a shorter time",
        ),
        QueryStatus::Cancelled => ("was cancelled by somebody else", "run again"),
        _ => (
            "failed, and CloudWatch does not say why",
            "run again, or ask for a shorter time",
        ),
    };
    Refusal::new(format!("the Logs Insights query {what}"), hint).into()
}

fn progress(status: Option<&QueryStatus>, statistics: Option<&QueryStatistics>) -> String {
    let (records, bytes) = statistics.map_or((0, 0), |statistics| {
        (
            whole(statistics.records_scanned),
            whole(statistics.bytes_scanned),
        )
    });
    match status {
        Some(QueryStatus::Running) => {
            format!("Logs Insights: {records} records, {} scanned", size(bytes))
        }
        _ => "Logs Insights: waiting for its turn".to_owned(),
    }
}

/// Insights counts in floating point.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, and such counts are whole and positive"
)]
fn whole(count: f64) -> u64 {
    count as u64
}
