"""CloudTrail's operations on trails, in place of moto's.

moto has no shadow trails, takes any bucket policy and invents delivery
times. Here the home region, the shadows, the refusals and the absence of
news are AWS's.
"""

import json
from typing import Any

import moto.cloudtrail.urls
from moto.core.responses import BaseResponse

import identity
import lookup_events
import selector_rules
import trail_rules
import trails
import world
from trails import Trail, refuse

# CreateTrail's and UpdateTrail's parameters, and what DescribeTrails calls them.
SETTINGS = {
    "S3BucketName": "S3BucketName",
    "S3KeyPrefix": "S3KeyPrefix",
    "SnsTopicName": "SnsTopicName",
    "IncludeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail": "IsMultiRegionTrail",
    "EnableLogFileValidation": "LogFileValidationEnabled",
    "IsOrganizationTrail": "IsOrganizationTrail",
    "CloudWatchLogsLogGroupArn": "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "KmsKeyId": "KmsKeyId",
}
PAIR = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")
# DescribeTrails says these, CreateTrail and UpdateTrail do not.
ONLY_DESCRIBED = ("HomeRegion", "HasCustomEventSelectors", "HasInsightSelectors")
TAG_LIMIT = 50


class CloudTrail(BaseResponse):
    """Answers CloudTrail's JSON 1.1 calls; moto routes each to its method."""

    def __init__(self) -> None:
        super().__init__(service_name="cloudtrail")

    @property
    def given(self) -> dict[str, Any]:
        return json.loads(self.body or "{}")

    @property
    def account(self) -> world.Account:
        return world.account(self.current_account)

    def _named(self, parameter: str = "Name") -> str:
        name = self.given.get(parameter)
        if not name:
            refuse("TrailNotProvidedException", f"{parameter} is missing.")
        return name

    def _to_read(self, parameter: str = "Name") -> Trail:
        name = self._named(parameter)
        return trails.to_read(self.current_account, self.region, name)

    def _to_write(self, parameter: str = "Name") -> Trail:
        name, action = self._named(parameter), self._get_action()
        return trails.to_write(self.current_account, self.region, name, action)

    def _settings(self) -> dict[str, Any]:
        given = self.given
        return {
            shown: given[asked]
            for asked, shown in SETTINGS.items()
            if given.get(asked) is not None
        }

    # Making, changing and taking away.

    def create_trail(self) -> str:
        name, settings = self._named(), self._settings()
        trails.check_name(name)
        tags = _tags(self.given.get("TagsList"))
        arn = (
            f"{world.arn_prefix(self.region)}:cloudtrail:{self.region}:"
            f"{self.current_account}:trail/{name}"
        )
        trail = Trail(
            {"Name": name, "TrailARN": arn, "HomeRegion": self.region}, tags=tags
        )
        trail.set(settings)
        _check_flags(trail)
        with self.account.lock:
            trail_rules.check_room(
                self.current_account, self.region, name, trail.covers_every_region
            )
            trail_rules.check_destinations(trail)
            self.account.trails.append(trail)
        return _without(trail.description(), ONLY_DESCRIBED)

    def update_trail(self) -> str:
        trail, settings = self._to_write(), self._settings()
        changed = Trail(dict(trail.fields))
        changed.set(settings)
        if settings.get("SnsTopicName") == "":
            changed.fields.pop("SnsTopicARN", None)
        _check_flags(changed)
        _check_pair(settings)
        # A test may put a trail there whose bucket it never made.
        if not trail.injected or settings.keys() & {"S3BucketName", "KmsKeyId"}:
            trail_rules.check_destinations(changed)
        else:
            trail_rules.check_log_group(changed)
        trail.fields = changed.fields
        return _without(trail.description(), ONLY_DESCRIBED)

    def delete_trail(self) -> str:
        self.account.trails.remove(self._to_write())
        return "{}"

    def start_logging(self) -> str:
        self._to_write().status.start()
        return "{}"

    def stop_logging(self) -> str:
        self._to_write().status.stop()
        return "{}"

    def put_event_selectors(self) -> str:
        trail, given = self._to_write("TrailName"), self.given
        trail.selectors = selector_rules.checked(
            given.get("EventSelectors"), given.get("AdvancedEventSelectors")
        )
        return json.dumps({"TrailARN": trail.arn, **trail.selectors})

    # Reading.

    def describe_trails(self) -> str:
        wanted = self.given.get("trailNameList") or []
        shadows = self.given.get("includeShadowTrails", True)
        shown = [
            trail
            for trail in list(self.account.trails)
            if self._is_described(trail, wanted, shadows)
        ]
        return json.dumps({"trailList": [trail.description() for trail in shown]})

    def _is_described(self, trail: Trail, wanted: list[str], shadows: bool) -> bool:
        is_shadow = trail.is_shadow_in(self.current_account, self.region)
        if wanted:
            return trail.arn in wanted or (not is_shadow and trail.name in wanted)
        return trail.is_in(self.region) and (shadows or not is_shadow)

    def list_trails(self) -> str:
        listed = [
            {"Name": trail.name, "TrailARN": trail.arn, "HomeRegion": trail.home}
            for trail in list(self.account.trails)
        ]
        return json.dumps({"Trails": listed})

    def get_trail(self) -> str:
        return json.dumps({"Trail": self._to_read().description()})

    def get_trail_status(self) -> str:
        name = self._named()
        trail = trails.find(self.current_account, self.region, name)
        if trail is None:
            self._unknown_by_arn(name)
        if trail.status_error:
            self._denied(trail.status_error, trail)
        return json.dumps(trail.status.answer())

    def _unknown_by_arn(self, name: str) -> None:
        """Refuse as GetTrailStatus alone does: with the ARN it looked for."""
        if not name.startswith("arn:"):
            name = (
                f"{world.arn_prefix(self.region)}:cloudtrail:{self.region}:"
                f"{self.current_account}:trail/{name}"
            )
        trails.unknown(self.current_account, name)

    def get_event_selectors(self) -> str:
        trail = self._to_read("TrailName")
        if trail.selectors_error:
            self._denied(trail.selectors_error, trail)
        return json.dumps({"TrailARN": trail.arn, **trail.shown_selectors()})

    def get_insight_selectors(self) -> str:
        trail = self._to_read("TrailName")
        refuse(
            "InsightNotEnabledException",
            f"Trail {trail.name} does not have Insights enabled.",
        )

    def _denied(self, code: str, trail: Trail) -> None:
        caller = identity.user_arn(self.current_account, self.region)
        refuse(
            code,
            f"User: {caller} is not authorized to perform: "
            f"cloudtrail:{self._get_action()} on resource: {trail.arn}",
        )

    def lookup_events(self) -> str:
        return lookup_events.lookup(self.current_account, self.region, self.given)

    # Tags.

    def _tagged(self, arn: str) -> Trail:
        if not trails.ARN.fullmatch(arn or ""):
            refuse("CloudTrailARNInvalidException", f"{arn} is not a trail's ARN.")
        trail = trails.find(self.current_account, self.region, arn)
        if trail is None:
            refuse("ResourceNotFoundException", f"Resource {arn} does not exist.")
        return trail

    def add_tags(self) -> str:
        trail = self._tagged(self.given.get("ResourceId"))
        tags = {**trail.tags, **_tags(self.given.get("TagsList"))}
        _check_tag_count(tags)
        trail.tags = tags
        return "{}"

    def remove_tags(self) -> str:
        trail = self._tagged(self.given.get("ResourceId"))
        for tag in self.given.get("TagsList") or []:
            trail.tags.pop(tag["Key"], None)
        return "{}"

    def list_tags(self) -> str:
        listed = [
            {"ResourceId": arn, "TagsList": _tag_list(self._tagged(arn).tags)}
            for arn in self.given.get("ResourceIdList") or []
        ]
        return json.dumps({"ResourceTagList": listed})


