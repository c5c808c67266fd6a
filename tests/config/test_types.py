"""Annotated scalars: what each accepts, and the sentence with which it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from platform_lib.types import (
    CLOUDWATCH_RETENTION_DAYS,
    AccountId,
    BucketName,
    LogRetentionDays,
    Region,
    RoleArn,
    Slug,
    matching,
)

SLUG = "a name here; use lower-case letters, digits and single hyphens, starting with a letter"
ACCOUNT = "an AWS account id; write its 12 digits as a string"
REGION = "an AWS Region; write it as in 'us-east-1'"
ROLE = "the ARN of an IAM role; write it as 'arn:aws:iam::<account>:role/<name>'"
BUCKET = "an S3 bucket name here; use 3 to 63 lower-case letters, digits and hyphens"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Slug, "a"),
        (Slug, "checkout-prod-2"),
        (Slug, "a" * 30),
        (AccountId, "012345678901"),
        (Region, "us-east-1"),
        (Region, "us-gov-west-1"),
        (Region, "ap-southeast-2"),
        (RoleArn, "arn:aws:iam::111111111111:role/admin"),
        (RoleArn, "arn:aws-us-gov:iam::111111111111:role/path/to/a+b=c,d.e@f-g_h"),
        (BucketName, "abc"),
        (BucketName, "0" * 63),
        (LogRetentionDays, 90),
    ],
)
def test_accepts(kind: Any, value: object) -> None:
    """A value in the right form stays as it is."""
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize(
    ("kind", "value", "meaning"),
    [
        (Slug, "", SLUG),
        (Slug, "Prod", SLUG),
        (Slug, "1st", SLUG),
        (Slug, "a--b", SLUG),
        (Slug, "a-", SLUG),
        (Slug, "a_b", SLUG),
        (Slug, "a\n", SLUG),
        (AccountId, "12345678901", ACCOUNT),
        (AccountId, "1234567890123", ACCOUNT),
        (AccountId, "1234-5678-9012", ACCOUNT),
        (Region, "us-east", REGION),
        (Region, "us-east-1a", REGION),
        (Region, "US-EAST-1", REGION),
        (RoleArn, "arn:aws:iam::111111111111:user/admin", ROLE),
        (RoleArn, "arn:aws:iam::1:role/admin", ROLE),
        (RoleArn, "admin", ROLE),
        (BucketName, "ab", BUCKET),
        (BucketName, "0" * 64, BUCKET),
        (BucketName, "a.b.c", BUCKET),
        (BucketName, "-abc", BUCKET),
        (BucketName, "abc-", BUCKET),
        (BucketName, "xn--abc", BUCKET),
        (BucketName, "ABC", BUCKET),
    ],
)
def test_refuses(kind: Any, value: str, meaning: str) -> None:
    """The value is shown, with what it is not and how to write it."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)

    (error,) = caught.value.errors()

    assert error["msg"] == f"Value error, {value!r} is not {meaning}"


@pytest.mark.parametrize(
    ("kind", "value"), [(AccountId, "\u0661" * 12), (Region, "us-east-\u0661")]
)
def test_refuses_digits_of_other_scripts(kind: Any, value: str) -> None:
    """AWS knows only the digits 0 to 9."""
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_a_name_has_thirty_characters_at_most() -> None:
    """Longer ones leave no room for the roles that follow in physical names."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Slug).validate_python("a" * 31)

    (error,) = caught.value.errors()

    assert (error["type"], error["ctx"]["max_length"]) == ("too_long", 30)


@pytest.mark.parametrize("kind", [Slug, AccountId, Region, RoleArn, BucketName])
def test_a_number_is_no_text(kind: Any) -> None:
    """An account id without quotes would lose its leading zeros, so nothing is converted."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(111111111111)

    assert [error["type"] for error in caught.value.errors()] == ["string_type"]


@pytest.mark.parametrize("days", CLOUDWATCH_RETENTION_DAYS)
def test_every_offered_retention_is_accepted(days: int) -> None:
    """The table and the check agree."""
    assert TypeAdapter(LogRetentionDays).validate_python(days) == days


@pytest.mark.parametrize("days", [0, 2, 91, 366, 3654])
def test_a_retention_that_is_not_offered_lists_those_that_are(days: int) -> None:
    """Terraform would find out only at apply."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(LogRetentionDays).validate_python(days)

    (error,) = caught.value.errors()

    assert error["msg"] == (
        f"Value error, {days} days is not a retention that CloudWatch Logs offers: 1, 3, 5, 7, 14,"
        " 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"
    )


def test_a_pattern_has_to_match_all_of_a_value() -> None:
    """A right beginning or end is not enough."""
    check = matching(r"a+", "a row of a")

    assert check("aaa") == "aaa"
    for value in ("aab", "baa", "aa\n"):
        with pytest.raises(ValueError, match="is not a row of a"):
            check(value)
