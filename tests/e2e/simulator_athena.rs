//! Athena in the simulator: statements over the objects that a trail has delivered.

use aws_sdk_athena::error::ProvideErrorMetadata;
use aws_sdk_athena::types::{QueryExecution, ResultConfiguration};
use serde_json::json;

use crate::deliveries::{bucket, event, world_with_events};
use crate::support::clients::Clients;
use crate::support::world::World;

const SUCCEEDED: &str = "SUCCEEDED";

/// Three days with an event each.
fn world() -> World {
    let mut events = ["a", "b", "c"].map(|id| event(id, "PutImage", "10:00"));
    for (day, event) in events.iter_mut().enumerate() {
        event["eventTime"] = json!(format!("2026-10-0{}T10:00:00Z", day + 1));
        event["userIdentity"] = json!({"type": "IAMUser", "arn": format!("arn:{day}")});
        event["resources"] = json!([{"ARN": "arn:r", "accountId": "1"}]);
    }
    world_with_events(&events)
}

/// A table with the columns that these tests read, by days.
fn table(world: &World) -> String {
    let place = format!(
        "s3://{}/AWSLogs/{}/CloudTrail/us-east-1",
        bucket(world),
        world.account()
    );
    format!(
        "CREATE EXTERNAL TABLE IF NOT EXISTS db.events (
            useridentity STRUCT<type:STRING,arn:STRING>, eventtime STRING, eventname STRING, eventid STRING,
            requestparameters STRING, readonly STRING, errorcode STRING,
            resources ARRAY<STRUCT<arn:STRING,accountid:STRING>>)
        PARTITIONED BY (`timestamp` string)
        ROW FORMAT SERDE 'org.apache.hive.hcatalog.data.JsonSerDe'
        STORED AS INPUTFORMAT 'com.amazon.emr.cloudtrail.CloudTrailInputFormat'
        OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
        LOCATION '{place}'
        TBLPROPERTIES ('projection.enabled'='true', 'projection.timestamp.type'='date',
            'projection.timestamp.format'='yyyy/MM/dd', 'projection.timestamp.range'='2020/01/01,NOW',
            'storage.location.template'='{place}/${{timestamp}}')"
    )
}

fn start(world: &World, query: &str) -> String {
    let place = ResultConfiguration::builder()
        .output_location(format!("s3://{}/results/", bucket(world)))
        .build();
    let request = Clients::of(world)
        .athena
        .start_query_execution()
        .query_string(query)
        .result_configuration(place);
    let started = world.block_on(request.send());
    let started = started.unwrap_or_else(|error| panic!("{query}: {error:?}"));
    started.query_execution_id().expect("an id").to_owned()
}

fn look(world: &World, id: &str) -> QueryExecution {
    let athena = Clients::of(world).athena;
    let request = athena.get_query_execution().query_execution_id(id);
    let answer = world.block_on(request.send()).expect("look at the query");
    answer.query_execution.expect("an execution")
}

fn state(execution: &QueryExecution) -> (String, String) {
    let status = execution.status().expect("a status");
    let state = status.state().expect("a state").as_str().to_owned();
    let reason = status.state_change_reason().unwrap_or_default();
    (state, reason.to_owned())
}

/// The state in which the statement ends, and why.
fn end(world: &World, query: &str) -> (String, String) {
    let id = start(world, query);
    loop {
        let found = state(&look(world, &id));
        if found.0 != "QUEUED" && found.0 != "RUNNING" {
            return found;
        }
    }
}

fn succeed(world: &World, query: &str) {
    assert_eq!(
        end(world, query),
        (SUCCEEDED.to_owned(), String::new()),
        "{query}"
    );
}

/// The rows of a query that succeeds, header and all, and the bytes that it read.
fn rows(world: &World, query: &str) -> (Vec<String>, i64) {
    let id = start(world, query);
    let ended = loop {
        let execution = look(world, &id);
        match state(&execution) {
            (state, _) if state == SUCCEEDED => break execution,
            (state, reason) => assert_ne!(state, "FAILED", "{query}: {reason}"),
        }
    };
    let athena = Clients::of(world).athena;
    let request = athena.get_query_results().query_execution_id(id);
    let answer = world.block_on(request.send()).expect("read the results");
    let found = answer
        .result_set()
        .expect("a result")
        .rows()
        .iter()
        .map(|row| {
            let values = row
                .data()
                .iter()
                .map(|datum| datum.var_char_value().unwrap_or("-"));
            values.collect::<Vec<_>>().join(" ")
        });
    let statistics = ended.statistics().expect("statistics");
    let scanned = statistics
        .data_scanned_in_bytes()
        .expect("a number of bytes");
    (found.collect(), scanned)
}

