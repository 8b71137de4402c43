"""S3 where AWS is stricter, or safer by default, than moto.

New buckets are private, encrypted and owner-enforced; another account's
bucket is refused rather than absent; a bucket answers in its own region only.
"""

import json
import re
from typing import Any

import xmltodict
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.s3.exceptions import (
    AccessDeniedByLock,
    IllegalLocationConstraintException,
    IncompatibleLocationConstraintException,
    MalformedXML,
    S3ClientError,
)
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend, s3_backends
from moto.s3.responses import S3Response
from moto.s3.utils import bucket_policy_is_public

from policies import many

DELETE_LIMIT = 1000
BUCKET_NAME = re.compile(
    r"(?!.*\.\.)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
)
DEFAULT_ENCRYPTION = {
    "Rule": {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"},
        "BucketKeyEnabled": "false",
    }
}
DEFAULT_OWNERSHIP = "BucketOwnerEnforced"


class AccessDenied(S3ClientError):
    def __init__(self) -> None:
        super().__init__("AccessDenied", "Access Denied")


class InvalidBucketName(S3ClientError):
    def __init__(self) -> None:
        super().__init__("InvalidBucketName", "The specified bucket is not valid.")


class MalformedPolicy(S3ClientError):
    def __init__(self, message: str) -> None:
        super().__init__("MalformedPolicy", message)


class PermanentRedirect(S3ClientError):
    def __init__(self) -> None:
        super().__init__(
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the "
            "specified endpoint. Please send all future requests to this endpoint.",
        )


# The errors that AWS answers with something else than 400 and whose status
# moto does not take from S3's model.
STATUS = {"AccessDenied": 403, "PermanentRedirect": 301}
# Root elements that moto names after the operation.
ROOTS = {
    "GetBucketVersioningResponse": "VersioningConfiguration",
    "GetBucketNotificationResponse": "NotificationConfiguration",
    "GetBucketAccelerateConfigurationResponse": "AccelerateConfiguration",
}


def bucket_named(name: str) -> FakeBucket | None:
    """Return the bucket of that name, whoever owns it."""
    if name not in s3_backends.bucket_accounts:
        return None
    partition, account = s3_backends.bucket_accounts[name]
    return s3_backends[account][partition].buckets.get(name)


def refusal(
    call: S3Response, creates: bool, asks_location: bool
) -> TYPE_RESPONSE | None:
    """Refuse a bucket in another region or of another account."""
    bucket = bucket_named(call.bucket_name)
    if bucket is None or creates:
        return None
    headers = {"x-amz-bucket-region": bucket.region_name}
    expected = call.headers.get("x-amz-expected-bucket-owner", bucket.account_id)
    if bucket.region_name != call.region and not asks_location:
        error: S3ClientError = PermanentRedirect()
    elif bucket.account_id != call.current_account or expected != bucket.account_id:
        error = AccessDenied()
    else:
        return None
    if call.method == "HEAD":
        return STATUS[error.code], headers, ""
    return _answer(call, error, headers)


def _answer(
    call: S3Response, error: S3ClientError, headers: dict[str, str] | None = None
) -> TYPE_RESPONSE:
    status, given, body = call.serialized(ActionResult(error))
    return STATUS.get(error.code, status), {**given, **(headers or {})}, body


def _guard_calls() -> None:
    """Put the refusals before everything that moto answers."""
    bucket_call, key_call = S3Response._bucket_response, S3Response._key_response

    def on_bucket(self: S3Response, request: Any, full_url: str) -> Any:
        query = self._get_querystring(request, full_url)
        creates = request.method == "PUT" and not query.keys() - {"x-id"}
        try:
            refused = refusal(self, creates, "location" in query)
            if refused:
                return refused
            if creates:
                _check_creation(self)
            answer = bucket_call(self, request, full_url)
            if creates:
                _tag_created(self)
            if request.method == "PUT" and "policy" in query:
                return 204, {}, ""
            return _rooted(answer)
        except S3ClientError as error:
            return _answer(self, error)

    def on_key(self: S3Response, request: Any, full_url: str) -> Any:
        try:
            return refusal(self, False, False) or key_call(self, request, full_url)
        except S3ClientError as error:
            return _answer(self, error)

    S3Response._bucket_response, S3Response._key_response = on_bucket, on_key


