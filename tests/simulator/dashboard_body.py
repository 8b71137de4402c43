"""Judges a dashboard's body as PutDashboard does, as far as is documented.

See the CloudWatch API reference, "Dashboard body structure and syntax".
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import dashboard_metrics
import dashboard_variables
from dashboard_rules import (
    Problem,
    at_most,
    boolean,
    needed_text,
    one_of,
    optional_text,
    record,
    whole,
)

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
WIDGET_LIMIT = 500
METRICS_PER_DASHBOARD = 2500
GRID_COLUMNS = 24
HEIGHT_LIMIT = 1000
ALARM_LIMIT = 100
LOG_VIEWS = {"table", "timeSeries", "bar", "pie"}
BACKGROUNDS = {"transparent", "solid"}
ALARM_ORDERS = {"default", "stateUpdatedTimestamp", "timestamp"}
ALARM_STATES = {"ALARM", "INSUFFICIENT_DATA", "OK"}
ALARM_ARN = re.compile(r"arn:[a-z-]+:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+")
SOURCE = re.compile(r"\s*SOURCE\s", re.IGNORECASE)
MOMENT = re.compile(r"-P(?=[\dT])[\dDWMTHS]+|\d{4}-\d\d-\d\dT[\d:.]+(Z|[-+][\d:]+)")


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
        yield from _widgets(widgets)
    yield from dashboard_variables.judge(document.get("variables"))
    yield from one_of("", document, "periodOverride", {"auto", "inherit"})
    if "end" in document and "start" not in document:
        yield "", "Should have required property 'start'"
    for name in ("start", "end"):
        if name in document and not MOMENT.fullmatch(str(document[name])):
            yield f"/{name}", "Should be a relative or an absolute time"


def _widgets(widgets: list) -> Iterator[Problem]:
    yield from at_most("/widgets", widgets, WIDGET_LIMIT)
    for index, widget in enumerate(widgets):
        yield from _widget(f"/widgets/{index}", widget)
    if sum(map(_metric_count, widgets)) > METRICS_PER_DASHBOARD:
        yield "/widgets", f"Should NOT have more than {METRICS_PER_DASHBOARD} metrics"


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
    if "type" not in widget:
        yield path, "Should have required property 'type'"
    elif kind not in JUDGES:
        yield f"{path}/type", "Should be equal to one of the allowed values"
    if "properties" not in widget:
        yield path, "Should have required property 'properties'"
    elif not isinstance(properties, dict):
        yield f"{path}/properties", "Should be object"
    elif kind in JUDGES:
        yield from JUDGES[kind](f"{path}/properties", properties)


def _place(path: str, widget: dict) -> Iterator[Problem]:
    if ("x" in widget) != ("y" in widget):
        missing = "y" if "x" in widget else "x"
        yield path, f"Should have required property '{missing}'"
    yield from whole(path, widget, "x", 0, GRID_COLUMNS - 1)
    yield from whole(path, widget, "y", 0, None)
    yield from whole(path, widget, "width", 1, GRID_COLUMNS)
    yield from whole(path, widget, "height", 1, HEIGHT_LIMIT)


def _text(path: str, properties: dict) -> Iterator[Problem]:
    yield from needed_text(path, properties, "markdown")
    yield from one_of(path, properties, "background", BACKGROUNDS)


def _log(path: str, properties: dict) -> Iterator[Problem]:
    yield from needed_text(path, properties, "region")
    yield from needed_text(path, properties, "query")
    query = properties.get("query")
    if isinstance(query, str) and not SOURCE.match(query):
        yield f"{path}/query", "Should begin with SOURCE and a log group"
    yield from one_of(path, properties, "view", LOG_VIEWS)
    for name in ("title", "accountId"):
        yield from optional_text(path, properties, name)
    yield from boolean(path, properties, "stacked")


def _alarm(path: str, properties: dict) -> Iterator[Problem]:
    alarms = properties.get("alarms")
    if alarms is None:
        yield path, "Should have required property 'alarms'"
        return
    if not isinstance(alarms, list):
        yield f"{path}/alarms", "Should be array"
        return
    if not alarms:
        yield f"{path}/alarms", "Should NOT have fewer than 1 items"
    yield from at_most(f"{path}/alarms", alarms, ALARM_LIMIT)
    for index, alarm in enumerate(alarms):
        if not ALARM_ARN.fullmatch(str(alarm)):
            yield f"{path}/alarms/{index}", "Should be an alarm's ARN"
    yield from one_of(path, properties, "sortBy", ALARM_ORDERS)
    for index, state in enumerate(properties.get("states") or []):
        yield from one_of(
            f"{path}/states", {str(index): state}, str(index), ALARM_STATES
        )
    yield from optional_text(path, properties, "title")


def _explorer(path: str, properties: dict) -> Iterator[Problem]:
    for name, needed in (
        ("metrics", ("metricName", "resourceType", "stat")),
        ("labels", ("key",)),
    ):
        items = properties.get(name)
        if not isinstance(items, list):
            yield path, f"Should have required property '{name}'"
            continue
        for index, item in enumerate(items):
            here = f"{path}/{name}/{index}"
            yield from record(here, item)
            for key in needed if isinstance(item, dict) else ():
                yield from needed_text(here, item, key)


def _custom(path: str, properties: dict) -> Iterator[Problem]:
    yield from needed_text(path, properties, "endpoint")
    updates = properties.get("updateOn") or {}
    yield from record(f"{path}/updateOn", updates)
    for name in updates if isinstance(updates, dict) else ():
        yield from boolean(f"{path}/updateOn", updates, name)


JUDGES = {
    "metric": dashboard_metrics.judge,
    "text": _text,
    "log": _log,
    "alarm": _alarm,
    "explorer": _explorer,
    "custom": _custom,
}
