"""CloudWatch dashboards: one set per account, the same from every region.

moto keeps them per region and takes any JSON as a body.
"""

import json
import time
from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, EmptyResult

import dashboard_body
import world

PAGE = 1000
DELETE_LIMIT = 100


class DashboardNotFoundError(ServiceException):
    """CloudWatch's shape of that name; its query code is ResourceNotFound."""

    code = "DashboardNotFoundError"

    def __init__(self, name: str) -> None:
        super().__init__(f"Dashboard {name} does not exist")


class DashboardInvalidInputError(ServiceException):
    """CloudWatch's shape of that name; its query code is InvalidParameterInput."""

    code = "DashboardInvalidInputError"

    def __init__(self, message: str, problems: list[dict[str, str]]) -> None:
        super().__init__(message)
        self.dashboardValidationMessages = problems


class InvalidParameterValue(ServiceException):
    code = "InvalidParameterValue"


def _kept(call: CloudWatchResponse) -> dict[str, world.Dashboard]:
    return world.account(call.current_account).dashboards


def _arn(call: CloudWatchResponse, name: str) -> str:
    prefix = world.arn_prefix(call.region)
    return f"{prefix}:cloudwatch::{call.current_account}:dashboard/{name}"


def put_dashboard(call: CloudWatchResponse) -> ActionResult:
    name, body = call._get_param("DashboardName"), call._get_param("DashboardBody")
    if not dashboard_body.NAME.fullmatch(name or ""):
        message = f"The value {name} for field DashboardName is invalid."
        raise DashboardInvalidInputError(message, [])
    kept = world.account(call.current_account)
    problems = dashboard_body.problems(body or "")
    if kept.dashboard_refusals:
        problems = problems or kept.dashboard_warnings
    if problems:
        listed = [
            {"dataPath": problem["DataPath"], "message": problem["Message"]}
            for problem in problems
        ]
        raise DashboardInvalidInputError(
            f"The dashboard body is invalid, there are {len(problems)} "
            f"validation errors:\n{json.dumps(listed, separators=(',', ':'))}",
            problems,
        )
    _kept(call)[name] = world.Dashboard(body, time.time())
    return ActionResult({"DashboardValidationMessages": kept.dashboard_warnings})


def put_warnings(given: dict[str, Any]) -> dict[str, Any]:
    """Keep `{account, messages: [{DataPath, Message}], refuse?}` for each put."""
    kept = world.account(given["account"])
    kept.dashboard_warnings = given["messages"]
    kept.dashboard_refusals = given.get("refuse", False)
    return {"messages": len(kept.dashboard_warnings)}


ROUTES = {("POST", "dashboard-warnings"): put_warnings}


def get_dashboard(call: CloudWatchResponse) -> ActionResult:
    name = call._get_param("DashboardName")
    found = _kept(call).get(name)
    if found is None:
        raise DashboardNotFoundError(name)
    return ActionResult(
        {
            "DashboardArn": _arn(call, name),
            "DashboardBody": found.body,
            "DashboardName": name,
        }
    )


def list_dashboards(call: CloudWatchResponse) -> ActionResult:
    prefix = call._get_param("DashboardNamePrefix") or ""
    names = sorted(name for name in _kept(call) if name.startswith(prefix))
    after = call._get_param("NextToken")
    if after:
        names = [name for name in names if name > after]
    page = names[:PAGE]
    entries = [
        {
            "DashboardName": name,
            "DashboardArn": _arn(call, name),
            "LastModified": _kept(call)[name].modified,
            "Size": len(_kept(call)[name].body.encode()),
        }
        for name in page
    ]
    token = page[-1] if len(names) > PAGE else None
    return ActionResult({"DashboardEntries": entries, "NextToken": token})


def delete_dashboards(call: CloudWatchResponse) -> ActionResult:
    """Delete all that are named, or none if one of them is not there."""
    names = call._get_param("DashboardNames") or []
    if not 1 <= len(names) <= DELETE_LIMIT:
        message = f"Name between 1 and {DELETE_LIMIT} dashboards."
        raise InvalidParameterValue(message)
    for name in names:
        if name not in _kept(call):
            raise DashboardNotFoundError(name)
    for name in names:
        del _kept(call)[name]
    return EmptyResult()


def install() -> None:
    """Answer the four dashboard calls here instead of in moto."""
    for operation in (put_dashboard, get_dashboard, list_dashboards, delete_dashboards):
        setattr(CloudWatchResponse, operation.__name__, operation)
