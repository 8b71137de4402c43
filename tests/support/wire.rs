//! Tells from the wire which AWS operation a request is. Four protocols say it in four places.
//! What is then done with the call is for `exchange` and `fault`.

use hyper::HeaderMap;
use hyper::http::request::Parts;

use super::s3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// awsJson1.1: the operation stands in `X-Amz-Target`.
    Json,
    /// rpc-v2-cbor: the operation stands in the path.
    Cbor,
    /// awsQuery: the operation stands in a form, as `Action`.
    Query,
    /// restXml: the operation is what method, path and query make of it.
    S3,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    pub protocol: Protocol,
    /// AWS's own prefix, as in IAM actions.
    pub service: String,
    pub name: String,
    /// S3 only.
    pub bucket: Option<String>,
}

impl Operation {
    /// Does this change something in the account?
    pub fn is_mutating(&self) -> bool {
        const READING: [&str; 17] = [
            "Get",
            "List",
            "Describe",
            "Head",
            "Lookup",
            "Filter",
            "Test",
            "Simulate",
            "BatchGet",
            "BatchCheck",
            "AssumeRole",
            "StartQuery",
            "StopQuery",
            "StartLiveTail",
            "SelectObjectContent",
            // Requests that `s3` could not name.
            "GET ",
            "HEAD ",
        ];
        !READING.iter().any(|verb| self.name.starts_with(verb))
    }

    /// The bucket whose own state this call changes; S3 refuses two of these at once.
    pub fn written_bucket(&self) -> Option<&str> {
        let writes = self.is_mutating() && !self.name.contains("Object");
        let writes = writes || self.name == "PutObjectLockConfiguration";
        self.bucket.as_deref().filter(|_| writes)
    }

    /// `pattern` is one or more of `Operation`, `service:Operation`, `service:*` and `*`, divided by `|`.
    pub fn matches(&self, pattern: &str) -> bool {
        pattern.split('|').any(|one| {
            let (service, name) = one.split_once(':').unwrap_or(("*", one));
            (service == "*" || service == self.service) && (name == "*" || name == self.name)
        })
    }
}

pub fn identify(parts: &Parts, body: &[u8]) -> Operation {
    let mut operation = by_protocol(parts, body);
    if let Some(signed) = signed_service(&parts.headers) {
        signed.clone_into(&mut operation.service);
    }
    operation
}

/// The retry number in the SDK's own header, `attempt=2; max=3`.
pub fn attempt(headers: &HeaderMap) -> u32 {
    let number = || {
        text(headers, "amz-sdk-request")?
            .split(';')
            .find_map(|part| part.trim().strip_prefix("attempt="))?
            .parse()
            .ok()
    };
    number().unwrap_or(1)
}

fn by_protocol(parts: &Parts, body: &[u8]) -> Operation {
    let operation = |protocol, service: &str, name: &str, bucket| Operation {
        protocol,
        service: service.to_owned(),
        name: name.to_owned(),
        bucket,
    };
    if let Some((target, name)) =
        text(&parts.headers, "x-amz-target").and_then(|target| target.rsplit_once('.'))
    {
        return operation(Protocol::Json, &json_service(target), name, None);
    }
    if let Some((_, name)) = parts
        .uri
        .path()
        .strip_prefix("/service/")
        .and_then(|path| path.split_once("/operation/"))
    {
        return operation(Protocol::Cbor, "cloudwatch", name, None);
    }
    let form = std::str::from_utf8(body).unwrap_or_default();
    if let (true, Some(name)) = (parts.uri.path() == "/", form_value(form, "Action")) {
        return operation(
            Protocol::Query,
            query_service(form_value(form, "Version")),
            name,
            None,
        );
    }
    let (name, bucket) = s3::identify(parts);
    operation(Protocol::S3, "s3", &name, bucket)
}

/// `com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101` -> `cloudtrail`
fn json_service(target: &str) -> String {
    let service = target.rsplit('.').next().unwrap_or(target);
    let name = service.split('_').next().unwrap_or(service).to_lowercase();
    // Two services kept their first names on the wire.
    match name.as_str() {
        "amazonec2containerregistry" => "ecr".to_owned(),
        "graniteserviceversion20100801" => "cloudwatch".to_owned(),
        _ => name,
    }
}

fn query_service(version: Option<&str>) -> &'static str {
    match version {
        Some("2010-05-08") => "iam",
        Some("2011-06-15") => "sts",
        Some("2010-03-31") => "sns",
        Some("2010-08-01") => "cloudwatch",
        _ => "unknown",
    }
}

/// Names and versions of actions are never percent-encoded.
fn form_value<'form>(form: &'form str, key: &str) -> Option<&'form str> {
    form.split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}

/// The service in the signature's scope: `Credential=AKIA…/20260101/eu-west-1/monitoring/aws4_request`.
fn signed_service(headers: &HeaderMap) -> Option<&str> {
    let (_, credential) = text(headers, "authorization")?.split_once("Credential=")?;
    match credential.split('/').nth(3)? {
        // CloudWatch signs with an older name than its IAM actions have.
        "monitoring" => Some("cloudwatch"),
        service => Some(service),
    }
}