def _rooted(answer: TYPE_RESPONSE | str | bytes) -> TYPE_RESPONSE | str | bytes:
    """Name an answer's root element as S3 does; Rust's SDK insists on it."""
    if not isinstance(answer, tuple) or not isinstance(answer[2], (str, bytes)):
        return answer
    status, headers, body = answer
    text = body.decode() if isinstance(body, bytes) else body
    for wrong, right in ROOTS.items():
        text = text.replace(f"<{wrong} ", f"<{right} ").replace(
            f"</{wrong}>", f"</{right}>"
        )
    return status, headers, text


def _configuration(call: S3Response) -> dict[str, Any]:
    if not call.body:
        return {}
    try:
        return xmltodict.parse(call.body)["CreateBucketConfiguration"] or {}
    except (KeyError, ValueError, xmltodict.expat.ExpatError):
        raise MalformedXML from None


def _check_creation(call: S3Response) -> None:
    """moto lets us-east-1 make buckets elsewhere and takes most names."""
    if not BUCKET_NAME.fullmatch(call.bucket_name):
        raise InvalidBucketName
    wanted = _configuration(call).get("LocationConstraint")
    if call.region == "us-east-1":
        if wanted and wanted != "us-east-1":
            raise IncompatibleLocationConstraintException(wanted)
    elif not wanted:
        raise IllegalLocationConstraintException


def _tag_created(call: S3Response) -> None:
    listed = (_configuration(call).get("Tags") or {}).get("Tag") or []
    tags = {tag["Key"]: tag.get("Value") or "" for tag in many(listed)}
    if tags:
        call.backend.put_bucket_tagging(call.bucket_name, tags)


