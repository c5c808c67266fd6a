"""What the emulator lacks is said with 501 and its name, in the caller's own format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_lib.local.gaps import Gap, Gaps
from platform_lib.local.server import LocalAws


def _refusal(action: Callable[..., Any], **arguments: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        action(**arguments)
    response = caught.value.response
    return (
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Code"],
        response["Error"].get("Message", ""),
    )


@pytest.mark.parametrize(
    ("service", "method", "arguments", "named"),
    [
        ("ec2", "describe_trunk_interface_associations", {}, "ec2:DescribeTrunkInterface"),
        ("rds", "describe_certificates", {}, "rds:DescribeCertificates"),
        ("kms", "describe_custom_key_stores", {}, "kms:DescribeCustomKeyStores"),
        ("eks", "describe_addon_versions", {}, "eks:"),
        ("access-analyzer", "list_findings", {"analyzerArn": "x"}, "access-analyzer:"),
        ("fis", "list_actions", {}, "fis:"),
    ],
)
def test_a_missing_action_is_501(
    client: Callable[[str], Any], service: str, method: str, arguments: Any, named: str
) -> None:
    """Query, JSON, REST, our own services and unknown ones: all answer 501 with their name."""
    name = "accessanalyzer" if service == "access-analyzer" else service

    status, code, message = _refusal(getattr(client(name), method), **arguments)

    assert (status, code) == (501, "NotImplemented")
    assert named in message


def test_an_exception_inside_moto_is_501(client: Callable[[str], Any]) -> None:
    """A crash is final as well: a 500 would make the provider retry for ten minutes."""
    status, code, message = _refusal(client("kms").revoke_grant, KeyId="none", GrantId="none")

    assert (status, code) == (501, "NotImplemented")
    assert message.endswith("kms:RevokeGrant: KeyError: 'none'")


def test_gaps_are_listed_and_counted(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """Each gap is one line with how often it was met."""
    for _ in range(2):
        _refusal(client("rds").describe_certificates)

    gaps = aws.unimplemented()

    assert [(gap.service, gap.action, gap.count) for gap in gaps] == [
        ("rds", "DescribeCertificates", 2)
    ]
    assert str(gaps[0]).startswith("rds:DescribeCertificates: ")
    assert str(gaps[0]).endswith(" (2 times)")


def test_what_is_not_found_stays_404(client: Callable[[str], Any]) -> None:
    """A resource that does not exist is AWS's own error and no gap."""
    status, code, _ = _refusal(client("eks").describe_cluster, name="none")

    assert (status, code) == (404, "ResourceNotFoundException")


def test_a_missing_object_stays_404(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """S3 answers HEAD without a body, which must not be taken for a missing route."""
    status, code, _ = _refusal(client("s3").head_bucket, Bucket="none-at-all")

    assert (status, code) == (404, "404")
    assert aws.unimplemented() == []


def test_gaps_sort_and_forget() -> None:
    """The list is stable, and clear empties it."""
    gaps = Gaps()
    gaps.record(Gap("s3", "B", "why"))
    gaps.record(Gap("ec2", "A", "why"))

    listed = [gap["service"] for gap in gaps.as_json()]
    gaps.clear()

    assert listed == ["ec2", "s3"]
    assert gaps.as_json() == []
