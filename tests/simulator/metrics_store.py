"""CloudWatch's metrics of one account in one region: series and their points.

A series may have years of points that nobody wrote one by one: a span says
when they come and what they are worth, and they are made when asked for.
"""

import math
import time
from dataclasses import dataclass, field
from typing import Any

MINUTE, HOUR, DAY = 60, 3600, 86_400
# "Metrics retention", CloudWatch concepts: how long points of a period are
# kept. Older ones are there only at the next coarser period.
RETENTION = ((1, 3 * HOUR), (60, 15 * DAY), (300, 63 * DAY), (3600, 455 * DAY))
ACTIVE_SECONDS = 14 * DAY


@dataclass(slots=True)
class Bucket:
    """What is known of the values of one moment, or of one period."""

    count: float = 0.0
    total: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    # How often each value was seen; None where only statistics are known.
    values: dict[float, float] | None = field(default_factory=dict)

    @classmethod
    def of(cls, value: float, times: float = 1.0) -> "Bucket":
        return cls(times, value * times, value, value, {value: times})

    def add(self, other: "Bucket") -> None:
        self.count += other.count
        self.total += other.total
        self.least = min(self.least, other.least)
        self.most = max(self.most, other.most)
        if self.values is None or other.values is None:
            self.values = None
            return
        for value, times in other.values.items():
            self.values[value] = self.values.get(value, 0.0) + times

    def statistic(self, name: str) -> float | None:
        """Return a statistic by its name; none, if it cannot be known."""
        if name == "Sum":
            return self.total
        if name == "SampleCount":
            return self.count
        if name == "Average":
            return self.total / self.count if self.count else None
        if name in ("Minimum", "Maximum"):
            return self.least if name == "Minimum" else self.most
        return self._percentile(float(name[1:]))

    def _percentile(self, percent: float) -> float | None:
        if self.values is None:
            # Of statistic sets, CloudWatch knows percentiles of equal values only.
            return self.least if self.least == self.most else None
        wanted, seen = self.count * percent / 100, 0.0
        for value in sorted(self.values):
            seen += self.values[value]
            if seen >= wanted:
                return value
        return self.most


@dataclass(slots=True)
class Span:
    """A point every so many seconds from one moment to another, values in turn."""

    every: int
    start: int
    end: int
    values: list[float]

    def within(self, start: float, end: float) -> Bucket | None:
        """Put the points of a range together without making each of them."""
        first = max(0, math.ceil((start - self.start) / self.every))
        after = math.ceil((min(end, self.end) - self.start) / self.every)
        if first >= after:
            return None
        size = len(self.values)
        if after - first == 1:
            return Bucket.of(self.values[first % size])
        found = Bucket()
        rounds, rest = divmod(after - first, size)
        for turn in range(min(size, after - first)):
            times = rounds + (turn < rest)
            found.add(Bucket.of(self.values[(first + turn) % size], float(times)))
        return found

    def last(self) -> int | None:
        length = math.ceil((self.end - self.start) / self.every)
        return self.start + (length - 1) * self.every if length > 0 else None


@dataclass
class Series:
    """One metric: a namespace, a name, exactly these dimensions."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    unit: str = "None"
    points: dict[int, Bucket] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    # Seconds between points: 1 for high resolution.
    resolution: int = MINUTE

    def put(self, moment: float, bucket: Bucket) -> None:
        """Add values at a moment, which is rounded down to the resolution."""
        rounded = int(moment // self.resolution * self.resolution)
        kept = self.points.setdefault(rounded, Bucket())
        kept.add(bucket)

    def last(self) -> float:
        """Return the moment of the newest point."""
        ends = [span.last() for span in self.spans]
        newest = [end for end in ends if end is not None]
        return max([*newest, max(self.points, default=-1)])

    def periods(self, start: float, end: float, period: int) -> dict[int, Bucket]:
        """Put the points of a range together, each period from `start` on.

        A point counts only while it is kept at this period or a finer one.
        """
        found: dict[int, Bucket] = {}
        oldest = max(start, time.time() - seconds_kept(period, self.resolution))
        for moment, bucket in list(self.points.items()):
            if oldest <= moment < end:
                at = int(start + (moment - start) // period * period)
                found.setdefault(at, Bucket()).add(bucket)
        for span in self.spans:
            first = (max(oldest, span.start) - start) // period
            until = int(min(end, span.end))
            for at in range(int(start + first * period), until, period):
                bucket = span.within(max(at, oldest), min(at + period, end))
                if bucket and at in found:
                    found[at].add(bucket)
                elif bucket:
                    found[at] = bucket
        return dict(sorted(found.items()))

    def described(self) -> dict[str, Any]:
        """Return the series as ListMetrics does."""
        return {
            "Namespace": self.namespace,
            "MetricName": self.name,
            "Dimensions": [
                {"Name": key, "Value": value} for key, value in self.dimensions.items()
            ],
        }


def seconds_kept(period: int, resolution: int) -> int:
    """Return for how long points can be had at that period."""
    ages = [
        seconds
        for kept_at, seconds in RETENTION
        if kept_at >= resolution and period % kept_at == 0
    ]
    return max(ages, default=0)


def rounded_start(start: float, period: int) -> int:
    """Round a start as GetMetricData does: the older, the coarser."""
    age = time.time() - start
    if period < MINUTE:
        unit = period
    else:
        unit = MINUTE if age < 15 * DAY else 300 if age < 63 * DAY else HOUR
    return int(start // unit * unit)


Key = tuple[str, str, frozenset[tuple[str, str]]]


@dataclass
class Metrics:
    """All series, found by their exact names and dimensions."""

    series: dict[Key, Series] = field(default_factory=dict)

    def find(self, space: str, name: str, dimensions: dict[str, str]) -> Series | None:
        return self.series.get((space, name, frozenset(dimensions.items())))

    def make(self, space: str, name: str, dimensions: dict[str, str]) -> Series:
        """Return the series, a new one if there is none."""
        key = (space, name, frozenset(dimensions.items()))
        return self.series.setdefault(key, Series(space, name, dict(dimensions)))

    def active(self, seconds: float = ACTIVE_SECONDS) -> list[Series]:
        """Return the series that have had a point in so long."""
        since = time.time() - seconds
        return [one for one in list(self.series.values()) if one.last() >= since]


def dimensions_of(listed: list[dict[str, str]] | None) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in listed or []}
