"""The endpoints under /simulator/ by which a test arranges and inspects.

They speak JSON, belong to no account and record no events.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

import athena
import dashboards
import deliveries
import ecr_arranged
import insights
import live_tail
import log_search
import logs
import lookup_events
import metrics_arranged
import state
import throttle
import world
from trails import Trail

PREFIX = "/simulator/"
REQUEST_LIMIT = 64 * 1024 * 1024


class BadRequest(Exception):
    """A request that says too little, or names what is not there."""


def answer(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """Answer a control request."""
    name = environ["PATH_INFO"].removeprefix(PREFIX)
    act = ROUTES.get((environ["REQUEST_METHOD"], name))
    try:
        if act is None:
            status, result = "404 Not Found", {"error": f"no such endpoint: {name}"}
        else:
            status, result = "200 OK", act(_given(environ))
    except (BadRequest, KeyError, TypeError, ValueError) as error:
        status, result = "400 Bad Request", {"error": f"{error!r}"}
    body = json.dumps(result, sort_keys=True, indent=1).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]


def _given(environ: dict) -> Any:
    if environ["REQUEST_METHOD"] == "GET":
        query = parse_qs(environ.get("QUERY_STRING", ""))
        return {name: values[-1] for name, values in query.items()}
    length = min(int(environ.get("CONTENT_LENGTH") or 0), REQUEST_LIMIT)
    return json.loads(environ["wsgi.input"].read(length) or b"{}")


def ready(_: Any) -> dict:
    return {"ready": True}


def reset(_: Any) -> dict:
    world.reset()
    return {"reset": True}


def forget(given: dict) -> dict:
    world.forget(given["account"])
    return {"forgotten": given["account"]}


def read_state(given: dict) -> dict:
    return state.of(given["account"])


def put_trail_status(given: dict) -> dict:
    """Set what GetTrailStatus says; null takes a field out of the answer."""
    trail = _trail(given["account"], given["region"], given["trail"])
    trail.status.overrides.update(given["fields"])
    return {"status": trail.status.answer()}


def _trail(account: str, region: str, name_or_arn: str) -> Trail:
    for trail in world.account(account).trails:
        at_home = trail.home == region and trail.name == name_or_arn
        if trail.arn == name_or_arn or at_home:
            return trail
    raise BadRequest(f"account {account} sees no trail {name_or_arn} in {region}")


def put_trail(given: dict) -> dict:
    """Put a trail before an account's eyes without asking any question."""
    fields = dict(given["trail"])
    _, _, _, region, _, resource = fields["TrailARN"].split(":", 5)
    fields.setdefault("Name", resource.partition("/")[2])
    fields.setdefault("HomeRegion", region)
    selectors, status = given.get("selectors") or {}, given.get("status") or {}
    trail = Trail(
        fields={name: value for name, value in fields.items() if value is not None},
        tags=dict(given.get("tags") or {}),
        injected=True,
        selectors_error=selectors.get("error"),
        status_error=status.get("error"),
    )
    if not trail.selectors_error:
        trail.selectors = selectors
    if not trail.status_error:
        trail.status.overrides = dict(status)
    seen = world.account(given["account"]).trails
    seen[:] = [other for other in seen if other.arn != trail.arn] + [trail]
    return {"trail": trail.arn}


def put_events(given: Any) -> dict:
    """Add CloudTrail records to the history of the accounts they name."""
    records = given["events"] if isinstance(given, dict) else given
    account = given.get("account") if isinstance(given, dict) else None
    stored = defaultdict(list)
    for record in records:
        owner = account or record["recipientAccountId"]
        region = record.get("awsRegion", "us-east-1")
        stored[owner].append(lookup_events.store(owner, region, record))
    for owner, complete in stored.items():
        deliveries.happened(owner, complete, injected=True)
    return {"stored": len(records)}


ROUTES: dict[tuple[str, str], Callable[[Any], dict]] = {
    ("GET", "ready"): ready,
    ("POST", "reset"): reset,
    ("POST", "forget"): forget,
    ("GET", "state"): read_state,
    ("POST", "trail-status"): put_trail_status,
    ("POST", "trails"): put_trail,
    ("POST", "events"): put_events,
    **athena.ROUTES,
    **dashboards.ROUTES,
    **deliveries.ROUTES,
    **ecr_arranged.ROUTES,
    **insights.ROUTES,
    **live_tail.ROUTES,
    **log_search.ROUTES,
    **logs.ROUTES,
    **metrics_arranged.ROUTES,
    **throttle.ROUTES,
}
