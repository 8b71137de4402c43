//! Queries in Logs Insights' own language (CloudWatch Logs user guide, "CloudWatch Logs Insights language query
//! syntax"). Literals hold letters, digits, `.`, `_` and `-` alone, so none of them can end early.

use super::seconds::Seconds;
use crate::events::action::DELETION;
use crate::events::groups::LISTS;
use crate::events::needles::{self, AnyOf, is_plain};
use crate::events::{Order, Query};

/// The rows of one page, and what a query answers unless it says otherwise (StartQuery).
pub(super) const LIMIT: u64 = 10_000;
/// What a query answers at most (StartQuery).
pub(super) const MOST: u64 = 100_000;
/// StartQuery takes 10,000 characters; what else a query holds is below 1,500.
const CONDITIONS: usize = 8_500;

/// The conditions of a query that every wanted event meets; `None` where no event can.
pub(super) struct Conditions(String);

impl Conditions {
    pub(super) fn of(query: &Query) -> Option<Self> {
        let names = query.filter.event_names();
        if names
            .as_ref()
            .is_some_and(std::collections::BTreeSet::is_empty)
        {
            return None;
        }
        let mut text = format!(r#"eventSource = "{}""#, query.registry.event_source());
        let filter = &query.filter;
        let optional = [
            names.and_then(|names| among("eventName", names)),
            // What failed within a deletion is judged here.
            filter
                .errors
                .then(|| format!(r#"(ispresent(errorCode) or eventName = "{DELETION}")"#)),
            among("awsRegion", filter.regions.iter().map(String::as_str))
                .map(|among| format!("({among} or not ispresent(awsRegion))")),
            filter
                .event_id
                .as_deref()
                .filter(|id| is_plain(id))
                .map(has),
        ];
        let needles = needles::of(filter).iter().map(any_of).collect::<Vec<_>>();
        // What finds no place is left to the filter here.
        for condition in optional.into_iter().flatten().chain(needles) {
            if text.len() + condition.len() < CONDITIONS {
                text = format!("{text} and {condition}");
            }
        }
        Some(Self(text))
    }

    /// The records of these seconds, in the order asked for.
    pub(super) fn records(&self, seconds: Seconds, order: Order, limit: u64) -> String {
        let direction = match order {
            Order::NewestFirst => "desc",
            Order::OldestFirst => "asc",
        };
        format!(
            "fields @timestamp, @message{} | sort @timestamp {direction} | limit {limit}",
            self.filter(seconds)
        )
    }

    /// How many records there are for each combination of the fields, and of the beginnings of their times, of that
    /// many characters. The record is read as a whole: of the fields that Insights finds by itself there are at most
    /// 200, and the list of images stands before the repository's name.
    pub(super) fn groups(&self, seconds: Seconds, fields: &[&str], time: usize) -> String {
        let computed = fields.iter().enumerate().map(|(number, field)| {
            let name = group_name(number);
            if LISTS.contains(field) {
                format!("jsonStringify(record.{field}) as {name}")
            } else {
                format!("record.{field} as {name}")
            }
        });
        let since = format!("substr(record.eventTime, 0, {time}) as {SINCE}");
        let computed: Vec<_> = computed.chain([since]).collect();
        let names: Vec<_> = (0..fields.len())
            .map(group_name)
            .chain([SINCE.to_owned()])
            .collect();
        format!(
            "fields jsonParse(@message) as record{} | fields {} | stats count(*) as {CALLS} by {} | limit {LIMIT}",
            self.filter(seconds),
            computed.join(", "),
            names.join(", ")
        )
    }

    /// StartQuery's end is inclusive, and it is not said whether that means the whole of the last second: the query
    /// itself ends where the seconds end.
    fn filter(&self, seconds: Seconds) -> String {
        format!(
            " | filter {} and toMillis(@timestamp) < {}",
            self.0,
            seconds.until * 1000
        )
    }
}

/// The columns of a grouped answer.
pub(super) const CALLS: &str = "calls";
pub(super) const SINCE: &str = "since";

pub(super) fn group_name(number: usize) -> String {
    format!("field{number}")
}

/// `None` where there is nothing to be among, or a value that is not plain and so is better left to the filter here.
fn among<'a>(field: &str, values: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let values: Vec<_> = values.into_iter().collect();
    let all_plain = values.iter().all(|value| is_plain(value));
    let quoted: Vec<_> = values.iter().map(|value| format!(r#""{value}""#)).collect();
    (all_plain && !quoted.is_empty()).then(|| format!("{field} in [{}]", quoted.join(", ")))
}

fn has(needle: &str) -> String {
    format!(r#"@message like "{needle}""#)
}

fn any_of(any: &AnyOf<'_>) -> String {
    let patterns: Vec<_> = any
        .patterns
        .iter()
        .map(|all| {
            let needles: Vec<_> = all.iter().map(|needle| has(needle)).collect();
            format!("({})", needles.join(" and "))
        })
        .collect();
    format!("({})", patterns.join(" or "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{Filter, Patterns, Registry, Window, parse_glob};
    use jiff::Timestamp;
    use proptest::prelude::*;

    const SECONDS: Seconds = Seconds { from: 0, until: 60 };

    fn query(filter: Filter) -> Query {
        Query {
            window: Window {
                from: Timestamp::UNIX_EPOCH,
                until: Timestamp::UNIX_EPOCH,
            },
            filter,
            order: Order::NewestFirst,
            registry: Registry::Private,
            keep_records: false,
        }
    }

    fn patterns(glob: &str) -> Patterns {
        let globs: Vec<_> = parse_glob(glob).into_iter().collect();
        Patterns::new(&globs).expect("patterns")
    }

    #[test]
    fn a_filter_becomes_conditions_that_are_exact_or_wider() {
        let filter = Filter {
            repositories: patterns("team-*/api"),
            events: patterns("PutImage"),
            errors: true,
            ..Filter::default()
        };
        let conditions = Conditions::of(&query(filter)).expect("events can match");
        assert_eq!(
            conditions.records(SECONDS, Order::NewestFirst, 10),
            r#"fields @timestamp, @message | filter eventSource = "ecr.amazonaws.com" and eventName in ["PutImage"] "#
                .to_owned()
                + r#"and (ispresent(errorCode) or eventName = "BatchDeleteImage") and ((@message like "PutImage")) "#
                + r#"and ((@message like "team-" and @message like "api")) and toMillis(@timestamp) < 60000 "#
                + "| sort @timestamp desc | limit 10"
        );
    }

    #[test]
    fn what_cannot_match_is_not_asked() {
        let filter = Filter {
            actions: [crate::events::Action::Push].into(),
            events: patterns("BatchGetImage"),
            ..Filter::default()
        };
        assert!(Conditions::of(&query(filter)).is_none());
    }

    proptest! {
        #[test]
        fn nothing_that_a_person_types_ends_a_literal(text in any::<String>()) {
            let filter = Filter {
                repositories: patterns(&text),
                events: patterns(&text),
                principals: patterns(&text),
                images: patterns(&text),
                addresses: patterns(&text),
                owners: [text.clone()].into(),
                event_id: Some(text.clone()),
                regions: [text].into(),
                ..Filter::default()
            };
            if let Some(conditions) = Conditions::of(&query(filter)) {
                let text = conditions.records(SECONDS, Order::NewestFirst, 10);
                let literals: Vec<_> = text.split('"').skip(1).step_by(2).collect();
                prop_assert!(text.matches('"').count() % 2 == 0);
                prop_assert!(literals.iter().all(|literal| is_plain(literal)), "{text}");
                prop_assert!(text.chars().count() <= 10_000);
            }
        }
    }
}
