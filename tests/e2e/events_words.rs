//! What operations say of what was done: by which call, to whom a policy opens, what was removed, what failed.

use serde_json::{Value, json};

use crate::an_hour::{make_table, source};
use crate::deliveries::{happen, world_delivering};
use crate::events_story::{call, hour, user, with};
use crate::support::transcript::Transcript;
use crate::support::world::World;

const SOURCES: [&str; 5] = ["history", "logs", "insights", "archive", "athena"];

/// A world in which Anna made these calls, a minute or more apart from each other's kind.
fn world_of(calls: &[(i64, &str, Value, Value)]) -> World {
    let world = world_delivering("at once");
    let records: Vec<Value> = calls
        .iter()
        .enumerate()
        .map(|(number, (second, name, request, response))| {
            let record = call(&world, *second, name, &user(&world, "anna"), request);
            let known = json!({"eventID": format!("e{number}"), "responseElements": response});
            with(record, known)
        })
        .collect();
    happen(&world, &records);
    world.arrange("delivery", &json!({"mode": "off"}));
    make_table(&world).exits(0);
    world
}

fn ask(world: &World, from: &str, more: &[&str]) -> Transcript {
    let command = world.command().args(["events"]).args(hour());
    let transcript = command.args(source(world, from)).args(more).run();
    transcript.exits(0);
    transcript
}

/// WHAT and IMAGE of the rows that every source shows, oldest first.
fn rows(world: &World) -> Vec<(String, String)> {
    let shown = SOURCES.map(|from| ask(world, from, &["--oldest-first", "--quiet"]).stdout);
    for table in &shown[1..] {
        assert_eq!(table, &shown[0]);
    }
    let cells = |line: &str| {
        let mut cells = line.split("  ").map(str::trim);
        let mut cell = || cells.by_ref().find(|cell| !cell.is_empty());
        let (_time, what, _repository, image) = (cell(), cell(), cell(), cell());
        let own = |cell: Option<&str>| cell.unwrap_or_default().to_owned();
        (own(what), own(image))
    };
    shown[0].lines().skip(1).map(cells).collect()
}

fn told(rows: &[(String, String)]) -> Vec<(&str, &str)> {
    rows.iter()
        .map(|(what, image)| (what.as_str(), image.as_str()))
        .collect()
}

#[test]
fn what_was_set_and_what_was_removed_are_told_apart() {
    let api = json!({"repositoryName": "team/api"});
    let quay = json!({"ecrRepositoryPrefix": "quay"});
    let nothing = Value::Null;
    let world = world_of(&[
        (10, "PutLifecyclePolicy", api.clone(), nothing.clone()),
        (11, "DeleteLifecyclePolicy", api.clone(), nothing.clone()),
        (12, "DeleteRepositoryPolicy", api.clone(), nothing.clone()),
        (
            13,
            "CreatePullThroughCacheRule",
            quay.clone(),
            nothing.clone(),
        ),
        (14, "DeletePullThroughCacheRule", quay, nothing.clone()),
        (15, "DescribeImages", api.clone(), nothing.clone()),
        (16, "ListImages", api, nothing),
    ]);
    let expected = [
        ("lifecycle", "set"),
        ("lifecycle", "removed"),
        ("policy", "removed"),
        ("pull-through-cache", "quay created"),
        ("pull-through-cache", "quay removed"),
        ("DescribeImages", "-"),
        ("ListImages", "-"),
    ];
    assert_eq!(told(&rows(&world)), expected);
}

#[test]
fn a_policy_says_that_it_lets_in_nobody_or_that_it_cannot_be_read() {
    let deny = json!({"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "ecr:*"}]});
    let set = |second, text: String| {
        let request = json!({"repositoryName": "team/api", "policyText": text});
        (second, "SetRepositoryPolicy", request, Value::Null)
    };
    let world = world_of(&[
        set(10, deny.to_string()),
        set(11, json!({"Statement": []}).to_string()),
        set(12, "{\"Statement\": [{\"Eff".to_owned()),
    ]);
    let expected = [
        ("policy", "lets in nobody"),
        ("policy", "lets in nobody"),
        ("policy", "policy not readable"),
    ];
    assert_eq!(told(&rows(&world)), expected);
    let flags = ["--output", "csv", "--fields", "policy_allows"];
    assert_eq!(
        ask(&world, "history", &flags).stdout,
        "policy_allows\nunknown\nnobody\nnobody\n"
    );
}

#[test]
fn a_deletion_by_which_nothing_went_is_a_failure_for_every_source() {
    let request =
        |tag: &str| json!({"repositoryName": "team/api", "imageIds": [{"imageTag": tag}]});
    let failure = |tag: &str| json!({"imageId": {"imageTag": tag}, "failureCode": "ImageNotFound", "failureReason": "no"});
    let delete = |second, tag: &str, deleted: Value| {
        let answer = json!({"imageIds": deleted, "failures": [failure("zz")]});
        (second, "BatchDeleteImage", request(tag), answer)
    };
    let world = world_of(&[
        delete(10, "zz", json!([])),
        delete(11, "v1", json!([{"imageTag": "v1"}])),
    ]);
    let expected = [
        ("FAILED delete", "zz, 1 failed (ImageNotFound)"),
        ("delete", "v1, 1 failed (ImageNotFound)"),
    ];
    assert_eq!(told(&rows(&world)), expected);
    for from in SOURCES {
        let flags = ["--errors", "--output", "csv", "--fields", "tag,error_code"];
        let errors = ask(&world, from, &flags).stdout;
        assert_eq!(errors, "tag,error_code\nzz,ImageNotFound\n", "{from}");
        let counts = ask(&world, from, &["--by", "error", "--output", "csv"]).stdout;
        assert_eq!(counts, "error,calls\n,1\nImageNotFound,1\n", "{from}");
    }
}

#[test]
fn of_two_pushes_in_a_row_time_and_tag_are_those_of_the_latest() {
    let put = |second, tag: &str| {
        let request = json!({"repositoryName": "g/two", "imageTag": tag});
        (second, "PutImage", request, Value::Null)
    };
    let world = world_of(&[put(34, "v1"), put(54, "v2")]);
    for more in [&[][..], &["--oldest-first"]] {
        let flags = [&["--output", "csv", "--fields", "time,tag,calls"], more].concat();
        let told = ask(&world, "history", &flags).stdout;
        let expected = format!("time,tag,calls\n{},v2,2\n", crate::events_story::at(54));
        assert_eq!(told, expected);
    }
}
