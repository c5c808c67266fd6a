"""Grants on a bucket: what each verb gives, below which prefix, and what follows for the key."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.template import Template, policy

ARN = "${aws_s3_bucket.Media_A721A567.arn}"


def _bucket(stack: PlatformStack, purpose: Purpose = Purpose.MEDIA) -> Bucket:
    key = Key(stack, "Data", config=KeyConfig(description="Data"))
    retention = 30 if purpose.expires else None
    config = BucketConfig(purpose=purpose, retention_days=retention)
    return Bucket(stack, "Media", config=config, key=key)


def _role(stack: PlatformStack) -> Role:
    return Role(stack, "Api", service="ecs-tasks.amazonaws.com", description="The API")


def _granted(stack: PlatformStack, name: str) -> Any:
    (found,) = [
        policy(block)["Statement"]
        for block in Template(stack).all("aws_iam_role_policy").values()
        if block["name"] == name
    ]
    return found


@pytest.mark.parametrize(
    ("verb", "actions", "lists", "of_key"),
    [
        ("read", "s3:GetObject", True, "TestDataDecrypt"),
        ("write", ["s3:AbortMultipartUpload", "s3:PutObject"], False, "TestDataEncryptDecrypt"),
        (
            "read_write",
            ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            True,
            "TestDataEncryptDecrypt",
        ),
    ],
)
def test_a_verb_gives_its_actions_below_the_prefix(
    stack: PlatformStack, verb: str, actions: Any, of_key: str, *, lists: bool
) -> None:
    """Objects and listing are held to the prefix, and the key follows."""
    getattr(_bucket(stack).grants, verb)(_role(stack), prefix="receipts/2026/")

    name = "".join(word.title() for word in verb.split("_"))
    statements = _granted(stack, f"TestMedia{name}+receipts+2026")
    objects = {"Effect": "Allow", "Action": actions, "Resource": f"{ARN}/receipts/2026/*"}
    listing = {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": ARN,
        "Condition": {"StringLike": {"s3:prefix": "receipts/2026/*"}},
    }
    assert objects in statements
    assert (listing in statements) is lists
    assert len(statements) == 1 + lists
    assert _granted(stack, of_key) != []


def test_without_a_prefix_it_is_the_whole_bucket(stack: PlatformStack) -> None:
    """Listing has no condition then."""
    _bucket(stack).grants.read(_role(stack))

    assert _granted(stack, "TestMediaRead") == [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": ARN},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{ARN}/*"},
    ]


def test_prefixes_that_look_alike_are_two_grants(stack: PlatformStack) -> None:
    """Neither is taken for the other."""
    grants, role = _bucket(stack).grants, _role(stack)

    grants.read(role, prefix="a/b/")
    grants.read(role, prefix="a-b/")
    grants.read(role, prefix="a.b/")

    names = {it["name"] for it in Template(stack).all("aws_iam_role_policy").values()}
    assert names == {
        "TestDataDecrypt",
        "TestMediaRead+a+b",
        "TestMediaRead+a-b",
        "TestMediaRead+a.b",
    }


def test_what_s3_encrypts_itself_needs_no_key(stack: PlatformStack) -> None:
    """Whoever reads load balancer logs gets no right on our key."""
    _bucket(stack, Purpose.LOAD_BALANCER_LOGS).grants.read(_role(stack))

    assert Template(stack).count("aws_iam_role_policy") == 1


@pytest.mark.parametrize("prefix", ["media", "media/*", "/media/"])
def test_refuses_what_is_no_folder(stack: PlatformStack, prefix: str) -> None:
    """A prefix without a slash would give neighbours too."""
    grants, role = _bucket(stack).grants, _role(stack)

    with pytest.raises(PlatformError) as refused:
        grants.read(role, prefix=prefix)

    assert str(refused.value) == (
        f"shop-prod-test/Media: prefix {prefix!r} is not a folder; write folders of letters, digits"
        " and _.-, each ending with a slash [PrefixNotAFolder]"
    )
