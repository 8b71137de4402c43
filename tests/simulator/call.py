"""A call that is answered here and not by moto: whose it is, what it asks."""

import gzip
import re
from dataclasses import dataclass, field
from typing import Any

import world

CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/")


class Refused(Exception):
    """An error of AWS: its code, its message, and the status it comes with."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass
class Call:
    """One call. It has what `lookup_events` reads of those that moto answers."""

    service_name: str
    action: str
    current_account: str
    region: str
    access_key: str
    headers: dict[str, str]
    body: str = ""
    asked: dict[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> world.Account:
        return world.account(self.current_account)


def described(environ: dict, service: str, action: str) -> dict[str, Any]:
    """Return what a request's head says, as the fields of a `Call`."""
    signed = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    key, region = signed.groups() if signed else ("", "us-east-1")
    return {
        "service_name": service,
        "action": action,
        "current_account": environ.get("HTTP_X_MOTO_ACCOUNT_ID", world.DEFAULT_ACCOUNT),
        "region": region,
        "access_key": key,
        "headers": {"User-Agent": environ.get("HTTP_USER_AGENT", "")},
    }


def body_of(environ: dict) -> bytes:
    """Read a request's body; the SDKs compress what is large."""
    raw = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return (
        gzip.decompress(raw) if environ.get("HTTP_CONTENT_ENCODING") == "gzip" else raw
    )
