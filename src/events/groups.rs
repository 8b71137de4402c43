//! Counting where the events are: a server groups records by the few raw fields that an answer is computed from, and
//! each group is read as the event that all of its records are, by the same code as a record.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::count::Dimension;
use super::event::Event;
use super::filter::Filter;
use super::query::{Query, Window};

/// Where a record says who called; those that `principal` reads.
const WHO: [&str; 11] = [
    "userIdentity.type",
    "userIdentity.principalId",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.userName",
    "userIdentity.invokedBy",
    "userIdentity.identityProvider",
    "userIdentity.onBehalfOf.userId",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.sourceIdentity",
];

/// Where a record names the repository.
const REPOSITORY: [&str; 5] = [
    "requestParameters.repositoryName",
    "serviceEventDetails.repositoryName",
    "responseElements.repository.repositoryName",
    "requestParameters.resourceArn",
    RESOURCES,
];

/// Where a record tells whose the repository is.
const OWNER: [&str; 4] = [
    "requestParameters.registryId",
    "responseElements.repository.registryId",
    "requestParameters.resourceArn",
    RESOURCES,
];

/// Whether a call failed, and how.
const ERROR: [&str; 4] = ["errorCode", "eventName", FAILURES, DELETED];

/// The lists among the fields; as JSON.
pub(super) const LISTS: [&str; 3] = [RESOURCES, FAILURES, DELETED];
pub(super) const RESOURCES: &str = "resources";
pub(super) const FAILURES: &str = "responseElements.failures";
pub(super) const DELETED: &str = "responseElements.imageIds";
/// The one truth value.
pub(super) const READ_ONLY: &str = "readOnly";
/// When; not a field to group by as it is.
const TIME: &str = "eventTime";

/// The fields, as paths into a record, that decide what a query wants and what it is counted by, besides the time;
/// `None` where only whole events tell.
pub(super) fn fields(query: &Query, by: &[Dimension]) -> Option<Vec<&'static str>> {
    let Filter {
        repositories,
        actions,
        events,
        principals,
        images,
        addresses,
        owners,
        errors,
        read_only,
        event_id,
        regions,
        accounts,
    } = &query.filter;
    if by.contains(&Dimension::Image) || !images.is_empty() || event_id.is_some() {
        return None;
    }
    let has = |dimension| by.contains(&dimension);
    let needs_name = has(Dimension::Action) || !actions.is_empty() || !events.is_empty();
    let needed: [(bool, &[&'static str]); 8] = [
        (needs_name || read_only.is_some(), &["eventName"]),
        (read_only.is_some(), &[READ_ONLY]),
        (has(Dimension::Error) || *errors, &ERROR),
        (!addresses.is_empty(), &["sourceIPAddress"]),
        (!regions.is_empty(), &["awsRegion"]),
        (
            !accounts.is_empty(),
            &["recipientAccountId", "userIdentity.accountId"],
        ),
        (
            has(Dimension::Repository) || !repositories.is_empty(),
            &REPOSITORY,
        ),
        (!owners.is_empty(), &OWNER),
    ];
    let who = has(Dimension::Principal) || !principals.is_empty();
    let mut fields: Vec<_> = needed
        .into_iter()
        .chain([(who, WHO.as_slice())])
        .filter(|(needed, _)| *needed)
        .flat_map(|(_, fields)| fields)
        .copied()
        .collect();
    fields.sort_unstable();
    fields.dedup();
    Some(fields)
}

/// So much of an `eventTime` tells its hour, `2026-11-21T10`, or its minute, `2026-11-21T10:45`.
pub(super) const HOUR: usize = 13;
const MINUTE: usize = 16;

/// How much of an `eventTime` tells the hours and days of a zone: the hour suffices where the zone is whole hours from
/// UTC.
pub(super) fn beginning_of_time(window: Window, zone: &TimeZone) -> usize {
    let is_whole = |time: Timestamp| zone.to_offset(time).seconds() % 3600 == 0;
    if is_whole(window.from) && is_whole(window.until) {
        HOUR
    } else {
        MINUTE
    }
}

/// One row of a server's answer.
pub(super) struct Group {
    /// With no fields but those grouped by; its time is the start of the hour or minute grouped by.
    pub event: Event,
    pub calls: u64,
}

impl Group {
    /// `since` is the beginning of an `eventTime`: to the hour, 13 characters, or to the minute, 16.
    pub(super) fn new<'v>(
        query: &Query,
        values: impl IntoIterator<Item = (&'static str, Option<&'v str>)>,
        since: Option<&str>,
        calls: u64,
    ) -> anyhow::Result<Self> {
        let mut record = Map::new();
        record.insert("eventSource".into(), query.registry.event_source().into());
        for (path, value) in values {
            if let Some(value) = value {
                put(&mut record, path, value_of(path, value));
            }
        }
        if let Some(since) = since {
            let rest = if since.len() > HOUR {
                ":00Z"
            } else {
                ":00:00Z"
            };
            record.insert(TIME.into(), format!("{since}{rest}").into());
        }
        let event = Event::from_record(&Value::Object(record).to_string())?;
        Ok(Self { event, calls })
    }
}

fn value_of(path: &str, value: &str) -> Value {
    if LISTS.contains(&path) {
        serde_json::from_str(value).unwrap_or_default()
    } else {
        value.into()
    }
}

/// Puts a value where a dotted path leads.
pub(super) fn put(record: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            record.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let below = record
                .entry(first)
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(below) = below {
                put(below, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_read_as_a_record_is() {
        let values = [
            ("userIdentity.type", Some("AssumedRole")),
            (
                "userIdentity.sessionContext.sessionIssuer.userName",
                Some("ci"),
            ),
            (
                "userIdentity.arn",
                Some("arn:aws:sts::1:assumed-role/ci/build-8"),
            ),
            ("errorCode", None),
            (
                RESOURCES,
                Some(r#"[{"ARN":"arn:aws:ecr:r:1:repository/team/api"}]"#),
            ),
        ];
        let query = Query {
            window: crate::events::Window {
                from: jiff::Timestamp::UNIX_EPOCH,
                until: jiff::Timestamp::UNIX_EPOCH,
            },
            filter: Filter::default(),
            order: crate::events::Order::NewestFirst,
            registry: crate::events::Registry::Private,
            keep_records: false,
        };
        for (since, time) in [
            ("2026-11-21T10", "2026-11-21T10:00:00Z"),
            ("2026-11-21T10:45", "2026-11-21T10:45:00Z"),
        ] {
            let group = Group::new(&query, values, Some(since), 3).expect("a record");
            assert_eq!(group.event.time, time.parse().ok());
            assert_eq!(group.event.principal(), Some("role/ci (build-8)"));
            assert_eq!(group.event.repository(), Some("team/api"));
            assert_eq!(group.event.event_source(), Some("ecr.amazonaws.com"));
        }
    }
}
