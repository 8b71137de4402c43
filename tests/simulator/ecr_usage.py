"""What ECR says of itself in CloudWatch: pulls, calls, how much there is.

ECR user guide, "Amazon ECR repository metrics" and "Amazon ECR usage metrics".
"""

import time

import world
from call import Call
from metrics_store import Bucket, Series

COUNTED_CALLS = {
    *("GetAuthorizationToken", "BatchCheckLayerAvailability", "InitiateLayerUpload"),
    *("UploadLayerPart", "CompleteLayerUpload", "PutImage", "BatchGetImage"),
    "GetDownloadUrlForLayer",
}
RESOURCE_EVERY_SECONDS = 300


def usage(kind: str, resource: str) -> dict[str, str]:
    """Return the dimensions of AWS/Usage; the class is as widely seen."""
    return {"Type": kind, "Resource": resource, "Service": "ECR", "Class": "None"}


def count_pull(call: Call, repository: str) -> None:
    """Add a pull to RepositoryPullCount."""
    dimensions = {"RepositoryName": repository}
    _count(call, "AWS/ECR", "RepositoryPullCount", dimensions)


def count_call(call: Call) -> None:
    """Add a call to CallCount, if it is one of the eight that count."""
    if call.action in COUNTED_CALLS:
        _count(call, "AWS/Usage", "CallCount", usage("API", call.action))


def _count(call: Call, space: str, name: str, dimensions: dict[str, str]) -> None:
    with call.account.lock:
        series = call.account.metrics[call.region].make(space, name, dimensions)
        series.put(time.time(), Bucket.of(1.0))


def count_resources(account: str, region: str) -> None:
    """Count repositories, and images of each, as of the last five minutes."""
    kept = world.account(account)
    repositories = list(kept.registries[region].repositories.values())
    moment = time.time() // RESOURCE_EVERY_SECONDS * RESOURCE_EVERY_SECONDS
    series = of_repositories(account, region)
    series.put(moment, Bucket.of(float(len(repositories))))
    for repository in repositories:
        series = of_images(account, region, repository.name)
        series.put(moment, Bucket.of(float(len(repository))))


def of_repositories(account: str, region: str) -> Series:
    metrics = world.account(account).metrics[region]
    dimensions = usage("RESOURCE", "RepositoryCount")
    return metrics.make("AWS/Usage", "ResourceCount", dimensions)


def of_images(account: str, region: str, repository: str) -> Series:
    metrics = world.account(account).metrics[region]
    dimensions = usage("RESOURCE", "ImagesPerRepositoryCount")
    dimensions["ResourceId"] = f"repository/{repository}"
    return metrics.make("AWS/Usage", "ResourceCount", dimensions)
