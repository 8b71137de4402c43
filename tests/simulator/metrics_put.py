"""PutMetricData, and what it refuses."""

import math
import time
from typing import Any, NoReturn

from call import Call, Refused
from metrics_store import DAY, HOUR, Bucket, dimensions_of

DATA_LIMIT = 1000
DIMENSION_LIMIT = 30
VALUES_LIMIT = 150
OLDEST_SECONDS, NEWEST_SECONDS = 14 * DAY, 2 * HOUR
# "Values must be in the range of -2^360 to 2^360": MetricDatum, API reference.
LARGEST = 2.0**360
NAME_LIMIT, VALUE_LIMIT = 255, 1024
SIZES = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes")
SIZES += ("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits", "Count")
UNITS = {"Seconds", "Microseconds", "Milliseconds", "Percent", "None", *SIZES}
UNITS |= {f"{size}/Second" for size in SIZES}


def invalid(message: str) -> NoReturn:
    raise Refused("InvalidParameterValue", message)


def missing(parameter: str) -> NoReturn:
    raise Refused("MissingParameter", f"The parameter {parameter} is required.")


def too_many(parameter: str, limit: int) -> NoReturn:
    invalid(f"The collection {parameter} must not have a size greater than {limit}.")


def put_metric_data(call: Call) -> dict[str, Any]:
    """Take all data or none."""
    space, data = call.asked.get("Namespace"), call.asked.get("MetricData")
    if not space:
        missing("Namespace")
    if space.startswith(("AWS/", ":")) or len(space) > NAME_LIMIT:
        invalid(f"The value {space} for parameter Namespace is invalid.")
    if not data:
        missing("MetricData")
    if len(data) > DATA_LIMIT:
        too_many("MetricData", DATA_LIMIT)
    read = [
        _checked(datum, f"MetricData.member.{index}")
        for index, datum in enumerate(data, start=1)
    ]
    with call.account.lock:
        kept = call.account.metrics[call.region]
        for datum, moment, buckets in read:
            dimensions = dimensions_of(datum.get("Dimensions"))
            series = kept.make(space, datum["MetricName"], dimensions)
            series.unit = datum.get("Unit") or "None"
            series.resolution = 1 if datum.get("StorageResolution") == 1 else 60
            for bucket in buckets:
                series.put(moment, bucket)
    return {}


def _checked(datum: dict[str, Any], path: str) -> tuple[dict, float, list[Bucket]]:
    if not datum.get("MetricName"):
        missing(f"{path}.MetricName")
    _check_dimensions(datum.get("Dimensions") or [], f"{path}.Dimensions")
    if (datum.get("Unit") or "None") not in UNITS:
        invalid(
            f"The parameter {path}.Unit must be a value in the set {sorted(UNITS)}."
        )
    if datum.get("StorageResolution") not in (None, 1, 60):
        invalid(f"The parameter {path}.StorageResolution must be 1 or 60.")
    return datum, _moment(datum, path), _buckets(datum, path)


def _check_dimensions(dimensions: list[dict[str, Any]], path: str) -> None:
    if len(dimensions) > DIMENSION_LIMIT:
        too_many(path, DIMENSION_LIMIT)
    for index, dimension in enumerate(dimensions, start=1):
        for key, limit in (("Name", NAME_LIMIT), ("Value", VALUE_LIMIT)):
            value, parameter = dimension.get(key), f"{path}.member.{index}.{key}"
            if not value or not value.strip():
                missing(parameter)
            if not value.isascii() or len(value) > limit or value.startswith(":"):
                invalid(f"The value {value} for parameter {parameter} is invalid.")
    names = [dimension["Name"] for dimension in dimensions]
    if len(set(names)) < len(names):
        invalid(f"No Metric may specify the same dimension twice: {path}.")


def _moment(datum: dict[str, Any], path: str) -> float:
    now = time.time()
    moment = datum.get("Timestamp")
    moment = now if moment is None else float(moment)
    if moment < now - OLDEST_SECONDS:
        invalid(
            f"The parameter {path}.Timestamp must specify a time within the past "
            "two weeks."
        )
    if moment > now + NEWEST_SECONDS:
        invalid(
            f"The parameter {path}.Timestamp must specify a time no more than two "
            "hours in the future."
        )
    return moment


def _buckets(datum: dict[str, Any], path: str) -> list[Bucket]:
    kinds = ("Value", "Values", "StatisticValues")
    given = [kind for kind in kinds if datum.get(kind) is not None]
    if not given:
        raise Refused(
            "MissingParameter",
            f"At least one of the parameters {path}.Value, {path}.Values and "
            f"{path}.StatisticValues must be specified.",
        )
    if len(given) > 1:
        raise Refused(
            "InvalidParameterCombination",
            f"The parameters {path}.{given[0]} and {path}.{given[1]} are mutually "
            "exclusive and you have specified both.",
        )
    if given == ["StatisticValues"]:
        return [_statistics(datum["StatisticValues"], f"{path}.StatisticValues")]
    values = datum["Values"] if given == ["Values"] else [datum["Value"]]
    counts = datum.get("Counts") or [1.0] * len(values)
    if len(values) > VALUES_LIMIT:
        too_many(f"{path}.Values", VALUES_LIMIT)
    if len(counts) != len(values) or not values:
        invalid(
            f"The parameters {path}.Values and {path}.Counts must be of the same size."
        )
    # JSON has no NaN: SDKs write it as text there.
    values, counts = [float(each) for each in values], [float(each) for each in counts]
    for value, times in zip(values, counts, strict=True):
        _check_number(value, f"{path}.{given[0]}")
        if not times > 0:
            invalid(f"The value {times} for parameter {path}.Counts is invalid.")
    pairs = zip(values, counts, strict=True)
    return [Bucket.of(value, times) for value, times in pairs]


def _statistics(given: dict[str, Any], path: str) -> Bucket:
    for name in ("SampleCount", "Sum", "Minimum", "Maximum"):
        if given.get(name) is None:
            missing(f"{path}.{name}")
        _check_number(float(given[name]), f"{path}.{name}")
    if given["SampleCount"] <= 0 or given["Minimum"] > given["Maximum"]:
        invalid(f"The parameter {path} holds statistics that no values have.")
    return Bucket(
        count=float(given["SampleCount"]),
        total=float(given["Sum"]),
        least=float(given["Minimum"]),
        most=float(given["Maximum"]),
        values=None,
    )


def _check_number(value: float, parameter: str) -> None:
    if not math.isfinite(value) or abs(value) > LARGEST:
        invalid(f"The value {value} for parameter {parameter} is invalid.")
