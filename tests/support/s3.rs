//! Names the S3 operation of a path-style request, which S3 says only by method, path and query.
//! It knows the operations a monitoring tool may reach; anything else is named after its request.

use hyper::http::request::Parts;

/// Query keys that turn a bucket request into one about a part of its configuration.
const CONFIGURATIONS: [(&str, &str); 14] = [
    ("accelerate", "BucketAccelerateConfiguration"),
    ("acl", "BucketAcl"),
    ("cors", "BucketCors"),
    ("encryption", "BucketEncryption"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("logging", "BucketLogging"),
    ("notification", "BucketNotificationConfiguration"),
    ("object-lock", "ObjectLockConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("requestPayment", "BucketRequestPayment"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
];

/// The operation's name and its bucket.
pub fn identify(parts: &Parts) -> (String, Option<String>) {
    let path = parts.uri.path().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    let query: Vec<&str> = parts
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .map(key_of)
        .collect();
    let method = parts.method.as_str();
    let name = match (bucket, key) {
        ("", _) => (method == "GET").then(|| "ListBuckets".to_owned()),
        (_, "") => bucket_operation(method, &query),
        _ => object_operation(
            method,
            &query,
            parts.headers.contains_key("x-amz-copy-source"),
        ),
    };
    let name = name.unwrap_or_else(|| format!("{method} {}", parts.uri));
    (name, (!bucket.is_empty()).then(|| bucket.to_owned()))
}

fn key_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(key, _)| key)
}

fn bucket_operation(method: &str, query: &[&str]) -> Option<String> {
    let has = |key| query.contains(&key);
    if let Some((_, configuration)) = CONFIGURATIONS.iter().find(|(key, _)| has(key)) {
        return Some(configuration_operation(method, configuration));
    }
    let name = match method {
        "HEAD" => "HeadBucket",
        "PUT" => "CreateBucket",
        "DELETE" => "DeleteBucket",
        "POST" if has("delete") => "DeleteObjects",
        "GET" if has("location") => "GetBucketLocation",
        "GET" if has("policyStatus") => "GetBucketPolicyStatus",
        "GET" if has("versions") => "ListObjectVersions",
        "GET" if has("uploads") => "ListMultipartUploads",
        "GET" if has("list-type") => "ListObjectsV2",
        "GET" => "ListObjects",
        _ => return None,
    };
    Some(name.to_owned())
}

fn configuration_operation(method: &str, configuration: &str) -> String {
    match (method, configuration) {
        // The one name that is shorter when it deletes.
        ("DELETE", "BucketLifecycleConfiguration") => "DeleteBucketLifecycle".to_owned(),
        ("GET", _) => format!("Get{configuration}"),
        ("DELETE", _) => format!("Delete{configuration}"),
        _ => format!("Put{configuration}"),
    }
}

fn object_operation(method: &str, query: &[&str], copies: bool) -> Option<String> {
    let has = |key| query.contains(&key);
    let name = match method {
        "HEAD" => "HeadObject",
        "GET" if has("tagging") => "GetObjectTagging",
        "GET" if has("acl") => "GetObjectAcl",
        "GET" if has("attributes") => "GetObjectAttributes",
        "GET" if has("uploadId") => "ListParts",
        "GET" => "GetObject",
        "PUT" if has("tagging") => "PutObjectTagging",
        "PUT" if has("acl") => "PutObjectAcl",
        "PUT" if has("uploadId") => "UploadPart",
        "PUT" if copies => "CopyObject",
        "PUT" => "PutObject",
        "DELETE" if has("tagging") => "DeleteObjectTagging",
        "DELETE" if has("uploadId") => "AbortMultipartUpload",
        "DELETE" => "DeleteObject",
        "POST" if has("uploads") => "CreateMultipartUpload",
        "POST" if has("uploadId") => "CompleteMultipartUpload",
        "POST" if has("select") => "SelectObjectContent",
        _ => return None,
    };
    Some(name.to_owned())
}
