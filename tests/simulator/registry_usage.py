"""Two weeks of the sandbox's metrics: pulls, calls, how much there is.

The days have a shape: much in working hours, little at night and at weekends.
"""

import random
from collections import Counter
from datetime import datetime, timedelta

import ecr_usage
import world
from metrics_store import DAY, Bucket, Metrics, Span

DAYS = 14
# Pulls in a busy hour; nobody pulls what is missing here.
BUSY_HOUR = {
    "team-a/api": 30,
    "team-a/worker": 9,
    "payments/ledger": 3,
    "platform/base": 2,
}
WEEKEND_SHARE = 0.25
PUSHES_ON_A_WORKDAY = 6
# How many calls go with one pull, and with one push of an image.
CALLS_OF_A_PULL = {"BatchGetImage": 1, "GetDownloadUrlForLayer": 3}
CALLS_OF_A_PUSH = {
    "GetAuthorizationToken": 1,
    "BatchCheckLayerAvailability": 9,
    "InitiateLayerUpload": 4,
    "UploadLayerPart": 6,
    "CompleteLayerUpload": 4,
    "PutImage": 1,
}
# A node asks for a token every twelve hours, not at each pull.
PULLS_WITH_A_TOKEN = 0.2


def seed(
    account: str, region: str, now: datetime, pushed: dict[str, list[float]]
) -> None:
    """Fill in two weeks; `pushed` tells how many days ago each image came."""
    metrics = world.account(account).metrics[region]
    # The same at every start, but for the time of day.
    chance = random.Random(account)
    calls: Counter[tuple[str, int]] = Counter()
    for hour in _hours(now):
        _pulls(metrics, hour, now, chance, calls)
        _pushes(hour, now, chance, calls)
    for (call, moment), count in calls.items():
        series = metrics.make("AWS/Usage", "CallCount", ecr_usage.usage("API", call))
        series.put(moment, Bucket.of(float(count)))
    _resources(account, region, now, pushed)


def _hours(now: datetime) -> list[datetime]:
    last = now.replace(minute=0, second=0, microsecond=0)
    return [last - timedelta(hours=back) for back in range(DAYS * 24, -1, -1)]


def _share(hour: datetime) -> float:
    """How busy an hour is: 1 around noon, a tenth at night."""
    by_day = max(0.1, 1 - abs(hour.hour - 13) / 7)
    return by_day * (WEEKEND_SHARE if hour.weekday() >= 5 else 1)


def _minutes(
    hour: datetime, now: datetime, times: float, chance: random.Random
) -> list[int]:
    """Return random minutes of the hour, in the past, about so many."""
    wanted = int(times) + (chance.random() < times % 1)
    start = int(hour.timestamp())
    minutes = [start + 60 * chance.randrange(60) for _ in range(wanted)]
    return [moment for moment in minutes if moment < now.timestamp() - 60]


def _pulls(
    metrics: Metrics,
    hour: datetime,
    now: datetime,
    chance: random.Random,
    calls: Counter,
) -> None:
    for repository, busy in BUSY_HOUR.items():
        dimensions = {"RepositoryName": repository}
        series = metrics.make("AWS/ECR", "RepositoryPullCount", dimensions)
        for moment in _minutes(hour, now, busy * _share(hour), chance):
            series.put(moment, Bucket.of(1.0))
            for call, count in CALLS_OF_A_PULL.items():
                calls[call, moment] += count
            if chance.random() < PULLS_WITH_A_TOKEN:
                calls["GetAuthorizationToken", moment] += 1


def _pushes(
    hour: datetime, now: datetime, chance: random.Random, calls: Counter
) -> None:
    working = hour.weekday() < 5 and 8 <= hour.hour < 18
    times = PUSHES_ON_A_WORKDAY / 10 if working else 0
    for moment in _minutes(hour, now, times, chance):
        for call, count in CALLS_OF_A_PUSH.items():
            calls[call, moment] += count


def _resources(
    account: str, region: str, now: datetime, pushed: dict[str, list[float]]
) -> None:
    """Count every five minutes, from push to push; deletions are not shown."""
    end = int(now.timestamp())
    begin = end - DAYS * DAY
    every = ecr_usage.RESOURCE_EVERY_SECONDS
    total = ecr_usage.of_repositories(account, region)
    total.spans.append(Span(every, begin // every * every, end, [float(len(pushed))]))
    for repository, ages in pushed.items():
        series = ecr_usage.of_images(account, region, repository)
        moments = [end - int(days * DAY) for days in ages]
        steps = sorted({begin, *(moment for moment in moments if moment > begin)})
        for start, until in zip(steps, [*steps[1:], end], strict=True):
            count = sum(moment <= start for moment in moments)
            first = -(-start // every) * every
            if count:
                series.spans.append(Span(every, first, until, [float(count)]))
