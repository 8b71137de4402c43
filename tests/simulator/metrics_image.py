"""GetMetricWidgetImage: judges the widget and draws a small picture of it.

The picture is a frame with a line for each series, no letters: enough to see
that it came from data, and of the size that was asked for.
"""

import json
import struct
import time
import zlib
from typing import Any

import metrics_get
from call import Call, Refused
from dashboard_body import metric_problems

# GetMetricWidgetImage: Metric Widget Structure and Syntax.
WIDTH, HEIGHT, LARGEST = 600, 400, 2000
METRIC_LIMIT = 500
WHITE, FRAME, FIRST_LINE = 0, 1, 2
PALETTE = bytes.fromhex("ffffffb0b0b01f77b4ff7f0e2ca02cd627289467bd8c564b")
MARGIN = 8
DEFAULT_SPAN_SECONDS = 3 * 3600


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
    found = list(metric_problems({"region": "here", **widget}))
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
    queries, before = [], []
    for index, row in enumerate(widget["metrics"]):
        options = row[-1] if isinstance(row[-1], dict) else {}
        words = [word for word in row if isinstance(word, str)]
        before = [before[at] if word == "." else word for at, word in enumerate(words)]
        queries.append(_query(widget, before, options, index))
    now = time.time()
    call.asked.update(StartTime=now - DEFAULT_SPAN_SECONDS, EndTime=now)
    for query in queries:
        metrics_get.check_query(query, "MetricWidget", set())
    found = metrics_get.evaluated(call, queries)
    return [result["points"] for result in found]


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
