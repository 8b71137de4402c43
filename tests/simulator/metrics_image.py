"""GetMetricWidgetImage: judges the widget and draws a small picture of it.

The picture is a frame with a line for each series, no letters: enough to see
that it came from data, and of the size that was asked for.
"""

import json
import re
import struct
import time
import zlib
from datetime import datetime
from typing import Any

import dashboard_metrics
import metrics_get
from call import Call, Refused
from metrics_store import DAY, HOUR, MINUTE

# GetMetricWidgetImage: Metric Widget Structure and Syntax.
WIDTH, HEIGHT, LARGEST = 600, 400, 2000
WHITE, FRAME, FIRST_LINE = 0, 1, 2
PALETTE = bytes.fromhex("ffffffb0b0b01f77b4ff7f0e2ca02cd627289467bd8c564b")
MARGIN = 8
RELATIVE = re.compile(r"-P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")


def get_metric_widget_image(call: Call) -> dict[str, Any]:
    widget = _widget(call.asked.get("MetricWidget"))
    width, height = _size(widget, "width", WIDTH), _size(widget, "height", HEIGHT)
    pixels = [bytearray(width) for _ in range(height)]
    _frame(pixels)
    for index, points in enumerate(_series(call, widget)):
        colour = FIRST_LINE + index % (len(PALETTE) // 3 - FIRST_LINE)
        _plot(pixels, points, colour)
    return {"MetricWidgetImage": png(pixels)}


def _refused(message: str) -> Refused:
    return Refused("ValidationError", message)


def _widget(text: str | None) -> dict[str, Any]:
    try:
        widget = json.loads(text or "")
    except ValueError as error:
        raise _refused(f"MetricWidget must be valid JSON: {error}") from error
    if not isinstance(widget, dict) or not widget.get("metrics"):
        raise _refused("MetricWidget: Should have required property 'metrics'")
    # Unlike a dashboard's widget, it is in the region that is asked.
    found = list(dashboard_metrics.judge("", {"region": "here", **widget}))
    if found:
        listed = [{"dataPath": path, "message": message} for path, message in found]
        raise _refused(f"MetricWidget is invalid: {json.dumps(listed)}")
    return widget


def _size(widget: dict[str, Any], name: str, default: int) -> int:
    size = widget.get(name, default)
    if not isinstance(size, int) or not 1 <= size <= LARGEST:
        raise _refused(f"MetricWidget: /{name} must be between 1 and {LARGEST}")
    return size


def _series(call: Call, widget: dict[str, Any]) -> list[list[tuple[int, float]]]:
    """Compute the widget's metrics over its range, as GetMetricData would."""
    queries, words = [], []
    for index, row in enumerate(widget["metrics"]):
        words = dashboard_metrics.expanded(row, words)
        queries.append(_query(widget, words, dashboard_metrics.options_of(row), index))
    start, end = _range(widget)
    call.asked.update(StartTime=start, EndTime=end)
    seen: set[str] = set()
    for query in queries:
        metrics_get.check_query(query, "MetricWidget", seen)
    found = metrics_get.evaluated(call, queries)
    return [result["points"] for result in found]


def _range(widget: dict[str, Any]) -> tuple[float, float]:
    """Read the widget's range; a relative time counts back from now."""
    now = time.time()
    end = _moment(widget.get("end", "-PT0H"), now)
    return _moment(widget.get("start", "-PT3H"), now), end


def _moment(text: str, now: float) -> float:
    found = RELATIVE.fullmatch(text)
    if not found:
        try:
            return datetime.fromisoformat(text).timestamp()
        except ValueError as error:
            raise _refused(f"MetricWidget: {text} is not a time") from error
    sizes = zip(found.groups(default="0"), (7 * DAY, DAY, HOUR, MINUTE), strict=True)
    return now - sum(int(number) * size for number, size in sizes)


def _query(
    widget: dict[str, Any], words: list[str], options: dict[str, Any], index: int
) -> dict[str, Any]:
    identifier = options.get("id", f"q{index}")
    period = options.get("period", widget.get("period", 300))
    shown = {"Id": identifier, "ReturnData": options.get("visible", True)}
    if "expression" in options:
        return {**shown, "Expression": options["expression"], "Period": period}
    names, values = words[2::2], words[3::2]
    dimensions = [
        {"Name": name, "Value": value}
        for name, value in zip(names, values, strict=True)
    ]
    metric = {"Namespace": words[0], "MetricName": words[1], "Dimensions": dimensions}
    stat = options.get("stat", widget.get("stat", "Average"))
    return {**shown, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}}


def _frame(pixels: list[bytearray]) -> None:
    width = len(pixels[0])
    pixels[0][:] = pixels[-1][:] = bytes([FRAME]) * width
    for row in pixels:
        row[0] = row[-1] = FRAME


def _plot(
    pixels: list[bytearray], points: list[tuple[int, float]], colour: int
) -> None:
    """Draw a pixel for each point, scaled into the frame."""
    width, height = len(pixels[0]) - 2 * MARGIN, len(pixels) - 2 * MARGIN
    if not points or width < 1 or height < 1:
        return
    first, last = points[0][0], points[-1][0]
    most = max(value for _, value in points) or 1.0
    for moment, value in points:
        across = (moment - first) / max(1, last - first)
        x = MARGIN + int(across * (width - 1))
        y = MARGIN + int((1 - max(0.0, value / most)) * (height - 1))
        pixels[y][x] = colour


def png(pixels: list[bytearray]) -> bytes:
    """Encode rows of palette indices."""
    head = struct.pack(">IIBBBBB", len(pixels[0]), len(pixels), 8, 3, 0, 0, 0)
    rows = b"".join(b"\0" + row for row in pixels)
    chunks = (
        (b"IHDR", head),
        (b"PLTE", PALETTE),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
