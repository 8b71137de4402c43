//! SELECT statements over a table of CloudTrail's records, in the SQL of Athena's engine version 3 (Trino).

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::TableName;
use super::row::{Column, column};
use crate::events::action::DELETION;
use crate::events::needles::{self, AnyOf, Place, is_plain};
use crate::events::{Order, Query};

/// Request, response, details and resources as one text.
const THINGS: &str = "concat_ws(' ', requestparameters, responseelements, serviceeventdetails, \
    array_join(transform(resources, r -> concat_ws(' ', r.arn, r.accountid)), ' '))";
/// Who called, as one text.
const WHO: &str = "concat_ws(' ', useridentity.type, useridentity.principalid, useridentity.arn, \
    useridentity.accountid, useridentity.username, useridentity.invokedby, useridentity.identityprovider, \
    useridentity.onbehalfof.userid, useridentity.sessioncontext.sessionissuer.arn, \
    useridentity.sessioncontext.sessionissuer.username, useridentity.sessioncontext.sourceidentity)";
/// A time as CloudTrail writes it; such times are in order as texts are.
const IS_REGULAR: &str =
    "regexp_like(eventtime, '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$')";
/// What stands for the time of records whose time is written in another way.
pub(super) const IRREGULAR: &str = "irregular";

/// Every column that an event is read from, in the query's order.
pub(super) fn events(name: &TableName, query: &Query, columns: &[Column]) -> Option<String> {
    let direction = match query.order {
        Order::NewestFirst => "DESC",
        Order::OldestFirst => "ASC",
    };
    let expressions: Vec<_> = columns
        .iter()
        .map(|column| column.expression.as_str())
        .collect();
    Some(format!(
        "SELECT {}\nFROM {}\nWHERE {}\nORDER BY eventtime {direction}",
        expressions.join(", "),
        table(name),
        conditions(query)?
    ))
}

