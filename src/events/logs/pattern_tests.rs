//! A pattern lets through whatever the filter wants, for any record and any filter; and it is short enough.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::*;
use crate::events::action::Action;
use crate::events::event::Event;
use crate::events::query::{Order, Registry, Window};
use crate::events::{Filter, parse_glob};

impl Pattern {
    /// What CloudWatch Logs would say: a value is a string or a number, and `IS` and `NOT EXISTS` mean what they say.
    fn matches(&self, record: &Value) -> bool {
        let holds = |condition: &Condition| condition.holds(record);
        self.0.iter().all(|clause| clause.iter().any(holds))
    }
}

impl Condition {
    fn holds(&self, record: &Value) -> bool {
        let at = |path: &str| {
            let mut steps = path.trim_start_matches("$.").split('.');
            steps.try_fold(record, |value, step| value.get(step))
        };
        match self {
            Is(path, wanted) => at(path)
                .and_then(Value::as_str)
                .is_some_and(|found| wildcards(wanted, found)),
            IsTrue(path) => at(path) == Some(&json!(true)),
            IsFalse(path) => at(path) == Some(&json!(false)),
            IsNull(path) => at(path) == Some(&Value::Null),
            Absent(path) => at(path).is_none(),
        }
    }
}

fn wildcards(wanted: &str, found: &str) -> bool {
    match wanted.split_once('*') {
        None => wanted == found,
        Some((start, rest)) => found.strip_prefix(start).is_some_and(|found| {
            (0..=found.len())
                .filter(|at| found.is_char_boundary(*at))
                .any(|at| wildcards(rest, &found[at..]))
        }),
    }
}

const NAMES: [&str; 6] = [
    "PutImage",
    "BatchGetImage",
    "BatchDeleteImage",
    "PolicyExecutionEvent",
    "DescribeImages",
    "TagResource",
];
const REPOSITORIES: [&str; 4] = ["api", "team-a/api", "team-b/web", "a/b/c"];
const GLOBS: [&str; 12] = [
    "api",
    "team-*/api",
    "*",
    "a?i",
    "**/api",
    "a/**/c",
    "{api,web}",
    "[at]*",
    "team-a/*",
    "Batch*",
    "Put?mage",
    "x\"y",
];
const ADDRESSES: [&str; 3] = ["10.0.0.1", "AWS Internal", "2001:db8::1"];

fn optional(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![2 => value.prop_map(Some), 1 => Just(None)]
        .prop_map(|value| value.unwrap_or(json!("ABSENT")))
}

fn text(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    select(of).prop_map(|text| json!(text))
}

/// A record with its repository in any of the places where one may stand.
fn record() -> impl Strategy<Value = Value> {
    let place = || optional(text(&REPOSITORIES));
    (
        (text(&NAMES), place(), place(), place(), place(), any::<bool>()),
        (
            optional(text(&["AccessDenied", "ImageNotFoundException"])),
            optional(any::<bool>().prop_map(|value| json!(value))),
            optional(text(&ADDRESSES)),
            optional(text(&["eu-west-1", "us-east-1"])),
            optional(text(&["123456789012", "210987654321"])),
        ),
    )
        .prop_map(
            |(
                (name, asked, answered, served, resource, no_request),
                (error, read_only, address, region, account),
            )| {
                let arn = resource
                    .as_str()
                    .map(|name| format!("arn:aws:ecr:eu-west-1:123456789012:repository/{name}"));
                let request = if no_request { Value::Null } else { json!({"repositoryName": asked, "resourceArn": arn}) };
                let mut record = json!({
                    "eventSource": "ecr.amazonaws.com", "eventID": "one", "eventName": name, "errorCode": error,
                    "readOnly": read_only, "sourceIPAddress": address, "awsRegion": region,
                    "recipientAccountId": account, "requestParameters": request,
                    "responseElements": {"repository": {"repositoryName": answered}},
                    "serviceEventDetails": {"repositoryName": served}, "resources": [{"ARN": arn}],
                });
                remove_absent(&mut record);
                record
            },
        )
}

