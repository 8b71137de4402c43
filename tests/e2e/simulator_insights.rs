//! Logs Insights in the simulator: a query's way from its start to its results.

use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use aws_sdk_cloudwatchlogs::operation::start_query::StartQueryError;
use aws_sdk_cloudwatchlogs::types::ResultField;
use serde_json::json;

use crate::deliveries::{LOG_GROUP, event, world_with_events};
use crate::support::clients::Clients;
use crate::support::world::World;

fn world() -> World {
    let mut events = [
        ("a", "PutImage", "10:00"),
        ("b", "BatchGetImage", "10:10"),
        ("c", "PutImage", "11:20"),
        ("d", "BatchGetImage", "11:30"),
    ]
    .map(|(id, name, time)| event(id, name, time));
    events[3]["errorCode"] = json!("AccessDenied");
    events[2]["resources"] = json!([{"ARN": "arn:c"}]);
    world_with_events(&events)
}

fn start(world: &World, query: &str) -> Result<String, Box<StartQueryError>> {
    let logs = Clients::of(world).logs;
    // All of 2026.
    let request = logs
        .start_query()
        .log_group_name(LOG_GROUP)
        .query_string(query)
        .start_time(1_767_225_600)
        .end_time(1_798_761_599);
    let started = world.block_on(request.send());
    let id = started.map_err(|error| Box::new(error.into_service_error()))?;
    Ok(id.query_id().expect("an id").to_owned())
}

/// Asks once: the status, and the rows as `field=value` without pointers.
fn look(world: &World, id: &str) -> (String, Vec<String>) {
    let logs = Clients::of(world).logs;
    let answer = world
        .block_on(logs.get_query_results().query_id(id).send())
        .expect("ask for the results");
    let rows = answer.results().iter().map(|row| {
        let shown = row
            .iter()
            .filter(|field| field.field() != Some("@ptr"))
            .map(shown);
        shown.collect::<Vec<_>>().join(" ")
    });
    let status = answer.status().expect("a status").as_str().to_owned();
    (status, rows.collect())
}

fn shown(field: &ResultField) -> String {
    format!(
        "{}={}",
        field.field().unwrap_or_default(),
        field.value().unwrap_or_default()
    )
}

fn rows(world: &World, query: &str) -> Vec<String> {
    let id = start(world, query).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    loop {
        let (status, rows) = look(world, &id);
        if status == "Complete" {
            return rows;
        }
    }
}

#[test]
fn queries_filter_sort_group_and_name() {
    let world = world();
    let cases: [(&str, &[&str]); 7] = [
        (
            r#"fields eventID, resources.0.ARN | filter eventName = "PutImage" | sort eventTime desc"#,
            &["eventID=c resources.0.ARN=arn:c", "eventID=a"],
        ),
        (
            "stats count(*) as calls by eventName, bin(1h) as hour | sort hour, eventName",
            &[
                "eventName=BatchGetImage hour=2026-10-01 10:00:00.000 calls=1",
                "eventName=PutImage hour=2026-10-01 10:00:00.000 calls=1",
                "eventName=BatchGetImage hour=2026-10-01 11:00:00.000 calls=1",
                "eventName=PutImage hour=2026-10-01 11:00:00.000 calls=1",
            ],
        ),
        (
            r"filter eventName like /^Put/ or ispresent(errorCode) | stats count(*), count_distinct(eventName), min(eventTime)",
            &["count(*)=3 count_distinct(eventName)=2 min(eventTime)=2026-10-01T10:00:00Z"],
        ),
        (
            r#"filter eventName in ["BatchGetImage"] and not ispresent(errorCode) | display `eventID`, coalesce(none.there, requestParameters.repositoryName) as repository"#,
            &["eventID=b repository=team/b"],
        ),
        (
            "fields @timestamp | sort @timestamp | limit 1",
            &["@timestamp=2026-10-01 10:05:00.000"],
        ),
        (
            "fields eventName | dedup eventName | sort eventName",
            &["eventName=BatchGetImage", "eventName=PutImage"],
        ),
        (r#"filter @message like "team/b" # a remark"#, &[]),
    ];
    for (query, wanted) in cases {
        let found = rows(&world, query);
        if wanted.is_empty() {
            assert_eq!(found.len(), 1, "{query}");
        } else {
            assert_eq!(found, wanted, "{query}");
        }
    }
}

#[test]
fn a_query_goes_its_way_and_can_be_stopped() {
    let world = world();
    let id = start(&world, "stats count(*)").expect("start a query");
    let seen = [(); 3].map(|()| look(&world, &id).0);
    assert_eq!(seen, ["Scheduled", "Running", "Complete"]);

    world.arrange("insights", &json!({"endless": true}));
    let id = start(&world, "stats count(*)").expect("start a query");
    let seen = [(); 4].map(|()| look(&world, &id).0);
    assert_eq!(seen, ["Scheduled", "Running", "Running", "Running"]);
    let logs = Clients::of(&world).logs;
    let stop = logs.stop_query().query_id(&id);
    world.block_on(stop.clone().send()).expect("stop the query");
    assert_eq!(look(&world, &id).0, "Cancelled");
    let again = world.block_on(stop.send()).expect_err("nothing to stop");
    assert_eq!(again.code(), Some("InvalidParameterException"));
}

#[test]
fn a_malformed_query_is_refused_with_its_place() {
    let world = world();
    let refused = start(&world, "fields eventName | filter eventName = ").expect_err("refused");
    let StartQueryError::MalformedQueryException(error) = *refused else {
        panic!("{refused:?}");
    };
    let error = error.query_compile_error().expect("what is wrong");
    let place = error.location().expect("where it is wrong");
    assert_eq!(place.start_char_offset(), Some(38));
}
