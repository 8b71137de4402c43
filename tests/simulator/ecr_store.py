"""What a private registry holds: repositories, images, and who pulls.

A repository may have thousands of images that nobody has asked for yet: those
are made when they are, from a few numbers, the same each time.
"""

import hashlib
import itertools
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

IMAGE = "application/vnd.docker.distribution.manifest.v2+json"
CONFIG = "application/vnd.docker.container.image.v1+json"
LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip"
LISTS = {
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
}
# "Amazon ECR refreshes the last image pull timestamp at least once every 24
# hours": API model, lastRecordedPullTime.
PULL_TIME_REFRESH_SECONDS = 24 * 3600


@dataclass(slots=True)
class Image:
    """One image; what is None is absent from what the API says of it."""

    digest: str
    tags: list[str] = field(default_factory=list)
    size: int | None = None
    pushed_at: float | None = None
    last_pull: float | None = None
    media_type: str | None = IMAGE
    artifact_type: str | None = CONFIG
    status: str | None = "ACTIVE"
    scan_status: str | None = None
    findings: dict[str, int] | None = None
    # With basic scanning v2, DescribeImageScanFindings alone knows the findings.
    findings_in_summary: bool = True
    children: list[str] = field(default_factory=list)
    manifest: str | None = None

    def shown(self, account: str, repository: str) -> dict[str, Any]:
        """Return the image as DescribeImages does."""
        detail: dict[str, Any] = {
            "registryId": account,
            "repositoryName": repository,
            "imageDigest": self.digest,
            "imageTags": self.tags or None,
            "imageSizeInBytes": self.size,
            "imagePushedAt": self.pushed_at,
            "imageManifestMediaType": self.media_type,
            "artifactMediaType": self.artifact_type,
            "lastRecordedPullTime": self.last_pull,
            "imageStatus": self.status,
        }
        if self.scan_status:
            detail["imageScanStatus"] = self.shown_scan_status()
        if self.findings is not None and self.findings_in_summary:
            detail["imageScanFindingsSummary"] = self.shown_findings()
        return {name: value for name, value in detail.items() if value is not None}

    def shown_scan_status(self) -> dict[str, str]:
        if self.scan_status == "COMPLETE":
            told = "The scan was completed successfully."
            return {"status": "COMPLETE", "description": told}
        return {"status": self.scan_status} if self.scan_status else {}

    def shown_findings(self) -> dict[str, Any]:
        found: dict[str, Any] = {"findingSeverityCounts": self.findings or {}}
        if self.pushed_at is not None:
            found["imageScanCompletedAt"] = self.pushed_at + 60
            found["vulnerabilitySourceUpdatedAt"] = self.pushed_at
        return found

    def manifest_text(self) -> str:
        """Return the manifest that was pushed, or one made up to fit."""
        if self.manifest is not None:
            return self.manifest
        if self.media_type in LISTS:
            listed = [{"mediaType": IMAGE, "digest": child} for child in self.children]
            made: dict[str, Any] = {"manifests": listed}
        else:
            config = {"mediaType": self.artifact_type or CONFIG, "size": 1}
            made = {
                "config": {**config, "digest": self.digest},
                "layers": [
                    {"mediaType": LAYER, "size": self.size, "digest": self.digest}
                ],
            }
        made = {"schemaVersion": 2, "mediaType": self.media_type, **made}
        return json.dumps(made)

    def pulled(self) -> None:
        """Note a pull, as coarsely as ECR does."""
        now = time.time()
        if self.last_pull is None or now - self.last_pull > PULL_TIME_REFRESH_SECONDS:
            self.last_pull = now


