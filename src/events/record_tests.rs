//! Records of every shape that AWS documents (ECR user guide, "Logging Amazon ECR actions with CloudTrail"). Whose calls
//! they are is tested in `principal_tests`, odd ones in `record_odd_tests`, that nothing makes the reader fail in
//! `record_properties`.

use serde_json::{Map, Value, json};

use crate::events::Event;

const DIGEST: &str = "sha256:98c8b060c21d9adbb6b8c41b916e95e6307102786973ab93a41e8b86d1fc6d3e";

/// What an event says of itself: its fields but for those that are unknown.
pub(super) fn told(record: &Value) -> Value {
    let event = Event::from_record(&record.to_string()).expect("it is a JSON object");
    let Value::Object(fields) = serde_json::to_value(event).expect("an event is JSON") else {
        panic!("an event is an object");
    };
    let is_known = |value: &Value| !value.is_null() && *value != json!([]);
    let known: Map<_, _> = fields
        .into_iter()
        .filter(|(_, value)| is_known(value))
        .collect();
    known.into()
}

/// One field of what is told; null where it is unknown.
pub(super) fn field(record: &Value, name: &str) -> Value {
    told(record)[name].clone()
}

/// A record of that call with what it was asked.
fn call(name: &str, request: &Value) -> Value {
    json!({"eventName": name, "eventSource": "ecr.amazonaws.com", "requestParameters": request})
}

pub(super) fn arn(repository: &str) -> String {
    format!("arn:aws:ecr:us-east-2:123456789012:repository/{repository}")
}

#[test]
fn the_creation_of_a_repository_before_records_said_what_only_reads() {
    let record = json!({
        "eventVersion": "1.04",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAEXAMPLE:session", "accountId": "123456789012",
            "arn": "arn:aws:sts::123456789012:assumed-role/Admin/session",
            "sessionContext": {
                "attributes": {"mfaAuthenticated": "false", "creationDate": "2018-07-11T21:54:07Z"},
                "sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE", "accountId": "123456789012",
                    "arn": "arn:aws:iam::123456789012:role/Admin", "userName": "Admin"},
            },
        },
        "eventTime": "2018-07-11T22:17:43Z", "eventSource": "ecr.amazonaws.com", "eventName": "CreateRepository",
        "awsRegion": "us-east-2", "sourceIPAddress": "203.0.113.12", "userAgent": "console.amazonaws.com",
        "requestParameters": {"repositoryName": "testrepo"},
        "responseElements": {"repository": {
            "repositoryArn": arn("testrepo"), "repositoryName": "testrepo", "registryId": "123456789012",
            "repositoryUri": "123456789012.dkr.ecr.us-east-2.amazonaws.com/testrepo",
            "createdAt": "Jul 11, 2018 10:17:44 PM",
        }},
        "requestID": "cb8c167e-EXAMPLE", "eventID": "e3c6f4ce-EXAMPLE",
        "resources": [{"ARN": arn("testrepo"), "accountId": "123456789012"}],
        "eventType": "AwsApiCall", "recipientAccountId": "123456789012",
    });
    let expected = json!({
        "event_id": "e3c6f4ce-EXAMPLE", "time": "2018-07-11T22:17:43Z", "action": "create-repository",
        "event_name": "CreateRepository", "repository": "testrepo", "principal": "role/Admin (session)",
        "principal_arn": "arn:aws:sts::123456789012:assumed-role/Admin/session",
        "principal_account": "123456789012", "source_ip": "203.0.113.12", "user_agent": "console.amazonaws.com",
        "region": "us-east-2", "account": "123456789012", "owner": "123456789012", "read_only": false,
        "event_source": "ecr.amazonaws.com", "event_type": "AwsApiCall", "request_id": "cb8c167e-EXAMPLE",
    });
    assert_eq!(told(&record), expected);
}

