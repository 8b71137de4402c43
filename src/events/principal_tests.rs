//! Every type of identity that AWS documents (CloudTrail user guide, "CloudTrail userIdentity element"), and none.

use serde_json::{Value, json};

use crate::events::Event;

#[track_caller]
fn is_shown(identity: &Value, shown: Option<&str>) {
    let record = json!({"eventName": "PutImage", "userIdentity": identity}).to_string();
    let event = Event::from_record(&record).expect("it is a JSON object");
    assert_eq!(event.principal(), shown, "{record}");
}

#[test]
fn the_root_user_is_shown_with_the_account_or_its_alias() {
    is_shown(
        &json!({"type": "Root", "arn": "arn:aws:iam::123456789012:root", "accountId": "123456789012"}),
        Some("root (123456789012)"),
    );
    is_shown(
        &json!({"type": "Root", "userName": "acme", "accountId": "123456789012"}),
        Some("root (acme)"),
    );
    is_shown(&json!({"type": "Root"}), Some("root"));
}

#[test]
fn a_user_is_shown_by_name_as_aws_tells_it() {
    let user = json!({"type": "IAMUser", "userName": "Alice", "arn": "arn:aws:iam::1:user/Bob", "accountId": "1"});
    is_shown(&user, Some("user/Alice"));
    is_shown(
        &json!({"type": "IAMUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "accountId": "1"}),
        Some("user/HIDDEN_DUE_TO_SECURITY_REASONS"),
    );
    is_shown(
        &json!({"type": "IAMUser", "arn": "arn:aws:iam::1:user/team/Bob"}),
        Some("user/Bob"),
    );
    is_shown(
        &json!({"type": "IAMUser", "accountId": "123456789012"}),
        Some("account/123456789012"),
    );
}

#[test]
fn a_session_is_shown_by_its_role_its_name_and_who_stands_behind_it() {
    let session = |context: Value| {
        json!({
            "type": "AssumedRole", "principalId": "AROAEXAMPLE:build-812",
            "arn": "arn:aws:sts::1:assumed-role/ci/build-812", "sessionContext": context,
        })
    };
    is_shown(
        &session(json!({"sessionIssuer": {"type": "Role", "userName": "deployer"}})),
        Some("role/deployer (build-812)"),
    );
    is_shown(
        &session(json!({"sessionIssuer": {"arn": "arn:aws:iam::1:role/path/deployer"}})),
        Some("role/deployer (build-812)"),
    );
    is_shown(&session(Value::Null), Some("role/ci (build-812)"));
    is_shown(
        &session(json!({"sourceIdentity": "anna"})),
        Some("role/ci (build-812, as anna)"),
    );
    is_shown(
        &session(json!({"sourceIdentity": "build-812"})),
        Some("role/ci (build-812)"),
    );
    let issuer = json!({"sessionIssuer": {"userName": "ci"}});
    is_shown(
        &json!({"type": "AssumedRole", "principalId": "AROAEXAMPLE:i-0abc", "sessionContext": issuer}),
        Some("role/ci (i-0abc)"),
    );
    is_shown(
        &json!({"type": "AssumedRole", "principalId": "AROAEXAMPLE", "sessionContext": issuer}),
        Some("role/ci"),
    );
    is_shown(
        &json!({"type": "AssumedRole", "principalId": "AROAEXAMPLE:x", "accountId": "1"}),
        Some("account/1"),
    );
}

#[test]
fn a_role_is_shown_by_its_arn() {
    is_shown(
        &json!({"type": "Role", "arn": "arn:aws:iam::1:role/ci"}),
        Some("arn:aws:iam::1:role/ci"),
    );
}

#[test]
fn federated_people_are_shown_by_name_and_where_they_come_from() {
    let federated = json!({
        "type": "FederatedUser", "principalId": "1:anna", "arn": "arn:aws:sts::1:federated-user/anna",
        "sessionContext": {"sessionIssuer": {"type": "IAMUser", "userName": "broker"}},
    });
    is_shown(&federated, Some("federated/anna (broker)"));
    is_shown(
        &json!({"type": "FederatedUser", "principalId": "1:anna"}),
        Some("federated/anna"),
    );
    is_shown(
        &json!({"type": "SAMLUser", "userName": "anna", "identityProvider": "okta"}),
        Some("anna (okta)"),
    );
    is_shown(
        &json!({"type": "WebIdentityUser", "userName": "7890", "identityProvider": "accounts.google.com"}),
        Some("7890 (accounts.google.com)"),
    );
    is_shown(
        &json!({"type": "WebIdentityUser", "userName": "7890"}),
        Some("7890"),
    );
    let centre = json!({"type": "IdentityCenterUser", "accountId": "1", "credentialId": "c",
        "onBehalfOf": {"userId": "544894e8", "identityStoreArn": "arn:aws:identitystore::1:identitystore/d-1"}});
    is_shown(&centre, Some("idc/544894e8"));
    is_shown(
        &json!({"type": "Directory", "userName": "anna"}),
        Some("anna"),
    );
}

#[test]
fn accounts_and_services_are_shown_as_such() {
    is_shown(
        &json!({"type": "AWSAccount", "principalId": "AIDAEXAMPLE:x", "accountId": "210987654321"}),
        Some("account/210987654321"),
    );
    is_shown(
        &json!({"type": "AWSService", "invokedBy": "replication.ecr.amazonaws.com"}),
        Some("service/replication.ecr.amazonaws.com"),
    );
}

#[test]
fn an_identity_of_no_known_type_is_shown_by_what_it_tells() {
    is_shown(
        &json!({"type": "Unknown", "invokedBy": "AWS Internal", "accountId": "1"}),
        Some("service/AWS Internal"),
    );
    is_shown(
        &json!({"invokedBy": "AWS Internal", "accountId": "1"}),
        Some("service/AWS Internal"),
    );
    is_shown(
        &json!({"type": "Unknown", "accountId": "1"}),
        Some("account/1"),
    );
    is_shown(
        &json!({"type": "SomethingNew", "arn": "arn:aws:iam::1:thing/x"}),
        Some("arn:aws:iam::1:thing/x"),
    );
    for unknown in [
        json!({"type": "Unknown"}),
        json!({"type": "AWSService"}),
        json!({}),
        json!([]),
        Value::Null,
    ] {
        is_shown(&unknown, None);
    }
}
