//! `ecrmon metrics export`: a text that the official parsers of both formats read alike, and in a file.

use serde_json::{Value, json};

use crate::support::calls::names;
use crate::support::fault::Fault;
use crate::support::python_reader::told_by_python;
use crate::support::transcript::Transcript;
use crate::support::world::World;

/// Reads a text in both formats, finds the same in it, and tells its samples.
const READER: &str = "\
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as older_text
text = sys.stdin.read()
families = list(open_metrics(text))
def samples(families):
    return [[one.name, one.labels, one.value] for family in families for one in family.samples]
assert samples(families) == samples(older_text(text)), 'the formats differ'
# Other types are refused by the readers of the older format, and so are times.
assert {family.type for family in families} == {'gauge'}
assert all(one.timestamp is None for family in families for one in family.samples)
print(json.dumps(samples(families)))
";

/// The samples of a text: name, labels and value.
#[track_caller]
pub fn samples(text: &str) -> Vec<Value> {
    serde_json::from_str(&told_by_python(READER, text)).expect("samples are JSON")
}

/// Name, repository, a further label, value.
type Sample<'s> = (&'s str, &'s str, &'s str, u64);

#[track_caller]
fn holds(samples: &[Value], world: &World, (name, repository, further, value): Sample<'_>) {
    let mut labels = json!({"account": world.account(), "region": world.region()});
    if !repository.is_empty() {
        labels["repository"] = json!(repository);
    }
    if let Some((name, value)) = further.split_once('=') {
        labels[name] = json!(value);
    }
    let wanted = json!([name, labels, value]);
    assert!(samples.contains(&wanted), "no {wanted} in {samples:#?}");
}

pub fn count(samples: &[Value], name: &str) -> usize {
    samples.iter().filter(|sample| sample[0] == name).count()
}

pub fn world() -> World {
    let world = World::new();
    let registry = json!([
        {"name": "team/api", "lifecycle_policy": "{}", "tag_mutability": "IMMUTABLE", "images": [
            {"tags": ["v2"], "size": 2_000, "pushed_at": 1_700_000_000, "last_pull": 1_700_000_100, "findings": {"HIGH": 5}},
            {"size": 500, "pushed_at": 1_600_000_000},
        ]},
        {"name": "team/unknown", "images": [{"tags": ["v1"], "size": null, "pushed_at": null}]},
    ]);
    world.arrange("registry", &json!({ "repositories": registry }));
    world
}

pub fn export(world: &World, arguments: &str) -> Transcript {
    world.ecrmon(format!("metrics export {arguments}").split_whitespace())
}

#[test]
fn both_parsers_read_the_registry() {
    let world = world();
    let transcript = export(&world, "");
    let text = &transcript.exits(0).stdout;
    assert!(text.ends_with("\n# EOF\n"), "{text}");
    let samples = samples(text);
    for sample in [
        (
            "ecrmon_info",
            "",
            concat!("version=", env!("CARGO_PKG_VERSION")),
            1,
        ),
        ("ecrmon_read_complete", "", "", 1),
        ("ecr_repositories", "", "", 2),
        ("ecr_repository_images", "team/api", "", 2),
        ("ecr_repository_untagged_images", "team/api", "", 1),
        ("ecr_repository_size_bytes", "team/api", "", 2_500),
        (
            "ecr_repository_last_push_timestamp_seconds",
            "team/api",
            "",
            1_700_000_000,
        ),
        (
            "ecr_repository_last_pull_timestamp_seconds",
            "team/api",
            "",
            1_700_000_100,
        ),
        ("ecr_repository_findings", "team/api", "severity=HIGH", 5),
        (
            "ecr_repository_findings",
            "team/api",
            "severity=CRITICAL",
            0,
        ),
        ("ecr_repository_images", "team/unknown", "", 1),
    ] {
        holds(&samples, &world, sample);
    }
    // What is unknown has no sample.
    for name in [
        "ecr_repository_size_bytes",
        "ecr_repository_last_push_timestamp_seconds",
        "ecr_repository_last_pull_timestamp_seconds",
    ] {
        assert_eq!(count(&samples, name), 1, "{name}");
    }
    assert_eq!(count(&samples, "ecr_repository_findings"), 7);
    assert_eq!(count(&samples, "ecr_repository_pulls"), 0);
    assert!(!names(&world.calls()).contains(&"cloudwatch:GetMetricData".to_owned()));
}

