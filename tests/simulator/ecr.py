"""ECR's JSON wire, before moto's routing.

moto pages nothing and takes milliseconds to find its way; a registry of
thousands of repositories needs both otherwise. What is not in `OPERATIONS`
(the registry's own settings, replication, caches) is left to moto.
"""

import json
import re
from collections.abc import Callable, Iterable

import ecr_images
import ecr_repositories
import lookup_events
import throttle
import world
from ecr_call import Call, Refused

TARGET = "AmazonEC2ContainerRegistry_V20150921."
CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/")
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
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length).decode()
    signed = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region = signed.groups() if signed else ("", "us-east-1")
    return Call(
        action=name,
        asked=json.loads(body or "{}"),
        body=body,
        current_account=environ.get("HTTP_X_MOTO_ACCOUNT_ID", world.DEFAULT_ACCOUNT),
        region=region,
        access_key=key,
        headers={"User-Agent": environ.get("HTTP_USER_AGENT", "")},
    )


def _carried_out(call: Call) -> tuple[int, dict[str, str], str]:
    if throttle.refuses(call.current_account, "ecr", call.action):
        return throttle.json_refusal()
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    try:
        status, answered = 200, OPERATIONS[call.action](call)
    except Refused as refused:
        headers["x-amzn-ErrorType"] = refused.code
        status = 400
        answered = {"__type": refused.code, "message": refused.message}
    text = json.dumps(answered)
    lookup_events.record(call, call.action, status, text)
    return status, headers, text