@dataclass(slots=True)
class Generated:
    """Images that are alike: so many, each pushed a while before the last."""

    images: int
    size: int | None = 50_000_000
    pushed_at: float | None = None
    every: float = 3600.0
    last_pull: float | None = None
    untagged_every: int | None = None
    scan_status: str | None = None
    findings: dict[str, int] | None = None
    media_type: str | None = IMAGE

    def make(self, repository: str, index: int) -> Image:
        """Make the image of that index; 0 is the newest, and tagged last."""
        untagged = self.untagged_every and index % self.untagged_every == 0
        pushed = self.pushed_at
        return Image(
            digest=digest_of(f"{repository}/{index}"),
            tags=[] if untagged else [f"v{self.images - index}"],
            # No two sizes are equal, so that sums tell what was left out.
            size=None if self.size is None else self.size + index,
            pushed_at=None if pushed is None else pushed - index * self.every,
            last_pull=self.last_pull,
            media_type=self.media_type,
            scan_status=self.scan_status,
            findings=self.findings,
        )


def digest_of(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


_numbers = itertools.count(1)


@dataclass(slots=True)
class Repository:
    """A repository, its settings, and its images by digest."""

    name: str
    arn: str
    uri: str
    created_at: float
    tag_mutability: str = "MUTABLE"
    exclusions: list[dict[str, str]] = field(default_factory=list)
    scan_on_push: bool = False
    encryption: dict[str, str] = field(
        default_factory=lambda: {"encryptionType": "AES256"}
    )
    tags: dict[str, str] = field(default_factory=dict)
    policy: str | None = None
    lifecycle_policy: str | None = None
    kept: dict[str, Image] = field(default_factory=dict)
    generated: Generated | None = None
    # The order of creation, which pages follow whatever is deleted meanwhile.
    number: int = field(default_factory=lambda: next(_numbers))

    def shown(self, account: str) -> dict[str, Any]:
        """Return the repository as DescribeRepositories does."""
        described = {
            "repositoryArn": self.arn,
            "registryId": account,
            "repositoryName": self.name,
            "repositoryUri": self.uri,
            "createdAt": self.created_at,
            "imageTagMutability": self.tag_mutability,
            "imageScanningConfiguration": {"scanOnPush": self.scan_on_push},
            "encryptionConfiguration": self.encryption,
        }
        if self.exclusions:
            described["imageTagMutabilityExclusionFilters"] = self.exclusions
        return described

    def __len__(self) -> int:
        return len(self.kept) + (self.generated.images if self.generated else 0)

    def images(self) -> Iterator[Image]:
        """Go through the images, the arranged and pushed ones first."""
        yield from list(self.kept.values())
        if self.generated:
            for index in range(self.generated.images):
                yield self.generated.make(self.name, index)

    def own(self) -> dict[str, Image]:
        """Return all images by digest, to be changed: none is generated then."""
        if self.generated:
            made, self.generated = list(self.images()), None
            self.kept = {image.digest: image for image in made}
        return self.kept

    def find(self, identifier: dict[str, str]) -> Image | None:
        """Return the image that a digest, a tag, or both together name.

        To change it, call `own` first: what is generated is made anew each time.
        """
        digest, tag = identifier.get("imageDigest"), identifier.get("imageTag")
        if digest in self.kept:
            image = self.kept[digest]
            return image if not tag or tag in image.tags else None
        for image in self.images():
            if (not digest or digest == image.digest) and (
                not tag or tag in image.tags
            ):
                return image if digest or tag else None
        return None

    def takes_again(self, tag: str) -> bool:
        """Whether a tag may move from one image to another."""
        excluded = any(_fits(tag, rule["filter"]) for rule in self.exclusions)
        return self.tag_mutability.startswith("MUTABLE") != excluded


def _fits(tag: str, pattern: str) -> bool:
    """Match a wildcard filter, in which `*` stands for anything."""
    first, *rest = pattern.split("*")
    if not rest:
        return tag == pattern
    if not tag.startswith(first):
        return False
    at = len(first)
    for part in rest[:-1]:
        at = tag.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return tag.endswith(rest[-1]) and len(tag) - at >= len(rest[-1])


@dataclass
class Registry:
    """The repositories of one account in one region, and layers on their way."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    uploads: dict[str, int] = field(default_factory=dict)
    layers: set[tuple[str, str]] = field(default_factory=set)
