"""What CloudTrail insists on before it takes a trail's settings.

The messages are AWS's own where they are known; the tool under test tells a
role that has not spread yet from a wrong one by them.
"""

import re

from moto.iam.models import Role, iam_backends
from moto.kms.models import Key, kms_backends
from moto.logs.models import logs_backends
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, s3_backends
from moto.sns.models import sns_backends
from moto.utilities.utils import get_partition

import policies
import world
from trails import TRAILS_PER_REGION, Trail, in_region, refuse

PREFIX_LIMIT = 200


def check_room(account: str, region: str, name: str, every_region: bool) -> None:
    """Refuse a name that is taken, and a sixth trail in a region."""
    trails = world.account(account).trails
    for trail in trails:
        meets = every_region or trail.is_in(region)
        if trail.name == name and trail.owner == account and meets:
            refuse(
                "TrailAlreadyExistsException",
                f"Trail {trail.arn} already exists for customer: {account}",
            )
    elsewhere = {trail.home for trail in trails} if every_region else set()
    for place in [region, *sorted(elsewhere - {region})]:
        if len(in_region(account, place)) >= TRAILS_PER_REGION:
            refuse(
                "MaximumNumberOfTrailsExceededException",
                f"User: {account} already has {TRAILS_PER_REGION} trails in {place}.",
            )


def check_destinations(trail: Trail) -> None:
    """Refuse a bucket, key, topic, log group or role that will not do."""
    bucket = check_bucket(trail)
    check_key(trail, bucket)
    check_topic(trail)
    check_log_group(trail)


def check_bucket(trail: Trail) -> FakeBucket:
    """Require a bucket whose policy lets CloudTrail write under the prefix."""
    name = trail.fields.get("S3BucketName", "")
    prefix = trail.fields.get("S3KeyPrefix", "")
    if len(prefix) > PREFIX_LIMIT:
        refuse(
            "InvalidS3PrefixException",
            f"The S3 key prefix is longer than {PREFIX_LIMIT} characters.",
        )
    try:
        # Another account's bucket will do as well, if its policy says so.
        bucket = s3_backends[trail.owner][get_partition(trail.home)].get_bucket(name)
    except S3ClientError:
        refuse("S3BucketDoesNotExistException", f"S3 bucket {name} does not exist!")
    arn = f"{world.arn_prefix(trail.home)}:s3:::{name}"
    folder = f"{prefix}/AWSLogs" if prefix else "AWSLogs"
    needed = {
        "s3:GetBucketAcl": arn,
        "s3:PutObject": f"{arn}/{folder}/{trail.owner}/CloudTrail/object",
    }
    for action, resource in needed.items():
        if not policies.allows(
            bucket.policy, action, trail.arn, policies.CLOUDTRAIL, resource
        ):
            refuse(
                "InsufficientS3BucketPolicyException",
                f"Incorrect S3 bucket policy is detected for bucket: {name}",
            )
    return bucket


def check_key(trail: Trail, bucket: FakeBucket) -> None:
    """Require a key of the bucket's region that CloudTrail may use.

    CloudTrail takes an id, an alias or an ARN and shows the ARN.
    """
    named = trail.fields.get("KmsKeyId")
    if not named:
        return
    key = _find_key(trail.owner, bucket.region_name, named)
    if key is None:
        refuse("KmsKeyNotFoundException", f"KMS key {named} not found.")
    if not policies.allows(
        key.policy, "kms:GenerateDataKey", trail.arn, policies.CLOUDTRAIL
    ):
        refuse(
            "InsufficientEncryptionPolicyException",
            f"Insufficient permissions to access S3 bucket {bucket.name} "
            f"or KMS key {key.arn}.",
        )
    trail.fields["KmsKeyId"] = key.arn


def _find_key(account: str, region: str, named: str) -> Key | None:
    if named.startswith("arn:"):
        account, named_region = named.split(":")[4], named.split(":")[3]
        if named_region != region:
            return None
    backend = kms_backends[account][region]
    if named.startswith("alias/") or ":alias/" in named:
        named = backend.get_key_id_from_alias(backend.get_alias_name(named)) or ""
    return backend.keys.get(backend.get_key_id(named))


def check_topic(trail: Trail) -> None:
    """Require the SNS topic to exist; its policy is not looked at."""
    name = trail.fields.get("SnsTopicName")
    if not name:
        return
    arn = name
    if not name.startswith("arn:"):
        arn = f"{world.arn_prefix(trail.home)}:sns:{trail.home}:{trail.owner}:{name}"
    if arn not in sns_backends[trail.owner][trail.home].topics:
        refuse(
            "InsufficientSnsTopicPolicyException",
            "SNS Topic does not exist or the topic policy is incorrect!",
        )
    trail.fields["SnsTopicARN"] = arn


def check_log_group(trail: Trail) -> None:
    """Require a log group at home and a role that may write to it."""
    group = trail.fields.get("CloudWatchLogsLogGroupArn")
    role = trail.fields.get("CloudWatchLogsRoleArn")
    if not group and not role:
        return
    if not role:
        refuse(
            "InvalidCloudWatchLogsRoleArnException",
            "You must specify a role ARN as well as a log group.",
        )
    if not group:
        refuse(
            "InvalidCloudWatchLogsLogGroupArnException",
            "You must specify a log group as well as a role ARN.",
        )
    _check_group_exists(trail, group)
    _check_role(trail, group, role)


def _check_group_exists(trail: Trail, group: str) -> None:
    start = f"{world.arn_prefix(trail.home)}:logs:{trail.home}:{trail.owner}:log-group:"
    match = re.fullmatch(rf"{re.escape(start)}([^:*]+):\*", group)
    groups = logs_backends[trail.owner][trail.home].groups
    if not match or match[1] not in groups:
        refuse(
            "InvalidCloudWatchLogsLogGroupArnException",
            "CloudTrail cannot validate the specified log group ARN.",
        )


def _check_role(trail: Trail, group: str, arn: str) -> None:
    role = _find_role(trail, arn)
    if role is None or not policies.allows(
        role.assume_role_policy_document,
        "sts:AssumeRole",
        trail.arn,
        policies.CLOUDTRAIL,
    ):
        refuse(
            "InvalidCloudWatchLogsRoleArnException",
            "Access denied. Check the trust relationships for your role.",
        )
    stream = f"{group[:-1]}log-stream:{trail.owner}_CloudTrail_{trail.home}"
    documents = [
        *role.policies.values(),
        *(policy.document for policy in role.managed_policies.values()),
    ]
    for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
        granted = any(
            policies.allows(document, action, trail.arn, resource=stream)
            for document in documents
        )
        if not granted:
            refuse(
                "InvalidCloudWatchLogsLogGroupArnException",
                "Access denied. Check the permissions for your role.",
            )


def _find_role(trail: Trail, arn: str) -> Role | None:
    roles = iam_backends[trail.owner][get_partition(trail.home)].roles
    return next((role for role in list(roles.values()) if role.arn == arn), None)