def _give_buckets_defaults() -> None:
    """New buckets are as AWS has made them since April 2023."""
    make = FakeBucket.__init__

    def init(self: FakeBucket, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        self.public_access_block = PublicAccessBlock(True, True, True, True)
        self.encryption = DEFAULT_ENCRYPTION
        self.ownership_rule = DEFAULT_OWNERSHIP

    def delete_bucket_encryption(self: S3Backend, bucket_name: str) -> None:
        self.get_bucket(bucket_name).encryption = DEFAULT_ENCRYPTION

    FakeBucket.__init__ = init
    S3Backend.delete_bucket_encryption = delete_bucket_encryption


def _judge_policies() -> None:
    """Check bucket policies, and do not apply what has conditions.

    moto ignores conditions when it applies a policy, so that "deny whatever
    does not come by TLS" would deny everything.
    """
    judge, put = FakeBucket.get_permission, S3Backend.put_bucket_policy

    def get_permission(self: FakeBucket, action: str, resource: str) -> Any:
        stored = self.policy
        if stored is None:
            return judge(self, action, resource)
        document = json.loads(stored)
        plain = [s for s in many(document["Statement"]) if not s.get("Condition")]
        unconditional = FakeBucket.__new__(FakeBucket)
        unconditional.policy = (
            json.dumps({**document, "Statement": plain}).encode() if plain else None
        )
        return judge(unconditional, action, resource)

    def put_bucket_policy(self: S3Backend, bucket_name: str, policy: bytes) -> None:
        bucket = self.get_bucket(bucket_name)
        check_policy(bucket, policy)
        block = bucket.public_access_block
        if block and block.block_public_policy and bucket_policy_is_public(policy):
            raise AccessDenied
        put(self, bucket_name, policy)

    FakeBucket.get_permission = get_permission
    S3Backend.put_bucket_policy = put_bucket_policy


def check_policy(bucket: FakeBucket, policy: bytes) -> None:
    """Refuse JSON that is no policy for this bucket."""
    try:
        document = json.loads(policy)
    except ValueError:
        raise MalformedPolicy("Policies must be valid JSON.") from None
    if not isinstance(document, dict) or not document.get("Statement"):
        raise MalformedPolicy("Missing required field Statement")
    if document.get("Version", "2008-10-17") not in ("2008-10-17", "2012-10-17"):
        raise MalformedPolicy("The policy must contain a valid version string")
    for statement in many(document["Statement"]):
        _check_statement(bucket, statement)


def _check_statement(bucket: FakeBucket, statement: Any) -> None:
    if not isinstance(statement, dict):
        raise MalformedPolicy("Policy has invalid statement")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise MalformedPolicy("Missing required field Effect")
    for part in ("Principal", "Action", "Resource"):
        if not statement.get(part) and not statement.get(f"Not{part}"):
            raise MalformedPolicy(f"Missing required field {part}")
    arn = f"arn:{bucket.partition}:s3:::{bucket.name}"
    for resource in many(statement.get("Resource", [])):
        if resource != arn and not resource.startswith(f"{arn}/"):
            raise MalformedPolicy("Policy has invalid resource")
    for action in many(statement.get("Action", [])):
        if action != "*" and not action.lower().startswith("s3:"):
            raise MalformedPolicy("Policy has invalid action")


def _keep_other_versions() -> None:
    """Deleting from a bucket with suspended versioning spares other versions.

    moto drops the whole object. AWS would put a delete marker whose version
    is "null"; here it gets a version of its own.
    """
    delete = S3Backend.delete_object

    def delete_object(
        self: S3Backend, bucket_name: str, key_name: str, **given: Any
    ) -> Any:
        bucket = self.get_bucket(bucket_name)
        if bucket.versioning_status != "Suspended":
            return delete(self, bucket_name, key_name, **given)
        bucket.versioning_status = "Enabled"
        try:
            return delete(self, bucket_name, key_name, **given)
        finally:
            bucket.versioning_status = "Suspended"

    S3Backend.delete_object = delete_object


def _answer_deletions() -> None:
    """DeleteObjects: at most a thousand, and errors name the version."""

    def delete_keys(
        self: S3Response, bucket_name: str, authenticated: bool = True
    ) -> TYPE_RESPONSE:
        asked = xmltodict.parse(self.body, strip_whitespace=False)["Delete"]
        objects = many(asked.get("Object") or [])
        if not 1 <= len(objects) <= DELETE_LIMIT:
            raise MalformedXML
        bypass = self.headers.get("x-amz-bypass-governance-retention", "")
        deleted, errors = [], []
        for named in objects:
            outcome = _delete(self.backend, bucket_name, named, bypass == "true")
            (errors if "Code" in outcome else deleted).append(outcome)
        if asked.get("Quiet") == "true":
            deleted = []
        self.data["Action"] = "DeleteObjects"
        return self.serialized(ActionResult({"Deleted": deleted, "Errors": errors}))

    S3Response._bucket_response_delete_keys = delete_keys


def _delete(backend: S3Backend, bucket: str, named: dict, bypass: bool) -> dict:
    """Delete one object or version; return its part of the answer."""
    outcome = {"Key": named["Key"]}
    version = named.get("VersionId")
    if version:
        outcome["VersionId"] = version
    try:
        _, done = backend.delete_object(
            bucket, named["Key"], version_id=version, bypass=bypass
        )
    except AccessDeniedByLock:
        message = "Access Denied because object protected by object lock."
        return {**outcome, "Code": "AccessDenied", "Message": message}
    if done.get("delete-marker") == "true":
        outcome["DeleteMarker"] = True
        outcome["DeleteMarkerVersionId"] = version or done["version-id"]
    return outcome


def install() -> None:
    """Bring moto's S3 nearer to AWS's."""
    _guard_calls()
    _give_buckets_defaults()
    _judge_policies()
    _keep_other_versions()
    _answer_deletions()
