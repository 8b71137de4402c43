//! What is read of a table, and how a row becomes a record again.

use serde_json::{Map, Value, json};

use crate::events::groups::{LISTS, RESOURCES, put};

/// One column of an answer.
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// Where in a record its value belongs.
    pub path: &'static str,
    pub expression: String,
}

/// Every part of a record that an event is read from; those that are objects in a record are JSON in the table.
const PATHS: [&str; 31] = [
    "eventTime",
    "eventID",
    "eventSource",
    "eventName",
    "eventType",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestID",
    "readOnly",
    "recipientAccountId",
    "sharedEventID",
    "vpcEndpointId",
    "userIdentity.type",
    "userIdentity.principalId",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.accessKeyId",
    "userIdentity.userName",
    "userIdentity.invokedBy",
    "userIdentity.identityProvider",
    "userIdentity.onBehalfOf.userId",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.sourceIdentity",
    "requestParameters",
    "responseElements",
    "serviceEventDetails",
    RESOURCES,
];

/// The columns that hold JSON.
const JSON: [&str; 3] = [
    "requestParameters",
    "responseElements",
    "serviceEventDetails",
];

/// `ARN|ACCOUNT ARN|ACCOUNT`: neither has a space or a bar in it.
const RESOURCES_AS_TEXT: &str = "array_join(transform(resources, r -> concat(coalesce(r.arn, ''), '|', coalesce(r.accountid, ''))), ' ')";

/// All of a record that an event is read from.
pub(super) fn columns() -> Vec<Column> {
    PATHS.into_iter().map(column).collect()
}

/// The column for a path into a record.
pub(super) fn column(path: &'static str) -> Column {
    let expression = match path.split_once('.') {
        _ if path == RESOURCES => RESOURCES_AS_TEXT.to_owned(),
        Some((column, below)) if LISTS.contains(&path) => {
            format!(
                "json_format(json_extract({}, '$.{below}'))",
                column.to_lowercase()
            )
        }
        Some((column, below)) if JSON.contains(&column) => {
            format!(
                "json_extract_scalar({}, '$.{below}')",
                column.to_lowercase()
            )
        }
        _ => path.to_lowercase(),
    };
    Column { path, expression }
}

/// The record that a row was, as far as it was read.
pub(super) fn record(columns: &[Column], row: &[Option<String>]) -> String {
    let mut record = Map::new();
    for (column, cell) in columns.iter().zip(row) {
        if let Some(text) = cell {
            put(&mut record, column.path, value(column.path, text));
        }
    }
    Value::Object(record).to_string()
}

fn value(path: &str, text: &str) -> Value {
    match path {
        RESOURCES => resources(text),
        _ if JSON.contains(&path) => serde_json::from_str(text).unwrap_or_default(),
        _ => text.into(),
    }
}

/// The list of resources as it stands in a record.
pub(super) fn resources(text: &str) -> Value {
    let resource = |text: &str| {
        let (arn, account) = text.rsplit_once('|')?;
        Some(json!({"ARN": arn, "accountId": account}))
    };
    text.split(' ').filter_map(resource).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;

    #[test]
    fn a_row_is_the_record_that_it_was() {
        let columns = columns();
        let cell = |path: &str| match path {
            "eventTime" => Some("2026-11-21T10:00:00Z".to_owned()),
            "readOnly" => Some("false".to_owned()),
            "requestParameters" => Some(r#"{"imageTag":"v1"}"#.to_owned()),
            RESOURCES => Some("arn:aws:ecr:r:1:repository/team/api|1".to_owned()),
            _ => None,
        };
        let row: Vec<_> = columns.iter().map(|column| cell(column.path)).collect();
        let event = Event::from_record(&record(&columns, &row)).expect("a record");
        assert_eq!(event.repository(), Some("team/api"));
        assert_eq!(event.tag(), Some("v1"));
        assert_eq!(event.read_only, Some(false));
        assert!(event.time.is_some());
    }
}
