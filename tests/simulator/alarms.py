"""Alarms where moto differs: no pages, one filter at a time, OK from the start."""

import base64
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult

DEFAULT_PAGE, LARGEST_PAGE = 50, 100
NAMES_AT_ONCE = 100
KINDS = {"MetricAlarm": "MetricAlarms", "CompositeAlarm": "CompositeAlarms"}


class InvalidNextToken(ServiceException):
    code = "InvalidNextToken"
    message = "Invalid NextToken."


class ValidationError(ServiceException):
    code = "ValidationError"


def describe_alarms(call: CloudWatchResponse) -> ActionResult:
    """Describe metric alarms, and composite ones only if asked for, by name."""
    size = call._get_param("MaxRecords") or DEFAULT_PAGE
    names = call._get_param("AlarmNames") or []
    if not 1 <= int(size) <= LARGEST_PAGE or len(names) > NAMES_AT_ONCE:
        raise ValidationError(
            f"MaxRecords is 1 to {LARGEST_PAGE}, AlarmNames at most {NAMES_AT_ONCE}."
        )
    if names and call._get_param("AlarmNamePrefix"):
        raise ValidationError(
            "AlarmNames and AlarmNamePrefix cannot be used at the same time."
        )
    after = _after(call._get_param("NextToken"))
    known = sorted(
        call.cloudwatch_backend.describe_alarms(), key=lambda alarm: alarm.name
    )
    found = [alarm for alarm in known if alarm.name > after and _is_asked(call, alarm)]
    page = found[: int(size)]
    answer: dict[str, Any] = {kind: [] for kind in KINDS.values()}
    for alarm in page:
        answer[KINDS[_kind(alarm)]].append(alarm)
    if len(found) > len(page):
        answer["NextToken"] = base64.b64encode(page[-1].name.encode()).decode()
    return ActionResult(answer)


def _kind(alarm: Any) -> str:
    return "MetricAlarm" if alarm.rule is None else "CompositeAlarm"


def _is_asked(call: CloudWatchResponse, alarm: Any) -> bool:
    names = call._get_param("AlarmNames") or []
    kinds = call._get_param("AlarmTypes") or ["MetricAlarm"]
    action = call._get_param("ActionPrefix")
    actions = [*alarm.alarm_actions, *alarm.ok_actions]
    actions += alarm.insufficient_data_actions
    return (
        _kind(alarm) in kinds
        and (not names or alarm.name in names)
        and alarm.name.startswith(call._get_param("AlarmNamePrefix") or "")
        and call._get_param("StateValue") in (None, alarm.state_value)
        and (not action or any(each.startswith(action) for each in actions))
    )


def _after(token: str | None) -> str:
    if not token:
        return ""
    try:
        return base64.b64decode(token, validate=True).decode()
    except ValueError as error:
        raise InvalidNextToken from error


def _begin_without_data() -> None:
    """A new alarm has not looked at anything; one that is put again stays."""
    put = CloudWatchBackend.put_metric_alarm

    def put_metric_alarm(self: CloudWatchBackend, *given: Any, **more: Any) -> Any:
        name = more["name"]
        before = self.alarms.get(name)
        alarm = put(self, *given, **more)
        alarm.state_value = before.state_value if before else "INSUFFICIENT_DATA"
        return alarm

    CloudWatchBackend.put_metric_alarm = put_metric_alarm


def install() -> None:
    """Answer DescribeAlarms here instead of in moto."""
    CloudWatchResponse.describe_alarms = describe_alarms
    _begin_without_data()