#[test]
fn a_push_has_tag_and_digest_and_no_address() {
    let record = json!({
        "userIdentity": {"type": "IAMUser", "userName": "Mary_Major", "accountId": "123456789012", "accessKeyId": "AKIAEXAMPLE"},
        "eventTime": "2019-04-15T16:45:00Z", "eventSource": "ecr.amazonaws.com", "eventName": "PutImage",
        "sourceIPAddress": "AWS Internal", "userAgent": "AWS Internal", "vpcEndpointId": "vpce-1",
        "requestParameters": {"repositoryName": "testrepo", "imageTag": "latest", "registryId": "123456789012", "imageManifest": "{}"},
        "responseElements": {"image": {"repositoryName": "testrepo", "imageManifest": "{}", "registryId": "123456789012",
            "imageId": {"imageDigest": DIGEST, "imageTag": "latest"}}},
        "resources": [{"ARN": arn("testrepo"), "accountId": "123456789012"}], "eventType": "AwsApiCall",
    });
    let expected = json!({
        "time": "2019-04-15T16:45:00Z", "action": "push", "event_name": "PutImage", "repository": "testrepo",
        "tag": "latest", "digest": DIGEST, "images": [{"tag": "latest", "digest": DIGEST}],
        "principal": "user/Mary_Major", "principal_account": "123456789012", "access_key_id": "AKIAEXAMPLE",
        "via": "AWS Internal", "vpc_endpoint": "vpce-1", "user_agent": "AWS Internal", "account": "123456789012",
        "owner": "123456789012", "read_only": false, "event_source": "ecr.amazonaws.com", "event_type": "AwsApiCall",
    });
    assert_eq!(told(&record), expected);
}

#[test]
fn a_pull_names_what_was_asked_for_and_reads() {
    let mut record = call(
        "BatchGetImage",
        &json!({"imageIds": [{"imageTag": "latest"}, {"imageDigest": DIGEST}], "repositoryName": "testrepo",
            "acceptedMediaTypes": ["application/vnd.oci.image.index.v1+json"], "registryId": "602401143452"}),
    );
    record["sourceIPAddress"] = json!("ecr.amazonaws.com");
    record["responseElements"] = Value::Null;
    let expected = json!({
        "action": "pull", "event_name": "BatchGetImage", "repository": "testrepo", "tag": "latest",
        "images": [{"tag": "latest", "digest": null}, {"tag": null, "digest": DIGEST}],
        "via": "ecr.amazonaws.com", "owner": "602401143452", "read_only": true, "event_source": "ecr.amazonaws.com",
    });
    assert_eq!(told(&record), expected);
}

#[test]
fn an_expiry_by_lifecycle_names_its_images_and_what_failed() {
    let image = |digest: &str, tags: &[&str]| json!({"digest": digest, "tagStatus": "Tagged", "tagList": tags, "pushedAt": 1_584_042_813_000_i64});
    let record = json!({
        "eventVersion": "1.05", "userIdentity": {"accountId": "123456789012", "invokedBy": "AWS Internal"},
        "eventTime": "2020-03-12T20:22:12Z", "eventSource": "ecr.amazonaws.com", "eventName": "PolicyExecutionEvent",
        "awsRegion": "us-west-2", "sourceIPAddress": "AWS Internal", "userAgent": "AWS Internal",
        "requestParameters": null, "responseElements": null, "eventID": "9354dd7f", "readOnly": true,
        "resources": [{"ARN": arn("testrepo"), "accountId": "123456789012", "type": "AWS::ECR::Repository"}],
        "eventType": "AwsServiceEvent", "recipientAccountId": "123456789012",
        "serviceEventDetails": {
            "repositoryName": "testrepo",
            "lifecycleEventPolicy": {"lifecycleEventRules": [{"rulePriority": 1, "action": "expire"}], "policyVersion": 1},
            "lifecycleEventImageActions": [
                {"lifecycleEventImage": image("sha256:a", &["alpine", "3"]), "rulePriority": 1},
                {"lifecycleEventImage": image("sha256:b", &[]), "rulePriority": 1},
            ],
            "lifecycleEventFailureDetails": [{"lifecycleEventImage": image("sha256:c", &[]), "rulePriority": 1,
                "failureCode": "ImageReferencedByManifestList", "failureReason": "Requested image referenced by manifest list"}],
        },
    });
    let expected = json!({
        "event_id": "9354dd7f", "time": "2020-03-12T20:22:12Z", "action": "expire", "event_name": "PolicyExecutionEvent",
        "repository": "testrepo", "tag": "alpine", "digest": "sha256:a",
        "images": [{"tag": "alpine", "digest": "sha256:a"}, {"tag": null, "digest": "sha256:b"}],
        "principal": "service/AWS Internal", "principal_account": "123456789012", "via": "AWS Internal",
        "user_agent": "AWS Internal", "region": "us-west-2", "account": "123456789012", "owner": "123456789012",
        "read_only": true, "detail": "1 failed (ImageReferencedByManifestList)", "event_source": "ecr.amazonaws.com",
        "event_type": "AwsServiceEvent",
    });
    assert_eq!(told(&record), expected);
}

