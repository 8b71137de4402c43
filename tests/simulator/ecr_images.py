"""ECR's calls on images: pushing, pulling, describing, scanning."""

import itertools
import json
import time
import uuid
from typing import Any

import ecr_usage
from call import Refused
from ecr_call import Call, invalid, named, page_size, start_of, token_for
from ecr_store import CONFIG, IMAGE, LISTS, Image, Repository, digest_of

STATUSES = {"ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"}
TAG_STATUSES = {"TAGGED", "UNTAGGED", "ANY"}
IDENTIFIERS_AT_ONCE = 100


def _selected(call: Call, repository: Repository) -> Any:
    """Go through the images that the call's filter lets pass: active ones."""
    chosen = call.asked.get("filter") or {}
    tag_status = chosen.get("tagStatus") or "ANY"
    status = chosen.get("imageStatus") or "ACTIVE"
    if tag_status not in TAG_STATUSES:
        invalid("filter.tagStatus", f"Member must be one of {sorted(TAG_STATUSES)}")
    if status not in STATUSES:
        invalid("filter.imageStatus", f"Member must be one of {sorted(STATUSES)}")
    for image in repository.images():
        tagged = tag_status == "ANY" or (tag_status == "TAGGED") == bool(image.tags)
        # What has no status is older than statuses, and in use.
        if tagged and status in ("ANY", image.status or "ACTIVE"):
            yield image


def _not_found(call: Call, repository: Repository, identifier: dict) -> Refused:
    told = ", ".join(
        f"{key}:'{identifier.get(key, 'null')}'" for key in ("imageDigest", "imageTag")
    )
    return Refused(
        "ImageNotFoundException",
        f"The image with imageId {{{told}}} does not exist within the repository "
        f"with name '{repository.name}' in the registry with id "
        f"'{call.current_account}'",
    )


def _found(call: Call, repository: Repository, identifier: dict) -> Image:
    image = repository.find(identifier)
    if image is None:
        raise _not_found(call, repository, identifier)
    return image


def describe_images(call: Call) -> dict[str, Any]:
    repository, identifiers = call.repository(), call.asked.get("imageIds")
    size = page_size(call.asked, "imageIds")
    if identifiers is not None:
        if not 1 <= len(identifiers) <= IDENTIFIERS_AT_ONCE:
            invalid("imageIds", f"must have 1 to {IDENTIFIERS_AT_ONCE} members")
        found = {
            image.digest: image for image in _each_found(call, repository, identifiers)
        }
        return {"imageDetails": _details(call, repository, found.values())}
    page, token = _page(call, repository, _selected(call, repository), size)
    return {"imageDetails": _details(call, repository, page), **token}


def _each_found(call: Call, repository: Repository, identifiers: list[dict]) -> Any:
    return (_found(call, repository, identifier) for identifier in identifiers)


def _details(call: Call, repository: Repository, images: Any) -> list[dict]:
    return [image.shown(call.current_account, repository.name) for image in images]


def _page(call: Call, repository: Repository, listed: Any, size: int) -> Any:
    scope = f"{call.action}:{repository.number}"
    start = start_of(call.asked, scope)
    page = list(itertools.islice(listed, start, start + size + 1))
    if len(page) <= size:
        return page, {}
    return page[:size], {"nextToken": token_for(scope, start + size)}


def list_images(call: Call) -> dict[str, Any]:
    repository = call.repository()
    size = page_size(call.asked, "imageIds")
    listed = (
        {"imageDigest": image.digest, **({"imageTag": tag} if tag else {})}
        for image in _selected(call, repository)
        for tag in image.tags or [None]
    )
    page, token = _page(call, repository, listed, size)
    return {"imageIds": page, **token}


def put_image(call: Call) -> dict[str, Any]:
    repository, asked = call.repository(), call.asked
    with call.account.lock:
        image = _pushed(asked, repository)
        tag = asked.get("imageTag")
        _check_push(repository, image, tag, call.current_account)
        image = repository.own().setdefault(image.digest, image)
        if tag:
            for other in repository.kept.values():
                other.tags = [name for name in other.tags if name != tag]
            image.tags = [*image.tags, tag]
    return {"image": _shown(call, repository, image, tag)}


