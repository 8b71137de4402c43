"""A call to ECR: whose it is, what it asks, and how its answer is paged."""

import base64
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import call
from call import Refused
from ecr_store import Registry, Repository

NAME = re.compile(
    r"(?=.{2,256}$)[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*"
)
DEFAULT_PAGE, LARGEST_PAGE = 100, 1000


@dataclass
class Call(call.Call):
    """One call to ECR."""

    @property
    def registry(self) -> Registry:
        return self.account.registries[self.region]

    def repository(self) -> Repository:
        """Return the repository that the call names."""
        return self.named(self.asked.get("repositoryName"))

    def named(self, name: Any) -> Repository:
        if not isinstance(name, str) or not NAME.fullmatch(name):
            invalid(
                "repositoryName", f"must satisfy regular expression '{NAME.pattern}'"
            )
        registry_id = self.asked.get("registryId", self.current_account)
        found = self.registry.repositories.get(name)
        if found is None or registry_id != self.current_account:
            raise Refused(
                "RepositoryNotFoundException",
                f"The repository with name '{name}' does not exist in the registry "
                f"with id '{registry_id}'",
            )
        return found

    def identified(self, repository: Repository) -> dict[str, str]:
        return {
            "registryId": self.current_account,
            "repositoryName": repository.name,
        }


Operation = Callable[[Call], dict[str, Any]]


def named(*acts: Operation) -> dict[str, Operation]:
    """Return the functions by the names that AWS has for their operations."""
    return {
        "".join(word.title() for word in act.__name__.split("_")): act for act in acts
    }


def invalid(parameter: str, constraint: str) -> None:
    raise Refused(
        "InvalidParameterException",
        f"Invalid parameter at '{parameter}' failed to satisfy constraint: "
        f"'{constraint}'",
    )


def page_size(asked: dict[str, Any], listed: str) -> int:
    """Return how many results a page has; a page of what is named has all."""
    if asked.get(listed) is not None:
        for parameter in ("maxResults", "nextToken"):
            if asked.get(parameter) is not None:
                invalid(parameter, f"cannot be used together with {listed}")
    size = asked.get("maxResults", DEFAULT_PAGE)
    if not isinstance(size, int) or not 1 <= size <= LARGEST_PAGE:
        invalid("maxResults", f"must be between 1 and {LARGEST_PAGE}")
    return size


def start_of(asked: dict[str, Any], scope: str) -> int:
    """Return where the asked page starts; a token is good for its own list."""
    token = asked.get("nextToken")
    if token is None:
        return 0
    try:
        said, start = json.loads(base64.b64decode(token, validate=True))
        if said == scope:
            return int(start)
    except (ValueError, TypeError):
        pass
    invalid("nextToken", "Invalid token")
    return 0


def token_for(scope: str, start: int) -> str:
    return base64.b64encode(json.dumps([scope, start]).encode()).decode()
