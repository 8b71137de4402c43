"""What trails deliver, and when: not at all, at once, or when a test says so.

An event is recorded by the trails that log, and select it, at the moment it
happens; a test may hold it there and release it late, out of order or twice.
`delivery_rules` judges, `destinations` writes.
"""

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import delivery_rules
import destinations
import world
from destinations import Parcel
from trails import Trail

OFF, AT_ONCE, HELD = "off", "at once", "held"
MODES = (OFF, AT_ONCE, HELD)
WRITERS = {"logs": destinations.to_logs, "bucket": destinations.to_bucket}
# "About every 5 minutes": how late an event with a made-up time arrives.
USUAL_DELAY_SECONDS = 300


@dataclass
class Held:
    """An event that trails have recorded and not all delivered."""

    record: dict[str, Any]
    trails: list[Trail]
    pending: set[str] = field(default_factory=lambda: set(WRITERS))


def happened(account: str, records: list[dict[str, Any]], injected: bool) -> None:
    """Deliver or hold what the account's trails record of the events."""
    kept = world.account(account)
    if kept.delivery_mode == OFF:
        return
    recorded = [Held(record, _recording(account, record)) for record in records]
    recorded = [held for held in recorded if held.trails]
    if kept.delivery_mode == HELD:
        with kept.lock:
            kept.held.update({held.record["eventID"]: held for held in recorded})
        return
    for held in recorded:
        held.pending.clear()
    _write(account, recorded, list(WRITERS), _usual if injected else _now)


def _recording(account: str, record: dict[str, Any]) -> list[Trail]:
    seen = list(world.account(account).trails)
    return [trail for trail in seen if delivery_rules.records(trail, record)]


def _now(_: dict[str, Any]) -> float:
    return time.time()


def _usual(record: dict[str, Any]) -> float:
    return min(time.time(), _event_time(record) + USUAL_DELAY_SECONDS)


def _event_time(record: dict[str, Any]) -> float:
    return datetime.fromisoformat(record["eventTime"]).timestamp()


def _write(account: str, released: list[Held], to: list[str], time_of: Any) -> None:
    """Write the events trail by trail, each in the order given."""
    trails = {trail.arn: trail for held in released for trail in held.trails}
    parcels = [(held, Parcel(held.record, time_of(held.record))) for held in released]
    for trail in trails.values():
        own = [parcel for held, parcel in parcels if trail in held.trails]
        for name in to:
            WRITERS[name](trail, account, own)


# The control endpoints.


def set_mode(given: dict[str, Any]) -> dict[str, Any]:
    """`{account, mode}`: whether and when the account's trails deliver."""
    if given["mode"] not in MODES:
        raise ValueError(f"mode must be one of {MODES}")
    kept = world.account(given["account"])
    kept.delivery_mode = given["mode"]
    return {"mode": kept.delivery_mode, "held": list(kept.held)}


def deliver(given: dict[str, Any]) -> dict[str, Any]:
    """Release held events: those named, in that order, or all that still wait.

    An event that is named is delivered even if it was before: that, like
    `duplicate`, is how a trail delivers twice.
    """
    account, to = given["account"], list(given.get("to") or WRITERS)
    strange = set(to) - set(WRITERS)
    if strange:
        raise ValueError(f"to can only name {list(WRITERS)}")
    kept = world.account(account)
    with kept.lock:
        released = _chosen(kept.held, given.get("event_ids"), set(to))
        for held in released:
            held.pending -= set(to)
    times = 2 if given.get("duplicate") else 1
    delay = given.get("delay_seconds")

    def time_of(record: dict[str, Any]) -> float:
        return time.time() if delay is None else _event_time(record) + delay

    _write(account, released * times, to, time_of)
    return {"delivered": [held.record["eventID"] for held in released]}


def _chosen(held: dict[str, Held], named: list[str] | None, to: set[str]) -> list[Held]:
    if named is None:
        return [event for event in held.values() if event.pending & to]
    unknown = [name for name in named if name not in held]
    if unknown:
        raise ValueError(f"no trail of the account recorded {unknown}")
    return [held[name] for name in named]


ROUTES = {("POST", "delivery"): set_mode, ("POST", "deliver"): deliver}
