"""ListMetrics and GetMetricStatistics."""

import base64
import json
from typing import Any

from call import Call, Refused
from metrics_get import check_period, check_statistic
from metrics_put import invalid, missing, too_many
from metrics_store import HOUR, Series, dimensions_of, rounded_start

PAGE = 500
FILTER_LIMIT = 30
RECENT = {"PT3H": 3 * HOUR}
STATISTICS_LIMIT = 1440
STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")


def list_metrics(call: Call) -> dict[str, Any]:
    """List what has had a point in two weeks, or in three hours if asked."""
    asked, metrics = call.asked, call.account.metrics[call.region]
    recently = asked.get("RecentlyActive")
    if recently is not None and recently not in RECENT:
        invalid(f"The value {recently} for parameter RecentlyActive is invalid.")
    if len(asked.get("Dimensions") or []) > FILTER_LIMIT:
        too_many("Dimensions", FILTER_LIMIT)
    active = metrics.active(RECENT[recently]) if recently else metrics.active()
    listed = [series for series in active if _is_asked(series, asked)]
    start = _start(asked.get("NextToken"))
    page = listed[start : start + PAGE]
    answer: dict[str, Any] = {"Metrics": [series.described() for series in page]}
    if start + PAGE < len(listed):
        answer["NextToken"] = _token(start + PAGE)
    return answer


def _is_asked(series: Series, asked: dict[str, Any]) -> bool:
    if asked.get("Namespace") not in (None, series.namespace):
        return False
    if asked.get("MetricName") not in (None, series.name):
        return False
    return all(
        wanted["Name"] in series.dimensions
        and wanted.get("Value") in (None, series.dimensions[wanted["Name"]])
        for wanted in asked.get("Dimensions") or []
    )


def _token(start: int) -> str:
    return base64.b64encode(json.dumps({"metrics": start}).encode()).decode()


def _start(token: str | None) -> int:
    if not token:
        return 0
    try:
        return int(json.loads(base64.b64decode(token, validate=True))["metrics"])
    except (ValueError, TypeError, KeyError):
        invalid("The value of the parameter NextToken is invalid.")


def get_metric_statistics(call: Call) -> dict[str, Any]:
    asked = call.asked
    for parameter in ("Namespace", "MetricName", "StartTime", "EndTime", "Period"):
        if asked.get(parameter) is None:
            missing(parameter)
    names = [*(asked.get("Statistics") or []), *(asked.get("ExtendedStatistics") or [])]
    if not names:
        missing("Statistics")
    for name in names:
        check_statistic(name, "Statistics")
    period = check_period(asked["Period"], "Period")
    start, end = float(asked["StartTime"]), float(asked["EndTime"])
    if start >= end:
        invalid("The parameter StartTime must be less than the parameter EndTime.")
    points = int((end - start) // period)
    if points > STATISTICS_LIMIT:
        raise Refused(
            "InvalidParameterCombination",
            f"You have requested up to {points:,} datapoints, which exceeds the limit "
            f"of {STATISTICS_LIMIT:,}. You may reduce the datapoints requested by "
            "increasing Period, or decreasing the time range.",
        )
    return {"Label": asked["MetricName"], "Datapoints": _datapoints(call, names)}


def _datapoints(call: Call, names: list[str]) -> list[dict[str, Any]]:
    """Return the points in no order, as CloudWatch does."""
    asked, period = call.asked, call.asked["Period"]
    series = call.account.metrics[call.region].find(
        asked["Namespace"], asked["MetricName"], dimensions_of(asked.get("Dimensions"))
    )
    if series is None or asked.get("Unit") not in (None, series.unit):
        return []
    start = rounded_start(float(asked["StartTime"]), period)
    found = series.periods(start, float(asked["EndTime"]), period)
    datapoints = []
    for moment, bucket in sorted(found.items(), key=lambda each: each[0] * 7919 % 1009):
        told = {name: bucket.statistic(name) for name in names}
        plain = {name: told[name] for name in told if name in STATISTICS}
        extended = {name: told[name] for name in told if name not in STATISTICS}
        point = {"Timestamp": moment, "Unit": series.unit, **plain}
        datapoints.append(
            {**point, **({"ExtendedStatistics": extended} if extended else {})}
        )
    return datapoints
