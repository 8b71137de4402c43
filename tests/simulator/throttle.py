"""Throttling, for the operations and at the rates that a test asks for.

Nothing is throttled otherwise. A throttled call does nothing and leaves no
event. S3 is never throttled: its calls do not come by here.
"""

import json
import time
from dataclasses import dataclass
from typing import Any

from moto.core.responses import BaseResponse

import world

# The services that speak XML call it so.
QUERY_SERVICES = {"iam", "sts"}
MESSAGE = "Rate exceeded"


@dataclass
class Throttle:
    """A bucket of calls that fills at a rate and holds a second's worth."""

    per_second: float
    left: float
    filled: float
    refused: int = 0

    def takes(self) -> bool:
        """Whether a call may pass now; counts it if not."""
        now = time.monotonic()
        room = max(1.0, self.per_second) if self.per_second else 0.0
        self.left = min(room, self.left + (now - self.filled) * self.per_second)
        self.filled = now
        if self.left >= 1:
            self.left -= 1
            return True
        self.refused += 1
        return False


def refuses(account: str, service: str, operation: str) -> bool:
    """Whether the account's call of the operation is one too many."""
    kept = world.account(account)
    with kept.lock:
        named = kept.throttles.get(operation)
        throttle = kept.throttles.get(f"{service}:{operation}", named)
        return throttle is not None and not throttle.takes()


def set_rate(given: dict[str, Any]) -> dict[str, Any]:
    """`{account, operation, per_second}`; null lets every call pass again.

    Where two services have an operation of that name, `athena:GetQueryResults`
    says which is meant.
    """
    kept, rate = world.account(given["account"]), given["per_second"]
    with kept.lock:
        if rate is None:
            kept.throttles.pop(given["operation"], None)
        else:
            first = max(1.0, float(rate)) if rate else 0.0
            kept.throttles[given["operation"]] = Throttle(
                float(rate), first, time.monotonic()
            )
    return {"throttled": sorted(kept.throttles)}


def count(given: dict[str, Any]) -> dict[str, Any]:
    """Return how many calls were throttled, by operation."""
    throttles = world.account(given["account"]).throttles
    return {operation: throttle.refused for operation, throttle in throttles.items()}


ROUTES = {("POST", "throttle"): set_rate, ("GET", "throttled"): count}


def _refusal(call: BaseResponse) -> tuple[int, dict[str, str], str]:
    if call.service_name in QUERY_SERVICES:
        body = (
            "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code>"
            f"<Message>{MESSAGE}</Message></Error></ErrorResponse>"
        )
        return 400, {"Content-Type": "text/xml"}, body
    return json_refusal()


def json_refusal() -> tuple[int, dict[str, str], str]:
    """Refuse on the JSON wire."""
    error = {"__type": "ThrottlingException", "message": MESSAGE}
    headers = {"Content-Type": "application/x-amz-json-1.1"}
    return 400, headers, json.dumps(error)


def install() -> None:
    """Ask before every call that moto answers."""
    answer = BaseResponse.call_action

    def call_action(self: BaseResponse) -> Any:
        if refuses(self.current_account, self.service_name, self._get_action() or ""):
            return _refusal(self)
        return answer(self)

    BaseResponse.call_action = call_action
