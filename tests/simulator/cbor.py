"""CloudWatch's rpc-v2-cbor wire, the only one its newer SDKs speak.

moto knows CloudWatch's JSON wire. A call is turned into that, and its answer
back, read by botocore's parser and written by its models.
"""

import io
import json
import struct
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import botocore.session
from botocore.model import Shape, StructureShape
from botocore.parsers import RpcV2CBORParser

import cloudwatch
from call import body_of

SERVICE = "GraniteServiceVersion20100801"
# RFC 8949: major types, and the first bytes of what has none.
POSITIVE, NEGATIVE, BYTES, TEXT, ARRAY, MAP = range(6)
FALSE, TRUE = b"\xf4", b"\xf5"
EPOCH_TIME, DOUBLE = 0xC1, 0xFB
_double = struct.Struct(">Bd").pack
_timestamp = struct.Struct(">BBd").pack

HEADERS = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
MODEL = botocore.session.get_session().get_service_model("cloudwatch")
ERRORS = {shape.name: shape for shape in MODEL.error_shapes}
NAMES_BY_CODE = {
    shape.metadata.get("error", {}).get("code", shape.name): shape.name
    for shape in MODEL.error_shapes
}

Application = Callable[[dict, Callable], Iterable[bytes]]


def operation_of(environ: dict) -> str | None:
    """Return the operation a request names on this wire, if it speaks it."""
    parts = environ["PATH_INFO"].split("/")
    if len(parts) == 5 and parts[1:4] == ["service", SERVICE, "operation"]:
        return parts[4]
    return None


def answer(
    moto: Application, environ: dict, start_response: Callable, operation: str
) -> Iterable[bytes]:
    """Carry out the call, or have moto answer it over JSON."""
    asked = _plain(_decode(body_of(environ)))
    if operation in cloudwatch.OPERATIONS:
        code, answered = cloudwatch.carried_out(environ, operation, asked)
        status = f"{code} {'OK' if code < 400 else 'Error'}"
    else:
        request = _json_request(environ, operation, json.dumps(asked).encode())
        status, text = _call(moto, request)
        answered = json.loads(text or b"{}") if status[0] == "2" else _error(text)
    if status.startswith("2"):
        headers, body = HEADERS, _encoded_answer(operation, answered)
    else:
        headers, body = encoded_error(status, answered)
    start_response(status, [*headers, ("Content-Length", str(len(body)))])
    return [body]


def encoded_error(status: str, error: dict[str, Any]) -> tuple[list, bytes]:
    """Return an error's headers and body.

    The body names the shape, the header the code of the older query wire,
    which the SDKs prefer when the service has one.
    """
    name = str(error.get("__type", "InternalFailure")).split("#")[-1]
    name = NAMES_BY_CODE.get(name, name) if name not in ERRORS else name
    shape = ERRORS.get(name)
    details = shape.metadata.get("error", {}) if shape else {}
    fault = "Receiver" if status.startswith("5") else "Sender"
    query_error = ("x-amzn-query-error", f"{details.get('code', name)};{fault}")
    message = str(error.get("message") or error.get("Message") or "")
    members = [("__type", _text(f"com.amazonaws.cloudwatch#{name}"))]
    members.append(("message", _text(message)))
    for member, kind in (shape.members if shape else {}).items():
        if member.lower() != "message" and error.get(member) is not None:
            members.append((member, _encode(error[member], kind)))
    body = bytes([0xA0 + len(members)])
    body += b"".join(_text(key) + value for key, value in members)
    return [*HEADERS, query_error], body


def _json_request(environ: dict, operation: str, body: bytes) -> dict:
    request = {
        **environ,
        "PATH_INFO": "/",
        "RAW_URI": "/",
        "REQUEST_URI": "/",
        "CONTENT_TYPE": "application/x-amz-json-1.0",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_X_AMZ_TARGET": f"{SERVICE}.{operation}",
        "wsgi.input": io.BytesIO(body),
    }
    for header in ("HTTP_SMITHY_PROTOCOL", "HTTP_CONTENT_ENCODING"):
        request.pop(header, None)
    return request


def _call(moto: Application, environ: dict) -> tuple[str, bytes]:
    started: list[str] = []
    answered = moto(environ, lambda status, *_: started.append(status))
    body = b"".join(answered)
    return started[0], body


def _error(answered: bytes) -> dict[str, Any]:
    try:
        return json.loads(answered)
    except ValueError:
        text = answered.decode(errors="replace")[:200]
        return {"__type": "InternalFailure", "message": text}


def _decode(raw: bytes) -> Any:
    if not raw:
        return {}
    return RpcV2CBORParser().parse_data_item(io.BufferedReader(io.BytesIO(raw)))


def _plain(value: Any) -> Any:
    """Turn a CBOR value into one that JSON has."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _encoded_answer(operation: str, answered: dict[str, Any]) -> bytes:
    shape = MODEL.operation_model(operation).output_shape
    return _encode(answered, shape) if shape else b"\xa0"


def _encode(value: Any, shape: Shape) -> bytes:
    """Encode a value, as JSON has it, as its shape says."""
    kind = shape.type_name
    if isinstance(shape, StructureShape):
        members = [
            _text(name) + _encode(item, shape.members[name])
            for name, item in value.items()
            if name in shape.members and item is not None
        ]
        return _head(MAP, len(members)) + b"".join(members)
    if kind == "list":
        return _head(ARRAY, len(value)) + b"".join(_items(value, shape.member))
    if kind == "map":
        pairs = [_text(key) + _encode(item, shape.value) for key, item in value.items()]
        return _head(MAP, len(pairs)) + b"".join(pairs)
    if kind == "timestamp":
        return _timestamp(EPOCH_TIME, DOUBLE, _moment(value))
    if kind in ("double", "float"):
        return _double(DOUBLE, float(value))
    if kind in ("integer", "long"):
        number = int(value)
        return _head(NEGATIVE, -1 - number) if number < 0 else _head(POSITIVE, number)
    if kind == "boolean":
        return TRUE if value else FALSE
    return _head(BYTES, len(value)) + value if kind == "blob" else _text(value)


def _items(values: list, member: Shape) -> list[bytes]:
    """Encode a list's items; GetMetricData answers with a hundred thousand."""
    if member.type_name == "double":
        return [_double(DOUBLE, value) for value in values]
    return [_encode(value, member) for value in values]


def _moment(value: float | str) -> float:
    """Return seconds since 1970; moto says them as ISO 8601 at times."""
    if isinstance(value, (int, float)):
        return value
    return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()


def _text(value: str) -> bytes:
    raw = value.encode()
    return _head(TEXT, len(raw)) + raw


def _head(major: int, number: int) -> bytes:
    """Encode a major type with its number or length: RFC 8949, section 3."""
    for size, (code, limit) in enumerate(((24, 8), (25, 16), (26, 32), (27, 64))):
        if number < 24:
            return bytes([major << 5 | number])
        if number < 1 << limit:
            return bytes([major << 5 | code]) + number.to_bytes(1 << size, "big")
    raise ValueError(f"{number} is too large for CBOR")
