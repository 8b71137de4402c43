"""ECR's calls on repositories and their settings."""

import base64
import time
from bisect import bisect_right
from typing import Any

import world
from call import Refused
from ecr_call import NAME, Call, invalid, named, page_size, start_of, token_for
from ecr_store import Repository

NAMES_AT_ONCE = 100
MUTABILITIES = {
    "MUTABLE",
    "IMMUTABLE",
    "MUTABLE_WITH_EXCLUSION",
    "IMMUTABLE_WITH_EXCLUSION",
}
TOKEN_SECONDS = 12 * 3600


def describe_repositories(call: Call) -> dict[str, Any]:
    names = call.asked.get("repositoryNames")
    size = page_size(call.asked, "repositoryNames")
    if names is not None:
        if not 1 <= len(names) <= NAMES_AT_ONCE:
            invalid("repositoryNames", f"must have 1 to {NAMES_AT_ONCE} members")
        found = [call.named(name) for name in names]
        return {"repositories": [each.shown(call.current_account) for each in found]}
    ordered = list(call.registry.repositories.values())
    after = start_of(call.asked, "repositories")
    first = bisect_right(ordered, after, key=lambda each: each.number)
    page = ordered[first : first + size]
    answer: dict[str, Any] = {
        "repositories": [each.shown(call.current_account) for each in page]
    }
    if first + size < len(ordered):
        answer["nextToken"] = token_for("repositories", page[-1].number)
    return answer


def create_repository(call: Call) -> dict[str, Any]:
    asked, name = call.asked, call.asked.get("repositoryName")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        invalid("repositoryName", f"must satisfy regular expression '{NAME.pattern}'")
    mutability = asked.get("imageTagMutability", "MUTABLE")
    if mutability not in MUTABILITIES:
        invalid("imageTagMutability", f"Member must be one of {sorted(MUTABILITIES)}")
    with call.account.lock:
        if name in call.registry.repositories:
            raise Refused(
                "RepositoryAlreadyExistsException",
                f"The repository with name '{name}' already exists in the registry "
                f"with id '{call.current_account}'",
            )
        made = new_repository(call.current_account, call.region, name)
        made.tag_mutability = mutability
        made.exclusions = asked.get("imageTagMutabilityExclusionFilters") or []
        scanning = asked.get("imageScanningConfiguration") or {}
        made.scan_on_push = bool(scanning.get("scanOnPush"))
        made.encryption = asked.get("encryptionConfiguration") or made.encryption
        made.tags = {tag["Key"]: tag["Value"] for tag in asked.get("tags") or []}
        call.registry.repositories[name] = made
    return {"repository": made.shown(call.current_account)}


def new_repository(account: str, region: str, name: str) -> Repository:
    """Make a repository as CreateRepository does by default, and keep it not yet."""
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return Repository(
        name=name,
        arn=f"{world.arn_prefix(region)}:ecr:{region}:{account}:repository/{name}",
        uri=f"{account}.dkr.ecr.{region}.{suffix}/{name}",
        created_at=round(time.time(), 3),
    )


def delete_repository(call: Call) -> dict[str, Any]:
    found = call.repository()
    if len(found) and not call.asked.get("force"):
        raise Refused(
            "RepositoryNotEmptyException",
            f"The repository with name '{found.name}' in registry with id "
            f"'{call.current_account}' cannot be deleted because it still contains "
            "images",
        )
    call.registry.repositories.pop(found.name, None)
    return {"repository": found.shown(call.current_account)}


def put_image_tag_mutability(call: Call) -> dict[str, Any]:
    found, wanted = call.repository(), call.asked.get("imageTagMutability")
    if wanted not in MUTABILITIES:
        invalid("imageTagMutability", f"Member must be one of {sorted(MUTABILITIES)}")
    found.tag_mutability = wanted
    found.exclusions = call.asked.get("imageTagMutabilityExclusionFilters") or []
    answer = {**call.identified(found), "imageTagMutability": wanted}
    if found.exclusions:
        answer["imageTagMutabilityExclusionFilters"] = found.exclusions
    return answer


def put_image_scanning_configuration(call: Call) -> dict[str, Any]:
    found, wanted = call.repository(), call.asked["imageScanningConfiguration"]
    found.scan_on_push = bool(wanted.get("scanOnPush"))
    shown = {"scanOnPush": found.scan_on_push}
    return {**call.identified(found), "imageScanningConfiguration": shown}


