"""A small registry in use, for the sandbox: images, pulls and a history.

Account 123456789012 has five repositories. There is no trail yet: that is
what the tool under test is for.
"""

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.core import DEFAULT_ACCOUNT_ID

import ecr_arranged
import registry_history
import world

ACCOUNT = DEFAULT_ACCOUNT_ID
MEGABYTE = 1024 * 1024

# Repository: (tag or None, size in MB, age in days), newest first.
IMAGES: dict[str, list[tuple[str | None, int, float]]] = {
    "team-a/api": [
        ("v1.4.2", 182, 0.08),
        ("v1.4.1", 181, 3),
        ("v1.4.0", 180, 12),
        (None, 180, 12.1),
    ],
    "team-a/worker": [("v0.9.0", 96, 1.2), ("v0.8.7", 95, 20)],
    "payments/ledger": [("latest", 240, 3), ("2026.10", 238, 30)],
    "platform/base": [("bookworm", 31, 6), ("bullseye", 29, 200), (None, 29, 201)],
    "legacy/batch": [("1.0", 410, 700), (None, 405, 730)],
}
# Pulls in an ordinary hour; nobody pulls what is missing here.
HOURLY_PULLS = {"team-a/api": 24, "team-a/worker": 7, "payments/ledger": 1}
DAYS_OF_PULLS = 7
CALLS_PER_PULL = {"GetAuthorizationToken": 1, "BatchGetImage": 1}


def digest(repository: str, index: int) -> str:
    """Return an image's digest, the same at every start."""
    return "sha256:" + hashlib.sha256(f"{repository}/{index}".encode()).hexdigest()


def seed(region: str) -> None:
    """Fill the registry as of now."""
    now = datetime.now(timezone.utc)
    repositories = [_repository(name, now) for name in IMAGES]
    arranged = {"account": ACCOUNT, "region": region, "repositories": repositories}
    ecr_arranged.put_registry(arranged)
    _count_pulls(region, now)
    _count_resources(region, now)
    # No trail existed then: none ever delivers this history, only what follows.
    registry_history.seed(ACCOUNT, region, now, digest("team-a/api", 0))
    world.account(ACCOUNT).delivery_mode = "at once"


def _repository(name: str, now: datetime) -> dict[str, Any]:
    return {
        "name": name,
        "scan_on_push": name.startswith("team-a/"),
        "resource_tags": {"team": name.partition("/")[0]},
        "images": [
            {
                "digest": digest(name, index),
                "tags": [tag] if tag else [],
                "size": size * MEGABYTE,
                "pushed_at": (now - timedelta(days=age)).timestamp(),
            }
            for index, (tag, size, age) in enumerate(IMAGES[name])
        ],
    }


def _count_pulls(region: str, now: datetime) -> None:
    """Publish hourly pulls, fewer at night, and the calls they make."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    pulls, calls = [], []
    for back in range(DAYS_OF_PULLS * 24):
        moment = hour - timedelta(hours=back)
        awake = 7 <= moment.hour <= 19
        for repository, usual in HOURLY_PULLS.items():
            count = usual if awake else usual // 4
            if count:
                dimensions = {"RepositoryName": repository}
                pulls.append(_datum("RepositoryPullCount", dimensions, moment, count))
        total = sum(HOURLY_PULLS.values()) if awake else 8
        for resource, each in CALLS_PER_PULL.items():
            dimensions = _usage("API", resource)
            calls.append(_datum("CallCount", dimensions, moment, total * each))
    metrics = cloudwatch_backends[ACCOUNT][region]
    metrics.put_metric_data("AWS/ECR", pulls)
    metrics.put_metric_data("AWS/Usage", calls)


def _count_resources(region: str, now: datetime) -> None:
    counts = [
        _datum("ResourceCount", _usage("RESOURCE", "RepositoryCount"), now, len(IMAGES))
    ]
    for repository, images in IMAGES.items():
        dimensions = {
            **_usage("RESOURCE", "ImagesPerRepositoryCount"),
            "ResourceId": f"repository/{repository}",
        }
        counts.append(_datum("ResourceCount", dimensions, now, len(images)))
    cloudwatch_backends[ACCOUNT][region].put_metric_data("AWS/Usage", counts)


def _usage(kind: str, resource: str) -> dict[str, str]:
    return {"Service": "ECR", "Type": kind, "Resource": resource, "Class": "None"}


def _datum(name: str, dimensions: dict[str, str], at: datetime, value: float) -> dict:
    return {
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": dimensions[key]} for key in dimensions],
        # moto compares metrics' times without a zone.
        "Timestamp": at.replace(tzinfo=None),
        "Value": value,
        "Unit": "None",
    }
