"""An account's state as JSON that is equal when the state is equal.

No times, no random ids, everything sorted: a test compares two of them to
prove that a command changed nothing, or exactly what it said.
"""

import json
from collections import Counter
from typing import Any

from moto.iam.models import Role, iam_backends
from moto.logs.models import LogGroup, LogsBackend, logs_backends
from moto.s3.models import FakeBucket, FakeDeleteMarker, S3Backend, s3_backends

import world
from athena_catalog import DEFAULT_DATABASE
from trails import Trail


def of(account: str) -> dict[str, Any]:
    """Return all that the account holds, in every region."""
    kept = world.account(account)
    shown = {
        "trails": [_trail(trail) for trail in sorted(kept.trails, key=_trail_key)],
        "buckets": _buckets(account),
        "log_groups": _log_groups(account),
        "roles": _roles(account),
        "dashboards": {
            name: dashboard.body for name, dashboard in kept.dashboards.items()
        },
    }
    # What few tests have is shown only where there is any.
    further = {
        "databases": _databases(kept),
        "repositories": _repositories(kept),
        "published_metrics": _published_metrics(kept),
    }
    return {**shown, **{name: held for name, held in further.items() if held}}


def _databases(kept: world.Account) -> dict[str, Any]:
    """Show Athena's databases, but for the empty one that is always there."""
    return {
        f"{region}:{name}": {table.name: table.location for table in tables.values()}
        for region, athena in sorted(kept.athena.items())
        for name, tables in sorted(athena.catalog.databases.items())
        if tables or name != DEFAULT_DATABASE
    }


def _repositories(kept: world.Account) -> dict[str, int]:
    """Show how many images each repository has."""
    return {
        f"{region}:{name}": len(repository)
        for region, registry in sorted(kept.registries.items())
        for name, repository in sorted(registry.repositories.items())
    }


def _published_metrics(kept: world.Account) -> dict[str, int]:
    """Show how many metrics each namespace has that is not AWS's own."""
    spaces = Counter(
        f"{region}:{series.namespace}"
        for region, metrics in kept.metrics.items()
        for series in list(metrics.series.values())
        if not series.namespace.startswith("AWS/")
    )
    return dict(sorted(spaces.items()))


def _backends(service: Any, account: str) -> list[tuple[str, Any]]:
    """Return the service's backends that exist, without making any."""
    if account not in service:
        return []
    return sorted(dict.items(service[account]))


def _trail_key(trail: Trail) -> str:
    return trail.arn


def _trail(trail: Trail) -> dict[str, Any]:
    return {
        "description": trail.description(),
        "selectors": trail.shown_selectors(),
        "tags": trail.tags,
        "logging": trail.status.logging_now,
    }


def _buckets(account: str) -> dict[str, Any]:
    return {
        name: _bucket(backend, bucket)
        for _, backend in _backends(s3_backends, account)
        for name, bucket in sorted(backend.buckets.items())
    }


def _bucket(backend: S3Backend, bucket: FakeBucket) -> dict[str, Any]:
    block = bucket.public_access_block
    versions = {key: bucket.keys.getlist(key) for key in bucket.keys}
    markers = sum(
        isinstance(version, FakeDeleteMarker)
        for listed in versions.values()
        for version in listed
    )
    return {
        "region": bucket.region_name,
        "policy": json.loads(bucket.policy) if bucket.policy else None,
        "tags": backend.tagger.get_tag_dict_for_resource(bucket.arn),
        "encryption": _encryption(bucket),
        "versioning": bucket.versioning_status,
        "public_access_block": block.to_config_dict() if block else None,
        "ownership": bucket.ownership_rule,
        "lifecycle": [_lifecycle_rule(rule) for rule in bucket.rules],
        "object_lock": bucket.object_lock_enabled,
        "objects": {key: len(listed) for key, listed in sorted(versions.items())},
        "delete_markers": markers,
    }


def _encryption(bucket: FakeBucket) -> dict[str, Any]:
    rule = bucket.encryption["Rule"]
    shown = dict(rule["ApplyServerSideEncryptionByDefault"])
    shown["BucketKeyEnabled"] = str(rule.get("BucketKeyEnabled")).lower() == "true"
    return shown


def _lifecycle_rule(rule: Any) -> dict[str, Any]:
    """Show what a rule sets; moto makes up an id for a rule that has none."""
    return _plain({name: value for name, value in vars(rule).items() if value})


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    return _plain(vars(value))


def _log_groups(account: str) -> dict[str, Any]:
    return {
        f"{region}:{name}": _log_group(backend, group)
        for region, backend in _backends(logs_backends, account)
        for name, group in sorted(backend.groups.items())
    }


def _log_group(backend: LogsBackend, group: LogGroup) -> dict[str, Any]:
    return {
        "arn": group.arn,
        "retention": group.retention_in_days,
        "kms_key": group.kms_key_id,
        "class": getattr(group, "log_group_class", "STANDARD"),
        "tags": backend.tagger.get_tag_dict_for_resource(group.arn),
        "streams": sorted(group.streams),
    }


def _roles(account: str) -> dict[str, Any]:
    return {
        role.name: _role(role)
        for _, backend in _backends(iam_backends, account)
        for role in backend.roles.values()
    }


def _role(role: Role) -> dict[str, Any]:
    return {
        "arn": role.arn,
        "path": role.path,
        "trust": json.loads(role.assume_role_policy_document),
        "inline_policies": {
            name: json.loads(document) for name, document in role.policies.items()
        },
        "attached_policies": sorted(role.managed_policies),
        "boundary": role.permissions_boundary_arn,
        "description": role.description,
        "tags": {tag["Key"]: tag["Value"] for tag in role.tags},
    }