def batch_get_repository_scanning_configuration(call: Call) -> dict[str, Any]:
    told, failures = [], []
    for name in call.asked.get("repositoryNames") or []:
        found = call.registry.repositories.get(name)
        if found is None:
            failures.append(
                {
                    "repositoryName": name,
                    "failureCode": "REPOSITORY_NOT_FOUND",
                    "failureReason": "REPOSITORY_NOT_FOUND",
                }
            )
            continue
        told.append(
            {
                "repositoryArn": found.arn,
                "repositoryName": name,
                "scanOnPush": found.scan_on_push,
                "scanFrequency": "SCAN_ON_PUSH" if found.scan_on_push else "MANUAL",
                "appliedScanFilters": [],
            }
        )
    return {"scanningConfigurations": told, "failures": failures}


def put_lifecycle_policy(call: Call) -> dict[str, Any]:
    found = call.repository()
    found.lifecycle_policy = call.asked.get("lifecyclePolicyText")
    text = {"lifecyclePolicyText": found.lifecycle_policy}
    return {**call.identified(found), **text}


def _lifecycle_policy(call: Call, found: Repository) -> dict[str, Any]:
    if found.lifecycle_policy is None:
        raise Refused(
            "LifecyclePolicyNotFoundException",
            "Lifecycle policy does not exist for the repository with name "
            f"'{found.name}' in the registry with id '{call.current_account}'",
        )
    text = {"lifecyclePolicyText": found.lifecycle_policy}
    return {**call.identified(found), **text, "lastEvaluatedAt": found.created_at}


def get_lifecycle_policy(call: Call) -> dict[str, Any]:
    return _lifecycle_policy(call, call.repository())


def delete_lifecycle_policy(call: Call) -> dict[str, Any]:
    found = call.repository()
    answer = _lifecycle_policy(call, found)
    found.lifecycle_policy = None
    return answer


def set_repository_policy(call: Call) -> dict[str, Any]:
    found = call.repository()
    found.policy = call.asked.get("policyText")
    return {**call.identified(found), "policyText": found.policy}


def _policy(call: Call, found: Repository) -> dict[str, Any]:
    if found.policy is None:
        raise Refused(
            "RepositoryPolicyNotFoundException",
            "Repository policy does not exist for the repository with name "
            f"'{found.name}' in the registry with id '{call.current_account}'",
        )
    return {**call.identified(found), "policyText": found.policy}


def get_repository_policy(call: Call) -> dict[str, Any]:
    return _policy(call, call.repository())


def delete_repository_policy(call: Call) -> dict[str, Any]:
    found = call.repository()
    answer = _policy(call, found)
    found.policy = None
    return answer


def _tagged(call: Call) -> Repository:
    return call.named(str(call.asked.get("resourceArn")).partition(":repository/")[2])


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    tags = _tagged(call).tags
    return {"tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def tag_resource(call: Call) -> dict[str, Any]:
    given = call.asked.get("tags") or []
    _tagged(call).tags.update({tag["Key"]: tag["Value"] for tag in given})
    return {}


def untag_resource(call: Call) -> dict[str, Any]:
    found = _tagged(call)
    for key in call.asked.get("tagKeys") or []:
        found.tags.pop(key, None)
    return {}


def get_authorization_token(call: Call) -> dict[str, Any]:
    token = base64.b64encode(b"AWS:simulated").decode()
    proxy = f"https://{call.current_account}.dkr.ecr.{call.region}.amazonaws.com"
    data = {"authorizationToken": token, "expiresAt": time.time() + TOKEN_SECONDS}
    return {"authorizationData": [{**data, "proxyEndpoint": proxy}]}


OPERATIONS = named(
    describe_repositories,
    create_repository,
    delete_repository,
    put_image_tag_mutability,
    put_image_scanning_configuration,
    batch_get_repository_scanning_configuration,
    put_lifecycle_policy,
    get_lifecycle_policy,
    delete_lifecycle_policy,
    set_repository_policy,
    get_repository_policy,
    delete_repository_policy,
    list_tags_for_resource,
    tag_resource,
    untag_resource,
    get_authorization_token,
)
