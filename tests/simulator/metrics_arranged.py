"""The control endpoints for metrics: series unchecked, answers disturbed."""

import time
from typing import Any

import ecr_usage
import world
from ecr_arranged import DEFAULT_REGION, seconds
from metrics_store import Bucket, Span

STATUS_CODES = (None, "Complete", "PartialData", "Forbidden", "InternalError")


def put_metrics(given: dict[str, Any]) -> dict[str, Any]:
    """`{account, region?, series?, count_resources?, forget?}`.

    Points add to those that are there; `forget` takes all away first.
    """
    account, region = given["account"], given.get("region", DEFAULT_REGION)
    kept = world.account(account).metrics[region]
    if given.get("forget"):
        kept.series.clear()
    for wanted in given.get("series") or []:
        dimensions = wanted.get("dimensions") or {}
        series = kept.make(wanted["namespace"], wanted["name"], dimensions)
        series.unit = wanted.get("unit", series.unit)
        series.resolution = wanted.get("resolution", series.resolution)
        points = wanted.get("points") or []
        if isinstance(points, dict):
            series.spans.append(_span(points))
            continue
        for moment, value in points:
            series.put(seconds(moment), Bucket.of(float(value)))
    if given.get("count_resources"):
        ecr_usage.count_resources(account, region)
    return {"series": len(kept.series)}


def _span(given: dict[str, Any]) -> Span:
    """Read `{every, from, until?, value}`; a list of values comes in turn."""
    every, value = int(given["every"]), given["value"]
    start = int(seconds(given["from"]) // every * every)
    end = int(seconds(given.get("until", time.time())))
    values = value if isinstance(value, list) else [value]
    return Span(every, start, end, [float(each) for each in values])


def put_answers(given: dict[str, Any]) -> dict[str, Any]:
    """`{account, status_code?, metrics?, times?, page_size?}`."""
    if given.get("status_code") not in STATUS_CODES:
        raise ValueError(f"status_code is one of {STATUS_CODES}")
    wanted = world.MetricAnswers(
        status_code=given.get("status_code"),
        metrics=set(given.get("metrics") or []),
        times=given.get("times"),
        page_size=given.get("page_size"),
    )
    world.account(given["account"]).metric_answers = wanted
    return {"status_code": wanted.status_code}


ROUTES = {("POST", "metrics"): put_metrics, ("POST", "metric-answers"): put_answers}
