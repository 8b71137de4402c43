"""CloudWatch's calls on metrics, instead of moto's: which there are, one done.

The wires are in `cbor` and, for older clients, below: JSON 1.0.
"""

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

import metrics_get
import metrics_image
import metrics_list
import metrics_put
import throttle
from call import Call, Refused, body_of, described

TARGET = "GraniteServiceVersion20100801."
OPERATIONS: dict[str, Callable[[Call], dict[str, Any]]] = {
    "PutMetricData": metrics_put.put_metric_data,
    "ListMetrics": metrics_list.list_metrics,
    "GetMetricData": metrics_get.get_metric_data,
    "GetMetricStatistics": metrics_list.get_metric_statistics,
    "GetMetricWidgetImage": metrics_image.get_metric_widget_image,
}


def operation_of(environ: dict) -> str | None:
    """Return the operation a request names on the JSON wire, if it is one here."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    name = target.removeprefix(TARGET)
    return name if name in OPERATIONS and name != target else None


def carried_out(environ: dict, name: str, asked: dict[str, Any]) -> tuple[int, dict]:
    """Carry out a call. CloudTrail does not record it: it is a data event."""
    call = Call(**described(environ, "cloudwatch", name), asked=asked)
    if throttle.refuses(call.current_account, "cloudwatch", name):
        return 400, {"__type": "Throttling", "message": throttle.MESSAGE}
    try:
        return 200, OPERATIONS[name](call)
    except Refused as refused:
        return refused.status, {"__type": refused.code, "message": refused.message}


def answer(environ: dict, start_response: Callable, name: str) -> Iterable[bytes]:
    """Answer on the JSON wire."""
    asked = json.loads(body_of(environ) or b"{}")
    status, answered = carried_out(environ, name, asked)
    body = json.dumps(answered, default=_base64).encode()
    headers = [("Content-Type", "application/x-amz-json-1.0")]
    headers.append(("Content-Length", str(len(body))))
    start_response(f"{status} {'OK' if status < 400 else 'Error'}", headers)
    return [body]


def _base64(blob: bytes) -> str:
    return base64.b64encode(blob).decode()
