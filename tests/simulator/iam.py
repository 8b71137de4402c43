"""IAM where AWS checks more than moto."""

from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import IAMBackend, Role
from moto.iam.policy_validation import IAMTrustPolicyDocumentValidator


def install() -> None:
    """Check trust policies at creation, and name what is missing as AWS does."""
    create = IAMBackend.create_role

    def create_role(
        self: IAMBackend, role_name: str, trust: str, *rest: Any, **given: Any
    ) -> Role:
        IAMTrustPolicyDocumentValidator(trust).validate()
        return create(self, role_name, trust, *rest, **given)

    def get_role(self: IAMBackend, role_name: str) -> Role:
        for role in list(self.get_roles()):
            if role.name == role_name:
                return role
        raise NotFoundException(f"The role with name {role_name} cannot be found.")

    def get_role_policy(
        self: IAMBackend, role_name: str, policy_name: str
    ) -> tuple[str, str]:
        policies = self.get_role(role_name).policies
        if policy_name in policies:
            return policy_name, policies[policy_name]
        raise NotFoundException(
            f"The role policy with name {policy_name} cannot be found."
        )

    IAMBackend.create_role = create_role
    IAMBackend.get_role = get_role
    IAMBackend.get_role_policy = get_role_policy