def _check_flags(trail: Trail) -> None:
    everywhere = trail.covers_every_region
    if everywhere and trail.fields.get("IncludeGlobalServiceEvents") is False:
        refuse(
            "InvalidParameterCombinationException",
            "Multi-Region trail must include global service events.",
        )
    if trail.fields.get("IsOrganizationTrail") and not trail.injected:
        refuse(
            "OrganizationsNotInUseException",
            "The account is not in an organization.",
        )


def _check_pair(settings: dict[str, Any]) -> None:
    """A log group and its role are changed, and taken away, together."""
    group, role = (settings.get(name) for name in PAIR)
    if bool(group) and not role:
        refuse(
            "InvalidCloudWatchLogsRoleArnException",
            "You must specify a role ARN as well as a log group.",
        )
    if bool(role) and not group:
        refuse(
            "InvalidCloudWatchLogsLogGroupArnException",
            "You must specify a log group as well as a role ARN.",
        )


def _tags(listed: list[dict] | None) -> dict[str, str]:
    tags = {tag["Key"]: tag.get("Value", "") for tag in listed or []}
    _check_tag_count(tags)
    for key in tags:
        if key.startswith("aws:"):
            refuse("InvalidTagParameterException", f"The tag key {key} is reserved.")
    return tags


def _check_tag_count(tags: dict[str, str]) -> None:
    if len(tags) > TAG_LIMIT:
        refuse(
            "TagsLimitExceededException",
            f"A trail can have at most {TAG_LIMIT} tags.",
        )


def _tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _without(description: dict[str, Any], names: tuple[str, ...]) -> str:
    kept = {name: value for name, value in description.items() if name not in names}
    return json.dumps(kept)


def install() -> None:
    """Answer CloudTrail's calls here instead of in moto."""
    moto.cloudtrail.urls.url_paths = {"{0}/$": CloudTrail.dispatch}
