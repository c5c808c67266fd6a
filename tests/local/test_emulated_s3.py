"""S3: conditions of bucket policies are evaluated, so that "deny what is not TLS" denies nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.extensions.s3_bucket_policy import condition_holds


@pytest.fixture
def s3(client: Callable[[str], Any]) -> Any:
    """Return the S3 client."""
    return client("s3")


@pytest.fixture
def bucket(s3: Any) -> str:
    """Return a bucket with one object."""
    name = f"bucket-{secrets.token_hex(4)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.put_object(Bucket=name, Key="key", Body=b"content")
    return name


def _deny(s3: Any, bucket: str, condition: dict[str, Any]) -> None:
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": condition,
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def test_a_request_counts_as_tls(s3: Any, bucket: str) -> None:
    """The usual denial of plain HTTP does not apply."""
    _deny(s3, bucket, {"Bool": {"aws:SecureTransport": "false"}})

    answer = s3.get_object(Bucket=bucket, Key="key")
    assert answer["Body"].read() == b"content"


def test_a_condition_that_holds_denies(s3: Any, bucket: str, refused: Callable[..., str]) -> None:
    """Conditions are evaluated, not ignored (moto denies by status, without an error document)."""
    _deny(s3, bucket, {"Bool": {"aws:SecureTransport": "true"}})

    assert refused(s3.get_object, Bucket=bucket, Key="key") == "403"


def test_a_denial_without_conditions_denies(
    s3: Any, bucket: str, refused: Callable[..., str]
) -> None:
    """The rest of the policy is moto's."""
    _deny(s3, bucket, {})

    assert refused(s3.get_object, Bucket=bucket, Key="key") == "403"


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, True),
        ({"Bool": {"AWS:securetransport": ["false", "true"]}}, True),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringNotEquals": {"aws:SecureTransport": "true"}}, False),
        ({"Null": {"aws:PrincipalOrgID": "true"}}, True),
        ({"Null": {"aws:SecureTransport": "true"}}, False),
        ({"StringLike": {"aws:SecureTransport": "t*"}}, True),
        (
            {
                "Bool": {"aws:SecureTransport": "true"},
                "ArnLike": {"aws:SourceArn": "arn:aws:logs:*"},
            },
            False,
        ),
    ],
)
def test_conditions_hold_as_documented(condition: dict[str, Any], holds: bool) -> None:  # noqa: FBT001
    """All operators and keys have to hold, any of several values is enough, a missing key differs."""
    assert condition_holds(condition) is holds


def test_an_unknown_operator_is_a_gap() -> None:
    """It is said, not guessed."""
    with pytest.raises(NotImplementedError, match="DateLessThan"):
        condition_holds({"DateLessThan": {"aws:SecureTransport": "2026-01-01"}})
