//! One record as CloudTrail writes it: the shapes are those of the CloudTrail and ECR user guides, the names made up.

use std::fmt::Write;

use super::random::Random;
use super::{ACCOUNT, REGION};

const ROLES: [&str; 12] = [
    "ci-build", "deploy-prod", "deploy-stage", "eks-nodes", "ecs-task-execution", "data-pipeline",
    "security-audit", "grafana", "karpenter", "external-secrets", "developer", "backup",
];
const AGENTS: [&str; 8] = [
    "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 md/GOOS#linux md/GOARCH#amd64 api/s3#1.79.2 m/E,g",
    "Boto3/1.37.23 md/Botocore#1.37.23 ua/2.1 os/linux#6.1.129 md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython cfg/retry-mode#standard",
    "aws-sdk-java/2.30.38 md/io#async md/http#NettyNio ua/2.1 os/Linux#5.10.234 lang/java#21.0.6 md/OpenJDK_64-Bit_Server_VM#21.0.6+7-LTS",
    "APN/1.0 HashiCorp/1.0 Terraform/1.11.2 (+https://www.terraform.io) terraform-provider-aws/5.91.0 (+https://registry.terraform.io/providers/hashicorp/aws)",
    "AWS Internal",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36",
    "aws-cli/2.25.2 md/awscrt#0.23.8 ua/2.1 os/macos#24.3.0 md/arch#arm64 lang/python#3.12.9 md/prompt#off md/command#ec2.describe-instances",
    "amazon-ssm-agent/3.3.1957.0 aws-sdk-go/1.55.5 (go1.22.12; linux; amd64)",
];
const TAGS: [&str; 6] = ["latest", "main", "v1.8.2", "v1.9.0-rc.1", "stable", "nightly"];
const REPOSITORIES: [&str; 10] = [
    "team-a/api", "team-a/worker", "team-b/web", "platform/proxy", "platform/base-images/debian", "data/etl",
    "ml/training", "ml/serving", "tools/ci", "docker-hub/library/nginx",
];

