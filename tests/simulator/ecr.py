"""ECR's JSON wire, before moto's routing.

moto pages nothing and takes milliseconds to find its way; a registry of
thousands of repositories needs both otherwise. What is not in `OPERATIONS`
(the registry's own settings, replication, caches) is left to moto.
"""

import json
from collections.abc import Callable, Iterable

import ecr_images
import ecr_repositories
import ecr_usage
import lookup_events
import throttle
from call import Refused, body_of, described
from ecr_call import Call

TARGET = "AmazonEC2ContainerRegistry_V20150921."
OPERATIONS = {**ecr_repositories.OPERATIONS, **ecr_images.OPERATIONS}


def operation_of(environ: dict) -> str | None:
    """Return the operation a request asks for, if it is answered here."""
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    name = target.removeprefix(TARGET)
    return name if name in OPERATIONS and name != target else None


def answer(environ: dict, start_response: Callable, name: str) -> Iterable[bytes]:
    """Carry out a call, record it, and answer on the JSON wire."""
    call = _call(environ, name)
    status, headers, text = _carried_out(call)
    body = text.encode()
    headers["Content-Length"] = str(len(body))
    start_response(f"{status} {'OK' if status < 400 else 'Error'}", [*headers.items()])
    return [body]


def _call(environ: dict, name: str) -> Call:
    body = body_of(environ).decode()
    head = described(environ, "ecr", name)
    return Call(**head, body=body, asked=json.loads(body or "{}"))


def _carried_out(call: Call) -> tuple[int, dict[str, str], str]:
    if throttle.refuses(call.current_account, "ecr", call.action):
        return throttle.json_refusal()
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    try:
        status, answered = 200, OPERATIONS[call.action](call)
    except Refused as refused:
        headers["x-amzn-ErrorType"] = refused.code
        status = refused.status
        answered = {"__type": refused.code, "message": refused.message}
    ecr_usage.count_call(call)
    text = json.dumps(answered)
    lookup_events.record(call, call.action, status, text)
    return status, headers, text
