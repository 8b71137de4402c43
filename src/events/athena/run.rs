//! One statement of Athena's from its start to its end, stopped when nobody wants it any more; and the pages of its
//! answer.

use std::time::Duration;

use aws_sdk_athena::types::{
    QueryExecution, QueryExecutionContext, QueryExecutionState, QueryExecutionStatistics,
    QueryExecutionStatus, ResultConfiguration,
};
use tokio::time::sleep;

use super::Athena;
use crate::aws::CallError;
use crate::error::{Refusal, Usage};
use crate::events::scanned::size;

/// A statement that has ended well.
pub(super) struct Done {
    pub id: String,
    pub scanned: u64,
}

/// One page of an answer: its rows, each with a cell for every column, and what the next page is asked for by.
pub(super) struct Page {
    pub rows: Vec<Vec<Option<String>>>,
    pub next: Option<String>,
}

/// A page has at most 1,000 rows (GetQueryResults).
const ROWS_OF_PAGE: i32 = 1000;
/// The first look at a statement's state comes soon, and each later one half as much later, up to one a second.
const FIRST_LOOK: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

impl Athena {
    /// Runs a statement; `None` where `enough` resolved before it was through.
    ///
    /// # Errors
    /// What is missing for it: a place for results, the table; or Athena's own reason.
    pub(super) async fn run(
        &self,
        statement: &str,
        enough: impl Future<Output = ()>,
    ) -> anyhow::Result<Option<Done>> {
        // From here on Ctrl-C is ours to see: a statement that was started must be stopped.
        let _held = self.aws.interrupt.hold();
        let id = self.start(statement).await?;
        self.aws.attend(self.end(&id), enough, self.stop(&id)).await
    }

    async fn start(&self, statement: &str) -> anyhow::Result<String> {
        let results = ResultConfiguration::builder().set_output_location(self.results.clone());
        let context = QueryExecutionContext::builder().database(&self.name.database);
        let call = self.aws.athena.start_query_execution();
        let call = call
            .query_string(statement)
            .work_group(&self.workgroup)
            .set_query_execution_context(runs_in_database(statement).then(|| context.build()))
            .set_result_configuration(self.results.is_some().then(|| results.build()));
        let started = self
            .aws
            .call(
                "athena:StartQueryExecution",
                self.workgroup_name(),
                call.send(),
            )
            .await
            .map_err(|error| self.not_started(error))?;
        started
            .query_execution_id
            .ok_or_else(|| anyhow::anyhow!("Athena started a query and did not say which"))
    }

    fn workgroup_name(&self) -> String {
        format!("workgroup {}", self.workgroup)
    }

    fn not_started(&self, error: CallError) -> anyhow::Error {
        if error.message().contains("output location") {
            return Usage::new(
                format!("Athena's workgroup `{}` has no place for results", self.workgroup),
                "name one with `--athena-results s3://BUCKET/PREFIX/`, or another workgroup with `--athena-workgroup NAME`",
            )
            .into();
        }
        if error.message().contains("WorkGroup") && !error.is_denied() {
            return Usage::new(
                format!(
                    "Athena has no workgroup `{}` in {}: {}",
                    self.workgroup,
                    self.aws.region,
                    error.message()
                ),
                "name another with `--athena-workgroup NAME`",
            )
            .into();
        }
        error.into()
    }

    /// Waits until the statement has ended.
    async fn end(&self, id: &str) -> anyhow::Result<Done> {
        let spinner = self.aws.progress.spinner("Athena");
        let mut wait = FIRST_LOOK;
        let ended = loop {
            sleep(wait).await;
            let execution = self.look(id).await?;
            let state = execution.status().and_then(QueryExecutionStatus::state);
            let scanned = scanned(&execution);
            match state {
                Some(QueryExecutionState::Succeeded) => {
                    break Ok(Done {
                        id: id.to_owned(),
                        scanned,
                    });
                }
                Some(QueryExecutionState::Failed | QueryExecutionState::Cancelled) => {
                    break Err(self.failed(&execution));
                }
                Some(QueryExecutionState::Running) => {
                    spinner.set_message(format!("Athena: running, {} scanned", size(scanned)));
                }
                _ => spinner.set_message("Athena: waiting for its turn"),
            }
            wait = (wait * 3 / 2).min(LONGEST_WAIT);
        };
        spinner.finish_and_clear();
        ended
    }

