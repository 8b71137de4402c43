//! `ecrmon events --athena-create`: what it would make is shown with its statements, and made once, when a person agrees.

use crate::an_hour::{ask, make_table, results, source, world};
use crate::events_athena::statements;
use crate::events_history::ids;
use crate::support::transcript::Transcript;
use crate::support::world::World;

fn create(world: &World, more: &[&str]) -> Transcript {
    world.forget_calls();
    let command = world.command().args(["events", "--athena-create"]);
    command.args(source(world, "athena")).args(more).run()
}

fn readable(world: &World) -> bool {
    let answer = ask(world, "athena", &["--raw", "--output", "ndjson"]);
    answer.code == Some(0) && ids(&answer).len() == 5
}

#[test]
fn nobody_to_ask_is_a_reason_to_make_nothing() {
    let world = world();
    create(&world, &[])
        .exits(2)
        .says("CREATE DATABASE IF NOT EXISTS `ecrmon`")
        .says("CREATE EXTERNAL TABLE IF NOT EXISTS `ecrmon`.`cloudtrail_")
        .says("`--yes` applies the plan, `--dry-run` only shows it");
    create(&world, &["--dry-run"])
        .exits(0)
        .prints("CREATE EXTERNAL TABLE IF NOT EXISTS `ecrmon`.`cloudtrail_");
    assert_eq!(statements(&world), Vec::<String>::new());
    assert!(!readable(&world));
}

#[test]
fn the_statements_are_shown_and_run_after_yes_alone() {
    let world = world();
    let results = results(&world);
    let arguments = ["events", "--athena-create", "--athena-results", &results];
    for (answer, code) in [("n", 1), ("y", 0)] {
        world.forget_calls();
        let mut terminal = world.terminal(arguments);
        terminal.awaits("CREATE EXTERNAL TABLE");
        terminal.awaits("Make them? [y/N/explain]").types(answer);
        terminal.finish().exits(code);
        assert_eq!(statements(&world).is_empty(), code == 1);
    }
    assert!(readable(&world));
}

#[test]
fn what_is_there_is_not_made_again() {
    let world = world();
    let made = create(&world, &["--yes"]);
    made.exits(0);
    let statements_run = statements(&world);
    assert_eq!(statements_run.len(), 2, "{statements_run:?}");
    for statement in &statements_run {
        let first = statement.lines().next().expect("a line");
        assert!(made.stderr.contains(first), "not shown: {first}");
    }
    create(&world, &["--yes"])
        .exits(0)
        .prints("Nothing to do: database and table are there.");
    assert_eq!(statements(&world), Vec::<String>::new());
}

#[test]
fn a_table_over_something_else_is_refused_and_left() {
    let world = world();
    make_table(&world).exits(0);
    create(&world, &["--yes", "--of-account", "111122223333"])
        .exits(1)
        .says("is there already, and is left as it is")
        .says("--athena-table NAME");
    assert_eq!(statements(&world), Vec::<String>::new());
    assert!(readable(&world));
}

#[test]
fn what_could_end_a_literal_is_refused() {
    let world = world();
    let place = format!("s3://{}/it's", crate::deliveries::bucket(&world));
    create(&world, &["--yes", "--archive", &place])
        .exits(2)
        .says("cannot make a table over");
    for name in ["Upper", "semi;colon", "`tick`", ""] {
        create(&world, &["--yes", "--athena-table", name])
            .exits(2)
            .says("lower-case letters, digits and `_`");
    }
    assert_eq!(statements(&world), Vec::<String>::new());
}