#[test]
fn an_image_that_goes_to_the_archive_says_its_new_storage_class() {
    let mut record = call(
        "UpdateImageStorageClass",
        &json!({"repositoryName": "r", "imageId": {"imageDigest": DIGEST}, "targetStorageClass": "ARCHIVE", "registryId": "1"}),
    );
    record["responseElements"] =
        json!({"image": {"imageStatus": "ARCHIVED", "imageId": {"imageDigest": DIGEST}}});
    record["readOnly"] = json!(false);
    let told = told(&record);
    assert_eq!(told["action"], "storage");
    assert_eq!(told["detail"], "ARCHIVE");
    assert_eq!(told["images"], json!([{"tag": null, "digest": DIGEST}]));
}

#[test]
fn a_deletion_tells_what_went_and_how_many_did_not() {
    let mut record = call(
        "BatchDeleteImage",
        &json!({"repositoryName": "r", "imageIds": [{"imageTag": "v1"}, {"imageTag": "v2"}, {"imageTag": "v3"}]}),
    );
    record["responseElements"] = json!({
        "imageIds": [{"imageTag": "v1", "imageDigest": DIGEST}],
        "failures": [
            {"imageId": {"imageTag": "v2"}, "failureCode": "ImageNotFound", "failureReason": "…"},
            {"imageId": {"imageTag": "v3"}, "failureCode": "ImageNotFound", "failureReason": "…"},
        ],
    });
    let told = told(&record);
    assert_eq!(told["images"], json!([{"tag": "v1", "digest": DIGEST}]));
    assert_eq!(told["detail"], "2 failed (ImageNotFound)");
    record["responseElements"]["failures"] =
        json!([{}, {"failureCode": "Z"}, {"failureCode": "A"}]);
    assert_eq!(field(&record, "detail"), "3 failed (A, Z)");
}

#[test]
fn a_deletion_by_which_nothing_went_has_failed() {
    let mut record = call(
        "BatchDeleteImage",
        &json!({"repositoryName": "r", "imageIds": [{"imageTag": "zz"}]}),
    );
    let failure = json!({"imageId": {"imageTag": "zz"}, "failureCode": "ImageNotFound", "failureReason": "no zz"});
    record["responseElements"] = json!({"imageIds": [], "failures": [failure]});
    let nothing_went = told(&record);
    assert_eq!(nothing_went["error_code"], "ImageNotFound");
    assert_eq!(nothing_went["error_message"], "no zz");
    assert_eq!(nothing_went["detail"], "1 failed (ImageNotFound)");
    assert_eq!(
        nothing_went["images"],
        json!([{"tag": "zz", "digest": null}])
    );

    record["responseElements"]["failures"] = json!([{}]);
    assert_eq!(field(&record, "error_code"), "unknown");
    record["responseElements"]["imageIds"] = json!([{"imageTag": "v1"}]);
    assert_eq!(field(&record, "error_code"), Value::Null);
}

#[test]
fn a_policy_that_came_to_be_says_whom_it_lets_in() {
    let allow = |condition: Value| json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*", "Condition": condition}]});
    let set = |policy: &Value| {
        call(
            "SetRepositoryPolicy",
            &json!({"policyText": policy.to_string(), "repositoryName": "r", "force": false}),
        )
    };
    let public = set(&allow(json!({})));
    let reach = |record: &Value| field(record, "policy_allows");
    assert_eq!(reach(&public), "everyone");
    let bound = allow(json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}));
    assert_eq!(reach(&set(&bound)), "everyone_under_conditions");

    let mut of_registry = public.clone();
    of_registry["eventName"] = json!("PutRegistryPolicy");
    assert_eq!(reach(&of_registry), "everyone");

    let mut denied = public.clone();
    denied["errorCode"] = json!("AccessDenied");
    denied["errorMessage"] = json!("User: x is not authorized to perform: ecr:SetRepositoryPolicy");
    assert_eq!(reach(&denied), Value::Null);
    assert_eq!(field(&denied, "error_code"), "AccessDenied");

    let mut torn = public;
    torn["requestParameters"]["policyText"] = json!("{\"Version\": \"2012");
    assert_eq!(reach(&torn), "unknown");
    torn["requestParameters"] = Value::Null;
    assert_eq!(reach(&torn), "unknown");
}

