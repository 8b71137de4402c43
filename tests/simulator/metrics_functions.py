"""The functions of metric math, as far as dashboards and ecrmon use them."""

import itertools
import math
import statistics
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from metrics_labels import Line

Value = float | Line | list[Line]
KEYWORDS = {"REPEAT", "LINEAR", "ASC", "DESC", "SUM", "AVG", "MIN", "MAX"}

# ECR's rates a second, and how much a registry and a repository hold: ECR user
# guide, "Amazon ECR service quotas".
QUOTAS = {
    "GetAuthorizationToken": 500.0,
    "BatchGetImage": 2000.0,
    "GetDownloadUrlForLayer": 3000.0,
    "BatchCheckLayerAvailability": 1000.0,
    "InitiateLayerUpload": 100.0,
    "UploadLayerPart": 500.0,
    "CompleteLayerUpload": 100.0,
    "PutImage": 10.0,
    "RepositoryCount": 100_000.0,
    "ImagesPerRepositoryCount": 100_000.0,
}


def call(name: str, arguments: list[Any], scope: Any) -> Value:
    """Compute a function; TypeError tells of arguments that it does not take."""
    if name == "METRICS":
        return scope.metrics_named(*arguments)
    if name == "SEARCH":
        return scope.search(*arguments)
    if name in REDUCING:
        (value,) = arguments
        return reduced(REDUCING[name], value)
    if name in MAPPING:
        value, *rest = arguments
        if isinstance(value, list):
            return [MAPPING[name](each, scope, *rest) for each in value]
        return MAPPING[name](value, scope, *rest)
    if name in OTHERS:
        return OTHERS[name](*arguments)
    raise TypeError(f"there is no function {name}")


def reduced(act: Callable[[list[float]], float], value: Value) -> Value:
    """Of a line make a number, of an array a line."""
    if isinstance(value, Line):
        return act(list(value.values.values())) if value.values else 0.0
    if not isinstance(value, list):
        return value
    moments = sorted({moment for line in value for moment in line.values})
    found = {
        moment: act([line.values[moment] for line in value if moment in line.values])
        for moment in moments
    }
    return Line(found, value[0].period if value else 60)


REDUCING: dict[str, Callable[[list[float]], float]] = {
    "SUM": math.fsum,
    "AVG": statistics.fmean,
    "MIN": min,
    "MAX": max,
    "STDDEV": statistics.pstdev,
}


def _fill(line: Line, scope: Any, how: Any) -> Line:
    """Fill the gaps between points, or with a number all of the range."""
    values, filled = line.values, {}
    moments = scope.grid(line.period)
    known = sorted(values)
    for moment in moments:
        if moment in values:
            filled[moment] = values[moment]
            continue
        if isinstance(how, float):
            filled[moment] = how
            continue
        if isinstance(how, Line):
            if moment in how.values:
                filled[moment] = how.values[moment]
            continue
        before = max((at for at in known if at < moment), default=None)
        after = min((at for at in known if at > moment), default=None)
        if before is None or (how == "LINEAR" and after is None):
            continue
        filled[moment] = values[before]
        if how == "LINEAR":
            share = (moment - before) / (after - before)
            filled[moment] += share * (values[after] - values[before])
    return line.with_values(dict(sorted(filled.items())))


def _steps(line: Line, act: Callable[[float, float], float]) -> Line:
    """Compute of each point and the one before it: change, seconds between."""
    points = list(line.values.items())
    found = {
        moment: act(value - before, moment - earlier)
        for (earlier, before), (moment, value) in itertools.pairwise(points)
    }
    return line.with_values(found)


def _running(line: Line) -> Line:
    total, found = 0.0, {}
    for moment, value in line.values.items():
        total += value
        found[moment] = total
    return line.with_values(found)


def _quota(line: Line, _: Any) -> Line:
    """Return the quota that a usage metric counts against, a point each."""
    series = line.series
    if series is None or series.namespace != "AWS/Usage":
        raise TypeError("SERVICE_QUOTA takes metrics of AWS/Usage only")
    quota = QUOTAS.get(series.dimensions.get("Resource", ""))
    known = series.dimensions.get("Service") == "ECR" and quota is not None
    return line.with_values(dict.fromkeys(line.values, quota) if known else {})


def _each(act: Callable[[float], float]) -> Callable[..., Value]:
    def mapped(value: Line | float, _: Any) -> Value:
        if isinstance(value, Line):
            found = {moment: act(each) for moment, each in value.values.items()}
            return value.with_values(found)
        return act(value)

    return mapped


def _calendar(act: Callable[[datetime], float]) -> Callable[..., Line]:
    def mapped(line: Line, _: Any) -> Line:
        moments = {at: datetime.fromtimestamp(at, timezone.utc) for at in line.values}
        return line.with_values({at: act(moment) for at, moment in moments.items()})

    return mapped


MAPPING: dict[str, Callable[..., Value]] = {
    "FILL": _fill,
    "RATE": lambda line, _: _steps(line, lambda change, seconds: change / seconds),
    "DIFF": lambda line, _: _steps(line, lambda change, _: change),
    "DIFF_TIME": lambda line, _: _steps(line, lambda _, seconds: float(seconds)),
    "RUNNING_SUM": lambda line, _: _running(line),
    "PERIOD": lambda line, _: float(line.period),
    "DATAPOINT_COUNT": lambda line, _: float(len(line.values)),
    "SERVICE_QUOTA": _quota,
    "ABS": _each(abs),
    "CEIL": _each(math.ceil),
    "FLOOR": _each(math.floor),
    "LOG": _each(math.log),
    "LOG10": _each(math.log10),
    "EPOCH": _calendar(lambda moment: moment.timestamp()),
    "HOUR": _calendar(lambda moment: float(moment.hour)),
    "MINUTE": _calendar(lambda moment: float(moment.minute)),
    "DAY": _calendar(lambda moment: float(moment.isoweekday())),
    "DATE": _calendar(lambda moment: float(moment.day)),
    "MONTH": _calendar(lambda moment: float(moment.month)),
    "YEAR": _calendar(lambda moment: float(moment.year)),
}


def _sort(
    lines: list[Line], by: str, order: str = "ASC", most: float | None = None
) -> list[Line]:
    """Sort an array by a statistic of each line; lines without points come last."""

    def rank(line: Line) -> float:
        return REDUCING[by](list(line.values.values()))

    with_points = [line for line in lines if line.values]
    without = [line for line in lines if not line.values]
    with_points.sort(key=rank, reverse=order == "DESC")
    found = with_points + without
    return found if most is None else found[: int(most)]


def _slice(lines: list[Line], first: float, end: float | None = None) -> list[Line]:
    return lines[int(first) : None if end is None else int(end)]


def _if(condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    """Choose at each moment; where the condition has no point there is none."""
    if isinstance(condition, float):
        chosen = then if condition else otherwise
        return chosen if chosen is not None else Line()
    if isinstance(condition, list):
        raise TypeError("the condition is a number or one time series")
    found = {}
    for moment, holds in condition.values.items():
        chosen = then if holds else otherwise
        if isinstance(chosen, Line):
            chosen = chosen.values.get(moment)
        if chosen is not None:
            found[moment] = chosen
    return condition.with_values(found)


OTHERS: dict[str, Callable[..., Value]] = {
    "SORT": _sort,
    "SLICE": _slice,
    "IF": _if,
    "FIRST": lambda lines: lines[0],
    "LAST": lambda lines: lines[-1],
    "REMOVE_EMPTY": lambda lines: [line for line in lines if line.values],
}