def _pushed(asked: dict[str, Any], repository: Repository) -> Image:
    """Make an image of a manifest; its size is that of its layers."""
    text = asked.get("imageManifest")
    try:
        manifest = json.loads(text or "")
        media_type = asked.get("imageManifestMediaType") or manifest.get("mediaType")
        children = [child["digest"] for child in manifest.get("manifests", [])]
        layers = sum(layer.get("size", 0) for layer in manifest.get("layers", []))
    except (ValueError, TypeError, KeyError, AttributeError):
        invalid("ImageManifest", "Invalid JSON syntax")
    config = (manifest.get("config") or {}).get("mediaType")
    is_list = bool(children) or media_type in LISTS
    kept = repository.own()
    sizes = [kept[child].size or 0 for child in children if child in kept]
    scanned = repository.scan_on_push and not is_list
    return Image(
        digest=digest_of(text),
        size=max(sizes, default=0) if is_list else layers,
        pushed_at=round(time.time(), 3),
        media_type=media_type or IMAGE,
        artifact_type=manifest.get("artifactType")
        or config
        or (None if is_list else CONFIG),
        scan_status="COMPLETE" if scanned else None,
        findings={} if scanned else None,
        children=children,
        manifest=text,
    )


def _check_push(
    repository: Repository, image: Image, tag: str | None, account: str
) -> None:
    missing = [child for child in image.children if child not in repository.kept]
    if missing:
        raise Refused(
            "ReferencedImagesNotFoundException",
            f"Images with digests '{missing}' required for pushing image into "
            f"repository with name '{repository.name}' in the registry with id "
            f"'{account}' do not exist",
        )
    there = repository.kept.get(image.digest)
    if there and (not tag or tag in there.tags):
        raise Refused(
            "ImageAlreadyExistsException",
            f"Image with digest '{image.digest}' and tag '{tag}' already exists in "
            f"the repository with name '{repository.name}' in registry with id "
            f"'{account}'",
        )
    taken = tag and repository.find({"imageTag": tag})
    if taken and not repository.takes_again(tag):
        raise Refused(
            "ImageTagAlreadyExistsException",
            f"The image tag '{tag}' already exists in the '{repository.name}' "
            "repository and cannot be overwritten because the tag is immutable.",
        )


def _shown(
    call: Call, repository: Repository, image: Image, tag: str | None
) -> dict[str, Any]:
    identifier = {"imageDigest": image.digest, **({"imageTag": tag} if tag else {})}
    return {
        **call.identified(repository),
        "imageId": identifier,
        "imageManifest": image.manifest_text(),
        "imageManifestMediaType": image.media_type,
    }


def _failure(identifier: dict, code: str, reason: str) -> dict[str, Any]:
    return {"imageId": identifier, "failureCode": code, "failureReason": reason}


def batch_get_image(call: Call) -> dict[str, Any]:
    """Answer manifests. That is a pull: it is counted, and the image's time moves."""
    repository, images, failures = call.repository(), [], []
    repository.own()
    for identifier in call.asked.get("imageIds") or []:
        image = repository.find(identifier)
        if image is None:
            reason = "Requested image not found"
            failures.append(_failure(identifier, "ImageNotFound", reason))
        elif (image.status or "ACTIVE") != "ACTIVE":
            reason = "The image is archived"
            failures.append(_failure(identifier, "ImageInaccessible", reason))
        else:
            image.pulled()
            ecr_usage.count_pull(call, repository.name)
            tag = identifier.get("imageTag")
            images.append(_shown(call, repository, image, tag))
    return {"images": images, "failures": failures}


def batch_delete_image(call: Call) -> dict[str, Any]:
    """Delete by digest, or take a tag away; the last tag takes the image along."""
    repository, deleted, failures = call.repository(), [], []
    repository.own()
    for identifier in call.asked.get("imageIds") or []:
        image = repository.find(identifier)
        if image is None:
            reason = "Requested image not found"
            failures.append(_failure(identifier, "ImageNotFound", reason))
            continue
        lists = repository.kept.values()
        if any(image.digest in parent.children for parent in lists):
            reason = "Requested image referenced by manifest list"
            code = "ImageReferencedByManifestList"
            failures.append(_failure(identifier, code, reason))
            continue
        deleted.extend(_deleted(repository, image, identifier))
    return {"imageIds": deleted, "failures": failures}


