//! The widgets that ask the trail's log group. Each runs its query whenever the dashboard is opened or refreshed, over
//! the time that the dashboard shows, and is billed for what it scans.

use serde_json::json;

use super::content::Content;
use super::widget::Widget;
use crate::events::insights::named;
use crate::events::parse_glob;
use crate::resources::log_group_arn::LogGroupArn;

/// Rows of each widget.
const ROWS: usize = 30;

const PUSHES: &str = r#"fields eventTime, requestParameters.repositoryName as repository, requestParameters.imageTag as tag, userIdentity.arn as principal, sourceIPAddress as address, errorCode | filter eventSource = "ecr.amazonaws.com" and eventName = "PutImage" | sort @timestamp desc"#;

/// Their titles, and what they ask: our own text, or one of the named queries.
const WIDGETS: [(&str, Query); COUNT] = [
    ("Recent pushes", Query::Text(PUSHES)),
    ("Deletions", Query::Named("deletions")),
    ("Denied calls", Query::Named("denied")),
    ("Policy changes", Query::Named("policy-changes")),
    ("Top principals", Query::Named("calls-by-principal")),
];
/// How many there are.
pub(super) const COUNT: usize = 5;

enum Query {
    Text(&'static str),
    Named(&'static str),
}

impl Query {
    fn text(&self) -> &'static str {
        match self {
            Self::Text(text) => text,
            Self::Named(name) => named::find(name).map_or(PUSHES, |named| named.query),
        }
    }
}

pub(super) fn widgets(content: &Content) -> Vec<Widget> {
    let Some(log_group) = &content.log_group else {
        return Vec::new();
    };
    let widget =
        |(title, query): (&str, Query)| log_widget(content, log_group, title, query.text());
    WIDGETS.into_iter().map(widget).collect()
}

fn log_widget(content: &Content, log_group: &LogGroupArn, title: &str, query: &str) -> Widget {
    let query = format!(
        r#"SOURCE '{}' | filter awsRegion = "{}"{} | {query} | limit {ROWS}"#,
        log_group.name,
        content.region,
        narrowed(content)
    );
    Widget {
        kind: "log",
        height: 7,
        properties: json!({"title": title, "region": log_group.region, "view": "table", "query": query}),
    }
}

/// Insights knows regular expressions, which a glob can become: new repositories appear by themselves.
fn narrowed(content: &Content) -> String {
    let glob = content
        .shown
        .repositories
        .glob()
        .and_then(|glob| parse_glob(glob).ok());
    let Some(glob) = glob else {
        return String::new();
    };
    // The flag is globset's own, for matching bytes.
    let expression = glob.regex().trim_start_matches("(?-u)").replace('/', r"\/");
    format!(
        " and coalesce(requestParameters.repositoryName, serviceEventDetails.repositoryName) like /{expression}/"
    )
}
