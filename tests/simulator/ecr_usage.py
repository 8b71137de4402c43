"""What ECR counts of itself in CloudWatch: pulls and calls."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecr_call import Call


def count_pull(call: "Call", repository: str) -> None:
    """Add a pull to AWS/ECR's RepositoryPullCount."""