fn text<'headers>(headers: &'headers HeaderMap, name: &str) -> Option<&'headers str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn identified(method: &str, uri: &str, header: (&str, &str), body: &str) -> Operation {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header(header.0, header.1)
            .body(());
        identify(&request.expect("a request").into_parts().0, body.as_bytes())
    }

    fn named(method: &str, uri: &str, header: (&str, &str), body: &str) -> String {
        let Operation { service, name, .. } = identified(method, uri, header, body);
        format!("{service}:{name}")
    }

    const NO_HEADER: (&str, &str) = ("accept", "*/*");

    #[test]
    fn json_calls_are_named_by_their_target() {
        let target = |target| named("POST", "/", ("x-amz-target", target), "{}");
        assert_eq!(
            target("Logs_20140328.CreateLogGroup"),
            "logs:CreateLogGroup"
        );
        assert_eq!(
            target("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.CreateTrail"),
            "cloudtrail:CreateTrail"
        );
        assert_eq!(
            target("AmazonEC2ContainerRegistry_V20150921.DescribeImages"),
            "ecr:DescribeImages"
        );
    }

    #[test]
    fn cbor_calls_are_named_by_their_path() {
        let path = "/service/GraniteServiceVersion20100801/operation/PutDashboard";
        assert_eq!(
            named("POST", path, NO_HEADER, "\u{0}"),
            "cloudwatch:PutDashboard"
        );
    }

    #[test]
    fn query_calls_are_named_by_their_form() {
        let form = |form| named("POST", "/", NO_HEADER, form);
        assert_eq!(
            form("Action=CreateRole&Version=2010-05-08&RoleName=a"),
            "iam:CreateRole"
        );
        assert_eq!(
            form("Action=GetCallerIdentity&Version=2011-06-15"),
            "sts:GetCallerIdentity"
        );
    }

    #[test]
    fn the_signature_names_the_service_where_the_wire_does_not() {
        let signed = |service| {
            let value = format!(
                "AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host"
            );
            named(
                "POST",
                "/",
                ("authorization", &value),
                "Action=Publish&Version=1999-01-01",
            )
        };
        assert_eq!(signed("sns"), "sns:Publish");
        assert_eq!(signed("monitoring"), "cloudwatch:Publish");
    }

    #[test]
    fn s3_calls_are_named_by_method_path_and_query() {
        let cases = [
            ("HEAD", "/b", "HeadBucket"),
            ("PUT", "/b/", "CreateBucket"),
            ("DELETE", "/b", "DeleteBucket"),
            ("GET", "/?x-id=ListBuckets", "ListBuckets"),
            ("GET", "/b?policy", "GetBucketPolicy"),
            ("PUT", "/b?policy=", "PutBucketPolicy"),
            ("DELETE", "/b?policy", "DeleteBucketPolicy"),
            ("PUT", "/b?tagging", "PutBucketTagging"),
            ("GET", "/b?encryption", "GetBucketEncryption"),
            ("PUT", "/b?versioning", "PutBucketVersioning"),
            ("PUT", "/b?lifecycle", "PutBucketLifecycleConfiguration"),
            ("DELETE", "/b?lifecycle", "DeleteBucketLifecycle"),
            ("GET", "/b?ownershipControls", "GetBucketOwnershipControls"),
            ("PUT", "/b?publicAccessBlock", "PutPublicAccessBlock"),
            ("GET", "/b?acl", "GetBucketAcl"),
            ("GET", "/b?location", "GetBucketLocation"),
            ("GET", "/b?object-lock", "GetObjectLockConfiguration"),
            ("GET", "/b?versions&max-keys=1", "ListObjectVersions"),
            ("GET", "/b?list-type=2&prefix=AWSLogs%2F", "ListObjectsV2"),
            ("POST", "/b?delete", "DeleteObjects"),
            ("PUT", "/b/AWSLogs/1/x.json.gz?x-id=PutObject", "PutObject"),
            ("GET", "/b/k?x-id=GetObject", "GetObject"),
            ("DELETE", "/b/k?versionId=1", "DeleteObject"),
            ("HEAD", "/b/k", "HeadObject"),
        ];
        for (method, uri, name) in cases {
            assert_eq!(
                identified(method, uri, NO_HEADER, "").name,
                name,
                "{method} {uri}"
            );
        }
    }

    #[test]
    fn only_changes_are_mutating() {
        let mutating = |method, uri| identified(method, uri, NO_HEADER, "").is_mutating();
        assert!(mutating("PUT", "/b?policy"));
        assert!(mutating("POST", "/b?delete"));
        assert!(!mutating("HEAD", "/b"));
        assert!(!mutating("GET", "/b?versions"));
    }

    #[test]
    fn only_configuration_writes_make_a_bucket_busy() {
        let busy = |method, uri| {
            identified(method, uri, NO_HEADER, "")
                .written_bucket()
                .is_some()
        };
        assert!(busy("PUT", "/b?policy"));
        assert!(busy("PUT", "/b?object-lock"));
        assert!(busy("DELETE", "/b"));
        assert!(!busy("POST", "/b?delete"));
        assert!(!busy("PUT", "/b/k"));
        assert!(!busy("GET", "/b?policy"));
    }

    #[test]
    fn patterns_choose_operations_by_name_service_or_both() {
        let put_policy = identified("PUT", "/b?policy", NO_HEADER, "");
        for pattern in [
            "*",
            "s3:*",
            "PutBucketPolicy",
            "s3:PutBucketPolicy",
            "CreateTrail|PutBucketPolicy",
        ] {
            assert!(put_policy.matches(pattern), "{pattern}");
        }
        for pattern in ["iam:*", "iam:PutBucketPolicy", "PutBucket"] {
            assert!(!put_policy.matches(pattern), "{pattern}");
        }
    }

    #[test]
    fn the_attempt_is_read_from_the_sdk_header() {
        let mut headers = HeaderMap::new();
        assert_eq!(attempt(&headers), 1);
        headers.insert(
            "amz-sdk-request",
            "attempt=2; max=3".parse().expect("a header"),
        );
        assert_eq!(attempt(&headers), 2);
    }
}