    async fn look(&self, id: &str) -> Result<QueryExecution, CallError> {
        let call = self.aws.athena.get_query_execution().query_execution_id(id);
        let answer = self
            .aws
            .call(
                "athena:GetQueryExecution",
                self.workgroup_name(),
                call.send(),
            )
            .await?;
        Ok(answer
            .query_execution
            .unwrap_or_else(|| QueryExecution::builder().build()))
    }

    fn failed(&self, execution: &QueryExecution) -> anyhow::Error {
        let status = execution.status();
        let reason = status
            .and_then(QueryExecutionStatus::state_change_reason)
            .unwrap_or("Athena does not say why");
        let is = |code: &str| reason.contains(code);
        let name = &self.name;
        if is("TABLE_NOT_FOUND") || is("SCHEMA_NOT_FOUND") {
            return Refusal::new(
                format!("Athena has no table `{name}` in {}", self.aws.region),
                "make it with `--athena-create`, which shows what it does and asks",
            )
            .into();
        }
        if is("COLUMN_NOT_FOUND") || is("TYPE_MISMATCH") {
            return Refusal::new(
                format!("the table `{name}` is not like those that ecrmon makes: {reason}"),
                "make another with `--athena-create --athena-table NAME`",
            )
            .into();
        }
        Refusal::new(
            format!("the Athena query did not end well: {reason}"),
            format!(
                "the query is {}",
                execution
                    .query_execution_id()
                    .unwrap_or("unknown to Athena")
            ),
        )
        .into()
    }

    async fn stop(&self, id: &str) {
        let call = self
            .aws
            .athena
            .stop_query_execution()
            .query_execution_id(id);
        let stopped = self
            .aws
            .last_call(
                "athena:StopQueryExecution",
                self.workgroup_name(),
                call.send(),
            )
            .await;
        if let Err(error) = stopped {
            self.aws.progress.warning(&format!(
                "an Athena query goes on, and is billed, as it could not be stopped: {error}"
            ));
        }
    }

    /// The first page with `None`; the names of the columns, which Athena puts there as a row, are left out.
    pub(super) async fn page(&self, id: &str, token: Option<String>) -> anyhow::Result<Page> {
        let names = usize::from(token.is_none());
        let call = self.aws.athena.get_query_results().query_execution_id(id);
        let call = call.max_results(ROWS_OF_PAGE).set_next_token(token);
        let answer = self
            .aws
            .call("athena:GetQueryResults", self.workgroup_name(), call.send())
            .await?;
        let rows = answer
            .result_set
            .and_then(|set| set.rows)
            .unwrap_or_default();
        let cells = |row: aws_sdk_athena::types::Row| {
            let cells = row.data.unwrap_or_default().into_iter();
            cells.map(|cell| cell.var_char_value).collect()
        };
        Ok(Page {
            rows: rows.into_iter().skip(names).map(cells).collect(),
            next: answer.next_token,
        })
    }
}

/// A database that does not exist cannot be the one that a statement runs in.
fn runs_in_database(statement: &str) -> bool {
    !statement.starts_with("CREATE DATABASE")
}

fn scanned(execution: &QueryExecution) -> u64 {
    let bytes = execution
        .statistics()
        .and_then(QueryExecutionStatistics::data_scanned_in_bytes);
    bytes
        .and_then(|bytes| u64::try_from(bytes).ok())
        .unwrap_or(0)
}
