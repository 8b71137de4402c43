"""A trail, and finding one by name or ARN as each call is entitled to."""

import re
import time
from dataclasses import dataclass, field
from typing import Any, NoReturn

from moto.core.exceptions import JsonRESTError

import identity
import world

TRAILS_PER_REGION = 5

# What GetEventSelectors answers for a trail whose selectors were never put.
DEFAULT_SELECTORS = [
    {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
]

ARN = re.compile(
    r"arn:aws[a-z-]*:cloudtrail:(?P<region>[a-z0-9-]+):(?P<account>\d{12})"
    r":trail/(?P<name>[A-Za-z0-9._-]{3,128})"
)


def refuse(code: str, message: str) -> NoReturn:
    """Answer with one of CloudTrail's errors (HTTP 400, JSON 1.1)."""
    raise JsonRESTError(code, message)


@dataclass
class Status:
    """When a trail logged and delivered; times are epoch seconds."""

    is_logging: bool = False
    started: float | None = None
    stopped: float | None = None
    # What deliveries have left behind, under GetTrailStatus' own names.
    news: dict[str, Any] = field(default_factory=dict)
    overrides: dict[str, Any] = field(default_factory=dict)

    def start(self) -> None:
        """Start logging; what a test said about logging before is over."""
        self.is_logging, self.started = True, time.time()
        self._supersede("IsLogging", "StartLoggingTime")

    def stop(self) -> None:
        """Stop logging."""
        self.is_logging, self.stopped = False, time.time()
        self._supersede("IsLogging", "StopLoggingTime")

    def delivered_to_bucket(self, at: float) -> None:
        """Note a delivery to the bucket."""
        self.news.pop("LatestDeliveryError", None)
        latest = max(at, self.news.get("LatestDeliveryTime", 0))
        self.news.update(
            LatestDeliveryTime=latest,
            LatestDeliveryAttemptTime=_iso(latest),
            LatestDeliveryAttemptSucceeded=_iso(latest),
        )

    def bucket_failed(self, error: str) -> None:
        """Note a delivery that the bucket did not take."""
        self.news["LatestDeliveryError"] = error
        self.news["LatestDeliveryAttemptTime"] = _iso(time.time())

    def delivered_to_logs(self, at: float) -> None:
        """Note a delivery to the log group."""
        self.news.pop("LatestCloudWatchLogsDeliveryError", None)
        latest = max(at, self.news.get("LatestCloudWatchLogsDeliveryTime", 0))
        self.news["LatestCloudWatchLogsDeliveryTime"] = latest

    def logs_failed(self, error: str) -> None:
        """Note a delivery that the log group did not take."""
        self.news["LatestCloudWatchLogsDeliveryError"] = error

    def _supersede(self, *names: str) -> None:
        for name in names:
            self.overrides.pop(name, None)

    @property
    def logging_now(self) -> bool:
        """Whether GetTrailStatus says that the trail logs."""
        return bool(self.overrides.get("IsLogging", self.is_logging))

    def answer(self) -> dict[str, Any]:
        """Return what GetTrailStatus answers."""
        shown = {
            "IsLogging": self.is_logging,
            "LatestDeliveryAttemptTime": "",
            "LatestNotificationAttemptTime": "",
            "LatestNotificationAttemptSucceeded": "",
            "LatestDeliveryAttemptSucceeded": "",
            "StartLoggingTime": self.started,
            "StopLoggingTime": self.stopped,
            "TimeLoggingStarted": _iso(self.started),
            "TimeLoggingStopped": _iso(self.stopped),
            **self.news,
            **self.overrides,
        }
        return {name: value for name, value in shown.items() if value is not None}


def _iso(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


@dataclass
class Trail:
    """A trail as one account sees it.

    `fields` holds DescribeTrails' answer under AWS's own names, without
    those that are empty. A trail put there by a test is `injected`; it may
    be another account's (an organisation's trail seen from a member).
    """

    fields: dict[str, Any]
    selectors: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    status: Status = field(default_factory=Status)
    injected: bool = False
    # Error codes a test wants instead of an answer.
    selectors_error: str | None = None
    status_error: str | None = None

    @property
    def name(self) -> str:
        return self.fields["Name"]

    @property
    def arn(self) -> str:
        return self.fields["TrailARN"]

    @property
    def home(self) -> str:
        return self.fields["HomeRegion"]

    @property
    def owner(self) -> str:
        return self.arn.split(":")[4]

    @property
    def covers_every_region(self) -> bool:
        return bool(self.fields.get("IsMultiRegionTrail"))

    def is_shadow_in(self, account: str, region: str) -> bool:
        """Whether the account sees a mere shadow of the trail there."""
        return self.home != region or self.owner != account

    def is_in(self, region: str) -> bool:
        """Whether the trail counts, and is described, in the region."""
        return self.covers_every_region or self.home == region

    def set(self, changes: dict[str, Any]) -> None:
        """Set fields; an empty string or None takes the field away."""
        for name, value in changes.items():
            if value in ("", None):
                self.fields.pop(name, None)
            else:
                self.fields[name] = value

    def description(self) -> dict[str, Any]:
        """Return what DescribeTrails says of the trail."""
        custom = bool(self.selectors) and self.shown_selectors() != {
            "EventSelectors": DEFAULT_SELECTORS
        }
        return {
            "IncludeGlobalServiceEvents": True,
            "IsMultiRegionTrail": False,
            "LogFileValidationEnabled": False,
            "HasCustomEventSelectors": custom,
            "HasInsightSelectors": False,
            "IsOrganizationTrail": False,
            **self.fields,
        }

    def shown_selectors(self) -> dict[str, Any]:
        """Return the selectors, or the API's default ones."""
        return self.selectors or {"EventSelectors": DEFAULT_SELECTORS}


def in_region(account: str, region: str) -> list[Trail]:
    """Return the trails that DescribeTrails shows there, shadows included."""
    return [trail for trail in world.account(account).trails if trail.is_in(region)]


def unknown(account: str, name: str) -> NoReturn:
    """Refuse a trail that does not exist, or not under that name here."""
    refuse("TrailNotFoundException", f"Unknown trail: {name} for the user: {account}")


def find(account: str, region: str, name_or_arn: str) -> Trail | None:
    """Find a trail: by name only at home, by ARN from every region."""
    if not name_or_arn.startswith("arn:"):
        check_name(name_or_arn)
    elif not ARN.fullmatch(name_or_arn):
        refuse(
            "CloudTrailARNInvalidException",
            f"The trail ARN {name_or_arn} is not valid.",
        )
    for trail in list(world.account(account).trails):
        at_home = not trail.is_shadow_in(account, region)
        if name_or_arn == trail.arn or (at_home and name_or_arn == trail.name):
            return trail
    return None


def to_read(account: str, region: str, name_or_arn: str) -> Trail:
    """Find the trail that a reading call names, or refuse."""
    return find(account, region, name_or_arn) or unknown(account, name_or_arn)


def to_write(account: str, region: str, name_or_arn: str, action: str) -> Trail:
    """Find the trail that a writing call names; it must be ours and at home."""
    trail = find(account, region, name_or_arn) or _shadow_named(
        account, region, name_or_arn
    )
    if trail is None:
        unknown(account, name_or_arn)
    if trail.owner != account:
        refuse(
            "AccessDeniedException",
            f"User: {identity.user_arn(account, region)} is not authorized to "
            f"perform: cloudtrail:{action} on resource: {trail.arn}",
        )
    if trail.home != region:
        refuse(
            "InvalidHomeRegionException",
            f"The action is not allowed on trail {name_or_arn} in this region.",
        )
    return trail


def _shadow_named(account: str, region: str, name: str) -> Trail | None:
    shadows = [trail for trail in in_region(account, region) if trail.name == name]
    return shadows[0] if shadows else None


def check_name(name: str) -> None:
    """Refuse a name that CloudTrail would not take."""
    problem = _name_problem(name)
    if problem:
        refuse("InvalidTrailNameException", problem)


def _name_problem(name: str) -> str | None:
    length = f"Specified name length: {len(name)} characters."
    if len(name) < 3:
        return f"Trail name too short. Minimum allowed length: 3 characters. {length}"
    if len(name) > 128:
        return f"Trail name too long. Maximum allowed length: 128 characters. {length}"
    if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
        return (
            "Trail name or ARN can only contain uppercase letters, lowercase letters,"
            " numbers, periods (.), hyphens (-), and underscores (_)."
        )
    if not name[0].isalnum():
        return "Trail name must starts with a letter or number."
    if not name[-1].isalnum():
        return "Trail name must ends with a letter or number."
    if re.search(r"[._-]{2}", name):
        return "Trail name cannot have adjacent periods, underscores, or hyphens."
    if re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name):
        return "Trail name cannot be in IP address format."
    return None
