"""Judges a dashboard's body as PutDashboard does, as far as is documented.

See the CloudWatch API reference, "Dashboard body structure and syntax".
"""

import json
import re
from collections.abc import Iterator
from typing import Any

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
WIDGET_LIMIT = 500
METRICS_PER_WIDGET = 500
METRICS_PER_DASHBOARD = 2500
VARIABLE_LIMIT = 25
GRID_COLUMNS = 24
HEIGHT_LIMIT = 1000
WIDGETS = {"metric", "text", "log", "alarm", "explorer", "custom"}
METRIC_VIEWS = {"timeSeries", "singleValue", "gauge", "bar", "pie", "table"}
LOG_VIEWS = {"table", "timeSeries", "bar", "pie"}
BACKGROUNDS = {"transparent", "solid"}

Problem = tuple[str, str]


def problems(body: str) -> list[dict[str, str]]:
    """Return what is wrong with the body; nothing, if it will do."""
    try:
        document = json.loads(body)
    except ValueError as error:
        found = iter([("", f"The field DashboardBody must be a valid JSON: {error}")])
    else:
        found = _document(document)
    return [{"DataPath": path, "Message": message} for path, message in found]


def _document(document: Any) -> Iterator[Problem]:
    if not isinstance(document, dict):
        yield "", "Should be object"
        return
    widgets = document.get("widgets")
    if widgets is None:
        yield "", "Should have required property 'widgets'"
    elif not isinstance(widgets, list):
        yield "/widgets", "Should be array"
    else:
        if len(widgets) > WIDGET_LIMIT:
            yield "/widgets", f"Should NOT have more than {WIDGET_LIMIT} items"
        for index, widget in enumerate(widgets):
            yield from _widget(f"/widgets/{index}", widget)
        if sum(map(_metric_count, widgets)) > METRICS_PER_DASHBOARD:
            yield (
                "/widgets",
                f"Should NOT have more than {METRICS_PER_DASHBOARD} metrics",
            )
    if len(document.get("variables") or []) > VARIABLE_LIMIT:
        yield "/variables", f"Should NOT have more than {VARIABLE_LIMIT} items"
    if document.get("periodOverride", "auto") not in ("auto", "inherit"):
        yield "/periodOverride", "Should be equal to one of the allowed values"
    if "end" in document and "start" not in document:
        yield "", "Should have required property 'start'"


def metric_problems(properties: dict) -> Iterator[Problem]:
    """Judge the properties of one metric widget."""
    return _metric("", properties)


def _metric_count(widget: Any) -> int:
    properties = widget.get("properties") if isinstance(widget, dict) else None
    metrics = properties.get("metrics") if isinstance(properties, dict) else None
    return len(metrics) if isinstance(metrics, list) else 0


def _widget(path: str, widget: Any) -> Iterator[Problem]:
    if not isinstance(widget, dict):
        yield path, "Should be object"
        return
    yield from _place(path, widget)
    kind, properties = widget.get("type"), widget.get("properties")
    if kind not in WIDGETS:
        yield f"{path}/type", "Should be equal to one of the allowed values"
    if not isinstance(properties, dict):
        yield f"{path}/properties", "Should be object"
        return
    judge = {"metric": _metric, "text": _text, "log": _log, "alarm": _alarm}.get(kind)
    if judge:
        yield from judge(f"{path}/properties", properties)


def _place(path: str, widget: dict) -> Iterator[Problem]:
    if ("x" in widget) != ("y" in widget):
        missing = "y" if "x" in widget else "x"
        yield path, f"Should have required property '{missing}'"
    yield from _whole(path, widget, "x", 0, GRID_COLUMNS - 1)
    yield from _whole(path, widget, "y", 0, None)
    yield from _whole(path, widget, "width", 1, GRID_COLUMNS)
    yield from _whole(path, widget, "height", 1, HEIGHT_LIMIT)


def _whole(
    path: str, owner: dict, name: str, least: int, most: int | None
) -> Iterator[Problem]:
    value = owner.get(name, least)
    if not isinstance(value, int) or isinstance(value, bool):
        yield f"{path}/{name}", "Should be integer"
    elif value < least:
        yield f"{path}/{name}", f"Should be >= {least}"
    elif most is not None and value > most:
        yield f"{path}/{name}", f"Should be <= {most}"


def _one_of(path: str, owner: dict, name: str, allowed: set[str]) -> Iterator[Problem]:
    if name in owner and owner[name] not in allowed:
        yield f"{path}/{name}", "Should be equal to one of the allowed values"


def _text_of(path: str, owner: dict, name: str) -> Iterator[Problem]:
    if name not in owner:
        yield path, f"Should have required property '{name}'"
    elif not isinstance(owner[name], str):
        yield f"{path}/{name}", "Should be string"


def _text(path: str, properties: dict) -> Iterator[Problem]:
    yield from _text_of(path, properties, "markdown")
    yield from _one_of(path, properties, "background", BACKGROUNDS)


def _log(path: str, properties: dict) -> Iterator[Problem]:
    yield from _text_of(path, properties, "region")
    yield from _text_of(path, properties, "query")
    yield from _one_of(path, properties, "view", LOG_VIEWS)


def _alarm(path: str, properties: dict) -> Iterator[Problem]:
    alarms = properties.get("alarms")
    if not isinstance(alarms, list) or not 1 <= len(alarms) <= 100:
        yield f"{path}/alarms", "Should be an array of 1 to 100 items"


def _metric(path: str, properties: dict) -> Iterator[Problem]:
    yield from _text_of(path, properties, "region")
    yield from _one_of(path, properties, "view", METRIC_VIEWS)
    metrics = properties.get("metrics")
    if metrics is None:
        if not (properties.get("annotations") or {}).get("alarms"):
            yield path, "Should have required property 'metrics'"
    elif not isinstance(metrics, list):
        yield f"{path}/metrics", "Should be array"
    else:
        if len(metrics) > METRICS_PER_WIDGET:
            yield (
                f"{path}/metrics",
                f"Should NOT have more than {METRICS_PER_WIDGET} items",
            )
        for index, metric in enumerate(metrics):
            yield from _series(f"{path}/metrics/{index}", metric)
    yield from _period(path, properties)
    if properties.get("view") == "gauge":
        yield from _gauge(path, properties)


def _period(path: str, owner: dict) -> Iterator[Problem]:
    period = owner.get("period", 300)
    if not isinstance(period, int) or period < 1 or (period >= 60 and period % 60):
        yield f"{path}/period", "Should be a multiple of 60"


def _gauge(path: str, properties: dict) -> Iterator[Problem]:
    left = (properties.get("yAxis") or {}).get("left") or {}
    for bound in ("min", "max"):
        if not isinstance(left.get(bound), (int, float)):
            yield f"{path}/yAxis/left", f"Should have required property '{bound}'"


def _series(path: str, metric: Any) -> Iterator[Problem]:
    """A row is an expression, or namespace, name, pairs of dimensions, options."""
    if not isinstance(metric, list) or not metric:
        yield path, "Should be array"
        return
    words = metric[:-1] if isinstance(metric[-1], dict) else metric
    options = metric[-1] if isinstance(metric[-1], dict) else {}
    if not all(isinstance(word, str) for word in words):
        yield path, "Should be string"
    elif not words:
        if "expression" not in options:
            yield path, "Should have required property 'expression'"
    elif "..." not in words and (len(words) < 2 or len(words) % 2):
        yield path, "Invalid metric field: dimensions come in pairs"
    yield from _period(path, options)
