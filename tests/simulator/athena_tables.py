"""A table's rows: which objects hold them, and how records become columns.

A table's partitions are projected ones, found by matching the keys that are
there with the table's template, or there are none.
"""

import gzip
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.s3.models import FakeKey

import s3
from athena_catalog import Table

if TYPE_CHECKING:
    from sqlglot import exp

PLACE = re.compile(r"\\\$\\\{([^}]+)\\\}")
BUCKET_AND_KEY = re.compile(r"s3://([^/]+)/?(.*)")
# Java's letters of a date format, and what they are in strftime's.
DATE_PARTS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M"}


@dataclass
class Source:
    """An object of a table, and the values of its partition's columns."""

    key: FakeKey
    partition: tuple[str, ...]

    @property
    def size(self) -> int:
        return self.key.size

    def records(self) -> Iterator[dict[str, Any]]:
        """Read CloudTrail's records; what is no such object has none."""
        value = self.key.value
        if self.key.name.endswith(".gz"):
            value = gzip.decompress(value)
        try:
            yield from json.loads(value)["Records"]
        except (ValueError, KeyError, TypeError):
            return


def sources(table: Table) -> list[Source]:
    """Return the objects of all of the table's partitions."""
    template = _template(table)
    bucket_name, _ = BUCKET_AND_KEY.fullmatch(template).groups()
    bucket = s3.bucket_named(bucket_name)
    if bucket is None or (table.partitions and not _is_projected(table)):
        return []
    pattern = _pattern(table, template)
    prefix = f"s3://{bucket_name}/"
    found = []
    for key in list(bucket.keys.values()):
        match = pattern.match(prefix + key.name)
        if match is None or not isinstance(key, FakeKey):
            continue
        partition = tuple(match[f"_{name}"] for name in table.partitions)
        if _in_range(table, partition):
            found.append(Source(key, partition))
    return found


def _is_projected(table: Table) -> bool:
    return table.properties.get("projection.enabled", "").lower() == "true"


def _template(table: Table) -> str:
    if not table.partitions:
        return table.location
    parts = "/".join(f"{name}=${{{name}}}" for name in table.partitions)
    given = table.properties.get("storage.location.template")
    return (given or f"{table.location}/{parts}").rstrip("/")


def _pattern(table: Table, template: str) -> re.Pattern[str]:
    def group(found: re.Match[str]) -> str:
        name = found[1].lower()
        return f"(?P<_{name}>{_shape(table, name)})"

    return re.compile(PLACE.sub(group, re.escape(template)) + "/")


def _shape(table: Table, name: str) -> str:
    """Return the regular expression of a projected column's values."""
    kind = table.properties.get(f"projection.{name}.type", "injected").lower()
    if kind == "date":
        return re.sub("[A-Za-z]", r"\\d", table.properties[f"projection.{name}.format"])
    if kind == "enum":
        values = table.properties[f"projection.{name}.values"].split(",")
        return "|".join(re.escape(value.strip()) for value in values)
    return r"\d+" if kind == "integer" else "[^/]+"


def injected(table: Table) -> list[str]:
    """Return the partition columns that a query must give a value to."""
    kind = table.properties.get
    return [
        name
        for name in table.partitions
        if kind(f"projection.{name}.type", "").lower() == "injected"
    ]


def _in_range(table: Table, partition: tuple[str, ...]) -> bool:
    """Judge dates by the range of their projection; its NOW±… is any time."""
    for name, value in zip(table.partitions, partition):
        given = table.properties.get
        if given(f"projection.{name}.type", "").lower() != "date":
            continue
        first, _, last = given(f"projection.{name}.range", "NOW-,NOW").partition(",")
        now = _now(given(f"projection.{name}.format", ""))
        if not first.strip().startswith("NOW") and value < first.strip():
            return False
        last = now if last.strip() == "NOW" else last.strip()
        if not last.startswith("NOW") and value > last:
            return False
    return True


def _now(date_format: str) -> str:
    for letters, directive in DATE_PARTS.items():
        date_format = date_format.replace(letters, directive)
    return time.strftime(date_format, time.gmtime())


def row(table: Table, source: Source, record: dict[str, Any]) -> dict[str, Any]:
    """Return the record as the table's columns, in JSON that fits their types."""
    lowered = _lowered(record)
    values = {
        name: _fitted(lowered.get(name), kind) for name, kind in table.columns.items()
    }
    return {**values, **dict(zip(table.partitions, source.partition))}


def _lowered(value: dict[str, Any]) -> dict[str, Any]:
    return {name.lower(): below for name, below in value.items()}


def _fitted(value: Any, kind: "exp.DataType") -> Any:
    """Make a value fit its column; an object in a text column is its JSON."""
    from sqlglot import exp

    if value is None:
        return None
    if kind.is_type(exp.DataType.Type.STRUCT):
        if not isinstance(value, dict):
            return None
        below = _lowered(value)
        return {
            one.name: _fitted(below.get(one.name), one.kind) for one in kind.expressions
        }
    if kind.is_type(exp.DataType.Type.ARRAY):
        inner = kind.expressions[0]
        return (
            [_fitted(one, inner) for one in value] if isinstance(value, list) else None
        )
    if kind.is_type(exp.DataType.Type.MAP):
        return value if isinstance(value, dict) else None
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"))
