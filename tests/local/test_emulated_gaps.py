"""What the emulator lacks is said with 501 and its name, in the caller's own format."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import pytest
from botocore.exceptions import ClientError
from werkzeug.wrappers import Response

from platform_lib.local.application import failure_of
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


def test_a_service_that_moto_lacks_is_named(client: Callable[[str], Any]) -> None:
    """The reason says so, instead of a crash."""
    _, _, message = _refusal(client("grafana").list_workspaces)

    assert message.endswith("grafana:GET /workspaces: moto does not have the service")


def test_is_no_proxy_for_the_internet(aws: LocalAws) -> None:
    """HTTP_PROXY leads here, but what is not AWS is refused and listed."""
    connection = HTTPConnection("127.0.0.1", aws.port, timeout=10)
    connection.request("GET", "http://example.com/secret")
    answer = connection.getresponse()
    answer.read()
    connection.close()

    assert answer.status == 501
    assert [str(gap) for gap in aws.unimplemented()] == ["proxy:example.com: it is not part of AWS"]


def test_takes_hosts_with_an_account_before_them(aws: LocalAws) -> None:
    """S3 Control puts the account before the host, which only a proxy can serve."""
    connection = HTTPConnection("127.0.0.1", aws.port, timeout=10)
    connection.request(
        "GET",
        f"http://210987654321.127.0.0.1:{aws.port}/v20180820/configuration/publicAccessBlock",
        headers={
            "x-amz-account-id": "210987654321",
            "Authorization": "AWS4-HMAC-SHA256 Credential=emulated/20260101/eu-central-1/s3/"
            "aws4_request, SignedHeaders=host, Signature=0",
        },
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()

    assert answer.status == 404
    assert b"NoSuchPublicAccessBlockConfiguration" in body


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


@pytest.mark.parametrize(
    ("status", "body", "service", "method", "expected"),
    [
        (200, "", "eks", "GET", None),
        (404, "<!doctype html><p>not found", "eks", "GET", "moto has no route for it"),
        (404, "", "eks", "GET", "moto has no route for it"),
        (405, "", "eks", "PUT", "moto has no route for it"),
        (404, '{"message": "No cluster found"}', "eks", "GET", None),
        (404, "", "eks", "HEAD", None),
        (404, "", "s3", "GET", None),
        (500, "", "s3", "GET", "moto answered 500 INTERNAL SERVER ERROR"),
        (503, "{}", "eks", "GET", "moto answered 503 SERVICE UNAVAILABLE"),
    ],
)
def test_moto_s_failures_are_told_from_aws_answers(
    status: int, body: str, service: str, method: str, expected: str | None
) -> None:
    """Pages, empty answers and 5xx are moto's; documents and S3's bare 404 are AWS's."""
    assert failure_of(Response(body, status=status), service, method) == expected


def test_gaps_sort_and_forget() -> None:
    """The list is stable, and clear empties it."""
    gaps = Gaps()
    gaps.record(Gap("s3", "B", "why"))
    gaps.record(Gap("ec2", "A", "why"))

    listed = [gap["service"] for gap in gaps.as_json()]
    gaps.clear()

    assert listed == ["ec2", "s3"]
    assert gaps.as_json() == []
