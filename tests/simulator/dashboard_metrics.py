"""Judges a metric widget: its rows, its axes, its annotations."""

import re
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

METRICS_PER_WIDGET = 500
SEARCHES_PER_WIDGET = 100
SEARCH_LENGTH = 1024
VIEWS = {"timeSeries", "singleValue", "gauge", "bar", "pie", "table"}
LEGENDS = {"right", "bottom", "hidden"}
FILLS = {"above", "below", "between", "before", "after", "none"}
AXES = {"left", "right"}
STATISTIC = re.compile(
    r"Sum|Average|Minimum|Maximum|SampleCount|IQM"
    r"|(p|tm|wm|tc|ts)\d{1,3}(\.\d+)?|(PR|TM|WM|TC|TS)\([^)]*\)"
)
IDENTIFIER = re.compile(r"[a-z][A-Za-z0-9_]*")
SEARCH = re.compile(r"SEARCH\(\s*('[^']*'|\"[^\"]*\")")


def judge(path: str, properties: dict) -> Iterator[Problem]:
    """Judge the properties of a metric widget."""
    yield from needed_text(path, properties, "region")
    yield from one_of(path, properties, "view", VIEWS)
    for name in ("title", "stat", "timezone", "accountId", "start", "end"):
        yield from optional_text(path, properties, name)
    for name in ("stacked", "liveData", "sparkline", "setPeriodToTimeRange"):
        yield from boolean(path, properties, name)
    yield from _statistic(path, properties)
    yield from _period(path, properties)
    yield from _rows(path, properties)
    legend = properties.get("legend")
    if legend is not None:
        yield from record(f"{path}/legend", legend)
    if isinstance(legend, dict):
        yield from one_of(f"{path}/legend", legend, "position", LEGENDS)
    yield from _axes(path, properties)
    yield from _annotations(path, properties.get("annotations"))


def _rows(path: str, properties: dict) -> Iterator[Problem]:
    rows = properties.get("metrics")
    if rows is None:
        annotations = properties.get("annotations")
        if not (isinstance(annotations, dict) and annotations.get("alarms")):
            yield path, "Should have required property 'metrics'"
        return
    if not isinstance(rows, list):
        yield f"{path}/metrics", "Should be array"
        return
    yield from at_most(f"{path}/metrics", rows, METRICS_PER_WIDGET)
    words: list[str] = []
    seen: set[str] = set()
    for index, row in enumerate(rows):
        yield from _row(f"{path}/metrics/{index}", row, words)
        options = options_of(row)
        yield from _identifier(f"{path}/metrics/{index}", options, seen)
        words = expanded(row, words)
    searches = sum("SEARCH(" in str(options_of(row).get("expression")) for row in rows)
    if searches > SEARCHES_PER_WIDGET:
        message = f"Should NOT have more than {SEARCHES_PER_WIDGET} search expressions"
        yield f"{path}/metrics", message


def options_of(row: Any) -> dict[str, Any]:
    """Return the last item of a row, if it holds options."""
    last = row[-1] if isinstance(row, list) and row else None
    return last if isinstance(last, dict) else {}


def expanded(row: Any, before: list[str]) -> list[str]:
    """Return a row's words, with what `.` and `...` repeat of the row above."""
    words = (
        [word for word in row if isinstance(word, str)] if isinstance(row, list) else []
    )
    if "..." in words:
        at = words.index("...")
        rest = words[at + 1 :]
        words = words[:at] + before[at : len(before) - len(rest)] + rest
    return [
        before[at] if word == "." and at < len(before) else word
        for at, word in enumerate(words)
    ]


