"""What the simulator remembers beside moto's own backends, per account.

moto keeps S3, IAM, Logs and KMS. Trails, the event history, registries,
metrics and dashboards behave too differently on AWS to be patched there, so
they live here.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import BackendDict
from moto.s3.models import s3_backends
from moto.utilities.utils import get_partition

from ecr_store import Registry
from metrics_store import Metrics

if TYPE_CHECKING:
    from athena import Athena
    from deliveries import Held
    from insights import Query
    from throttle import Throttle
    from trails import Trail

# Whose a request is that names no account.
DEFAULT_ACCOUNT = DEFAULT_ACCOUNT_ID
# A long test run makes thousands of accounts; the newest events are enough.
EVENTS_KEPT_PER_REGION = 10_000


def _history() -> defaultdict[str, deque[dict]]:
    return defaultdict(lambda: deque(maxlen=EVENTS_KEPT_PER_REGION))


@dataclass
class Dashboard:
    """A dashboard's body, exactly as it was put."""

    body: str
    modified: float


@dataclass
class LogPages:
    """How FilterLogEvents pages, where a test wants it otherwise than AWS."""

    size: int | None = None
    empty: int = 0


@dataclass
class LiveTail:
    """How Live Tail sessions begin, go on and end.

    `refuse` and `close_with` are error codes, `close_after` a number of
    updates.
    """

    refuse: str | None = None
    close_after: int | None = None
    close_with: str | None = None
    update_seconds: float = 1.0


@dataclass
class Insights:
    """How Logs Insights' queries go: at which look they end, and how."""

    polls: int = 2
    endless: bool = False
    end: str = "Complete"
    page_size: int | None = None
    rows: int | None = None
    concurrent: int | None = None


@dataclass
class AthenaControl:
    """How Athena's statements go: at which look they end, and why they fail."""

    polls: int = 2
    endless: bool = False
    reason: str | None = None
    page_size: int | None = None


@dataclass
class MetricAnswers:
    """How GetMetricData answers for the metrics, by name or query id, that are
    chosen, or for all; so many times, or always.
    """

    status_code: str | None = None
    metrics: set[str] = field(default_factory=set)
    times: int | None = None
    page_size: int | None = None


def _athena() -> "defaultdict[str, Athena]":
    # Not at the top: what Athena needs of this module would not be there yet.
    from athena import Athena

    return defaultdict(Athena)


@dataclass
class Account:
    """One AWS account as far as moto does not keep it."""

    trails: list["Trail"] = field(default_factory=list)
    events: defaultdict[str, deque[dict]] = field(default_factory=_history)
    # Per region.
    registries: defaultdict[str, Registry] = field(
        default_factory=lambda: defaultdict(Registry)
    )
    metrics: defaultdict[str, Metrics] = field(
        default_factory=lambda: defaultdict(Metrics)
    )
    metric_answers: MetricAnswers = field(default_factory=MetricAnswers)
    dashboards: dict[str, Dashboard] = field(default_factory=dict)
    dashboard_warnings: list[dict[str, str]] = field(default_factory=list)
    dashboard_refusals: bool = False
    delivery_mode: str = "off"
    # What trails have recorded and a test has not released, by event id.
    held: dict[str, "Held"] = field(default_factory=dict)
    log_pages: LogPages = field(default_factory=LogPages)
    live_tail: LiveTail = field(default_factory=LiveTail)
    athena: "defaultdict[str, Athena]" = field(default_factory=_athena)
    athena_control: AthenaControl = field(default_factory=AthenaControl)
    insights: Insights = field(default_factory=Insights)
    queries: dict[str, "Query"] = field(default_factory=dict)
    throttles: dict[str, "Throttle"] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)


_accounts: dict[str, Account] = {}
_accounts_lock = RLock()


def account(number: str) -> Account:
    """Return the account of that number; every account exists."""
    with _accounts_lock:
        return _accounts.setdefault(number, Account())


def arn_prefix(region: str) -> str:
    """Return `arn:aws`, `arn:aws-cn` or `arn:aws-us-gov`."""
    return f"arn:{get_partition(region)}"


def reset() -> None:
    """Forget everything in every account."""
    with _accounts_lock:
        _accounts.clear()
        BackendDict.reset()


def forget(number: str) -> None:
    """Forget one account, so that a finished test gives its memory back."""
    with _accounts_lock:
        _accounts.pop(number, None)
        _release_buckets(number)
        for service in list(BackendDict._instances):
            service.pop(number, None)


def _release_buckets(number: str) -> None:
    """Give the names of an account's buckets back to the world.

    S3Backend.reset would do so, but disposes of every account's objects.
    """
    owners = s3_backends.bucket_accounts
    for name in [name for name, (_, owner) in list(owners.items()) if owner == number]:
        owners.pop(name, None)
