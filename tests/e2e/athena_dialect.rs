//! Every statement that ecrmon sends to Athena is one in Athena's dialect, as sqlglot reads it.
//!
//! The simulator reads them so too, before it runs them; here they are read without it, as they went over the wire.

use serde_json::json;

use crate::an_hour::{ask, make_table, world};
use crate::events_athena::statements;
use crate::random_events::{self, Dice};
use crate::support::clients::Clients;
use crate::support::python_reader::told_by_python;

/// Reads a list of statements on stdin; tells each one's kind, and ends badly where one cannot be read.
const READER: &str = "\
import json, sqlglot, sys
from sqlglot import ErrorLevel, exp
for text in json.load(sys.stdin):
    (statement,) = sqlglot.parse(text, read='athena', error_level=ErrorLevel.RAISE)
    # What sqlglot does not understand it keeps as a command, unread.
    assert not isinstance(statement, exp.Command), text
    print(statement.key)
";

/// The kinds of the statements: `select`, `create`.
fn kinds(statements: &[String]) -> Vec<String> {
    let kinds = told_by_python(READER, &json!(statements).to_string());
    kinds.lines().map(str::to_owned).collect()
}

#[test]
fn every_statement_can_be_read() {
    let world = world();
    make_table(&world).exits(0);
    let made = statements(&world);
    assert_eq!(kinds(&made), ["create", "create"]);

    let mut dice = Dice::new();
    let filters = random_events::filters(world.account());
    let mut selected = Vec::new();
    for number in 0..12 {
        let mut asked = dice.draw(&filters);
        if number % 2 == 0 {
            asked.extend(["--by".to_owned(), dice.draw(&random_events::by())]);
        }
        let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
        ask(&world, "athena", &asked).exits(0);
        selected.extend(statements(&world));
    }
    let hostile = r#"it's; DROP TABLE x -- "\`${a}"#;
    for flag in [
        "--repo",
        "--principal",
        "--image",
        "--event",
        "--ip",
        "--show",
    ] {
        ask(&world, "athena", &[flag, hostile]);
        selected.extend(statements(&world));
    }
    assert!(selected.len() > 12, "{}", selected.len());
    assert!(kinds(&selected).iter().all(|kind| kind == "select"));
}

#[test]
fn the_simulator_refuses_what_is_no_statement_of_athenas() {
    let world = world();
    let athena = Clients::of(&world).athena;
    let request = athena.start_query_execution();
    let request = request.query_string("SELECT eventid FROM WHERE");
    let place = aws_sdk_athena::types::ResultConfiguration::builder()
        .output_location(crate::an_hour::results(&world))
        .build();
    let refused = world.block_on(request.result_configuration(place).send());
    let refused = refused.expect_err("refused").into_service_error();
    assert!(refused.is_invalid_request_exception(), "{refused:?}");
}
