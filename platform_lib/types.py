"""Annotated scalars of the configuration, each with the sentence that refuses a wrong value."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, Field, Strict

TokenStr = str
"""A string known only after apply; opaque, never parsed or compared."""


def matching(pattern: str, meaning: str) -> Callable[[str], str]:
    """Make a check that a string matches all of ``pattern``; the sentence says what it is not."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if compiled.fullmatch(value) is None:
            raise ValueError(f"{value!r} is not {meaning}")
        return value

    return check


Slug = Annotated[
    str,
    AfterValidator(
        matching(
            r"[a-z][a-z0-9]*(-[a-z0-9]+)*",
            "a name here; use lower-case letters, digits and single hyphens, starting with a letter",
        )
    ),
    Field(max_length=30),
]
"""A name that becomes part of stack ids and physical names, 30 characters at most."""

AccountId = Annotated[
    str, AfterValidator(matching(r"\d{12}", "an AWS account id; write its 12 digits as a string"))
]
"""An AWS account id, 12 digits."""

Region = Annotated[
    str,
    AfterValidator(matching(r"[a-z]{2}(-[a-z]+)+-\d", "an AWS Region; write it as in 'us-east-1'")),
]
"""An AWS Region, for example ``us-east-1``."""

RoleArn = Annotated[
    str,
    AfterValidator(
        matching(
            r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+",
            "the ARN of an IAM role; write it as 'arn:aws:iam::<account>:role/<name>'",
        )
    ),
]
"""The ARN of an IAM role that exists outside this configuration."""

BucketName = Annotated[
    str,
    AfterValidator(
        matching(
            r"(?!xn--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
            "an S3 bucket name here; use 3 to 63 lower-case letters, digits and hyphens",
        )
    ),
]
"""An S3 bucket name without dots (dots break TLS host names).
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""

CLOUDWATCH_RETENTION_DAYS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip
"""The retention periods that CloudWatch Logs offers.
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"""


def _is_offered_retention(value: int) -> int:
    if value not in CLOUDWATCH_RETENTION_DAYS:
        offered = ", ".join(str(days) for days in CLOUDWATCH_RETENTION_DAYS)
        raise ValueError(f"{value} days is not a retention that CloudWatch Logs offers: {offered}")
    return value


LogRetentionDays = Annotated[int, Strict(), AfterValidator(_is_offered_retention)]
"""Days that CloudWatch Logs keeps events; one of the periods that the service offers."""
