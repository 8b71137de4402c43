"""Refuses access keys that say so: `EXPIRED…` and `INVALID…`.

Every other key is good. Each service refuses in its own wire's form.
"""

import json
import re
from collections.abc import Callable, Iterable
from xml.sax.saxutils import escape

import cbor

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/aws4_request")
EXPIRED = "The security token included in the request is expired"
INVALID = "The security token included in the request is invalid."


def refuse(environ: dict, start_response: Callable) -> Iterable[bytes] | None:
    """Answer a call signed with a bad key; nothing if the key is good."""
    signed = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if not signed:
        return None
    key, service = signed.groups()
    if key.startswith("EXPIRED"):
        expired = True
    elif key.startswith("INVALID"):
        expired = False
    else:
        return None
    status, headers, body = _answer(environ, service, expired)
    if environ["REQUEST_METHOD"] == "HEAD":
        body = b""
    start_response(status, [*headers, ("Content-Length", str(len(body)))])
    return [body]


def _answer(environ: dict, service: str, expired: bool) -> tuple[str, list, bytes]:
    message = EXPIRED if expired else INVALID
    if service == "s3":
        return _s3(expired)
    if cbor.operation_of(environ):
        code = "ExpiredToken" if expired else "InvalidClientTokenId"
        error = {"__type": code, "message": message}
        return "403 Forbidden", *cbor.encoded_error("403", error)
    if "HTTP_X_AMZ_TARGET" in environ:
        code = "ExpiredTokenException" if expired else "UnrecognizedClientException"
        body = json.dumps({"__type": code, "message": message}).encode()
        headers = [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("x-amzn-ErrorType", code),
        ]
        return "400 Bad Request", headers, body
    code = "ExpiredToken" if expired else "InvalidClientTokenId"
    text = (
        "<ErrorResponse><Error><Type>Sender</Type>"
        f"<Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        "<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
    )
    return "403 Forbidden", [("Content-Type", "text/xml")], text.encode()


def _s3(expired: bool) -> tuple[str, list, bytes]:
    if expired:
        status, code = "400 Bad Request", "ExpiredToken"
        message = "The provided token has expired."
    else:
        status, code = "403 Forbidden", "InvalidAccessKeyId"
        message = "The AWS Access Key Id you provided does not exist in our records."
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return status, [("Content-Type", "application/xml")], text.encode()
