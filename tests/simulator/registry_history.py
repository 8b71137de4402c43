"""The sandbox's event history: a working morning of a small company.

Records have the shape that CloudTrail gives ECR's calls.
"""

import itertools
from datetime import datetime, timedelta
from typing import Any

import lookup_events
import world

OTHER_ACCOUNT = "999988887777"
VIA_ECR = "AWS Internal"
PUSH = (
    "GetAuthorizationToken",
    "BatchCheckLayerAvailability",
    "InitiateLayerUpload",
    "UploadLayerPart",
    "CompleteLayerUpload",
)
PUBLIC_POLICY = (
    '{"Version":"2012-10-17","Statement":[{"Sid":"pull","Effect":"Allow",'
    '"Principal":"*","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}]}'
)


class History:
    """Writes records of one account and region, minutes before now."""

    def __init__(self, account: str, region: str, now: datetime) -> None:
        self.account, self.region, self.now = account, region, now
        self.numbers = itertools.count(1)

    def user(self, name: str) -> dict[str, Any]:
        return {
            "type": "IAMUser",
            "principalId": f"AIDA{name.upper():0>16}",
            "arn": f"{world.arn_prefix(self.region)}:iam::{self.account}:user/{name}",
            "accountId": self.account,
            "accessKeyId": f"AKIA{name.upper():0>16}",
            "userName": name,
        }

    def session(self, role: str, name: str) -> dict[str, Any]:
        prefix = world.arn_prefix(self.region)
        identifier = f"AROA{role.upper().replace('-', ''):0>17}"
        return {
            "type": "AssumedRole",
            "principalId": f"{identifier}:{name}",
            "arn": f"{prefix}:sts::{self.account}:assumed-role/{role}/{name}",
            "accountId": self.account,
            "accessKeyId": f"ASIA{role.upper().replace('-', ''):0>16}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": identifier,
                    "arn": f"{prefix}:iam::{self.account}:role/{role}",
                    "accountId": self.account,
                    "userName": role,
                },
                "attributes": {
                    "mfaAuthenticated": "false",
                    "creationDate": self._time(360),
                },
            },
        }

    def _time(self, minutes_ago: float) -> str:
        moment = self.now - timedelta(minutes=minutes_ago)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    def write(
        self,
        minutes_ago: float,
        name: str,
        who: dict[str, Any],
        repository: str | None = None,
        asked: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Store one record; a call on a repository names it as its resource."""
        number = next(self.numbers)
        record: dict[str, Any] = {
            "userIdentity": who,
            "eventTime": self._time(minutes_ago),
            "eventSource": "ecr.amazonaws.com",
            "eventName": name,
            "sourceIPAddress": VIA_ECR,
            "userAgent": VIA_ECR,
            "requestParameters": asked,
            "responseElements": None,
            "requestID": f"00000000-0000-4000-9000-{number:012}",
            "eventID": f"00000000-0000-4000-8000-{number:012}",
            **more,
        }
        if repository:
            record["requestParameters"] = {
                "registryId": self.account,
                "repositoryName": repository,
                **(asked or {}),
            }
            record["resources"] = [self._resource(repository)]
        lookup_events.store(self.account, self.region, record)

    def _resource(self, repository: str) -> dict[str, str]:
        prefix = f"{world.arn_prefix(self.region)}:ecr:{self.region}:{self.account}"
        return {
            "ARN": f"{prefix}:repository/{repository}",
            "accountId": self.account,
            "type": "AWS::ECR::Repository",
        }

    def push(
        self, ago: float, who: dict, repository: str, tag: str, digest: str
    ) -> None:
        """An image arrives: its layers first, the manifest last."""
        for step, name in enumerate(PUSH):
            named = None if name == "GetAuthorizationToken" else repository
            self.write(ago + (len(PUSH) - step) * 0.1, name, who, named)
        image = {"imageDigest": digest, "imageTag": tag}
        self.write(
            ago,
            "PutImage",
            who,
            repository,
            {"imageTag": tag, "imageManifest": "{}"},
            responseElements={
                "image": {
                    "registryId": self.account,
                    "repositoryName": repository,
                    "imageId": image,
                }
            },
        )

    def pull(
        self, ago: float, who: dict, repository: str, tag: str, digest: str
    ) -> None:
        """An image leaves: the manifest first, then a layer not cached."""
        self.write(ago + 0.1, "GetAuthorizationToken", who)
        wanted = {"imageIds": [{"imageTag": tag}]}
        self.write(ago, "BatchGetImage", who, repository, wanted)
        layer = {"layerDigest": digest}
        self.write(ago - 0.05, "GetDownloadUrlForLayer", who, repository, layer)


def seed(account: str, region: str, now: datetime, digest: str) -> None:
    """Write the history of the last hours."""
    past = History(account, region, now)
    build = past.session("ci", "build-812")
    node = past.session("eks-node", "i-0ab12cd34ef567890")
    admin = past.session("Admin", "bob")
    anna = past.user("anna")

    past.push(310, past.session("ci", "build-811"), "team-a/worker", "v0.9.0", digest)
    for ago in (300, 240, 180, 118, 60, 20):
        past.pull(ago, node, "team-a/worker", "v0.9.0", digest)
    past.push(115, build, "team-a/api", "v1.4.2", digest)
    for ago in (112, 111, 109, 45, 12):
        past.pull(ago, node, "team-a/api", "v1.4.2", digest)
    past.pull(95, anna, "payments/ledger", "latest", digest)
    _delete(past, 90, anna)
    _deny(past, 75)
    _open(past, 31, admin)


def _delete(past: History, ago: float, who: dict) -> None:
    image = {"imageTag": "v0.8.6"}
    past.write(
        ago,
        "BatchDeleteImage",
        who,
        "team-a/worker",
        {"imageIds": [image]},
        responseElements={"imageIds": [image], "failures": []},
        sourceIPAddress="203.0.113.12",
        userAgent="aws-cli/2.34.30",
    )


def _deny(past: History, ago: float) -> None:
    """Another account asks for what it may not have."""
    stranger = {
        "type": "AWSAccount",
        "principalId": f"AIDASTRANGER:{OTHER_ACCOUNT}",
        "accountId": OTHER_ACCOUNT,
    }
    past.write(
        ago,
        "BatchGetImage",
        stranger,
        "payments/ledger",
        {"imageIds": [{"imageTag": "latest"}]},
        errorCode="AccessDenied",
        errorMessage=f"User: {OTHER_ACCOUNT} is not authorized to perform: "
        "ecr:BatchGetImage on resource: payments/ledger",
    )


def _open(past: History, ago: float, who: dict) -> None:
    """A policy change that makes a repository public."""
    past.write(
        ago,
        "SetRepositoryPolicy",
        who,
        "platform/base",
        {"policyText": PUBLIC_POLICY, "force": False},
        responseElements={"repositoryName": "platform/base"},
        sourceIPAddress="203.0.113.40",
        userAgent="console.amazonaws.com",
    )
