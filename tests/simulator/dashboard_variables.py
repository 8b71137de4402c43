"""Judges a dashboard's variables."""

from collections.abc import Iterator
from typing import Any

from dashboard_rules import (
    Problem,
    at_most,
    boolean,
    needed_text,
    one_of,
    optional_text,
    record,
)

VARIABLE_LIMIT = 25
VALUE_LIMIT = 500
IDENTIFIER_LENGTH = 32
TYPES = ("property", "pattern")
INPUTS = {"input", "select", "radio"}


def judge(variables: Any) -> Iterator[Problem]:
    if variables is None:
        return
    if not isinstance(variables, list):
        yield "/variables", "Should be array"
        return
    yield from at_most("/variables", variables, VARIABLE_LIMIT)
    seen: set[Any] = set()
    for index, variable in enumerate(variables):
        path = f"/variables/{index}"
        yield from record(path, variable)
        if isinstance(variable, dict):
            yield from _variable(path, variable)
            if variable.get("id") in seen:
                yield f"{path}/id", "Should be unique"
            seen.add(str(variable.get("id")))


def _variable(path: str, variable: dict[str, Any]) -> Iterator[Problem]:
    for name in ("type", "id", "inputType"):
        yield from needed_text(path, variable, name)
    yield from one_of(path, variable, "type", TYPES)
    yield from one_of(path, variable, "inputType", INPUTS)
    if len(str(variable.get("id", ""))) > IDENTIFIER_LENGTH:
        message = f"Should NOT be longer than {IDENTIFIER_LENGTH} characters"
        yield f"{path}/id", message
    if variable.get("type") in TYPES:
        # A property is named by `property`, a pattern by `pattern`.
        yield from needed_text(path, variable, variable["type"])
    for name in ("label", "defaultValue", "search", "populateFrom"):
        yield from optional_text(path, variable, name)
    yield from boolean(path, variable, "visible")
    if ("search" in variable) != ("populateFrom" in variable):
        missing = "populateFrom" if "search" in variable else "search"
        yield path, f"Should have required property '{missing}'"
    yield from _values(path, variable)


def _values(path: str, variable: dict[str, Any]) -> Iterator[Problem]:
    values = variable.get("values")
    if values is None:
        if variable.get("inputType") != "input" and "search" not in variable:
            yield path, "Should have required property 'values'"
        return
    if not isinstance(values, list):
        yield f"{path}/values", "Should be array"
        return
    yield from at_most(f"{path}/values", values, VALUE_LIMIT)
    for index, value in enumerate(values):
        here = f"{path}/values/{index}"
        yield from record(here, value)
        if isinstance(value, dict):
            yield from needed_text(here, value, "value")
            yield from optional_text(here, value, "label")
