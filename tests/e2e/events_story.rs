//! An hour in a registry, as CloudTrail records it: what the tests of several files ask for.

use std::sync::LazyLock;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::deliveries::{delivers_for_years, happen, world_delivering};
use crate::support::world::World;

pub const DIGEST: &str = "sha256:98c8b060c21d9adbb6b8c41b916e95e6307102786973ab93a41e8b86d1fc6d3e";

/// Noon of yesterday: within what CloudTrail's history keeps, and the same for a whole run.
static NOON: LazyLock<Timestamp> = LazyLock::new(|| {
    let day = Timestamp::now().to_zoned(TimeZone::UTC).date().yesterday();
    let noon = day.and_then(|day| day.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC));
    noon.expect("there was a yesterday").timestamp() + SignedDuration::from_hours(12)
});

/// So many seconds after the hour began, as CloudTrail writes it.
pub fn at(second: i64) -> String {
    (*NOON + SignedDuration::from_secs(second)).to_string()
}

/// The day of the hour, as `YYYY-MM-DD`.
pub fn day() -> String {
    NOON.to_zoned(TimeZone::UTC).date().to_string()
}

/// The flags that ask for the hour, in UTC.
pub fn hour() -> Vec<String> {
    let (since, until) = (at(0), at(3600));
    ["--since", &since, "--until", &until, "--utc"]
        .map(str::to_owned)
        .to_vec()
}

/// A world whose trail has delivered the hour, and where later calls leave nothing behind.
pub fn world() -> World {
    world_delivering_story("at once")
}

/// As `world`; `held` keeps what is to be delivered.
pub fn world_delivering_story(mode: &str) -> World {
    let world = world_delivering(mode);
    happen(&world, &story(&world));
    world.arrange("delivery", &json!({"mode": "off"}));
    delivers_for_years(&world);
    world
}

/// What happened, oldest first, with the noise of other services, regions and hours around it.
pub fn story(world: &World) -> Vec<Value> {
    let mut records = [
        creation(world),
        push(world),
        pull(world),
        elsewhere(world),
        opening(world),
    ]
    .concat();
    records.extend(deletions(world));
    records.push(expiry(world));
    records.push(call(
        world,
        3600,
        "PutImage",
        &ci(world),
        &json!({"repositoryName": "after"}),
    ));
    for (number, record) in records.iter_mut().enumerate() {
        record["eventID"] = json!(format!("e{number:02}"));
    }
    records
}

fn creation(world: &World) -> Vec<Value> {
    let by_hand = json!({"sourceIPAddress": "203.0.113.7", "userAgent": "aws-cli/2.34"});
    let created = call(world, 0, "CreateRepository", &ci(world), &api());
    vec![
        call(
            world,
            -60,
            "PutImage",
            &ci(world),
            &json!({"repositoryName": "before"}),
        ),
        with(created, by_hand),
        call(world, 60, "GetAuthorizationToken", &ci(world), &Value::Null),
    ]
}

fn push(world: &World) -> Vec<Value> {
    let layer = |second, name: &str| via_ecr(call(world, second, name, &ci(world), &api()));
    let image = json!({"repositoryName": "team/api", "imageTag": "v1"});
    let put = via_ecr(call(world, 68, "PutImage", &ci(world), &image));
    let grant = call(world, 70, "CreateGrant", &ci(world), &json!({"keyId": "k"}));
    vec![
        layer(65, "BatchCheckLayerAvailability"),
        layer(66, "InitiateLayerUpload"),
        layer(67, "UploadLayerPart"),
        layer(68, "CompleteLayerUpload"),
        with(
            put,
            json!({"responseElements": {"image": {"imageId": {"imageTag": "v1", "imageDigest": DIGEST}}}}),
        ),
        with(grant, json!({"eventSource": "kms.amazonaws.com"})),
    ]
}

fn pull(world: &World) -> Vec<Value> {
    let layer = || {
        via_ecr(call(
            world,
            601,
            "GetDownloadUrlForLayer",
            &node(world),
            &api(),
        ))
    };
    vec![
        via_ecr(call(world, 600, "BatchGetImage", &node(world), &image())),
        layer(),
        layer(),
    ]
}

/// In another region, and in ECR Public.
fn elsewhere(world: &World) -> Vec<Value> {
    let create = |second, name: &str, fields| {
        let created = call(
            world,
            second,
            "CreateRepository",
            &ci(world),
            &json!({"repositoryName": name}),
        );
        with(created, fields)
    };
    vec![
        create(900, "elsewhere", json!({"awsRegion": "us-east-1"})),
        create(
            1000,
            "open",
            json!({"awsRegion": "us-east-1", "eventSource": "ecr-public.amazonaws.com"}),
        ),
    ]
}

fn opening(world: &World) -> Vec<Value> {
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage"}]});
    let request = json!({"repositoryName": "team/api", "policyText": policy.to_string()});
    let set = call(
        world,
        1200,
        "SetRepositoryPolicy",
        &user(world, "anna"),
        &request,
    );
    vec![with(set, json!({"sourceIPAddress": "198.51.100.4"}))]
}

