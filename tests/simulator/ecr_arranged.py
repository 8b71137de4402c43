"""The control endpoint that fills registries without a call to ECR."""

import time
from datetime import datetime
from typing import Any

import world
from ecr_repositories import MUTABILITIES, new_repository
from ecr_store import LISTS, Generated, Image, Repository, digest_of

DEFAULT_REGION = "eu-west-1"
IMAGE_FIELDS = {
    *("tags", "digest", "size", "pushed_at", "last_pull", "media_type", "status"),
    *("artifact_type", "scan_status", "findings", "findings_in_summary", "children"),
}


def put_registry(given: dict[str, Any]) -> dict[str, Any]:
    """`{account, region?, repositories: […], remove: [names]}`.

    Arranging a repository again replaces it. Times are seconds since 1970 or
    ISO 8601; null leaves a field out of what ECR says.
    """
    account, region = given["account"], given.get("region", DEFAULT_REGION)
    registry = world.account(account).registries[region]
    for name in given.get("remove") or []:
        registry.repositories.pop(name, None)
    for wanted in given.get("repositories") or []:
        for each in _named(wanted):
            made = _repository(new_repository(account, region, each), wanted)
            registry.repositories.pop(each, None)
            registry.repositories[each] = made
    return {"repositories": len(registry.repositories)}


def _named(wanted: dict[str, Any]) -> list[str]:
    """`copies: 1000` with `name: "team/app-{}"` stands for a thousand."""
    copies = wanted.get("copies")
    if copies is None:
        return [wanted["name"]]
    return [wanted["name"].format(number) for number in range(1, copies + 1)]


def _repository(made: Repository, wanted: dict[str, Any]) -> Repository:
    made.tag_mutability = wanted.get("tag_mutability", "MUTABLE")
    if made.tag_mutability not in MUTABILITIES:
        raise ValueError(f"tag_mutability is one of {sorted(MUTABILITIES)}")
    made.exclusions = [
        {"filterType": "WILDCARD", "filter": tag}
        for tag in wanted.get("mutability_exclusions") or []
    ]
    made.lifecycle_policy = wanted.get("lifecycle_policy")
    made.policy = wanted.get("policy")
    made.scan_on_push = bool(wanted.get("scan_on_push"))
    made.tags = dict(wanted.get("resource_tags") or {})
    made.created_at = seconds(wanted.get("created_at", made.created_at))
    for index, image in enumerate(wanted.get("images") or []):
        kept = _image(image, f"{made.name}/arranged/{index}")
        made.kept[kept.digest] = kept
    if "generate" in wanted:
        made.generated = _generated(wanted["generate"])
    return made


def _image(given: dict[str, Any], name: str) -> Image:
    unknown = given.keys() - IMAGE_FIELDS
    if unknown:
        raise ValueError(f"an image has no {sorted(unknown)}")
    fields = dict(given)
    fields.setdefault("digest", digest_of(name))
    fields.setdefault("pushed_at", time.time())
    for moment in ("pushed_at", "last_pull"):
        fields[moment] = seconds(fields.get(moment))
    if fields.get("media_type") in LISTS:
        fields.setdefault("artifact_type", None)
    if fields.get("findings") is not None:
        fields.setdefault("scan_status", "COMPLETE")
    fields["tags"] = list(fields.get("tags") or [])
    return Image(**fields)


def _generated(given: dict[str, Any]) -> Generated:
    fields = dict(given)
    for moment in ("pushed_at", "last_pull"):
        fields[moment] = seconds(fields.get(moment))
    if "pushed_at" not in given:
        fields["pushed_at"] = time.time()
    if fields.get("findings") is not None:
        fields.setdefault("scan_status", "COMPLETE")
    return Generated(**fields)


def seconds(moment: Any) -> float | None:
    """Return a moment in seconds since 1970, however it was given."""
    if isinstance(moment, str):
        return datetime.fromisoformat(moment).timestamp()
    return moment


ROUTES = {("POST", "registry"): put_registry}
