//! The dashboards of an account, and whose each is. ListDashboards tells no bodies: each is read.

use futures::stream::{self, StreamExt};
use jiff::Timestamp;

use super::owner::Owner;
use super::resource::Dashboard;
use crate::aws::{Aws, CallError};
use crate::plan::Resource;
use crate::time;

/// A dashboard as the list tells of it.
pub(crate) struct Entry {
    pub name: String,
    pub size_bytes: Option<i64>,
    pub modified: Option<Timestamp>,
    /// `Err` says why it is not known.
    pub owner: Result<Owner, String>,
}

/// Bodies that are read side by side; the quota of GetDashboard is 10 a second.
const AT_ONCE: usize = 5;

/// All dashboards, in the order of their names. A body that cannot be read leaves its owner unknown.
///
/// # Errors
/// A [`CallError`] of ListDashboards.
pub(crate) async fn all(stack: &str, aws: &Aws) -> Result<Vec<Entry>, CallError> {
    let mut entries = listed(aws).await?;
    let names: Vec<String> = entries.iter().map(|entry| entry.name.clone()).collect();
    let owners: Vec<_> = stream::iter(names)
        .map(async |name| owner(&name, stack, aws).await)
        .buffered(AT_ONCE)
        .collect()
        .await;
    for (entry, owner) in entries.iter_mut().zip(owners) {
        entry.owner = owner;
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

async fn owner(name: &str, stack: &str, aws: &Aws) -> Result<Owner, String> {
    match Dashboard::observe(name, aws).await {
        Ok(Some(found)) => Ok(found.owner(stack, &aws.region)),
        Ok(None) => Err("it is gone".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

async fn listed(aws: &Aws) -> Result<Vec<Entry>, CallError> {
    let mut entries = Vec::new();
    let mut token = None;
    loop {
        let request = aws.cloudwatch.list_dashboards().set_next_token(token);
        let page = aws
            .call(
                "cloudwatch:ListDashboards",
                "the dashboards",
                request.send(),
            )
            .await?;
        let found = page.dashboard_entries.unwrap_or_default().into_iter();
        entries.extend(found.map(|entry| Entry {
            name: entry.dashboard_name.unwrap_or_default(),
            size_bytes: entry.size,
            modified: entry.last_modified.as_ref().and_then(time::from_aws),
            owner: Err(String::new()),
        }));
        token = page.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(entries);
        }
    }
}
