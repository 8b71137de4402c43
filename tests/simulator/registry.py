"""A small registry in use, for the sandbox: images, pulls and a history.

Account 123456789012 has six repositories. There is no trail yet: that is what
the tool under test is for. What has been pulled and called is in
`registry_usage`, the event history in `registry_history`.
"""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID

import ecr_arranged
import registry_history
import registry_usage
import world
from ecr_store import digest_of

ACCOUNT = DEFAULT_ACCOUNT_ID
MEGABYTE = 1024 * 1024
INDEX = "application/vnd.oci.image.index.v1+json"
HELM = "application/vnd.cncf.helm.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CLEAN: dict[str, int] = {}


def _expire_untagged(days: int) -> str:
    """Return a lifecycle policy that expires untagged images after so many days."""
    selection = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": days,
    }
    action = {"type": "expire"}
    rule = {"rulePriority": 1, "selection": selection, "action": action}
    return json.dumps({"rules": [rule]})


def _image(
    tag: str | None, megabytes: int, days: float, pulled: float | None, **more: Any
) -> dict[str, Any]:
    """An image: pushed so many days ago, last pulled so many days ago or never."""
    tags = [tag] if tag else []
    return {"tags": tags, "size": megabytes, "pushed": days, "pulled": pulled, **more}


def _scanned(findings: dict[str, int], summary: bool = True) -> dict[str, Any]:
    return {"findings": findings, "findings_in_summary": summary}


API_RISKS = {"HIGH": 1, "MEDIUM": 4, "LOW": 9}
# Newest first. The digests of a list's children are those at these indices.
REPOSITORIES: dict[str, dict[str, Any]] = {
    "team-a/api": {
        "created": 420,
        "tag_mutability": "IMMUTABLE",
        "scan_on_push": True,
        "lifecycle_policy": _expire_untagged(14),
        "images": [
            # For two architectures: as large as the larger of its children.
            _image("v1.4.2", 182, 0.08, 0.01, media_type=INDEX, children=[1, 2]),
            _image(None, 182, 0.08, 0.01, **_scanned(API_RISKS)),
            _image(None, 176, 0.08, None, **_scanned(API_RISKS)),
            _image("v1.4.1", 181, 3, 0.2, **_scanned(API_RISKS)),
            _image("v1.4.0", 180, 12, 3, **_scanned({**API_RISKS, "CRITICAL": 1})),
            _image(None, 180, 12.1, 12.05, **_scanned({**API_RISKS, "CRITICAL": 1})),
        ],
    },
    "team-a/worker": {
        "created": 400,
        "scan_on_push": True,
        "images": [
            _image("v0.9.0", 96, 1.2, 0.02, **_scanned({"MEDIUM": 2, "LOW": 3})),
            _image("v0.8.7", 95, 20, 1.3, **_scanned({"CRITICAL": 2, "HIGH": 7})),
        ],
    },
    "payments/ledger": {
        "created": 300,
        "tag_mutability": "IMMUTABLE_WITH_EXCLUSION",
        "mutability_exclusions": ["latest"],
        "lifecycle_policy": _expire_untagged(30),
        "images": [
            _image("latest", 240, 3, 0.1, **_scanned(CLEAN)),
            _image("2026.10", 238, 30, 3.1, scan_status="FAILED"),
        ],
    },
    # Basic scanning of today: the findings are not among an image's details.
    "platform/base": {
        "created": 690,
        "images": [
            _image("bookworm", 31, 6, 1.5, **_scanned({"LOW": 11}, summary=False)),
            _image(
                "bullseye", 29, 200, 90, **_scanned({"CRITICAL": 4, "HIGH": 21}, False)
            ),
            _image(None, 29, 201, None),
        ],
    },
    # Not an image at all, and nothing that could be scanned.
    "charts/api": {
        "created": 60,
        "images": [
            _image("1.4.2", 0, 0.08, None, media_type=MANIFEST, artifact_type=HELM)
        ],
    },
    "legacy/batch": {
        "created": 800,
        "images": [_image("1.0", 410, 700, None), _image(None, 405, 730, None)],
    },
}


def digest(repository: str, index: int) -> str:
    """Return an image's digest, the same at every start."""
    return digest_of(f"{repository}/{index}")


def seed(region: str) -> None:
    """Fill the registry as of now."""
    now = datetime.now(timezone.utc)
    repositories = [_arranged(name, now) for name in REPOSITORIES]
    arranged = {"account": ACCOUNT, "region": region, "repositories": repositories}
    ecr_arranged.put_registry(arranged)
    pushed = {
        name: [image["pushed"] for image in wanted["images"]]
        for name, wanted in REPOSITORIES.items()
    }
    registry_usage.seed(ACCOUNT, region, now, pushed)
    # No trail existed then: none ever delivers this history, only what follows.
    registry_history.seed(ACCOUNT, region, now, digest("team-a/api", 0))
    world.account(ACCOUNT).delivery_mode = "at once"


def _arranged(name: str, now: datetime) -> dict[str, Any]:
    """Turn days ago into moments, megabytes into bytes, indices into digests."""
    wanted = dict(REPOSITORIES[name])
    created = now - timedelta(days=wanted.pop("created"))
    images = [
        _arranged_image(name, index, image, now)
        for index, image in enumerate(wanted.pop("images"))
    ]
    team = {"team": name.partition("/")[0]}
    return {
        **wanted,
        "name": name,
        "created_at": created.timestamp(),
        "resource_tags": team,
        "images": images,
    }


def _arranged_image(
    name: str, index: int, image: dict[str, Any], now: datetime
) -> dict[str, Any]:
    arranged = {**image, "digest": digest(name, index)}
    ago = {"pushed_at": arranged.pop("pushed"), "last_pull": arranged.pop("pulled")}
    for moment, days in ago.items():
        past = None if days is None else now - timedelta(days=days)
        arranged[moment] = past and past.timestamp()
    # A chart is some kilobytes.
    arranged["size"] = image["size"] * MEGABYTE or 6_214
    arranged["children"] = [digest(name, at) for at in image.get("children", [])]
    return arranged