/// How many events there are for each combination of the fields, and of the beginnings of their times, of that many
/// characters. An event that was delivered twice counts once.
pub(super) fn groups(
    name: &TableName,
    query: &Query,
    fields: &[&'static str],
    time: usize,
) -> Option<String> {
    let since = format!(
        "CASE WHEN eventtime IS NULL OR NOT {IS_REGULAR} THEN '{IRREGULAR}' ELSE substr(eventtime, 1, {time}) END"
    );
    let grouped: Vec<_> = fields
        .iter()
        .map(|field| column(field).expression)
        .chain([since])
        .collect();
    let numbers: Vec<_> = (1..=grouped.len())
        .map(|number| number.to_string())
        .collect();
    Some(format!(
        "SELECT {}, count(DISTINCT eventid) + count_if(eventid IS NULL)\nFROM {}\nWHERE {}\nGROUP BY {}",
        grouped.join(", "),
        table(name),
        conditions(query)?,
        numbers.join(", ")
    ))
}

fn table(name: &TableName) -> String {
    format!(r#""{}"."{}""#, name.database, name.table)
}

/// What every wanted event meets; `None` where no event can.
fn conditions(query: &Query) -> Option<String> {
    let filter = &query.filter;
    let names = filter.event_names();
    if names
        .as_ref()
        .is_some_and(std::collections::BTreeSet::is_empty)
    {
        return None;
    }
    // An event without a truth value is read or write by its name, which is judged here.
    let read_only = filter
        .read_only
        .map(|wanted| format!("coalesce(readonly, '') <> '{}'", !wanted));
    let event_id = filter.event_id.as_deref();
    let optional = [
        among("account", filter.accounts.iter().map(String::as_str)),
        among("region", filter.regions.iter().map(String::as_str)),
        names.and_then(|names| among("eventname", names)),
        // What failed within a deletion is judged here.
        filter
            .errors
            .then(|| format!("(errorcode <> '' OR eventname = {})", literal(DELETION))),
        read_only,
        event_id.map(|id| format!("eventid = {}", literal(id))),
    ];
    let needles = needles::of(filter);
    let conditions: Vec<_> = partitions(query)
        .into_iter()
        .chain(optional.into_iter().flatten())
        .chain(needles.iter().map(any_of))
        .collect();
    Some(conditions.join("\n  AND "))
}

/// What bounds the objects that are read, and the time and the source of their records.
fn partitions(query: &Query) -> [String; 4] {
    // Objects lie where they were delivered: on the day of the call, or soon after.
    let day = |time: Timestamp| {
        literal(
            &time
                .to_zoned(TimeZone::UTC)
                .strftime("%Y/%m/%d")
                .to_string(),
        )
    };
    let (from, until) = (query.window.from, query.window.until);
    let day_after = until
        .checked_add(SignedDuration::from_hours(24))
        .unwrap_or(until);
    let second = |time: Timestamp| {
        literal(
            &time
                .to_zoned(TimeZone::UTC)
                .strftime("%Y-%m-%dT%H:%M:%SZ")
                .to_string(),
        )
    };
    [
        format!(r#""timestamp" >= {}"#, day(from)),
        format!(r#""timestamp" <= {}"#, day(day_after)),
        format!("eventsource = {}", literal(query.registry.event_source())),
        format!(
            "(eventtime IS NULL OR NOT {IS_REGULAR} OR eventtime BETWEEN {} AND {})",
            second(first_second(from)),
            second(last_second(until))
        ),
    ]
}

/// The first whole second of a window from then on.
fn first_second(from: Timestamp) -> Timestamp {
    let begun = i64::from(from.subsec_nanosecond() > 0);
    Timestamp::from_second(from.as_second() + begun).unwrap_or(from)
}

/// The last whole second before then.
fn last_second(until: Timestamp) -> Timestamp {
    let whole = i64::from(until.subsec_nanosecond() == 0);
    Timestamp::from_second(until.as_second() - whole).unwrap_or(until)
}

fn among<'a>(column: &str, values: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let values: Vec<_> = values.into_iter().collect();
    let all_plain = values.iter().all(|value| is_plain(value));
    let quoted: Vec<_> = values.into_iter().map(literal).collect();
    (all_plain && !quoted.is_empty()).then(|| format!("{column} IN ({})", quoted.join(", ")))
}

fn any_of(any: &AnyOf<'_>) -> String {
    let place = match any.place {
        Place::Call => "eventname",
        Place::Who => WHO,
        Place::Address => "sourceipaddress",
        Place::Things => THINGS,
    };
    let has = |needle: &&str| format!("strpos({place}, {}) > 0", literal(needle));
    let patterns: Vec<_> = any
        .patterns
        .iter()
        .map(|all| all.iter().map(has).collect::<Vec<_>>().join(" AND "))
        .collect();
    format!("({})", patterns.join(" OR "))
}

/// A text that ends where it should, whatever is in it.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::athena::row::columns;
    use crate::events::{Filter, Patterns, Registry, Window, parse_glob};
    use proptest::prelude::*;

    fn statement(filter: Filter) -> Option<String> {
        let time = |text: &str| text.parse().expect("a time");
        let query = Query {
            window: Window {
                from: time("2026-10-31T10:00:00.5Z"),
                until: time("2026-10-31T12:00:00Z"),
            },
            filter,
            order: Order::NewestFirst,
            registry: Registry::Private,
            keep_records: false,
        };
        let name = TableName {
            database: "ecrmon".to_owned(),
            table: "cloudtrail".to_owned(),
        };
        events(&name, &query, &columns())
    }

    #[test]
    fn days_of_delivery_and_seconds_of_calls_bound_what_is_read() {
        let text = statement(Filter::default()).expect("events can match");
        assert!(text.contains(r#""timestamp" >= '2026/10/31'"#), "{text}");
        assert!(text.contains(r#""timestamp" <= '2026/11/01'"#), "{text}");
        assert!(
            text.contains("BETWEEN '2026-10-31T10:00:01Z' AND '2026-10-31T11:59:59Z'"),
            "{text}"
        );
        assert!(text.ends_with("ORDER BY eventtime DESC"), "{text}");
    }

    proptest! {
        #[test]
        fn nothing_that_a_person_types_ends_a_literal(text in any::<String>()) {
            let glob: Vec<_> = parse_glob(&text).into_iter().collect();
            let patterns = Patterns::new(&glob).expect("patterns");
            let filter = Filter {
                repositories: patterns.clone(),
                events: patterns.clone(),
                principals: patterns,
                owners: [text.clone()].into(),
                event_id: Some(text.clone()),
                regions: [text.clone()].into(),
                ..Filter::default()
            };
            if let Some(statement) = statement(filter) {
                let empty = statement.replace(&literal(&text), "''").replace("''", "");
                let outside: String = empty.split('\'').step_by(2).collect();
                prop_assert!(empty.matches('\'').count() % 2 == 0);
                prop_assert!(!outside.contains([';', '\\', '`']), "{statement}");
            }
        }
    }
}
