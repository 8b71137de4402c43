//! Reading the registry for `ecrmon metrics`: which calls it takes, and what becomes of it where they fail.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::metrics_table::world;
use crate::support::fault::Fault;
use crate::support::transcript::Transcript;
use crate::support::world::World;

fn json_of(world: &World) -> Transcript {
    world.ecrmon(["metrics", "--output", "json"])
}

/// A field of every row.
fn field<'a>(report: &'a Value, field: &str) -> Vec<&'a Value> {
    let rows = report["repositories"].as_array().expect("a list");
    rows.iter().map(|row| &row[field]).collect()
}

#[test]
fn no_other_action_is_needed_and_no_image_is_pulled() {
    let world = world();
    json_of(&world).exits(0);
    let actions: BTreeSet<String> = world.calls().iter().map(ToString::to_string).collect();
    assert_eq!(
        actions.into_iter().collect::<Vec<_>>(),
        [
            "cloudwatch:GetMetricData",
            "ecr:DescribeImageScanFindings",
            "ecr:DescribeImages",
            "ecr:DescribeRepositories",
            "ecr:GetLifecyclePolicy",
            "sts:GetCallerIdentity",
        ]
    );
}

#[test]
fn a_registry_of_many_pages_is_read_whole() {
    let world = World::new();
    world.arrange(
        "registry",
        &json!({"repositories": [
            {"name": "few/app-{}", "copies": 1_050},
            {"name": "many", "generate": {"images": 2_500, "size": 10}},
        ]}),
    );
    let report = json_of(&world).exits(0).json();
    assert_eq!(report["total"]["repositories"], 1_051);
    assert_eq!(report["total"]["images"], 2_500);
    let names = field(&report, "repository");
    assert!(names.is_sorted_by_key(|name| name.as_str()));
    let pages = |operation: &str| {
        let calls = world.calls();
        calls
            .iter()
            .filter(|call| call.operation == operation)
            .count()
    };
    assert_eq!(pages("DescribeRepositories"), 2);
    assert_eq!(pages("DescribeImages"), 1_050 + 3);
    assert_eq!(pages("GetMetricData"), 3);
}

#[test]
fn a_column_that_is_denied_is_unknown_and_asked_for_no_further() {
    for (operation, action, unknown) in [
        (
            "GetLifecyclePolicy",
            "ecr:GetLifecyclePolicy",
            "lifecycle_policy",
        ),
        ("DescribeImages", "ecr:DescribeImages", "images"),
        ("GetMetricData", "cloudwatch:GetMetricData", "pulls"),
    ] {
        let world = world();
        world.inject(Fault::access_denied(operation));
        let transcript = json_of(&world);
        let report = transcript.exits(5).json();
        assert!(
            field(&report, unknown).iter().all(|value| value.is_null()),
            "{report}"
        );
        assert_eq!(report["total"][unknown], Value::Null);
        let said = format!("not read: access denied: `{action}` on ");
        assert_eq!(
            transcript.stderr.matches(&said).count(),
            1,
            "{}",
            transcript.stderr
        );
        let shortfalls = report["shortfalls"].as_array().expect("a list");
        assert_eq!(shortfalls.len(), 1, "{shortfalls:?}");
        if operation == "DescribeImages" {
            transcript.says("(refused 4 times in all)");
        }
        world
            .ecrmon(["metrics"])
            .exits(5)
            .prints("unknown")
            .prints("4 repositories");
    }
}

#[test]
fn findings_that_are_denied_are_unknown_unless_the_image_tells_them() {
    let world = world();
    world.inject(Fault::access_denied("DescribeImageScanFindings"));
    let transcript = json_of(&world);
    let report = transcript
        .exits(5)
        .says("`ecr:DescribeImageScanFindings`")
        .json();
    let of = |name: &str| {
        let rows = report["repositories"].as_array().expect("a list");
        let row = rows.iter().find(|row| row["repository"] == name);
        row.expect("a row")["findings_status"].clone()
    };
    assert_eq!(of("team-a/api"), Value::Null);
    assert_eq!(of("multi/arch"), "SCANNED");
    assert_eq!(of("empty"), "NO_IMAGE");
    assert_eq!(report["total"]["findings"], Value::Null);
}

#[test]
fn a_denial_is_not_asked_for_by_every_repository() {
    let world = World::new();
    world.arrange(
        "registry",
        &json!({"repositories": [{"name": "app-{}", "copies": 200}]}),
    );
    world.inject(Fault::access_denied("GetLifecyclePolicy"));
    json_of(&world).exits(5);
    let calls = world.calls();
    let asked = calls
        .iter()
        .filter(|call| call.operation == "GetLifecyclePolicy");
    assert!(asked.count() < 40);
}