def _row(path: str, row: Any, before: list[str]) -> Iterator[Problem]:
    """A row is an expression, or namespace, name, pairs of dimensions, options."""
    if not isinstance(row, list):
        yield path, "Should be array"
        return
    if not row:
        yield path, "Should NOT have fewer than 1 items"
        return
    options = options_of(row)
    words = row[:-1] if options or isinstance(row[-1], dict) else row
    for index, word in enumerate(words):
        if not isinstance(word, str):
            yield f"{path}/{index}", "Should be string"
            return
    if "expression" in options:
        if words:
            yield path, "Should NOT have more than 1 items"
        yield from _expression(path, options)
    elif not words:
        yield path, "Should have required property 'expression'"
    elif words[0] == "." and not before:
        yield f"{path}/0", "Should NOT repeat what is not there"
    elif "..." not in words and (len(words) < 2 or len(words) % 2):
        yield path, "Invalid metric field: dimensions come in pairs"
    yield from _period(path, options)
    yield from _statistic(path, options)
    yield from one_of(path, options, "yAxis", AXES)
    yield from boolean(path, options, "visible")
    for name in ("label", "color", "region", "accountId"):
        yield from optional_text(path, options, name)


def _expression(path: str, options: dict) -> Iterator[Problem]:
    expression = options["expression"]
    if not isinstance(expression, str) or not expression.strip():
        yield f"{path}/expression", "Should be string"
        return
    for found in SEARCH.finditer(expression):
        if len(found[1]) - 2 > SEARCH_LENGTH:
            message = f"Should NOT be longer than {SEARCH_LENGTH} characters"
            yield f"{path}/expression", message


def _identifier(path: str, options: dict, seen: set[str]) -> Iterator[Problem]:
    if "id" not in options:
        return
    if not IDENTIFIER.fullmatch(str(options["id"])):
        yield f"{path}/id", "Should match pattern ^[a-z][a-zA-Z0-9_]*$"
    elif options["id"] in seen:
        yield f"{path}/id", f"Should be unique: {options['id']}"
    seen.add(str(options["id"]))


def _statistic(path: str, owner: dict) -> Iterator[Problem]:
    if "stat" in owner and not STATISTIC.fullmatch(str(owner["stat"])):
        yield f"{path}/stat", "Should be a valid statistic"


def _period(path: str, owner: dict) -> Iterator[Problem]:
    period = owner.get("period", 300)
    short = period in (1, 5, 10, 20, 30)
    whole = isinstance(period, int) and not isinstance(period, bool)
    if not whole or period < 1 or not (short or period % 60 == 0):
        yield f"{path}/period", "Should be 1, 5, 10, 20, 30 or a multiple of 60"


def _axes(path: str, properties: dict) -> Iterator[Problem]:
    axes = properties.get("yAxis") or {}
    yield from record(f"{path}/yAxis", axes)
    if not isinstance(axes, dict):
        return
    gauge = properties.get("view") == "gauge"
    for side in sorted(AXES):
        axis = axes.get(side) or {}
        yield from record(f"{path}/yAxis/{side}", axis)
        if not isinstance(axis, dict):
            continue
        for bound in ("min", "max"):
            if gauge and side == "left" and bound not in axis:
                message = f"Should have required property '{bound}'"
                yield f"{path}/yAxis/left", message
            elif bound in axis and not _is_number(axis[bound]):
                yield f"{path}/yAxis/{side}/{bound}", "Should be number"
        yield from optional_text(f"{path}/yAxis/{side}", axis, "label")
        yield from boolean(f"{path}/yAxis/{side}", axis, "showUnits")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _annotations(path: str, annotations: Any) -> Iterator[Problem]:
    if annotations is None:
        return
    path = f"{path}/annotations"
    yield from record(path, annotations)
    if not isinstance(annotations, dict):
        return
    alarms = annotations.get("alarms")
    if alarms is not None and not (isinstance(alarms, list) and len(alarms) == 1):
        yield f"{path}/alarms", "Should NOT have more than 1 items"
    for kind in ("horizontal", "vertical"):
        for index, line in enumerate(annotations.get(kind) or []):
            here = f"{path}/{kind}/{index}"
            ends = line if isinstance(line, list) else [line]
            if not 1 <= len(ends) <= 2:
                yield here, "Should have 1 or 2 items"
            for end in ends:
                if not isinstance(end, dict) or "value" not in end:
                    yield here, "Should have required property 'value'"
                    continue
                yield from one_of(here, end, "fill", FILLS)