def _deleted(repository: Repository, image: Image, identifier: dict) -> list[dict]:
    tag = identifier.get("imageTag")
    gone = [tag] if tag else list(image.tags)
    image.tags = [kept for kept in image.tags if kept not in gone]
    if not image.tags:
        repository.kept.pop(image.digest, None)
    return [
        {"imageDigest": image.digest, **({"imageTag": name} if name else {})}
        for name in gone or [None]
    ]


def start_image_scan(call: Call) -> dict[str, Any]:
    """Scan at once, and find nothing unless findings were arranged."""
    repository, identifier = call.repository(), call.asked.get("imageId") or {}
    repository.own()
    image = _found(call, repository, identifier)
    image.scan_status = "COMPLETE"
    image.findings = image.findings or {}
    return {
        **call.identified(repository),
        "imageId": {**identifier, "imageDigest": image.digest},
        "imageScanStatus": {"status": "IN_PROGRESS"},
    }


def describe_image_scan_findings(call: Call) -> dict[str, Any]:
    """Tell the counts by severity; single findings are not made up."""
    repository, identifier = call.repository(), call.asked.get("imageId") or {}
    page_size(call.asked, "imageIds")
    image = _found(call, repository, identifier)
    if image.scan_status is None and image.findings is None:
        raise Refused(
            "ScanNotFoundException",
            f"Image scan does not exist for the image with '{{imageDigest:'"
            f"{image.digest}'}}' in the repository with name '{repository.name}' in "
            f"the registry with id '{call.current_account}'",
        )
    answer = {
        **call.identified(repository),
        "imageId": {**identifier, "imageDigest": image.digest},
        "imageScanStatus": image.shown_scan_status(),
    }
    if image.findings is not None:
        answer["imageScanFindings"] = {**image.shown_findings(), "findings": []}
    return answer


# Layers: only that they are there is remembered.


def batch_check_layer_availability(call: Call) -> dict[str, Any]:
    repository, layers = call.repository(), []
    for digest in call.asked.get("layerDigests") or []:
        there = (repository.name, digest) in call.registry.layers
        state = "AVAILABLE" if there else "UNAVAILABLE"
        layers.append({"layerDigest": digest, "layerAvailability": state})
    return {"layers": layers, "failures": []}


def get_download_url_for_layer(call: Call) -> dict[str, Any]:
    call.repository()
    digest = call.asked.get("layerDigest")
    return {"downloadUrl": f"https://layers.invalid/{digest}", "layerDigest": digest}


def initiate_layer_upload(call: Call) -> dict[str, Any]:
    call.repository()
    upload = str(uuid.uuid4())
    call.registry.uploads[upload] = -1
    return {"uploadId": upload, "partSize": 20 * 1024 * 1024}


def _upload(call: Call) -> str:
    upload = call.asked.get("uploadId")
    if upload not in call.registry.uploads:
        raise Refused("UploadNotFoundException", f"There is no upload '{upload}'.")
    return upload


def upload_layer_part(call: Call) -> dict[str, Any]:
    repository, upload = call.repository(), _upload(call)
    last = call.asked.get("partLastByte")
    call.registry.uploads[upload] = last
    told = {"uploadId": upload, "lastByteReceived": last}
    return {**call.identified(repository), **told}


def complete_layer_upload(call: Call) -> dict[str, Any]:
    repository, upload = call.repository(), _upload(call)
    digest = (call.asked.get("layerDigests") or [""])[0]
    del call.registry.uploads[upload]
    call.registry.layers.add((repository.name, digest))
    told = {"uploadId": upload, "layerDigest": digest}
    return {**call.identified(repository), **told}


OPERATIONS = named(
    describe_images,
    list_images,
    put_image,
    batch_get_image,
    batch_delete_image,
    start_image_scan,
    describe_image_scan_findings,
    batch_check_layer_availability,
    get_download_url_for_layer,
    initiate_layer_upload,
    upload_layer_part,
    complete_layer_upload,
)
