"""StartLiveTail: log events as they arrive, for as long as the client listens.

It is answered before moto, whose answers end. Each session sends an update a
second, empty ones too, so that a client's departure is noticed; a test can
close sessions early or refuse them. Starting one leaves no event.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogEvent, LogGroup, LogStream, logs_backends

import event_stream
import log_patterns
import log_search
import throttle
import world

TARGET = "Logs_20140328.StartLiveTail"
GROUP_LIMIT = 10
EVENTS_PER_UPDATE = 500
MESSAGES = {
    "AccessDeniedException": "User is not authorized to perform: logs:StartLiveTail",
    "LimitExceededException": "Too many concurrent Live Tail sessions.",
}


@dataclass
class Session:
    """What a session shows, and the newest event it has looked at."""

    groups: list[LogGroup]
    names: list[str]
    prefixes: list[str]
    pattern: str
    test: log_patterns.Test
    seen: int = 0

    def _streams(self) -> list[tuple[LogGroup, LogStream]]:
        return [
            (group, stream)
            for group in self.groups
            for name, stream in list(group.streams.items())
            if not (self.names or self.prefixes)
            or name in self.names
            or name.startswith(tuple(self.prefixes))
        ]

    def skip_present(self) -> None:
        """Look at what is there already, without showing it."""
        numbers = [e.event_id for _, stream in self._streams() for e in stream.events]
        self.seen = max(numbers, default=0)

    def update(self) -> dict[str, Any]:
        """Return what has arrived since the last update."""
        arrived = [
            (group, stream, event)
            for group, stream in self._streams()
            for event in _newer(stream, self.seen)
        ]
        self.seen = max([self.seen, *(event.event_id for _, _, event in arrived)])
        shown = [_shown(*one) for one in arrived if self.test(one[2].message)]
        sampled = len(shown) > EVENTS_PER_UPDATE
        return {
            "sessionMetadata": {"sampled": sampled},
            "sessionResults": shown[:EVENTS_PER_UPDATE],
        }


def _newer(stream: LogStream, seen: int) -> list[LogEvent]:
    """Return a stream's events after that number; they are kept in its order."""
    newer = []
    for event in reversed(list(stream.events)):
        if event.event_id <= seen:
            break
        newer.append(event)
    return newer[::-1]


def _shown(group: LogGroup, stream: LogStream, event: LogEvent) -> dict[str, Any]:
    return {
        "logGroupIdentifier": group.arn,
        "logStreamName": stream.log_stream_name,
        "message": event.message,
        "timestamp": event.timestamp,
        "ingestionTime": event.ingestion_time,
    }


def is_asked(environ: dict) -> bool:
    """Whether the call is one for a session."""
    return environ.get("HTTP_X_AMZ_TARGET") == TARGET


def answer(
    environ: dict, start_response: Callable, touch: Callable[[], None]
) -> Iterable[bytes]:
    """Open a session; `touch` is called as long as somebody listens."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    asked = json.loads(environ["wsgi.input"].read(length) or b"{}")
    account = environ.get("HTTP_X_MOTO_ACCOUNT_ID", world.DEFAULT_ACCOUNT)
    try:
        session = _opened(account, asked)
    except JsonRESTError as error:
        body = error.description.encode()
        headers = [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("Content-Length", str(len(body))),
        ]
        start_response("400 Bad Request", headers)
        return [body]
    start_response("200 OK", [("Content-Type", event_stream.CONTENT_TYPE)])
    return _told(session, account, touch)


def _opened(account: str, asked: dict[str, Any]) -> Session:
    code = world.account(account).live_tail.refuse
    if code:
        raise JsonRESTError(code, MESSAGES.get(code, code))
    if throttle.refuses(account, "logs", "StartLiveTail"):
        raise JsonRESTError("ThrottlingException", throttle.MESSAGE)
    identifiers = asked.get("logGroupIdentifiers") or []
    names = asked.get("logStreamNames") or []
    prefixes = asked.get("logStreamNamePrefixes") or []
    if not 1 <= len(identifiers) <= GROUP_LIMIT:
        raise InvalidParameterException("Between 1 and 10 log groups can be tailed.")
    if names and prefixes or (names or prefixes) and len(identifiers) > 1:
        raise InvalidParameterException(
            "Streams can be named in one way, of one group."
        )
    pattern = asked.get("logEventFilterPattern") or ""
    test = log_search.pattern_test(pattern)
    groups = [_group(identifier) for identifier in identifiers]
    session = Session(groups, names, prefixes, pattern, test)
    session.skip_present()
    return session


def _group(arn: str) -> LogGroup:
    parts = arn.split(":", 6)
    if len(parts) < 7 or parts[5] != "log-group" or arn.endswith(":*"):
        raise InvalidParameterException(f"{arn} is not the ARN of a log group.")
    group = logs_backends[parts[4]][parts[3]].groups.get(parts[6])
    if group is None:
        raise ResourceNotFoundException
    if getattr(group, "log_group_class", "STANDARD") != "STANDARD":
        message = "Live Tail is not supported for the log group's class."
        raise JsonRESTError("InvalidOperationException", message)
    return group


def _told(session: Session, account: str, touch: Callable[[], None]) -> Iterator[bytes]:
    yield event_stream.event("initial-response", {})
    start = {
        "requestId": str(uuid.uuid4()),
        "sessionId": str(uuid.uuid4()),
        "logGroupIdentifiers": [group.arn for group in session.groups],
        "logStreamNames": session.names,
        "logStreamNamePrefixes": session.prefixes,
        "logEventFilterPattern": session.pattern,
    }
    yield event_stream.event("sessionStart", start)
    updates = 0
    while True:
        # Asked anew each time: a test may close what is open already.
        control = world.account(account).live_tail
        if control.close_after is not None and updates >= control.close_after:
            break
        time.sleep(control.update_seconds)
        touch()
        yield event_stream.event("sessionUpdate", session.update())
        updates += 1
    if control.close_with:
        yield event_stream.exception(control.close_with, "The session has ended.")


def set_sessions(given: dict[str, Any]) -> dict[str, Any]:
    """Arrange how the account's sessions begin, go on and end."""
    control = world.LiveTail(
        refuse=given.get("refuse"),
        close_after=given.get("close_after"),
        close_with=given.get("close_with"),
        update_seconds=given.get("update_seconds") or 1.0,
    )
    world.account(given["account"]).live_tail = control
    return {"refuse": control.refuse, "close_after": control.close_after}


ROUTES = {("POST", "live-tail"): set_sessions}
