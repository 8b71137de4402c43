"""The framing of `application/vnd.amazon.eventstream`: one message at a time.

A message is a prelude (its lengths and their checksum), headers, a payload
and a checksum of it all. Every header written here is a short string.
"""

import json
import struct
import zlib
from typing import Any

CONTENT_TYPE = "application/vnd.amazon.eventstream"
PRELUDE = struct.Struct(">II")
CHECKSUM = struct.Struct(">I")
STRING = 7


def event(kind: str, payload: dict[str, Any]) -> bytes:
    """Return the message of one event."""
    return _message({":message-type": "event", ":event-type": kind}, payload)


def exception(kind: str, message: str) -> bytes:
    """Return the message of an exception, after which nothing follows."""
    headers = {":message-type": "exception", ":exception-type": kind}
    return _message(headers, {"message": message})


def _message(headers: dict[str, str], payload: dict[str, Any]) -> bytes:
    named = {**headers, ":content-type": "application/json"}
    head = b"".join(_header(name, value) for name, value in named.items())
    body = json.dumps(payload, separators=(",", ":")).encode()
    checksums = 2 * CHECKSUM.size
    length = PRELUDE.size + checksums + len(head) + len(body)
    prelude = PRELUDE.pack(length, len(head))
    message = prelude + CHECKSUM.pack(zlib.crc32(prelude)) + head + body
    return message + CHECKSUM.pack(zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    return (
        struct.pack(">B", len(name))
        + name.encode()
        + struct.pack(">BH", STRING, len(value))
        + value.encode()
    )