#[test]
fn a_setting_that_was_changed_is_told() {
    for (name, request, detail) in [
        (
            "PutImageTagMutability",
            json!({"imageTagMutability": "IMMUTABLE"}),
            "IMMUTABLE",
        ),
        (
            "PutImageScanningConfiguration",
            json!({"imageScanningConfiguration": {"scanOnPush": true}}),
            "scan on push on",
        ),
        (
            "PutImageScanningConfiguration",
            json!({"imageScanningConfiguration": {"scanOnPush": false}}),
            "scan on push off",
        ),
        (
            "CreatePullThroughCacheRule",
            json!({"ecrRepositoryPrefix": "quay"}),
            "quay created",
        ),
        (
            "CreateRepositoryCreationTemplate",
            json!({"prefix": "team", "imageTagMutability": "MUTABLE"}),
            "team created",
        ),
        (
            "DeleteRepositoryCreationTemplate",
            json!({"prefix": "team"}),
            "team removed",
        ),
        ("PutLifecyclePolicy", json!({}), "set"),
        ("DeleteLifecyclePolicy", json!({}), "removed"),
        (
            "StartLifecyclePolicyPreview",
            json!({}),
            "sent to a preview",
        ),
        ("DeleteRegistryPolicy", json!({}), "removed"),
        ("UntagResource", json!({}), "removed"),
    ] {
        assert_eq!(field(&call(name, &request), "detail"), detail, "{name}");
    }
}

#[test]
fn what_was_refused_was_not_done() {
    let mut record = call("DeleteLifecyclePolicy", &json!({}));
    record["errorCode"] = json!("LifecyclePolicyNotFoundException");
    assert_eq!(field(&record, "detail"), "not removed");
}

#[test]
fn the_repository_is_looked_for_where_it_is_known_best() {
    let mut record = json!({
        "eventName": "X",
        "requestParameters": {"repositoryName": "asked", "resourceArn": arn("tagged")},
        "serviceEventDetails": {"repositoryName": "served"},
        "responseElements": {"repository": {"repositoryName": "answered"}},
        "resources": [{"accountId": "1"}, {"ARN": arn("team/named")}, {"ARN": arn("second")}],
    });
    for (place, repository) in [
        ("/requestParameters/repositoryName", "asked"),
        ("/serviceEventDetails", "served"),
        ("/responseElements", "answered"),
        ("/resources", "team/named"),
    ] {
        assert_eq!(field(&record, "repository"), repository);
        *record.pointer_mut(place).expect("it is there") = Value::Null;
    }
    assert_eq!(field(&record, "repository"), "tagged");
    record["resources"] = json!([{"arn": arn("lower-case")}]);
    assert_eq!(field(&record, "repository"), "lower-case");
    record["resources"] = json!([{"ARN": "arn:aws:kms:us-east-2:123456789012:key/1"}]);
    record["requestParameters"] = Value::Null;
    assert_eq!(field(&record, "repository"), Value::Null);
}

#[test]
fn a_repository_of_another_account_is_known_by_its_owner() {
    let mut record = call(
        "BatchGetImage",
        &json!({"repositoryName": "eks/pause", "registryId": "602401143452"}),
    );
    record["recipientAccountId"] = json!("123456789012");
    let account_and_owner = |record: &Value| (field(record, "account"), field(record, "owner"));
    let expected = (json!("123456789012"), json!("602401143452"));
    assert_eq!(account_and_owner(&record), expected);

    record["requestParameters"] = json!({"repositoryName": "eks/pause"});
    record["resources"] =
        json!([{"ARN": "arn:aws:ecr:us-east-2:602401143452:repository/eks/pause"}]);
    assert_eq!(account_and_owner(&record), expected);

    record["resources"] = json!([{"accountId": "602401143452"}]);
    assert_eq!(account_and_owner(&record), expected);
}
