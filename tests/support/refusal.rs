//! Why AWS says no, in the words and codes of the service that says it.
//! How those words travel is for `answer`; when they are said, for `fault`.

use serde_json::Value;

use super::wire::{Operation, Protocol};

/// The account and region a world stands in.
#[derive(Clone, Debug)]
pub struct Place {
    pub account: String,
    pub region: String,
}

impl Place {
    fn partition(&self) -> &'static str {
        match self.region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if self.region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

#[derive(Clone, Debug)]
pub enum Refusal {
    /// Said as it stands, whatever the service.
    Error {
        status: u16,
        code: String,
        message: String,
    },
    AccessDenied,
    ExpiredToken,
    Throttled,
    /// 500 or 503.
    ServerError(u16),
}

/// An error as a service states it, before it is put into a protocol.
#[derive(Debug, PartialEq, Eq)]
pub struct AwsError {
    pub status: u16,
    pub code: String,
    pub message: String,
}

impl Refusal {
    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::Error {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }

    /// The same refusal in the words of the service that is called.
    pub fn stated(&self, operation: &Operation, body: &[u8], place: &Place) -> AwsError {
        use Protocol::{Cbor, Json, Query, S3};
        let (status, code, message) = match (self, operation.protocol) {
            (
                Self::Error {
                    status,
                    code,
                    message,
                },
                _,
            ) => (*status, code.as_str(), message.clone()),
            (Self::AccessDenied, Json) => {
                (400, "AccessDeniedException", denial(operation, body, place))
            }
            (Self::AccessDenied, Cbor | Query | S3) => {
                (403, "AccessDenied", denial(operation, body, place))
            }
            (Self::ExpiredToken, Json) => (400, "ExpiredTokenException", EXPIRED.to_owned()),
            (Self::ExpiredToken, Cbor | Query) => (403, "ExpiredToken", EXPIRED.to_owned()),
            (Self::ExpiredToken, S3) => (
                400,
                "ExpiredToken",
                "The provided token has expired.".to_owned(),
            ),
            (Self::Throttled, Json) => (400, "ThrottlingException", "Rate exceeded".to_owned()),
            (Self::Throttled, Cbor | Query) => (400, "Throttling", "Rate exceeded".to_owned()),
            (Self::Throttled, S3) => (
                503,
                "SlowDown",
                "Please reduce your request rate.".to_owned(),
            ),
            (Self::ServerError(503), _) => (
                503,
                "ServiceUnavailable",
                "Service is unavailable. Please try again.".to_owned(),
            ),
            (Self::ServerError(status), S3) => (*status, "InternalError", INTERNAL.to_owned()),
            (Self::ServerError(status), Json) if operation.service == "ecr" => {
                (*status, "ServerException", INTERNAL.to_owned())
            }
            (Self::ServerError(status), Json | Cbor | Query) => {
                (*status, "InternalFailure", INTERNAL.to_owned())
            }
        };
        AwsError {
            status,
            code: code.to_owned(),
            message,
        }
    }
}

const EXPIRED: &str = "The security token included in the request is expired";
const INTERNAL: &str = "We encountered an internal error. Please try again.";

fn denial(operation: &Operation, body: &[u8], place: &Place) -> String {
    let Place { account, .. } = place;
    let partition = place.partition();
    let action = format!(
        "{}:{}",
        operation.service,
        action(&operation.service, &operation.name)
    );
    let resource = resource(operation, body, place);
    format!(
        "User: arn:{partition}:iam::{account}:user/operator is not authorized to perform: {action} on resource: \
         {resource} because no identity-based policy allows the {action} action"
    )
}

/// The IAM action that permits an operation. Those of S3 do not all have the operation's name.
pub fn action<'a>(service: &str, operation: &'a str) -> &'a str {
    if service != "s3" {
        return operation;
    }
    match operation {
        "HeadBucket" | "ListObjects" | "ListObjectsV2" => "ListBucket",
        "ListBuckets" => "ListAllMyBuckets",
        "ListObjectVersions" => "ListBucketVersions",
        "HeadObject" => "GetObject",
        // Whoever empties a bucket names the versions.
        "DeleteObjects" => "DeleteObjectVersion",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "PutBucketEncryption" | "DeleteBucketEncryption" => "PutEncryptionConfiguration",
        "GetBucketLifecycleConfiguration" => "GetLifecycleConfiguration",
        "PutBucketLifecycleConfiguration" | "DeleteBucketLifecycle" => "PutLifecycleConfiguration",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" | "DeletePublicAccessBlock" => "PutBucketPublicAccessBlock",
        "DeleteBucketTagging" => "PutBucketTagging",
        "GetObjectLockConfiguration" => "GetBucketObjectLockConfiguration",
        "PutObjectLockConfiguration" => "PutBucketObjectLockConfiguration",
        name => name,
    }
}

