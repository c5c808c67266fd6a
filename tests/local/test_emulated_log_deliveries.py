"""Deliveries of CloudFront's logs are made in us-east-1, for what is there, and in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from platform_lib.local.server import LocalAws

BUCKET = "arn:aws:s3:::records"


def _client(aws: LocalAws, service: str, region: str) -> Any:
    make: Callable[..., Any] = boto3.client
    return make(
        service,
        endpoint_url=aws.endpoint,
        region_name=region,
        aws_access_key_id="emulated",
        aws_secret_access_key="emulated",
    )


@pytest.fixture
def logs(aws: LocalAws) -> Any:
    """Return the client of CloudFront's Region, in an account with a bucket."""
    _client(aws, "s3", "us-east-1").create_bucket(Bucket="records")
    return _client(aws, "logs", "us-east-1")


@pytest.fixture
def distribution(aws: LocalAws, logs: Any) -> str:
    """Return the ARN of a distribution."""
    del logs
    origin = {
        "Id": "media",
        "DomainName": "media.s3.eu-central-1.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }
    made = _client(aws, "cloudfront", "us-east-1").create_distribution(
        DistributionConfig={
            "CallerReference": "shop",
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "media",
                "ViewerProtocolPolicy": "https-only",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
            "Comment": "",
            "Enabled": True,
        }
    )
    return str(made["Distribution"]["ARN"])


def _source(logs: Any, arn: str) -> None:
    logs.put_delivery_source(name="shop", resourceArn=arn, logType="ACCESS_LOGS")


def _destination(logs: Any, arn: str = BUCKET) -> str:
    made = logs.put_delivery_destination(
        name="shop",
        outputFormat="json",
        deliveryDestinationConfiguration={"destinationResourceArn": arn},
    )
    return str(made["deliveryDestination"]["arn"])


def _deliver(logs: Any, arn: str, **other: Any) -> dict[str, Any]:
    _source(logs, arn)
    made: dict[str, Any] = logs.create_delivery(
        deliverySourceName="shop", deliveryDestinationArn=_destination(logs), **other
    )["delivery"]
    return made


def _refusal(action: Callable[..., Any], *given: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        action(*given, **arguments)
    return str(caught.value.response["Error"]["Code"])


def test_a_delivery_reads_back(logs: Any, distribution: str) -> None:
    """With its fields in their order, below CloudFront's own path."""
    made = _deliver(logs, distribution, recordFields=["time", "date"])

    found = logs.get_delivery(id=made["id"])["delivery"]
    assert found["recordFields"] == ["time", "date"]
    assert found["s3DeliveryConfiguration"] == {
        "suffixPath": "AWSLogs/{account-id}/CloudFront/",
        "enableHiveCompatiblePath": False,
    }


@pytest.mark.parametrize("given", ["{yyyy}/", "AWSLogs/{account-id}/CloudFront/{yyyy}/"])
def test_a_path_of_its_own_starts_with_cloudfronts(
    logs: Any, distribution: str, given: str
) -> None:
    """Which is put in front once."""
    made = _deliver(logs, distribution, s3DeliveryConfiguration={"suffixPath": given})

    path = made["s3DeliveryConfiguration"]["suffixPath"]
    assert path == "AWSLogs/{account-id}/CloudFront/{yyyy}/"


def test_refuses_fields_that_no_record_has(logs: Any, distribution: str) -> None:
    """A misspelt one would be missed for ever."""
    code = _refusal(_deliver, logs, distribution, recordFields=["date", "cs-cookie"])

    assert code == "ValidationException"


def test_refuses_what_is_not_there(logs: Any, distribution: str) -> None:
    """Neither a distribution nor a bucket is made by naming it."""
    assert _refusal(_source, logs, f"{distribution}X") == "ResourceNotFoundException"
    assert _refusal(_destination, logs, f"{BUCKET}-other") == "ValidationException"
    assert _destination(logs, f"{BUCKET}/prefix")


def test_refuses_another_region(aws: LocalAws, distribution: str) -> None:
    """CloudFront delivers from us-east-1."""
    german = _client(aws, "logs", "eu-central-1")

    assert _refusal(_source, german, distribution) == "ValidationException"


def test_what_a_delivery_uses_stays(logs: Any, distribution: str) -> None:
    """The delivery goes first."""
    made = _deliver(logs, distribution)

    for delete in (logs.delete_delivery_source, logs.delete_delivery_destination):
        assert _refusal(delete, name="shop") == "ConflictException"

    logs.delete_delivery(id=made["id"])
    logs.delete_delivery_source(name="shop")
    logs.delete_delivery_destination(name="shop")
    assert logs.describe_delivery_sources()["deliverySources"] == []
    assert logs.describe_delivery_destinations()["deliveryDestinations"] == []
