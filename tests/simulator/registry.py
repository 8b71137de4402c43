"""A small registry in use, for the sandbox: images, pulls and a history.

Account 123456789012 has five repositories. There is no trail yet: that is
what the tool under test is for.
"""

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID

import ecr_arranged
import ecr_usage
import registry_history
import world
from metrics_store import Bucket

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
    ecr_usage.count_resources(ACCOUNT, region)
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
    hours = [hour - timedelta(hours=back) for back in range(DAYS_OF_PULLS * 24)]
    metrics = world.account(ACCOUNT).metrics[region]
    for repository, usual in HOURLY_PULLS.items():
        dimensions = {"RepositoryName": repository}
        series = metrics.make("AWS/ECR", "RepositoryPullCount", dimensions)
        for moment in hours:
            count = usual if 7 <= moment.hour <= 19 else usual // 4
            if count:
                series.put(moment.timestamp(), Bucket.of(float(count)))
    for resource, each in CALLS_PER_PULL.items():
        dimensions = ecr_usage.usage("API", resource)
        series = metrics.make("AWS/Usage", "CallCount", dimensions)
        for moment in hours:
            total = sum(HOURLY_PULLS.values()) if 7 <= moment.hour <= 19 else 8
            series.put(moment.timestamp(), Bucket.of(float(total * each)))
