//! Random records of a registry's calls, and random questions about them: the same ones in every run.

use jiff::{SignedDuration, Timestamp, Unit};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// The time in which all records are, which begins at a full hour: over a day ago, as late deliveries need time.
const HOURS: i64 = 6;
const BEGAN_HOURS_AGO: i64 = 40;

const REPOSITORIES: [&str; 6] = [
    "team/api",
    "team/web",
    "team-x/api_v2",
    "it's",
    "a\"b",
    "x%y",
];
const NAMES: [&str; 9] = [
    "PutImage",
    "BatchGetImage",
    "BatchDeleteImage",
    "CreateRepository",
    "GetAuthorizationToken",
    "PolicyExecutionEvent",
    "TagResource",
    "SetRepositoryPolicy",
    "DescribeImages",
];
const STRANGER: &str = "602401143452";

/// Draws what strategies describe, from a seed that never changes.
pub struct Dice(TestRunner);

impl Dice {
    pub fn new() -> Self {
        Self(TestRunner::deterministic())
    }

    pub fn draw<S: Strategy>(&mut self, strategy: &S) -> S::Value {
        let drawn = strategy.new_tree(&mut self.0);
        drawn.expect("something is left to draw").current()
    }
}

fn began() -> Timestamp {
    let ago = Timestamp::now() - SignedDuration::from_hours(BEGAN_HOURS_AGO);
    let rounding = jiff::TimestampRound::new().smallest(Unit::Hour);
    ago.round(rounding).expect("it is an hour")
}

/// So many records of calls in the regions, each with a time and an id of its own.
pub fn records(
    dice: &mut Dice,
    count: usize,
    account: &str,
    regions: &'static [&str],
) -> Vec<Value> {
    let record = record(account, regions);
    (0..count)
        .map(|number| {
            let mut record = dice.draw(&record);
            record["eventID"] = json!(format!("e{number:03}"));
            record["requestID"] = json!(format!("r{number:03}"));
            record
        })
        .collect()
}

fn record(account: &str, regions: &'static [&str]) -> impl Strategy<Value = Value> + use<> {
    let account = account.to_owned();
    let seconds = 0..HOURS * 3600;
    let source = prop_oneof![
        8 => Just("ecr.amazonaws.com"),
        1 => Just("ecr-public.amazonaws.com"),
        1 => Just("kms.amazonaws.com"),
    ];
    let address = select(vec!["AWS Internal", "203.0.113.7", "::1"]);
    let error = prop::option::weighted(0.3, select(vec!["AccessDenied", "ImageNotFoundException"]));
    let read_only = prop::option::of(any::<bool>());
    let places = (seconds, source, select(regions), address);
    let rest = (
        error,
        read_only,
        identity(account.clone()),
        resources(account.clone()),
    );
    let call = select(NAMES.to_vec()).prop_flat_map(move |name| {
        (
            Just(name),
            request(name, account.clone()),
            response(name, account.clone()),
        )
    });
    (places, rest, call).prop_map(|(places, rest, call)| {
        let (seconds, source, region, address) = places;
        let (error, read_only, identity, resources) = rest;
        let (name, request, response) = call;
        let time = began() + SignedDuration::from_secs(seconds);
        let mut record = json!({
            "eventVersion": "1.11", "eventType": "AwsApiCall", "userAgent": "docker/28.3", "eventTime": time.to_string(),
            "eventSource": source, "eventName": name, "awsRegion": region, "sourceIPAddress": address,
            "userIdentity": identity, "requestParameters": request, "responseElements": response,
        });
        let optional = [
            ("errorCode", error.map(Value::from)),
            ("readOnly", read_only.map(Value::from)),
            ("resources", resources),
            ("serviceEventDetails", (name == "PolicyExecutionEvent").then(expiry)),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                record[name] = value;
            }
        }
        record
    })
}

fn expiry() -> Value {
    json!({
        "repositoryName": "team/web",
        "lifecycleEventImageActions": [{"lifecycleEventImage": {"digest": "sha256:cc33", "tagList": ["old"]}}],
    })
}

fn identity(account: String) -> impl Strategy<Value = Value> {
    let role = json!({
        "type": "AssumedRole", "principalId": "AROA:build-8",
        "arn": format!("arn:aws:sts::{account}:assumed-role/ci/build-8"),
        "sessionContext": {"sessionIssuer": {"userName": "ci", "arn": format!("arn:aws:iam::{account}:role/ci")}},
    });
    let mut known = role.clone();
    known["sessionContext"]["sourceIdentity"] = json!("alice");
    let user = |name: &str| json!({"type": "IAMUser", "userName": name, "arn": format!("arn:aws:iam::{account}:user/{name}")});
    let identities = vec![
        user("mary"),
        user("ci-bot"),
        role,
        known,
        json!({"type": "Root", "arn": format!("arn:aws:iam::{account}:root")}),
        json!({"type": "AWSService", "invokedBy": "ecr.amazonaws.com"}),
        json!({"type": "WebIdentityUser", "userName": "octo", "identityProvider": "token.actions"}),
        json!({"type": "IdentityCenterUser", "onBehalfOf": {"userId": "u-1"}}),
        json!({}),
    ];
    (
        select(identities),
        select(vec![account, "111122223333".to_owned()]),
    )
        .prop_map(|(mut identity, account)| {
            identity["accountId"] = json!(account);
            identity
        })
}

fn image() -> impl Strategy<Value = Value> {
    select(vec![
        json!({"imageTag": "v1"}),
        json!({"imageTag": "latest", "imageDigest": "sha256:aa11"}),
        json!({"imageDigest": "sha256:bb22"}),
    ])
}