fn remove_absent(value: &mut Value) {
    if let Value::Object(fields) = value {
        fields.retain(|_, value| !value.as_str().is_some_and(|text| text.contains("ABSENT")));
        fields.values_mut().for_each(remove_absent);
    }
}

fn patterns(texts: &[&str]) -> Patterns {
    let globs: Vec<_> = texts
        .iter()
        .map(|text| parse_glob(text).expect("it is a pattern"))
        .collect();
    Patterns::new(&globs).expect("they are patterns")
}

fn filter() -> impl Strategy<Value = Filter> {
    let globs = || subsequence(&GLOBS[..], 0..3).prop_map(|texts| patterns(&texts));
    let mut addresses = ADDRESSES.to_vec();
    addresses.push("10.*");
    (
        (globs(), globs(), subsequence(addresses, 0..3)),
        subsequence(Action::ALL.to_vec(), 0..4),
        prop_oneof![3 => Just(patterns(&[])), 1 => subsequence(&NAMES[..], 1..3).prop_map(|names| patterns(&names))],
        (any::<bool>(), any::<Option<bool>>(), prop::option::of(select(&["one", "two"][..]))),
        (subsequence(&["eu-west-1", "us-east-1"][..], 0..2), subsequence(&["123456789012"][..], 0..2)),
    )
        .prop_map(|((repositories, globs, addresses), actions, names, (errors, read_only, id), (regions, accounts))| Filter {
            repositories,
            actions: actions.into_iter().collect(),
            events: if names.is_empty() { globs } else { names },
            addresses: patterns(&addresses),
            errors,
            read_only,
            event_id: id.map(str::to_owned),
            regions: regions.into_iter().map(str::to_owned).collect(),
            accounts: accounts.into_iter().map(str::to_owned).collect(),
            ..Filter::default()
        })
}

fn query(filter: Filter) -> Query {
    Query {
        window: Window {
            from: Timestamp::MIN,
            until: Timestamp::MAX,
        },
        filter,
        order: Order::NewestFirst,
        registry: Registry::Private,
        keep_records: false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_the_filter_wants_the_pattern_lets_through(record in record(), filter in filter()) {
        let event = Event::from_record(&record.to_string()).expect("it is a record");
        let query = query(filter);
        let pattern = Pattern::of(&query);
        if query.wants(&event) {
            let pattern = pattern.expect("something can be wanted");
            prop_assert!(pattern.matches(&record), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_is_never_too_long(names in prop::collection::vec("[a-z]{1,200}", 0..20)) {
        let names: Vec<_> = names.iter().map(String::as_str).collect();
        let filter = Filter { repositories: patterns(&names), addresses: patterns(&names), ..Filter::default() };
        let pattern = Pattern::of(&query(filter)).expect("something can be wanted");
        prop_assert!(pattern.to_string().len() <= LONGEST);
    }
}

#[test]
fn a_pattern_reads_as_aws_documents_it() {
    let filter = Filter {
        actions: [Action::Delete].into(),
        repositories: patterns(&["team-*/api"]),
        errors: true,
        ..Filter::default()
    };
    let pattern = Pattern::of(&query(filter)).expect("something can be wanted");
    assert_eq!(
        pattern.to_string(),
        "{ (($.eventSource = \"ecr.amazonaws.com\")) && (($.eventName = \"BatchDeleteImage\")) \
         && (($.errorCode = \"*\") || ($.eventName = \"BatchDeleteImage\")) && (($.requestParameters.repositoryName = \"team-*/api\") || \
         ($.requestParameters.repositoryName NOT EXISTS) || ($.requestParameters IS NULL)) }"
    );
}

#[test]
fn calls_that_no_action_has_need_no_search() {
    let filter = Filter {
        actions: [Action::Delete].into(),
        events: patterns(&["PutImage"]),
        ..Filter::default()
    };
    assert_eq!(Pattern::of(&query(filter)), None);
}
