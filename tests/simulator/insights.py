"""Logs Insights: StartQuery, GetQueryResults, StopQuery, DescribeQueries.

A query is run when it starts; its status moves on with each look at it, so
that a test need not wait. What a query means stands in `insights_commands`.
"""

import base64
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.logs.exceptions import (
    InvalidParameterException,
    LimitExceededException,
    ResourceNotFoundException,
)
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

import insights_commands
import insights_values
import log_search
import world
from insights_syntax import MalformedQuery

QUERY_LIMIT = 10_000
GROUP_LIMIT = 50
PAGE_LIMIT = 10_000
ENDED = ("Complete", "Cancelled", "Failed", "Timeout")


@dataclass
class Query:
    """A query that was started."""

    text: str
    region: str
    groups: list[str]
    results: list[list[dict[str, str]]]
    statistics: dict[str, float]
    control: world.Insights
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: float = field(default_factory=time.time)
    status: str = "Scheduled"
    looks: int = 0

    def look(self) -> None:
        """Move on: scheduled at the first look, then running, then at its end."""
        self.looks += 1
        if self.status in ENDED or self.looks == 1 and self.control.polls:
            return
        self.status = "Running"
        if self.looks > self.control.polls and not self.control.endless:
            self.status = self.control.end


class Malformed(JsonRESTError):
    """A MalformedQueryException, which says where the query is wrong."""

    def __init__(self, error: MalformedQuery) -> None:
        super().__init__("MalformedQueryException", error.message)
        location = {"startCharOffset": error.start, "endCharOffset": error.end}
        compile_error = {"location": location, "message": error.message}
        self.description = json.dumps(
            {
                "__type": self.error_type,
                "message": error.message,
                "queryCompileError": compile_error,
            }
        )


def start_query(self: LogsResponse) -> str:
    """Read and run the query; its results are shown later."""
    asked = json.loads(self.body)
    kept = world.account(self.current_account)
    _check(asked)
    groups = _groups(self, asked)
    try:
        query = insights_commands.read(asked["queryString"])
    except MalformedQuery as error:
        raise Malformed(error) from None
    running = [one for one in kept.queries.values() if one.status not in ENDED]
    if (
        kept.insights.concurrent is not None
        and len(running) >= kept.insights.concurrent
    ):
        raise LimitExceededException
    limits = (query.limit, asked.get("limit"), kept.insights.rows)
    query.limit = min(limit for limit in limits if limit)
    rows, scanned = _rows(groups, asked["startTime"], asked["endTime"])
    result, matched = query.run(rows)
    statistics = {
        "recordsMatched": float(matched),
        "recordsScanned": float(len(rows)),
        "bytesScanned": float(scanned),
        "estimatedRecordsSkipped": 0.0,
        "estimatedBytesSkipped": 0.0,
        "logGroupsScanned": float(len(groups)),
    }
    started = Query(
        asked["queryString"],
        self.region,
        [group.name for group in groups],
        [query.shown(row) for row in result],
        statistics,
        kept.insights,
    )
    kept.queries[started.identifier] = started
    return json.dumps({"queryId": started.identifier})


def _check(asked: dict[str, Any]) -> None:
    if len(asked["queryString"]) > QUERY_LIMIT:
        raise InvalidParameterException(
            constraint=f"Member must have length less than or equal to {QUERY_LIMIT}",
            parameter="queryString",
            value=asked["queryString"],
        )
    if asked["startTime"] > asked["endTime"]:
        raise InvalidParameterException(
            "Query's end date and time is before its start date and time."
        )
    if asked.get("queryLanguage", "CWLI") != "CWLI":
        raise InvalidParameterException("The simulator knows the language CWLI only.")


def _groups(call: LogsResponse, asked: dict[str, Any]) -> list[LogGroup]:
    names = asked.get("logGroupNames") or []
    identifiers = asked.get("logGroupIdentifiers") or []
    single = [asked["logGroupName"]] if asked.get("logGroupName") else []
    if sum(map(bool, (names, identifiers, single))) != 1:
        raise InvalidParameterException(
            "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers "
            "must be specified."
        )
    if len(names) + len(identifiers) > GROUP_LIMIT:
        raise InvalidParameterException(
            f"At most {GROUP_LIMIT} log groups are queried."
        )
    find = log_search.group_named
    by_name = [find(call.logs_backend, name, None) for name in names + single]
    return by_name + [find(call.logs_backend, None, one) for one in identifiers]