fn deletions(world: &World) -> [Value; 2] {
    let delete = |second, who| {
        call(
            world,
            second,
            "BatchDeleteImage",
            &user(world, who),
            &image(),
        )
    };
    let denied = json!({"errorCode": "AccessDenied",
        "errorMessage": "User: mallory is not authorized to perform: ecr:BatchDeleteImage"});
    let done = json!({"imageIds": [{"imageTag": "v1", "imageDigest": DIGEST}], "failures": []});
    [
        with(delete(1800, "mallory"), denied),
        with(delete(1860, "anna"), json!({"responseElements": done})),
    ]
}

fn api() -> Value {
    json!({"repositoryName": "team/api"})
}

fn image() -> Value {
    json!({"repositoryName": "team/api", "imageIds": [{"imageTag": "v1"}]})
}

/// The operations of the hour in the world's region, newest first.
pub const OPERATIONS: [&str; 8] = [
    "expire team/api - by service/AWS Internal: 1 calls, 2 images, 1 failed (ImageReferencedByManifestList)",
    "delete team/api v1 by user/anna: 1 calls, 1 images",
    "delete team/api v1 by user/mallory: 1 calls, 1 images, AccessDenied",
    "policy team/api - by user/anna: 1 calls, 0 images, everyone",
    "pull team/api v1 by role/eks-node (i-0abc): 3 calls, 1 images",
    "push team/api v1 by role/ci (build-812): 5 calls, 1 images",
    "login - - by role/ci (build-812): 1 calls, 0 images",
    "create-repository team/api - by role/ci (build-812): 1 calls, 0 images",
];

/// An operation as `OPERATIONS` has it.
pub fn summary(operation: &Value) -> String {
    let text = |name: &str| operation[name].as_str().unwrap_or("-").to_owned();
    let rest = ["error_code", "policy_allows", "detail"].map(|name| operation[name].as_str());
    let rest = rest
        .into_iter()
        .flatten()
        .fold(String::new(), |rest, known| rest + ", " + known);
    let images = operation["images"].as_array().map_or(0, Vec::len);
    let [action, repository, tag, principal] =
        ["action", "repository", "tag", "principal"].map(text);
    format!(
        "{action} {repository} {tag} by {principal}: {} calls, {images} images{rest}",
        operation["calls"]
    )
}

pub fn call(world: &World, second: i64, name: &str, who: &Value, request: &Value) -> Value {
    let repository = request["repositoryName"].as_str();
    let resources = repository.map(|repository| resources(world, repository));
    json!({
        "eventVersion": "1.11", "eventName": name, "eventSource": "ecr.amazonaws.com", "eventTime": at(second),
        "awsRegion": world.region(), "recipientAccountId": world.account(), "eventType": "AwsApiCall",
        "sourceIPAddress": "192.0.2.1", "userAgent": "test", "requestID": format!("r{second}"),
        "userIdentity": who, "requestParameters": request, "responseElements": null, "resources": resources,
    })
}

fn resources(world: &World, repository: &str) -> Value {
    let (region, account) = (world.region(), world.account());
    json!([{"ARN": format!("arn:aws:ecr:{region}:{account}:repository/{repository}"), "accountId": account}])
}

/// The record with these fields besides, or instead.
pub fn with(mut record: Value, fields: Value) -> Value {
    let Value::Object(fields) = fields else {
        panic!("fields are an object");
    };
    record
        .as_object_mut()
        .expect("a record is an object")
        .extend(fields);
    record
}

fn via_ecr(record: Value) -> Value {
    with(
        record,
        json!({"sourceIPAddress": "AWS Internal", "userAgent": "AWS Internal"}),
    )
}

pub fn user(world: &World, name: &str) -> Value {
    let arn = format!("arn:aws:iam::{}:user/{name}", world.account());
    json!({"type": "IAMUser", "userName": name, "arn": arn, "accountId": world.account(), "accessKeyId": "AKIAEXAMPLE"})
}

fn ci(world: &World) -> Value {
    session(world, "ci", "build-812")
}

fn node(world: &World) -> Value {
    session(world, "eks-node", "i-0abc")
}

fn session(world: &World, role: &str, session: &str) -> Value {
    let account = world.account();
    json!({
        "type": "AssumedRole", "principalId": format!("AROAEXAMPLE:{session}"), "accountId": account,
        "arn": format!("arn:aws:sts::{account}:assumed-role/{role}/{session}"),
        "sessionContext": {"sessionIssuer": {"type": "Role", "userName": role, "arn": format!("arn:aws:iam::{account}:role/{role}")}},
    })
}

/// ECR itself removes two images by a lifecycle policy, and fails at a third.
fn expiry(world: &World) -> Value {
    let image = |digest: &str| json!({"lifecycleEventImage": {"digest": digest, "tagList": []}, "rulePriority": 1});
    let failure = with(
        image("sha256:03"),
        json!({"failureCode": "ImageReferencedByManifestList"}),
    );
    let who = json!({"accountId": world.account(), "invokedBy": "AWS Internal"});
    let details = json!({"repositoryName": "team/api",
        "lifecycleEventImageActions": [image("sha256:01"), image("sha256:02")], "lifecycleEventFailureDetails": [failure]});
    let resources = resources(world, "team/api");
    let event = with(
        call(world, 2400, "PolicyExecutionEvent", &who, &Value::Null),
        json!({"eventType": "AwsServiceEvent", "readOnly": true, "serviceEventDetails": details, "resources": resources}),
    );
    via_ecr(event)
}
