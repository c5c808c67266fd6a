"""Flow logs: destinations with a prefix, options and log groups by ARN read back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def ec2(client: Callable[[str], Any]) -> Any:
    """Return the EC2 client."""
    return client("ec2")


@pytest.fixture
def bucket(client: Callable[[str], Any]) -> str:
    """Return a bucket."""
    name = f"flow-{secrets.token_hex(4)}"
    client("s3").create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    return name


def _to_s3(vpc: str, destination: str, **more: Any) -> dict[str, Any]:
    return {
        "ResourceIds": [vpc],
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogDestinationType": "s3",
        "LogDestination": destination,
        **more,
    }


def _read(ec2: Any, made: Any) -> Any:
    return ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"][0]


def test_a_prefix_is_part_of_the_destination(ec2: Any, vpc: str, bucket: str) -> None:
    """The bucket is found, and the destination reads back whole."""
    destination = f"arn:aws:s3:::{bucket}/network/dev/"

    made = ec2.create_flow_logs(**_to_s3(vpc, destination))

    assert _read(ec2, made)["LogDestination"] == destination


def test_destination_options_read_back(ec2: Any, vpc: str, bucket: str) -> None:
    """What is not given has AWS's default."""
    made = ec2.create_flow_logs(
        **_to_s3(vpc, f"arn:aws:s3:::{bucket}", DestinationOptions={"FileFormat": "parquet"})
    )

    assert _read(ec2, made)["DestinationOptions"] == {
        "FileFormat": "parquet",
        "HiveCompatiblePartitions": False,
        "PerHourPartition": False,
    }


def test_two_prefixes_are_two_destinations(
    ec2: Any, vpc: str, bucket: str, refused: Callable[..., str]
) -> None:
    """The same prefix twice is refused, another one is not."""
    ec2.create_flow_logs(**_to_s3(vpc, f"arn:aws:s3:::{bucket}/a/"))
    ec2.create_flow_logs(**_to_s3(vpc, f"arn:aws:s3:::{bucket}/b/"))

    code = refused(ec2.create_flow_logs, **_to_s3(vpc, f"arn:aws:s3:::{bucket}/a/"))

    assert code == "FlowLogAlreadyExists"


def test_a_missing_bucket_is_unsuccessful(ec2: Any, vpc: str) -> None:
    """AWS reports it per resource, with status 200."""
    made = ec2.create_flow_logs(**_to_s3(vpc, "arn:aws:s3:::none-at-all/prefix/"))

    assert made["FlowLogIds"] == []
    assert made["Unsuccessful"][0]["ResourceId"] == vpc
    assert "none-at-all does not exist" in made["Unsuccessful"][0]["Error"]["Message"]


@pytest.mark.parametrize("destination", ["nonsense", "arn:aws:s3:::{bucket}/AWSLogs/"])
def test_refuses_destinations_that_aws_refuses(
    ec2: Any, vpc: str, bucket: str, refused: Callable[..., str], destination: str
) -> None:
    """What is no ARN, and the folder that AWS reserves."""
    given = _to_s3(vpc, destination.format(bucket=bucket))

    assert refused(ec2.create_flow_logs, **given) == "InvalidParameter"


def _to_logs(vpc: str, group: str, **more: Any) -> dict[str, Any]:
    return {
        "ResourceIds": [vpc],
        "ResourceType": "VPC",
        "TrafficType": "ALL",
        "LogDestinationType": "cloud-watch-logs",
        "LogDestination": f"arn:aws:logs:eu-central-1:210987654321:log-group:{group}",
        "DeliverLogsPermissionArn": "arn:aws:iam::210987654321:role/flow",
        **more,
    }


def test_a_log_group_is_found_by_its_arn(ec2: Any, client: Callable[[str], Any], vpc: str) -> None:
    """Delivery succeeds when the group exists."""
    name = f"/flow/{secrets.token_hex(4)}"
    client("logs").create_log_group(logGroupName=name)

    found = _read(ec2, ec2.create_flow_logs(**_to_logs(vpc, name)))

    assert (found["LogGroupName"], found["DeliverLogsStatus"]) == (name, "SUCCESS")


def test_a_missing_log_group_fails_delivery(ec2: Any, vpc: str) -> None:
    """AWS makes the flow log and reports the failed delivery."""
    found = _read(ec2, ec2.create_flow_logs(**_to_logs(vpc, "/none")))

    assert found["DeliverLogsStatus"] == "FAILED"


def test_refuses_options_without_s3(ec2: Any, vpc: str, refused: Callable[..., str]) -> None:
    """Destination options belong to S3."""
    given = _to_logs(vpc, "/none", DestinationOptions={"FileFormat": "parquet"})

    assert refused(ec2.create_flow_logs, **given) == "InvalidParameter"
