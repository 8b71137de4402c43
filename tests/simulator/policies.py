"""Reads policy documents the way the simulated services judge them.

This is no policy engine: it answers whether a document lets a service do one
thing on behalf of one trail, which is what CloudTrail asks before it accepts
a bucket, a role or a key.
"""

import json
from fnmatch import fnmatchcase
from typing import Any

CLOUDTRAIL = "cloudtrail.amazonaws.com"
REQUIRED_ACL = "bucket-owner-full-control"


def many(value: Any) -> list:
    """Return a policy's "one or several" value as a list."""
    return value if isinstance(value, list) else [value]


def parsed(document: str | bytes | dict | None) -> dict:
    """Return a stored policy document as an object."""
    if not document:
        return {}
    return document if isinstance(document, dict) else json.loads(document)


def allows(
    document: str | bytes | dict | None,
    action: str,
    trail_arn: str,
    service: str | None = None,
    resource: str | None = None,
) -> bool:
    """Say whether some statement allows the action and none denies it.

    A document without principals (a role's permissions) is asked without a
    service, one without resources (a trust policy) without a resource.
    """
    matching = [
        statement
        for statement in many(parsed(document).get("Statement", []))
        if _concerns(statement, action, service, resource)
        and _conditions_hold(statement, trail_arn)
    ]
    effects = {statement.get("Effect") for statement in matching}
    return effects == {"Allow"}


def _concerns(
    statement: dict, action: str, service: str | None, resource: str | None
) -> bool:
    if service is not None and not _names_service(statement, service):
        return False
    if not _any_matches(many(statement.get("Action", [])), action, fold_case=True):
        return False
    return resource is None or _any_matches(
        many(statement.get("Resource", [])), resource
    )


def _names_service(statement: dict, service: str) -> bool:
    principal = statement.get("Principal", {})
    if not isinstance(principal, dict):
        return principal == "*"
    named = many(principal.get("Service", [])) + many(principal.get("AWS", []))
    return service in named or "*" in named


def _any_matches(patterns: list[str], value: str, fold_case: bool = False) -> bool:
    if fold_case:
        value, patterns = value.lower(), [pattern.lower() for pattern in patterns]
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def _conditions_hold(statement: dict, trail_arn: str) -> bool:
    """Judge the conditions under which CloudTrail calls.

    CloudTrail speaks TLS, names its trail and hands every object to the
    bucket's owner. A key it sends nothing for counts as holding in an Allow
    and as not holding in a Deny, which favours the caller as AWS does.
    """
    account = trail_arn.split(":")[4]
    facts = {
        "aws:sourcearn": trail_arn,
        "aws:sourceaccount": account,
        "aws:securetransport": "true",
        "s3:x-amz-acl": REQUIRED_ACL,
        "kms:encryptioncontext:aws:cloudtrail:arn": trail_arn,
    }
    unknown = statement.get("Effect") == "Allow"
    for operator, clauses in (statement.get("Condition") or {}).items():
        for key, wanted in clauses.items():
            fact = facts.get(key.lower())
            held = unknown if fact is None else _holds(operator, many(wanted), fact)
            if not held:
                return False
    return True


def _holds(operator: str, wanted: list, fact: str) -> bool:
    values = [str(value) for value in wanted]
    operator = operator.removesuffix("IfExists")
    if operator in ("Bool", "StringEqualsIgnoreCase"):
        return fact.lower() in [value.lower() for value in values]
    if operator in ("StringLike", "ArnLike", "ArnEquals"):
        return _any_matches(values, fact)
    if operator in ("StringNotLike", "ArnNotLike", "ArnNotEquals"):
        return not _any_matches(values, fact)
    if operator == "StringNotEquals":
        return fact not in values
    return fact in values
