"""Who calls: STS's answer, and the caller in recorded events.

The account is the one named by the header `x-moto-account-id`, the partition
that of the region the call is signed for.
"""

from typing import Any

from moto.core.responses import ActionResult, BaseResponse
from moto.sts.responses import TokenResponse

import world

USER_NAME = "operator"
USER_ID = "AIDASIMULATEDOPERATOR"


def user_arn(account: str, region: str) -> str:
    """Return the ARN of the one user every account has."""
    return f"{world.arn_prefix(region)}:iam::{account}:user/{USER_NAME}"


def of_caller(call: BaseResponse) -> dict[str, Any]:
    """Return the userIdentity of a recorded call."""
    return {
        "type": "IAMUser",
        "principalId": USER_ID,
        "arn": user_arn(call.current_account, call.region),
        "accountId": call.current_account,
        "accessKeyId": getattr(call, "access_key", ""),
        "userName": USER_NAME,
    }


def install() -> None:
    """Make GetCallerIdentity name the user, unless a role was assumed."""
    answer = TokenResponse.get_caller_identity

    def get_caller_identity(self: TokenResponse) -> ActionResult:
        key = self.get_access_key()
        if self.backend.get_assumed_role_from_access_key(key):
            return answer(self)
        return ActionResult(
            {
                "UserId": USER_ID,
                "Account": self.current_account,
                "Arn": user_arn(self.current_account, self.region),
            }
        )

    TokenResponse.get_caller_identity = get_caller_identity
