"""Where a trail's events go: streams of a log group, objects in a bucket.

Writes straight into moto's backends, as a service principal would, and says
in the trail's status how it went. What is delivered, and when, is decided in
`deliveries`.
"""

import gzip
import json
import secrets
import string
import time
from collections import defaultdict
from typing import Any, NamedTuple

from moto.logs.models import LogGroup, logs_backends
from moto.s3.models import s3_backends

import s3
import world
from trails import Trail

# No simulated account is in an organisation; a trail of one needs some id.
ORGANIZATION = "o-simulated1"
# CloudTrail sends nothing larger to a log group.
LOG_EVENT_LIMIT = 256 * 1024
UNIQUE_LENGTH = 16
JSON_TYPE = "application/json"


class Parcel(NamedTuple):
    """One event on its way: the record and the epoch second of its delivery."""

    record: dict[str, Any]
    at: float

    @property
    def text(self) -> str:
        return json.dumps(self.record, separators=(",", ":"))


def to_logs(trail: Trail, account: str, parcels: list[Parcel]) -> None:
    """Put the events into the trail's log group, in the given order."""
    arn = trail.fields.get("CloudWatchLogsLogGroupArn")
    if not arn or not parcels:
        return
    group = _group(arn)
    if group is None:
        error = "The specified log group does not exist."
        trail.status.logs_failed(error)
        return
    name = f"{account}_CloudTrail_{trail.home}"
    if trail.fields.get("IsOrganizationTrail"):
        name = f"{ORGANIZATION}_{name}"
    with world.account(group.account_id).lock:
        if name not in group.streams:
            group.create_log_stream(name)
        events = [
            {"timestamp": int(parcel.at * 1000), "message": parcel.text}
            for parcel in parcels
            if len(parcel.text.encode()) <= LOG_EVENT_LIMIT
        ]
        group.streams[name].put_log_events(events)
    trail.status.delivered_to_logs(max(parcel.at for parcel in parcels))


def _group(arn: str) -> LogGroup | None:
    _, _, _, region, account, resource = arn.split(":", 5)
    if account not in logs_backends or region not in logs_backends[account]:
        return None
    name = resource.removeprefix("log-group:").removesuffix(":*")
    return logs_backends[account][region].groups.get(name)


def to_bucket(trail: Trail, account: str, parcels: list[Parcel]) -> None:
    """Put the events into the trail's bucket: one object a region and minute."""
    name = trail.fields.get("S3BucketName")
    if not name or not parcels:
        return
    bucket = s3.bucket_named(name)
    if bucket is None:
        trail.status.bucket_failed("NoSuchBucket")
        return
    files: dict[str, list[str]] = defaultdict(list)
    for parcel in parcels:
        region = parcel.record["awsRegion"]
        files[_place(trail, account, region, parcel.at)].append(parcel.text)
    backend = s3_backends[bucket.account_id][bucket.partition]
    for place, texts in files.items():
        line = '{"Records":[' + ",".join(texts) + "]}"
        key = backend.put_object(name, f"{place}_{_unique()}.json.gz", _packed(line))
        key.set_metadata({"Content-Type": JSON_TYPE, "Content-Encoding": "gzip"})
    trail.status.delivered_to_bucket(max(parcel.at for parcel in parcels))


def _packed(line: str) -> bytes:
    return gzip.compress(line.encode(), compresslevel=1, mtime=0)


def _place(trail: Trail, account: str, region: str, at: float) -> str:
    prefix = trail.fields.get("S3KeyPrefix")
    moment = time.gmtime(at)
    parts = [
        *([prefix] if prefix else []),
        "AWSLogs",
        *([ORGANIZATION] if trail.fields.get("IsOrganizationTrail") else []),
        account,
        "CloudTrail",
        region,
        time.strftime("%Y/%m/%d", moment),
        f"{account}_CloudTrail_{region}_{time.strftime('%Y%m%dT%H%MZ', moment)}",
    ]
    return "/".join(parts)


def _unique() -> str:
    letters = string.ascii_letters + string.digits
    return "".join(secrets.choice(letters) for _ in range(UNIQUE_LENGTH))