#[test]
fn without_the_list_there_is_nothing() {
    let world = world();
    world.inject(Fault::access_denied("DescribeRepositories"));
    world
        .ecrmon(["metrics"])
        .exits(1)
        .prints("")
        .says("error: cannot list the repositories")
        .says("access denied: `ecr:DescribeRepositories`")
        .says("hint: allow `ecr:DescribeRepositories`");
}

#[test]
fn a_repository_that_is_deleted_meanwhile_is_left_out_with_a_word() {
    let world = world();
    let gone = "The repository with name 'empty' does not exist";
    world.inject(Fault::error("DescribeImages", 400, "RepositoryNotFoundException", gone).times(1));
    let transcript = json_of(&world);
    let report = transcript
        .exits(0)
        .says(" was deleted while it was read")
        .json();
    assert_eq!(report["total"]["repositories"], 3);
    assert_eq!(
        report["deleted_meanwhile"].as_array().map(Vec::len),
        Some(1)
    );
}

#[test]
fn an_api_that_throttles_is_asked_again_until_every_row_is_right() {
    let world = World::new();
    world.arrange(
        "registry",
        &json!({"repositories": [{"name": "app-{}", "copies": 24, "generate": {"images": 3, "size": 10}}]}),
    );
    // Far less than are asked for side by side at once, be the machine ever so slow.
    for operation in ["ecr:DescribeImages", "ecr:GetLifecyclePolicy"] {
        world.arrange(
            "throttle",
            &json!({"operation": operation, "per_second": 4}),
        );
    }
    let transcript = json_of(&world);
    let report = transcript
        .exits(0)
        .says("waiting for ECR to take more calls")
        .json();
    assert_eq!(field(&report, "images"), vec![&json!(3); 24]);
    assert_eq!(field(&report, "lifecycle_policy"), vec![&json!(false); 24]);
    assert!(world.throttled().to_string().contains("DescribeImages"));
}

#[test]
fn a_failure_of_ecr_is_tried_again_and_then_said() {
    let world = world();
    world.inject(Fault::server_error("DescribeImages", 500).times(2));
    json_of(&world).exits(0);
    world.clear_faults();
    world.inject(Fault::error("GetLifecyclePolicy", 500, "ServerException", "It broke.").times(12));
    let transcript = json_of(&world);
    let report = transcript
        .exits(5)
        .says("not read: of `empty`: `ecr:GetLifecyclePolicy` on `empty` was refused: ServerException: It broke.")
        .json();
    assert!(
        field(&report, "images")
            .iter()
            .all(|images| images.is_u64())
    );
    assert!(
        field(&report, "lifecycle_policy")
            .iter()
            .all(|policy| policy.is_null())
    );
}

#[test]
fn pulls_that_are_told_in_part_are_unknown() {
    let world = world();
    world.arrange(
        "metric-answers",
        &json!({"status_code": "PartialData", "metrics": ["pulls3"]}),
    );
    let transcript = json_of(&world);
    let report = transcript
        .exits(5)
        .says("not read: of `team-a/api`: CloudWatch does not tell all its pulls: PartialData")
        .json();
    assert_eq!(
        field(&report, "pulls"),
        [&json!(0), &json!(0), &json!(71), &Value::Null]
    );
    assert_eq!(report["total"]["pulls"], Value::Null);
    world.ecrmon(["metrics"]).prints("≥71");
}

#[test]
fn what_aws_says_cannot_drive_the_terminal() {
    let world = world();
    let hostile = |body: Vec<u8>| {
        let text = String::from_utf8(body).expect("JSON is text");
        let text = text.replace("\"IMMUTABLE\"", "\"\\u001b[31mOWNED\\u202e\\nroot\"");
        text.replace("\"legacy/batch\"", "\"=cmd|' /C calc'!A1\"")
            .into_bytes()
    };
    world.inject(Fault::rewrite_answer("DescribeRepositories", hostile));
    for format in ["text", "json", "ndjson", "csv"] {
        let transcript = world.ecrmon(["metrics", "--output", format]);
        for text in [&transcript.stdout, &transcript.stderr] {
            assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
        }
    }
    let sheet = world.ecrmon(["metrics", "--output", "csv"]).stdout;
    assert!(sheet.contains("\n'=cmd|' /C calc'!A1,"), "{sheet}");
}