def _rows(groups: list[LogGroup], start: int, end: int) -> tuple[list[dict], int]:
    """Return the events of the range as rows, and their size in bytes."""
    rows, size = [], 0
    for group in groups:
        streams = list(group.streams.values())
        # The last second belongs to the range as a whole.
        found = log_search.events_of(streams, start * 1000, end * 1000 + 999)
        for event, stream in found:
            size += len(event.message.encode())
            pointer = base64.b64encode(log_search.event_id(event).encode()).decode()
            row = insights_values.discovered(event.message)
            row["@timestamp"] = insights_values.Moment(event.timestamp)
            row["@ingestionTime"] = insights_values.Moment(event.ingestion_time)
            row["@message"] = event.message
            row["@logStream"] = stream.log_stream_name
            row["@log"] = f"{group.account_id}:{group.name}"
            row["@ptr"] = pointer
            rows.append(row)
    return rows, size


def _query(call: LogsResponse, identifier: str) -> Query:
    query = world.account(call.current_account).queries.get(identifier)
    if query is None or query.region != call.region:
        raise ResourceNotFoundException(f"Query {identifier} does not exist.")
    return query


def get_query_results(self: LogsResponse) -> str:
    """Answer a query's status, and its results when it is complete."""
    asked = json.loads(self.body)
    query = _query(self, asked["queryId"])
    query.look()
    answer: dict[str, Any] = {
        "queryLanguage": "CWLI",
        "results": [],
        "statistics": query.statistics,
        "status": query.status,
    }
    if query.status == "Scheduled":
        answer["statistics"] = dict.fromkeys(query.statistics, 0.0)
    if query.status == "Complete":
        offset = _offset(asked.get("nextToken"), query.identifier)
        size = query.control.page_size or asked.get("maxItems") or PAGE_LIMIT
        answer["results"] = query.results[offset : offset + size]
        if offset + size < len(query.results):
            answer["nextToken"] = f"{query.identifier}@{offset + size}"
    return json.dumps(answer)


def _offset(token: str | None, identifier: str) -> int:
    if not token:
        return 0
    owner, _, offset = token.partition("@")
    if owner != identifier or not offset.isdigit():
        raise InvalidParameterException("The specified nextToken is invalid.")
    return int(offset)


def stop_query(self: LogsResponse) -> str:
    """End a query that has not ended."""
    query = _query(self, json.loads(self.body)["queryId"])
    if query.status in ENDED:
        raise InvalidParameterException(
            f"Query with id {query.identifier} has ended already."
        )
    query.status = "Cancelled"
    return json.dumps({"success": True})


def describe_queries(self: LogsResponse) -> str:
    """List the queries of the region, the newest first, on one page."""
    asked = json.loads(self.body)
    wanted, status = asked.get("logGroupName"), asked.get("status")
    listed = [
        {
            "queryLanguage": "CWLI",
            "queryId": query.identifier,
            "queryString": query.text,
            "status": query.status,
            "createTime": int(query.created * 1000),
            "logGroupName": query.groups[0],
        }
        for query in reversed(world.account(self.current_account).queries.values())
        if query.region == self.region
        and (not wanted or wanted in query.groups)
        and (not status or status == query.status)
    ]
    return json.dumps({"queries": listed})


def control(given: dict[str, Any]) -> dict[str, Any]:
    """Arrange how the queries that start from now on go."""
    end = given.get("end", "Complete")
    if end not in ENDED:
        raise ValueError(f"end must be one of {ENDED}")
    arranged = world.Insights(
        polls=given.get("polls", 2),
        endless=bool(given.get("endless")),
        end=end,
        page_size=given.get("page_size"),
        rows=given.get("rows"),
        concurrent=given.get("concurrent"),
    )
    world.account(given["account"]).insights = arranged
    return {"polls": arranged.polls, "endless": arranged.endless, "end": arranged.end}


ROUTES = {("POST", "insights"): control}


def install() -> None:
    """Answer queries here instead of in moto."""
    LogsResponse.start_query = start_query
    LogsResponse.get_query_results = get_query_results
    LogsResponse.stop_query = stop_query
    LogsResponse.describe_queries = describe_queries
