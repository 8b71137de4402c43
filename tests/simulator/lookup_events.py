"""CloudTrail's event history: what LookupEvents finds, and how it gets there.

Every call that moto answers is recorded as a management event of the calling
account; a test adds records of its own through the control endpoint.
S3 calls are not recorded. On AWS events appear after minutes, here at once.
"""

import base64
import hashlib
import json
import time
import uuid
from datetime import datetime, timezone
from typing import Any

from moto.core.responses import BaseResponse

import deliveries
import identity
import world
from trails import refuse

KEPT_SECONDS = 90 * 86_400
PAGE_LIMIT = 50
ATTRIBUTES = {
    "AccessKeyId",
    "EventId",
    "EventName",
    "EventSource",
    "ReadOnly",
    "ResourceName",
    "ResourceType",
    "Username",
}
# Fallback for records that do not say whether they only read.
READING = (
    "BatchCheck",
    "BatchGet",
    "Describe",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Simulate",
    "Test",
)
UNRECORDED_SERVICES = {"moto_api", "s3"}
SOURCES = {"cloudwatch": "monitoring.amazonaws.com"}
# CloudTrail leaves out what is too large; a dashboard's body would fill memory.
PARAMETERS_LIMIT = 4_096


def store(account: str, region: str, record: dict[str, Any]) -> dict[str, Any]:
    """Keep a CloudTrail record; return it with what it left out filled in."""
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    record = {
        "eventVersion": "1.11",
        "eventTime": now,
        "awsRegion": region,
        "eventID": str(uuid.uuid4()),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "eventCategory": "Management",
        "recipientAccountId": account,
        "readOnly": record["eventName"].startswith(READING),
        **record,
    }
    if record["eventCategory"] == "Management":
        world.account(account).events[region].append(_row(record))
    return record


def _row(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record as LookupEvents lists it."""
    moment = datetime.fromisoformat(record["eventTime"].replace("Z", "+00:00"))
    who = record.get("userIdentity") or {}
    row = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "EventSource": record["eventSource"],
        "EventTime": moment.timestamp(),
        "ReadOnly": str(record["readOnly"]).lower(),
        "Username": _user_name(who),
        "AccessKeyId": who.get("accessKeyId"),
        "Resources": [
            {
                "ResourceType": resource.get("type", "AWS::ECR::Repository"),
                "ResourceName": resource.get("ARN"),
            }
            for resource in record.get("resources") or []
        ],
        "CloudTrailEvent": json.dumps(record, separators=(",", ":")),
    }
    return {name: value for name, value in row.items() if value is not None}


def _user_name(who: dict[str, Any]) -> str | None:
    """A role's session is listed under the session's name."""
    if who.get("type") == "AssumedRole":
        return str(who.get("arn", "")).rsplit("/", 1)[-1] or None
    return who.get("userName")


def lookup(account: str, region: str, asked: dict[str, Any]) -> str:
    """Answer LookupEvents: newest first, fifty a page."""
    attributes = asked.get("LookupAttributes") or []
    limit = asked.get("MaxResults") or PAGE_LIMIT
    start, end = asked.get("StartTime"), asked.get("EndTime")
    _check(attributes, limit, start, end)
    rows = [
        row
        for row in list(world.account(account).events[region])
        if _in_time(row, start, end) and all(_has(row, a) for a in attributes)
    ]
    rows.sort(key=lambda row: -row["EventTime"])
    query = hashlib.sha1(repr((attributes, start, end)).encode()).hexdigest()[:12]
    offset = _offset(asked.get("NextToken"), query)
    page: dict[str, Any] = {"Events": rows[offset : offset + limit]}
    if offset + limit < len(rows):
        token = f"{query}:{offset + limit}"
        page["NextToken"] = base64.b64encode(token.encode()).decode()
    return json.dumps(page)


def _check(attributes: list, limit: int, start: Any, end: Any) -> None:
    if len(attributes) > 1:
        refuse(
            "InvalidLookupAttributesException",
            "You can only specify one lookup attribute.",
        )
    for attribute in attributes:
        known = attribute.get("AttributeKey") in ATTRIBUTES
        if not known or not attribute.get("AttributeValue"):
            refuse("InvalidLookupAttributesException", "Invalid lookup attribute.")
    if not 1 <= limit <= PAGE_LIMIT:
        refuse(
            "InvalidMaxResultsException",
            f"MaxResults must be between 1 and {PAGE_LIMIT}.",
        )
    if start and end and float(start) > float(end):
        refuse("InvalidTimeRangeException", "Start time is after end time.")


def _in_time(row: dict, start: Any, end: Any) -> bool:
    moment = row["EventTime"]
    oldest = max(float(start or 0), time.time() - KEPT_SECONDS)
    return oldest <= moment and (not end or moment <= float(end))


def _has(row: dict, attribute: dict[str, str]) -> bool:
    key, value = attribute["AttributeKey"], attribute["AttributeValue"]
    if key.startswith("Resource"):
        return any(resource[key] == value for resource in row["Resources"])
    return row.get(key) == value


def _offset(token: str | None, query: str) -> int:
    """A token continues the query it was given for, and no other."""
    if not token:
        return 0
    try:
        asked, offset = base64.b64decode(token, validate=True).decode().split(":")
        if asked == query:
            return int(offset)
    except ValueError:
        pass
    refuse("InvalidNextTokenException", "Invalid NextToken.")


def record(call: BaseResponse, action: str, status: int, body: Any) -> None:
    """Record a call that was answered, and have trails deliver it."""
    described = _record_of(call, action, status, body)
    complete = store(call.current_account, call.region, described)
    deliveries.happened(call.current_account, [complete], injected=False)


def _record_of(call: BaseResponse, action: str, status: int, body: Any) -> dict:
    """Describe a call that has just been answered."""
    asked, answered = _object(call.body), _object(body)
    record: dict[str, Any] = {
        "eventSource": SOURCES.get(
            call.service_name, f"{call.service_name}.amazonaws.com"
        ),
        "eventName": action,
        "requestParameters": asked,
        "responseElements": None,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": call.headers.get("User-Agent", ""),
        "userIdentity": identity.of_caller(call),
    }
    if status >= 400:
        failure = answered or {}
        record["errorCode"] = str(failure.get("__type", "Error")).split("#")[-1]
        record["errorMessage"] = failure.get("message", "")
    elif not action.startswith(READING):
        record["responseElements"] = answered
    if call.service_name == "ecr" and (asked or {}).get("repositoryName"):
        arn = (
            f"{world.arn_prefix(call.region)}:ecr:{call.region}:{call.current_account}"
        )
        record["resources"] = [
            {
                "ARN": f"{arn}:repository/{asked['repositoryName']}",
                "accountId": call.current_account,
                "type": "AWS::ECR::Repository",
            }
        ]
    return record


def _object(body: Any) -> dict | None:
    if not body or len(body) > PARAMETERS_LIMIT:
        return None
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def install() -> None:
    """Record every call that moto answers, S3's excepted."""
    answer = BaseResponse.call_action

    def call_action(self: BaseResponse) -> Any:
        status, headers, body = answer(self)
        action = self._get_action()
        recorded = self.service_name not in UNRECORDED_SERVICES
        if action and action != "LookupEvents" and recorded:
            record(self, action, status, body)
        return status, headers, body

    BaseResponse.call_action = call_action
