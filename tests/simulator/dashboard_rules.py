"""What is asked of one property of a dashboard's body, whatever it belongs to."""

from collections.abc import Collection, Iterator
from typing import Any

# Where it is, and what is wrong there.
Problem = tuple[str, str]


def record(path: str, value: Any) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield path, "Should be object"


def needed_text(path: str, owner: dict, name: str) -> Iterator[Problem]:
    if name not in owner:
        yield path, f"Should have required property '{name}'"
    yield from optional_text(path, owner, name)


def optional_text(path: str, owner: dict, name: str) -> Iterator[Problem]:
    if name in owner and not isinstance(owner[name], str):
        yield f"{path}/{name}", "Should be string"


def boolean(path: str, owner: dict, name: str) -> Iterator[Problem]:
    if name in owner and not isinstance(owner[name], bool):
        yield f"{path}/{name}", "Should be boolean"


def one_of(
    path: str, owner: dict, name: str, allowed: Collection[str]
) -> Iterator[Problem]:
    value = owner.get(name)
    if name in owner and not (isinstance(value, str) and value in allowed):
        yield f"{path}/{name}", "Should be equal to one of the allowed values"


def whole(
    path: str, owner: dict, name: str, least: int, most: int | None
) -> Iterator[Problem]:
    value = owner.get(name, least)
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{path}/{name}", "Should be integer"
    elif value < least:
        yield f"{path}/{name}", f"Should be >= {least}"
    elif most is not None and value > most:
        yield f"{path}/{name}", f"Should be <= {most}"


def at_most(path: str, items: list, limit: int) -> Iterator[Problem]:
    if len(items) > limit:
        yield path, f"Should NOT have more than {limit} items"
