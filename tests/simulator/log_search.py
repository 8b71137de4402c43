"""FilterLogEvents and TestMetricFilter, in place of moto's.

Events come in the order of their timestamps, as interleaved as AWS now always
has them, in pages of at most 10,000 events or 1 MB. A test can make the pages
smaller, and put empty ones with a token before each.
"""

import base64
import json
from typing import Any

from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogEvent, LogGroup, LogsBackend, LogStream
from moto.logs.responses import LogsResponse

import log_patterns
import world

PAGE_LIMIT = 10_000
PAGE_BYTES = 1024 * 1024
TEST_MESSAGE_LIMIT = 50
Found = tuple[LogEvent, LogStream]


def pattern_test(pattern: str | None) -> log_patterns.Test:
    """Return the pattern's test, or refuse the pattern."""
    try:
        return log_patterns.compiled(pattern or "")
    except log_patterns.Malformed as error:
        raise InvalidParameterException(f"Invalid filter pattern: {error}") from None


def group_named(backend: LogsBackend, name: str | None, identifier: Any) -> LogGroup:
    """Return the group of that name or ARN; one of the two must be there."""
    if bool(name) == bool(identifier):
        raise InvalidParameterException(
            "Exactly one of logGroupName and logGroupIdentifier must be specified."
        )
    if identifier and identifier.startswith("arn:"):
        if identifier.endswith(":*"):
            raise InvalidParameterException(
                constraint=r"Member must satisfy regular expression pattern: "
                r"[\w#+=/:,.@-]*",
                parameter="logGroupIdentifier",
                value=identifier,
            )
        identifier = identifier.partition(":log-group:")[2]
    found = backend.groups.get(name or identifier)
    if found is None:
        raise ResourceNotFoundException
    return found


def events_of(streams: list[LogStream], start: Any, end: Any) -> list[Found]:
    """Return the events with a timestamp in the range, both ends included."""
    found = [
        (event, stream)
        for stream in streams
        for event in list(stream.events)
        if (start is None or event.timestamp >= start)
        and (end is None or event.timestamp <= end)
    ]
    return sorted(found, key=_place)


def _place(found: Found) -> tuple[int, int]:
    return found[0].timestamp, found[0].event_id


def event_id(event: LogEvent) -> str:
    """Return the event's id as AWS writes it: 56 digits, in no one else's use."""
    return f"{event.event_id:056d}"


def filter_log_events(self: LogsResponse) -> str:
    """Answer one page; a token goes on after the last event it showed."""
    asked = json.loads(self.body)
    group = group_named(
        self.logs_backend, asked.get("logGroupName"), asked.get("logGroupIdentifier")
    )
    test = pattern_test(asked.get("filterPattern"))
    limit = asked.get("limit") or PAGE_LIMIT
    _check(asked, limit)
    last, empty = _read_token(asked.get("nextToken"))
    events = events_of(
        _streams(group, asked), asked.get("startTime"), asked.get("endTime")
    )
    left = [one for one in events if _place(one) > last and test(one[0].message)]
    control = world.account(self.current_account).log_pages
    answer: dict[str, Any] = {"events": [], "searchedLogStreams": []}
    if left and empty < control.empty:
        answer["nextToken"] = _token(last, empty + 1)
        return json.dumps(answer)
    page = _page(left, min(limit, control.size or PAGE_LIMIT))
    answer["events"] = [_shown(*one) for one in page]
    if len(page) < len(left):
        answer["nextToken"] = _token(_place(page[-1]), 0)
    return json.dumps(answer)


def _check(asked: dict[str, Any], limit: int) -> None:
    if not 1 <= limit <= PAGE_LIMIT:
        raise InvalidParameterException(
            constraint=f"Member must have value less than or equal to {PAGE_LIMIT}",
            parameter="limit",
            value=limit,
        )
    start, end = asked.get("startTime"), asked.get("endTime")
    if start is not None and end is not None and start > end:
        raise InvalidParameterException("startTime is after endTime.")
    if asked.get("logStreamNames") and asked.get("logStreamNamePrefix"):
        raise InvalidParameterException(
            "logStreamNames and logStreamNamePrefix exclude each other."
        )


def _streams(group: LogGroup, asked: dict[str, Any]) -> list[LogStream]:
    names, prefix = asked.get("logStreamNames"), asked.get("logStreamNamePrefix")
    if names and not set(names) <= set(group.streams):
        raise ResourceNotFoundException("The specified log stream does not exist.")
    return [
        stream
        for name, stream in list(group.streams.items())
        if (not names or name in names) and name.startswith(prefix or "")
    ]


def _page(left: list[Found], limit: int) -> list[Found]:
    """Return as many as fit; the first always does."""
    size = 0
    for count, (event, _) in enumerate(left[:limit]):
        size += len(event.message.encode())
        if size > PAGE_BYTES and count:
            return left[:count]
    return left[:limit]


def _shown(event: LogEvent, stream: LogStream) -> dict[str, Any]:
    return {
        "logStreamName": stream.log_stream_name,
        "timestamp": event.timestamp,
        "message": event.message,
        "ingestionTime": event.ingestion_time,
        "eventId": event_id(event),
    }


def _token(last: tuple[int, int], empty: int) -> str:
    return base64.b64encode(json.dumps([*last, empty]).encode()).decode()


def _read_token(token: str | None) -> tuple[tuple[int, int], int]:
    if not token:
        return (-1, -1), 0
    try:
        timestamp, number, empty = json.loads(base64.b64decode(token, validate=True))
    except ValueError:
        message = "The specified nextToken is invalid."
        raise InvalidParameterException(message) from None
    return (timestamp, number), empty


def test_metric_filter(self: LogsResponse) -> str:
    """Answer which of the messages match; no values are extracted."""
    asked = json.loads(self.body)
    test, messages = pattern_test(asked["filterPattern"]), asked["logEventMessages"]
    if not 1 <= len(messages) <= TEST_MESSAGE_LIMIT:
        raise InvalidParameterException("Between 1 and 50 messages can be tested.")
    matches = [
        {"eventNumber": number, "eventMessage": message, "extractedValues": {}}
        for number, message in enumerate(messages, start=1)
        if test(message)
    ]
    return json.dumps({"matches": matches})


def set_pages(given: dict[str, Any]) -> dict[str, Any]:
    """`{account?, page_size?, empty_pages?}`: how FilterLogEvents pages."""
    pages = world.account(given.get("account", world.DEFAULT_ACCOUNT)).log_pages
    pages.size = given.get("page_size")
    pages.empty = given.get("empty_pages") or 0
    return {"page_size": pages.size, "empty_pages": pages.empty}


ROUTES = {("POST", "logs"): set_pages}


def install() -> None:
    """Search log groups here instead of in moto."""
    LogsResponse.filter_log_events = filter_log_events
    LogsResponse.test_metric_filter = test_metric_filter