#[test]
fn a_select_reads_the_days_that_it_asks_for() {
    let world = world();
    succeed(&world, "CREATE DATABASE IF NOT EXISTS db");
    succeed(&world, &table(&world));
    let (all, whole) = rows(&world, "SELECT count(*) FROM db.events");
    assert_eq!(all, ["_col0", "3"]);
    let (found, part) = rows(
        &world,
        r#"SELECT eventid, useridentity.arn, json_extract_scalar(requestparameters, '$.repositoryName') AS repository,
            readonly, errorcode, resources[1].arn, "timestamp" FROM db.events
        WHERE "timestamp" >= '2026/10/02' AND eventname = 'PutImage' ORDER BY eventtime DESC"#,
    );
    let wanted = [
        "eventid arn repository readonly errorcode arn timestamp",
        "c arn:2 team/c false - arn:r 2026/10/03",
        "b arn:1 team/b false - arn:r 2026/10/02",
    ];
    assert_eq!(found, wanted);
    assert!(0 < part && part < whole, "{part} of {whole} bytes");
}

#[test]
fn what_is_not_there_fails_in_athenas_words() {
    let world = world();
    let failed = |query: &str, reason: &str| {
        let wanted = ("FAILED".to_owned(), reason.to_owned());
        assert_eq!(end(&world, query), wanted, "{query}");
    };
    failed(
        "SELECT * FROM db.events",
        "SCHEMA_NOT_FOUND: line 1:15: Schema 'db' does not exist",
    );
    let missing = "FAILED: SemanticException [Error 10072]: Database does not exist: db";
    failed(&table(&world), missing);
    succeed(&world, "CREATE DATABASE db");
    failed(
        "SELECT * FROM db.events",
        "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.events' does not exist",
    );
    succeed(&world, &table(&world));
    failed(
        "SELECT bogus FROM db.events",
        "COLUMN_NOT_FOUND: line 1:8: Column 'bogus' cannot be resolved",
    );
    succeed(&world, "DROP TABLE db.events");
    succeed(&world, "DROP DATABASE db");
}

#[test]
fn a_query_needs_a_place_for_its_results() {
    let world = World::new();
    let athena = Clients::of(&world).athena;
    let request = athena.start_query_execution().query_string("SELECT 1");
    let error = world.block_on(request.send()).expect_err("refused");
    assert_eq!(error.code(), Some("InvalidRequestException"));
    let message = error.message().unwrap_or_default();
    assert!(
        message.starts_with("No output location provided."),
        "{message}"
    );
}

#[test]
fn a_query_goes_its_way_pages_and_can_be_stopped() {
    let world = world();
    let many = "SELECT x FROM UNNEST(sequence(1, 1500)) AS t(x)";
    let id = start(&world, many);
    let seen = [(); 3].map(|()| state(&look(&world, &id)).0);
    assert_eq!(seen, ["QUEUED", "RUNNING", SUCCEEDED]);
    let athena = Clients::of(&world).athena;
    let page = |token| {
        let request = athena.get_query_results().query_execution_id(&id);
        let answer = world.block_on(request.set_next_token(token).send());
        let answer = answer.expect("read a page");
        let count = answer.result_set().expect("a result").rows().len();
        (count, answer.next_token().map(str::to_owned))
    };
    let (first, token) = page(None);
    assert_eq!((first, page(token)), (1000, (501, None)));

    world.arrange("athena", &json!({"endless": true}));
    let id = start(&world, many);
    let seen = [(); 3].map(|()| state(&look(&world, &id)).0);
    assert_eq!(seen, ["QUEUED", "RUNNING", "RUNNING"]);
    let stop = athena.stop_query_execution().query_execution_id(&id);
    world.block_on(stop.send()).expect("stop the query");
    assert_eq!(state(&look(&world, &id)).0, "CANCELLED");
}