fn arn(account: &str, repository: &str) -> String {
    format!("arn:aws:ecr:us-east-1:{account}:repository/{repository}")
}

fn resources(account: String) -> impl Strategy<Value = Option<Value>> {
    let one = select(REPOSITORIES.to_vec())
        .prop_map(move |name| json!([{"ARN": arn(&account, name), "accountId": account}]));
    prop::option::weighted(0.4, one)
}

fn request(name: &'static str, account: String) -> impl Strategy<Value = Value> {
    // A long list of images stands before the repository's name, and pushes that out of what Insights finds by itself.
    let images = prop_oneof![
        4 => Just(Vec::new()),
        3 => prop::collection::vec(image(), 1..3),
        1 => prop::collection::vec(image(), 120),
    ];
    let owner = prop::option::weighted(0.2, select(vec![account.clone(), STRANGER.to_owned()]));
    let repository = prop::option::weighted(0.6, select(REPOSITORIES.to_vec()));
    (images, owner, repository, select(REPOSITORIES.to_vec())).prop_map(
        move |(images, owner, repository, tagged)| {
            if name == "TagResource" {
                return json!({"resourceArn": arn(&account, tagged)});
            }
            let mut request = json!({});
            if !images.is_empty() {
                request["imageIds"] = json!(images);
            }
            if let Some(owner) = owner {
                request["registryId"] = json!(owner);
            }
            if let Some(repository) = repository {
                request["repositoryName"] = json!(repository);
            }
            request
        },
    )
}

fn response(name: &'static str, account: String) -> impl Strategy<Value = Value> {
    let repository = select(REPOSITORIES.to_vec());
    (repository, image(), 0..3).prop_map(move |(repository, image, failed)| match name {
        "BatchDeleteImage" if failed > 0 => {
            let deleted = if failed == 1 { vec![image] } else { Vec::new() };
            json!({"imageIds": deleted, "failures": [{"failureCode": "ImageNotFound", "failureReason": "it isn't"}]})
        }
        "CreateRepository" => {
            json!({"repository": {"repositoryName": repository, "registryId": account}})
        }
        "PutImage" => json!({"image": {"imageId": image}}),
        _ => Value::Null,
    })
}

/// From when until when: any seconds, or full hours.
pub fn window() -> impl Strategy<Value = Vec<String>> {
    (
        0..HOURS * 3600,
        600..HOURS * 3600,
        prop::bool::weighted(0.3),
    )
        .prop_map(|(from, length, whole)| {
            let unit = if whole { 3600 } else { 1 };
            let second = |second: i64| {
                let time = began() + SignedDuration::from_secs(second);
                time.to_string()
            };
            let from = from / unit * unit;
            let until = from + (length / unit + 1) * unit;
            [
                "--since".to_owned(),
                second(from),
                "--until".to_owned(),
                second(until),
            ]
            .into()
        })
}

/// At most two filters.
pub fn filters(account: &str) -> impl Strategy<Value = Vec<String>> + use<> {
    let globs: [(&str, &[&str]); 7] = [
        (
            "--repo",
            &[
                "team/*",
                "*api*",
                "it's",
                "a\"b",
                "{team,x}*",
                "te?m/api",
                "x%y",
                "[st]eam*",
            ],
        ),
        (
            "--principal",
            &[
                "*ci*",
                "role/*",
                "user/mary",
                "*alice*",
                "root*",
                "*octo (token*",
                "idc/u-1",
            ],
        ),
        ("--image", &["v1", "latest", "sha256:*", "*cc33", "old"]),
        (
            "--event",
            &["PutImage", "*Image", "Policy*", "Nope", "it\"s"],
        ),
        ("--ip", &["203.0.113.*", "AWS*", "::1"]),
        ("--action", &["push", "pull", "delete", "login", "expire"]),
        ("--owner", &["", STRANGER]),
    ];
    let account = account.to_owned();
    let of_globs = globs.map(|(flag, values)| {
        let account = account.clone();
        subsequence(values, 1..=2)
            .prop_map(move |values| {
                let value = |value: &str| {
                    if value.is_empty() {
                        account.clone()
                    } else {
                        value.to_owned()
                    }
                };
                values
                    .into_iter()
                    .flat_map(|one| [flag.to_owned(), value(one)])
                    .collect::<Vec<_>>()
            })
            .boxed()
    });
    let switches =
        ["--errors", "--reads", "--writes"].map(|flag| Just(vec![flag.to_owned()]).boxed());
    let all: Vec<_> = of_globs.into_iter().chain(switches).collect();
    // `--reads` and `--writes` are the last two, and exclude each other.
    let numbers = subsequence((0..all.len() - 1).collect::<Vec<_>>(), 0..=2);
    (numbers, any::<bool>()).prop_flat_map(move |(numbers, last)| {
        let chosen = numbers.into_iter().map(|number| match number {
            8 if last => all[9].clone(),
            number => all[number].clone(),
        });
        chosen.collect::<Vec<_>>().prop_map(|flags| flags.concat())
    })
}

/// What to count by: one or two.
pub fn by() -> impl Strategy<Value = String> {
    let all = vec![
        "repo",
        "principal",
        "action",
        "error",
        "hour",
        "day",
        "image",
    ];
    subsequence(all, 1..=2)
        .prop_shuffle()
        .prop_map(|by| by.join(","))
}

/// Zones that are whole hours from UTC, and others.
pub fn zone() -> impl Strategy<Value = &'static str> {
    select(vec![
        "UTC",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Asia/Kathmandu",
    ])
}
