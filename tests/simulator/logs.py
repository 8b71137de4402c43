"""CloudWatch Logs where AWS checks more, or answers more, than moto."""

import itertools
import re
from datetime import datetime, timedelta
from typing import Any

from moto.kms.models import kms_backends
from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogEvent, LogGroup, LogsBackend, logs_backends
from moto.logs.responses import LogsResponse

GROUP_NAME = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
# PutRetentionPolicy takes these numbers of days and no other.
RETENTION_DAYS = {
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
}
CLASSES = {"STANDARD", "INFREQUENT_ACCESS", "DELIVERY"}


def _check_name(name: str | None) -> None:
    if not name or not GROUP_NAME.fullmatch(name):
        raise InvalidParameterException(
            constraint="Member must satisfy regular expression pattern: "
            r"[\.\-_/#A-Za-z0-9]+",
            parameter="logGroupName",
            value=name,
        )
    if name.startswith("aws/"):
        raise InvalidParameterException("Log groups starting with aws/ are reserved.")


def _check_key(backend: LogsBackend, key: str | None) -> None:
    """Require the key, named by its ARN, to exist; its policy is not looked at."""
    if not key:
        return
    keys = kms_backends[backend.account_id][backend.region_name].keys
    if key not in [known.arn for known in keys.values()]:
        raise InvalidParameterException("The specified KMS Key Id could not be found.")


def _check_creation() -> None:
    create, delete = LogsBackend.create_log_group, LogsBackend.delete_log_group

    def create_log_group(
        self: LogsBackend, log_group_name: str, tags: dict[str, str], **given: Any
    ) -> LogGroup:
        _check_name(log_group_name)
        _check_key(self, given.get("kmsKeyId"))
        return create(self, log_group_name, tags, **given)

    def delete_log_group(self: LogsBackend, log_group_name: str) -> None:
        """moto would keep the tags for the next group of that name."""
        group = self.groups.get(log_group_name)
        delete(self, log_group_name)
        self.tagger.delete_all_tags_for_resource(group.arn)

    def respond(self: LogsResponse) -> str:
        group_class = self._get_param("logGroupClass", "STANDARD")
        if group_class not in CLASSES:
            raise InvalidParameterException(
                constraint=f"Member must satisfy enum value set: {sorted(CLASSES)}",
                parameter="logGroupClass",
                value=group_class,
            )
        group = self.logs_backend.create_log_group(
            self._get_param("logGroupName"),
            self._get_param("tags") or {},
            kmsKeyId=self._get_param("kmsKeyId"),
        )
        group.log_group_class = group_class
        return ""

    LogsBackend.create_log_group = create_log_group
    LogsBackend.delete_log_group = delete_log_group
    LogsResponse.create_log_group = respond


def _check_retention() -> None:
    put = LogsBackend.put_retention_policy

    def put_retention_policy(
        self: LogsBackend, log_group_name: str, retention_in_days: int
    ) -> None:
        if retention_in_days not in RETENTION_DAYS:
            allowed = ", ".join(str(days) for days in sorted(RETENTION_DAYS))
            raise InvalidParameterException(
                constraint=f"Member must satisfy enum value set: [{allowed}]",
                parameter="retentionInDays",
                value=retention_in_days,
            )
        put(self, log_group_name, retention_in_days)

    LogsBackend.put_retention_policy = put_retention_policy


def _describe_class() -> None:
    describe = LogGroup.to_describe_dict

    def to_describe_dict(self: LogGroup) -> dict[str, Any]:
        group_class = getattr(self, "log_group_class", "STANDARD")
        return {**describe(self), "logGroupClass": group_class}

    LogGroup.to_describe_dict = to_describe_dict


def _answer_keys() -> None:
    """moto has neither AssociateKmsKey nor DisassociateKmsKey."""

    def group(self: LogsResponse) -> LogGroup:
        named = self._get_param("logGroupName")
        groups = self.logs_backend.groups
        if named is None:
            identifier = self._get_param("resourceIdentifier") or ""
            named = identifier.partition(":log-group:")[2].removesuffix(":*")
        if named not in groups:
            raise ResourceNotFoundException
        return groups[named]

    def associate_kms_key(self: LogsResponse) -> str:
        found, key = group(self), self._get_param("kmsKeyId")
        _check_key(self.logs_backend, key)
        found.kms_key_id = key
        return ""

    def disassociate_kms_key(self: LogsResponse) -> str:
        group(self).kms_key_id = None
        return ""

    LogsResponse.associate_kms_key = associate_kms_key
    LogsResponse.disassociate_kms_key = disassociate_kms_key


def _check_tagged() -> None:
    """The tag calls take the group's ARN without `:*`, and no other."""

    def checked(name: str) -> Any:
        act = getattr(LogsBackend, name)

        def on_resource(self: LogsBackend, arn: str, *rest: Any) -> Any:
            if ":log-group:" in arn and arn.endswith(":*"):
                raise InvalidParameterException("Invalid resourceArn.")
            known = (group.arn for group in self.groups.values())
            if ":log-group:" in arn and arn not in known:
                raise ResourceNotFoundException
            return act(self, arn, *rest)

        return on_resource

    for name in ("tag_resource", "untag_resource", "list_tags_for_resource"):
        setattr(LogsBackend, name, checked(name))


def _number_events() -> None:
    """moto's threads could give two events one number."""
    make, numbers = LogEvent.__init__, itertools.count(1)

    def init(self: LogEvent, ingestion_time: int, log_event: dict[str, Any]) -> None:
        make(self, ingestion_time, log_event)
        self.event_id = next(numbers)

    LogEvent.__init__ = init


def set_log_group(given: dict[str, Any]) -> dict[str, Any]:
    """`{account, region, name, created}`: when a group was made, in seconds since 1970."""
    group = logs_backends[given["account"]][given["region"]].groups[given["name"]]
    group.creation_time = datetime(1970, 1, 1) + timedelta(seconds=given["created"])
    return {"created": given["created"]}


ROUTES = {("POST", "log-group"): set_log_group}


def install() -> None:
    """Bring moto's Logs nearer to AWS's."""
    _check_creation()
    _check_retention()
    _describe_class()
    _answer_keys()
    _check_tagged()
    _number_events()