/// A call: the service, the name, whether it only reads, and what is asked and answered.
struct Call {
    service: &'static str,
    name: &'static str,
    reads: bool,
    request: String,
    response: String,
    resource: Option<(String, &'static str)>,
}

pub fn write(text: &mut String, random: &mut Random, time: &str, is_ecr: bool) {
    let call = if is_ecr { ecr(random) } else { other(random) };
    let Call { service, name, reads, request, response, resource } = call;
    let agent = random.pick(&AGENTS);
    let ip = format!("10.{}.{}.{}", random.below(8), random.below(256), random.below(256));
    let who = identity(random, time);
    let (request_id, event_id) = (random.uuid(), random.uuid());
    let resources = resource.map_or(String::new(), |(arn, kind)| {
        format!("\"resources\":[{{\"accountId\":\"{ACCOUNT}\",\"type\":\"{kind}\",\"ARN\":\"{arn}\"}}],")
    });
    // Writing into a text does not fail.
    let _ = write!(
        text,
        "{{\"eventVersion\":\"1.11\",\"userIdentity\":{who},\"eventTime\":\"{time}\",\
         \"eventSource\":\"{service}.amazonaws.com\",\"eventName\":\"{name}\",\"awsRegion\":\"{REGION}\",\
         \"sourceIPAddress\":\"{ip}\",\"userAgent\":\"{agent}\",\"requestParameters\":{request},\
         \"responseElements\":{response},\"requestID\":\"{request_id}\",\"eventID\":\"{event_id}\",\
         \"readOnly\":{reads},{resources}\"eventType\":\"AwsApiCall\",\"managementEvent\":true,\
         \"recipientAccountId\":\"{ACCOUNT}\",\"eventCategory\":\"Management\",\
         \"tlsDetails\":{{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\",\
         \"clientProvidedHostHeader\":\"{service}.{REGION}.amazonaws.com\"}}}}"
    );
}

fn identity(random: &mut Random, time: &str) -> String {
    let role = random.pick(&ROLES);
    let (session, key) = (random.hex(17), random.letters(16));
    format!(
        "{{\"type\":\"AssumedRole\",\"principalId\":\"AROAEXAMPLE{role}:i-{session}\",\
         \"arn\":\"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/i-{session}\",\"accountId\":\"{ACCOUNT}\",\
         \"accessKeyId\":\"ASIA{key}\",\"sessionContext\":{{\"sessionIssuer\":{{\"type\":\"Role\",\
         \"principalId\":\"AROAEXAMPLE{role}\",\"arn\":\"arn:aws:iam::{ACCOUNT}:role/{role}\",\
         \"accountId\":\"{ACCOUNT}\",\"userName\":\"{role}\"}},\"attributes\":{{\"creationDate\":\"{time}\",\
         \"mfaAuthenticated\":\"false\"}},\"ec2RoleDelivery\":\"2.0\"}}}}"
    )
}

fn ecr(random: &mut Random) -> Call {
    let repository = random.pick(&REPOSITORIES);
    let (tag, digest) = (random.pick(&TAGS), random.hex(64));
    let named = format!("\"repositoryName\":\"{repository}\",\"registryId\":\"{ACCOUNT}\"");
    let (name, reads, request, response) = match random.below(10) {
        0 => (
            "PutImage",
            false,
            format!("{{{named},\"imageTag\":\"{tag}\",\"imageManifest\":\"{}\"}}", manifest(random)),
            format!("{{\"image\":{{{named},\"imageId\":{{\"imageDigest\":\"sha256:{digest}\",\"imageTag\":\"{tag}\"}}}}}}"),
        ),
        1 => ("GetAuthorizationToken", true, "null".to_owned(), "null".to_owned()),
        2..5 => (
            "GetDownloadUrlForLayer",
            true,
            format!("{{{named},\"layerDigest\":\"sha256:{digest}\"}}"),
            "null".to_owned(),
        ),
        5 => (
            "UploadLayerPart",
            false,
            format!("{{{named},\"uploadId\":\"{}\",\"partFirstByte\":0,\"partLastByte\":{}}}", random.uuid(), random.below(20_971_520)),
            format!("{{{named},\"lastByteReceived\":{}}}", random.below(20_971_520)),
        ),
        _ => (
            "BatchGetImage",
            true,
            format!(
                "{{{named},\"imageIds\":[{{\"imageTag\":\"{tag}\"}}],\"acceptedMediaTypes\":[\
                 \"application/vnd.docker.distribution.manifest.list.v2+json\",\
                 \"application/vnd.oci.image.manifest.v1+json\",\"application/vnd.oci.image.index.v1+json\"]}}"
            ),
            "null".to_owned(),
        ),
    };
    let arn = format!("arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{repository}");
    let resource = (name != "GetAuthorizationToken").then_some((arn, "AWS::ECR::Repository"));
    Call { service: "ecr", name, reads, request, response, resource }
}

/// A manifest as it stands in a record: JSON within a text.
fn manifest(random: &mut Random) -> String {
    let layers: Vec<_> = (0..3 + random.below(6))
        .map(|_| {
            let (digest, size) = (random.hex(64), random.below(90_000_000));
            format!(
                "{{\\\"mediaType\\\":\\\"application/vnd.oci.image.layer.v1.tar+gzip\\\",\\\"size\\\":{size},\
                 \\\"digest\\\":\\\"sha256:{digest}\\\"}}"
            )
        })
        .collect();
    format!("{{\\\"schemaVersion\\\":2,\\\"layers\\\":[{}]}}", layers.join(","))
}

fn other(random: &mut Random) -> Call {
    let id = random.hex(17);
    let (service, name, reads, request, response, resource) = match random.below(8) {
        0 => {
            let key = format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/{}", random.uuid());
            let request = format!(
                "{{\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\",\"encryptionContext\":{{\"aws:s3:arn\":\
                 \"arn:aws:s3:::data-lake-{id}/year=2026/part-{id}.parquet\"}}}}"
            );
            ("kms", "Decrypt", true, request, "null".to_owned(), Some((key, "AWS::KMS::Key")))
        }
        1 => {
            let role = format!("arn:aws:iam::{ACCOUNT}:role/{}", random.pick(&ROLES));
            let request = format!("{{\"roleArn\":\"{role}\",\"roleSessionName\":\"i-{id}\",\"durationSeconds\":3600}}");
            let response = format!(
                "{{\"credentials\":{{\"accessKeyId\":\"ASIA{}\",\"sessionToken\":\"{}\",\"expiration\":\"Mar 9, 2026, 6:12:33 PM\"}},\
                 \"assumedRoleUser\":{{\"assumedRoleId\":\"AROAEXAMPLE:i-{id}\",\"arn\":\"{role}/i-{id}\"}}}}",
                random.letters(16),
                random.letters(120)
            );
            ("sts", "AssumeRole", true, request, response, Some((role, "AWS::IAM::Role")))
        }
        2 => {
            let request = format!(
                "{{\"maxResults\":1000,\"instancesSet\":{{\"items\":[{{\"instanceId\":\"i-{id}\"}}]}},\"filterSet\":{{\"items\":[\
                 {{\"name\":\"instance-state-name\",\"valueSet\":{{\"items\":[{{\"value\":\"running\"}},{{\"value\":\"pending\"}}]}}}}]}}}}"
            );
            ("ec2", "DescribeInstances", true, request, "null".to_owned(), None)
        }
        3 => {
            let request = format!("{{\"logGroupName\":\"/aws/lambda/etl\",\"logStreamName\":\"2026/03/09/[$LATEST]{id}\"}}");
            ("logs", "CreateLogStream", false, request, "null".to_owned(), None)
        }
        4 => {
            let secret = format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:prod/db-{}", random.letters(6));
            ("secretsmanager", "GetSecretValue", true, format!("{{\"secretId\":\"{secret}\"}}"), "null".to_owned(), None)
        }
        5 => {
            let request = format!(
                "{{\"policyDocument\":\"{{\\n  \\\"Version\\\": \\\"2012-10-17\\\",\\n  \\\"Statement\\\": [{{\\\"Effect\\\": \
                 \\\"Allow\\\", \\\"Action\\\": [\\\"ecr:BatchGetImage\\\"], \\\"Resource\\\": \\\"arn:aws:ecr:*:*:repository/{id}\\\"}}]\\n}}\",\
                 \"policyName\":\"pull-{id}\",\"roleName\":\"{}\"}}",
                random.pick(&ROLES)
            );
            ("iam", "PutRolePolicy", false, request, "null".to_owned(), None)
        }
        6 => {
            let request = format!("{{\"bucketName\":\"data-lake-{id}\",\"Host\":\"s3.{REGION}.amazonaws.com\",\"acl\":\"\"}}");
            let bucket = (format!("arn:aws:s3:::data-lake-{id}"), "AWS::S3::Bucket");
            ("s3", "GetBucketAcl", true, request, "null".to_owned(), Some(bucket))
        }
        _ => {
            let request = format!("{{\"instanceInformationFilterList\":[{{\"key\":\"InstanceIds\",\"valueSet\":[\"i-{id}\"]}}],\"instanceId\":\"i-{id}\"}}");
            ("ssm", "UpdateInstanceInformation", false, request, "null".to_owned(), None)
        }
    };
    Call { service, name, reads, request, response, resource }
}