fn resource(operation: &Operation, body: &[u8], place: &Place) -> String {
    let Place { account, region } = place;
    let partition = place.partition();
    if let Some(bucket) = &operation.bucket {
        return format!("\"arn:{partition}:s3:::{bucket}\"");
    }
    let named = |keys: &[&str]| {
        keys.iter()
            .find_map(|key| said(operation.protocol, body, key))
    };
    let resource = match operation.service.as_str() {
        "cloudtrail" => named(&["Name", "TrailName"]).map(|name| {
            if name.starts_with("arn:") {
                name
            } else {
                format!("arn:{partition}:cloudtrail:{region}:{account}:trail/{name}")
            }
        }),
        "logs" => named(&["logGroupName"]).map(|name| {
            format!("arn:{partition}:logs:{region}:{account}:log-group:{name}:log-stream:")
        }),
        "ecr" => named(&["repositoryName"])
            .map(|name| format!("arn:{partition}:ecr:{region}:{account}:repository/{name}")),
        "cloudwatch" => named(&["DashboardName"])
            .map(|name| format!("arn:{partition}:cloudwatch::{account}:dashboard/{name}")),
        "iam" => {
            named(&["RoleName"]).map(|name| format!("arn:{partition}:iam::{account}:role/{name}"))
        }
        _ => None,
    };
    resource.unwrap_or_else(|| "*".to_owned())
}

/// What the request says under `key`; names of roles need no percent-decoding.
fn said(protocol: Protocol, body: &[u8], key: &str) -> Option<String> {
    if protocol == Protocol::Cbor {
        return said_in_cbor(body, key);
    }
    let text = std::str::from_utf8(body).ok()?;
    if protocol == Protocol::Json {
        return serde_json::from_str::<Value>(text)
            .ok()?
            .get(key)?
            .as_str()
            .map(str::to_owned);
    }
    text.split('&')
        .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
        .map(str::to_owned)
}

/// The text behind a key of a CBOR map. Names are short: their length stands in the first byte or in the one after it.
fn said_in_cbor(body: &[u8], key: &str) -> Option<String> {
    const TEXT: u8 = 0x60;
    const TEXT_WITH_LENGTH_BYTE: u8 = 0x78;
    let start = body
        .windows(key.len())
        .position(|window| window == key.as_bytes())?;
    let value = body.get(start + key.len()..)?;
    let (length, text) = match *value.first()? {
        TEXT_WITH_LENGTH_BYTE => (*value.get(1)?, value.get(2..)?),
        head @ TEXT..TEXT_WITH_LENGTH_BYTE => (head - TEXT, value.get(1..)?),
        _ => return None,
    };
    let text = text.get(..usize::from(length))?;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(refusal: &Refusal, protocol: Protocol, name: &str, body: &str) -> AwsError {
        let service = match protocol {
            Protocol::Json => "cloudtrail",
            Protocol::Cbor => "cloudwatch",
            Protocol::Query => "iam",
            Protocol::S3 => "s3",
        };
        let bucket = (protocol == Protocol::S3).then(|| "logs".to_owned());
        let operation = Operation {
            protocol,
            service: service.to_owned(),
            name: name.to_owned(),
            bucket,
        };
        let place = Place {
            account: "123456789012".to_owned(),
            region: "eu-west-1".to_owned(),
        };
        refusal.stated(&operation, body.as_bytes(), &place)
    }

    #[test]
    fn a_denial_names_user_action_and_resource() {
        let error = stated(
            &Refusal::AccessDenied,
            Protocol::Json,
            "CreateTrail",
            r#"{"Name":"ecr"}"#,
        );
        let message = "User: arn:aws:iam::123456789012:user/operator is not authorized to perform: \
                       cloudtrail:CreateTrail on resource: arn:aws:cloudtrail:eu-west-1:123456789012:trail/ecr because no \
                       identity-based policy allows the cloudtrail:CreateTrail action";
        let code = "AccessDeniedException".to_owned();
        assert_eq!(
            error,
            AwsError {
                status: 400,
                code,
                message: message.to_owned()
            }
        );
    }

    #[test]
    fn a_denial_of_s3_names_the_iam_action_behind_the_operation() {
        let error = stated(
            &Refusal::AccessDenied,
            Protocol::S3,
            "PutBucketEncryption",
            "",
        );
        assert_eq!((error.status, error.code.as_str()), (403, "AccessDenied"));
        assert!(
            error
                .message
                .contains("s3:PutEncryptionConfiguration on resource: \"arn:aws:s3:::logs\""),
            "{error:?}"
        );
    }

    #[test]
    fn a_denial_of_iam_names_the_role() {
        let error = stated(
            &Refusal::AccessDenied,
            Protocol::Query,
            "CreateRole",
            "Action=CreateRole&RoleName=r&Path=%2F",
        );
        assert!(
            error
                .message
                .contains("on resource: arn:aws:iam::123456789012:role/r because"),
            "{error:?}"
        );
    }

    #[test]
    fn a_denial_of_cloudwatch_names_the_dashboard() {
        let error = stated(
            &Refusal::AccessDenied,
            Protocol::Cbor,
            "GetDashboard",
            "\u{1}mDashboardNamececr",
        );
        assert!(
            error
                .message
                .contains("on resource: arn:aws:cloudwatch::123456789012:dashboard/ecr because"),
            "{error:?}"
        );
    }

    #[test]
    fn throttling_has_a_name_of_its_own_in_every_protocol() {
        let code = |protocol| stated(&Refusal::Throttled, protocol, "X", "").code;
        let codes = [
            Protocol::Json,
            Protocol::Cbor,
            Protocol::Query,
            Protocol::S3,
        ]
        .map(code);
        assert_eq!(
            codes,
            [
                "ThrottlingException",
                "Throttling",
                "Throttling",
                "SlowDown"
            ]
        );
    }
}
