"""CloudWatch's rpc-v2-cbor wire, the only one its newer SDKs speak.

moto knows CloudWatch's JSON wire. A call is turned into that, and its answer
back, with the serializer and the parser of botocore.
"""

import gzip
import io
import json
from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from typing import Any

import botocore.session
from botocore.model import Shape, StructureShape
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

SERVICE = "GraniteServiceVersion20100801"
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
    """Have moto answer the call over JSON."""
    asked = json.dumps(_plain(_decode(_body(environ)))).encode()
    status, answered = _call(moto, _json_request(environ, operation, asked))
    if status.startswith("2"):
        headers, body = HEADERS, _encoded_answer(operation, answered)
    else:
        headers, body = encoded_error(status, _error(answered))
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


def _body(environ: dict) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length)
    if environ.get("HTTP_CONTENT_ENCODING") == "gzip":
        return gzip.decompress(raw)
    return raw


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


def _encoded_answer(operation: str, answered: bytes) -> bytes:
    shape = MODEL.operation_model(operation).output_shape
    return _encode(json.loads(answered or b"{}"), shape) if shape else b"\xa0"


def _encode(value: Any, shape: Shape) -> bytes:
    out = bytearray()
    RpcV2CBORSerializer()._serialize_data_item(out, _shaped(value, shape), shape)
    return bytes(out)


def _shaped(value: Any, shape: Shape) -> Any:
    """Turn a JSON value into the one the CBOR serializer wants of a shape."""
    kind = shape.type_name
    if isinstance(shape, StructureShape):
        return {
            name: _shaped(item, shape.members[name])
            for name, item in value.items()
            if name in shape.members and item is not None
        }
    if kind == "list":
        return [_shaped(item, shape.member) for item in value]
    if kind == "map":
        return {key: _shaped(item, shape.value) for key, item in value.items()}
    if kind == "timestamp":
        return _moment(value)
    if kind in ("double", "float"):
        return float(value)
    return int(value) if kind in ("integer", "long") else value


def _moment(value: float | str) -> datetime:
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, timezone.utc)
    return datetime.fromisoformat(value.replace("Z", "+00:00"))


def _text(value: str) -> bytes:
    """Encode a text string, which needs no shape."""
    raw = value.encode()
    if len(raw) < 24:
        return bytes([0x60 + len(raw)]) + raw
    if len(raw) < 256:
        return bytes([0x78, len(raw)]) + raw
    if len(raw) < 65_536:
        return b"\x79" + len(raw).to_bytes(2, "big") + raw
    return b"\x7a" + len(raw).to_bytes(4, "big") + raw
