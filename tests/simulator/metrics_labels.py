"""What a series is called in an answer, with what is dynamic in its label.

See the CloudWatch user guide, "Use dynamic labels".
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone

from metrics_store import Series

DYNAMIC = re.compile(r"\$\{([^}]*)\}")
PROPERTY = re.compile(r"PROP\('([^']*)'\)")


@dataclass
class Line:
    """A time series in an answer: its values by moment, oldest first."""

    values: dict[int, float] = field(default_factory=dict)
    period: int = 60
    series: Series | None = None
    stat: str = ""
    # What distinguishes it from the others of its kind.
    name: str = ""

    def with_values(self, values: dict[int, float]) -> "Line":
        return Line(values, self.period, self.series, self.stat, self.name)


def label(line: Line, wanted: str | None, alone: bool, place: dict[str, str]) -> str:
    """Return a line's label; the default one follows it, if it has siblings."""
    if wanted is None:
        return line.name
    if "${" in wanted:
        return DYNAMIC.sub(lambda found: _dynamic(line, found, place), wanted)
    return wanted if alone else f"{wanted} {line.name}".strip()


def _dynamic(line: Line, found: re.Match, place: dict[str, str]) -> str:
    asked = PROPERTY.fullmatch(found[1])
    if asked:
        return _property(line, asked[1], place)
    if found[1] == "LABEL":
        return line.name
    act = LIVE.get(found[1])
    if act is None:
        return found[0]
    if not line.values:
        return "--"
    return act(list(line.values.items()))


def _property(line: Line, name: str, place: dict[str, str]) -> str:
    series = line.series
    known = {**place, "Period": str(line.period), "Stat": line.stat}
    if series:
        known |= {"MetricName": series.name, "Namespace": series.namespace}
        known |= {f"Dim.{key}": value for key, value in series.dimensions.items()}
    return known.get(name, "")


Points = list[tuple[int, float]]


def _number(value: float) -> str:
    return f"{value:.10g}"


def _clock(moment: int) -> str:
    shown = datetime.fromtimestamp(moment, timezone.utc)
    return shown.strftime("%Y-%m-%d %H:%M:%S UTC")


def _ago(moment: int) -> str:
    return _duration(time.time() - moment)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(abs(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = zip((days, hours, minutes, rest), "dhms", strict=True)
    return " ".join(f"{part}{unit}" for part, unit in parts if part) or "0s"


def _least(points: Points) -> tuple[int, float]:
    return min(points, key=lambda point: point[1])


def _most(points: Points) -> tuple[int, float]:
    return max(points, key=lambda point: point[1])


LIVE: dict[str, Callable[[Points], str]] = {
    "AVG": lambda points: _number(sum(value for _, value in points) / len(points)),
    "SUM": lambda points: _number(sum(value for _, value in points)),
    "DATAPOINT_COUNT": lambda points: str(len(points)),
    "MIN": lambda points: _number(_least(points)[1]),
    "MAX": lambda points: _number(_most(points)[1]),
    "MIN_MAX_RANGE": lambda points: _number(_most(points)[1] - _least(points)[1]),
    "FIRST": lambda points: _number(points[0][1]),
    "LAST": lambda points: _number(points[-1][1]),
    "FIRST_LAST_RANGE": lambda points: _number(points[-1][1] - points[0][1]),
    "FIRST_TIME": lambda points: _clock(points[0][0]),
    "LAST_TIME": lambda points: _clock(points[-1][0]),
    "MIN_TIME": lambda points: _clock(_least(points)[0]),
    "MAX_TIME": lambda points: _clock(_most(points)[0]),
    "FIRST_TIME_RELATIVE": lambda points: _ago(points[0][0]),
    "LAST_TIME_RELATIVE": lambda points: _ago(points[-1][0]),
    "MIN_TIME_RELATIVE": lambda points: _ago(_least(points)[0]),
    "MAX_TIME_RELATIVE": lambda points: _ago(_most(points)[0]),
    "FIRST_LAST_TIME_RANGE": lambda points: _duration(points[-1][0] - points[0][0]),
    "MIN_MAX_TIME_RANGE": lambda points: _duration(
        _most(points)[0] - _least(points)[0]
    ),
}


def tell_apart(lines: list[Line]) -> None:
    """Name lines of several metrics by what differs between them."""
    described = [_words(line.series) for line in lines if line.series]
    if len(described) < len(lines):
        return
    for line, words in zip(lines, described, strict=True):
        differing = [
            words[key]
            for key in words
            if any(other.get(key) != words[key] for other in described)
        ]
        line.name = " ".join(differing) or line.series.name


def _words(series: Series) -> dict[str, str]:
    """Return the dimensions' values, then the metric's name."""
    return {**series.dimensions, ":name": series.name}