#[test]
fn pulls_are_read_where_they_are_asked_for() {
    let world = world();
    let pulls = json!({
        "namespace": "AWS/ECR", "name": "RepositoryPullCount", "dimensions": {"RepositoryName": "team/api"},
        "points": {"every": 3_600, "from": jiff::Timestamp::now().as_second() - 7_200, "value": 3},
    });
    world.arrange("metrics", &json!({"series": [pulls]}));
    let samples = samples(&export(&world, "--pulls 7d --repo team/*").exits(0).stdout);
    let pulled = samples
        .iter()
        .find(|one| one[0] == "ecr_repository_pulls" && one[1]["repository"] == "team/api");
    let pulled = pulled.expect("there are pulls");
    assert_eq!(pulled[1]["window"], "7d");
    assert!(pulled[2].as_f64() >= Some(6.0), "{pulled}");
    holds(
        &samples,
        &world,
        ("ecr_repository_pulls", "team/unknown", "window=7d", 0),
    );
}

#[test]
fn what_could_not_be_read_is_absent_and_said() {
    let world = world();
    world.inject(Fault::access_denied("DescribeImages"));
    let transcript = export(&world, "");
    transcript.exits(5).says("`ecr:DescribeImages`");
    let samples = samples(&transcript.stdout);
    holds(&samples, &world, ("ecrmon_read_complete", "", "", 0));
    assert_eq!(count(&samples, "ecr_repository_images"), 0);
    assert_eq!(count(&samples, "ecr_repository_info"), 2);
}

#[test]
fn hostile_names_stay_labels() {
    let world = world();
    let hostile = "a\"} evil{x=\"1\\line\nnext\u{1b}[31m\u{0} # {}";
    world.inject(Fault::rewrite_answer("DescribeRepositories", move |body| {
        let mut answer: Value = serde_json::from_slice(&body).expect("JSON");
        answer["repositories"][0]["repositoryName"] = json!(hostile);
        answer.to_string().into_bytes()
    }));
    // There is no such repository to be described.
    let transcript = export(&world, "");
    transcript.exits(5);
    assert!(!transcript.stdout.contains(['\u{1b}', '\u{0}']));
    let samples = samples(&transcript.stdout);
    let names: Vec<&str> = samples
        .iter()
        .filter_map(|sample| sample[1]["repository"].as_str())
        .filter(|name| name.contains("evil"))
        .collect();
    // What a terminal would obey is spelled out.
    let read = "a\"} evil{x=\"1\\line\\u{a}next\\u{1b}[31m\\u{0} # {}";
    assert_eq!(names, [read]);
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let world = world();
    let file = world.home().join("ecr.prom");
    let path = file.display().to_string();
    for _ in 0..2 {
        let transcript = world.ecrmon(["metrics", "export", "--file", &path]);
        transcript.exits(0).says("wrote `HOME/ecr.prom`");
        assert_eq!(transcript.stdout, "");
    }
    let written = std::fs::read_to_string(&file).expect("there is a file");
    assert_eq!(count(&samples(&written), "ecr_repository_images"), 2);

    world.inject(Fault::access_denied("DescribeRepositories"));
    world
        .ecrmon(["metrics", "export", "--file", &path])
        .exits(1);
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), written);
    let left: Vec<String> = std::fs::read_dir(world.home())
        .expect("a home")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains("prom"))
        .collect();
    assert_eq!(left, ["ecr.prom"]);
    world.clear_faults();
    world
        .ecrmon(["metrics", "export", "--file", "no/such/folder/ecr.prom"])
        .exits(1)
        .says("cannot write the file `no/such/folder/ecr.prom`");
}
