"""PlatformConstruct: names that follow from the tree."""

from __future__ import annotations

import pytest

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind


def test_a_name_says_target_construct_and_role(stack: PlatformStack) -> None:
    """What AWS shows tells where it comes from."""
    construct = PlatformConstruct(stack, "FlowLogs")

    assert construct.physical_name(Kind.IAM_ROLE, "writer") == "shop-prod-flow-logs-writer"
    assert construct.unique_name(Kind.S3_BUCKET) == "acme-shop-prod-flow-logs"


def test_two_constructs_cannot_have_one_name(stack: PlatformStack) -> None:
    """AWS would refuse the second at apply; here the sentence names both."""
    PlatformConstruct(PlatformConstruct(stack, "One"), "Role").physical_name(Kind.IAM_ROLE)
    second = PlatformConstruct(PlatformConstruct(stack, "Two"), "Role")

    with pytest.raises(PlatformError) as refused:
        second.physical_name(Kind.IAM_ROLE)

    assert str(refused.value) == (
        "shop-prod-test/Two/Role: the name 'shop-prod-role' is taken by shop-prod-test/One/Role;"
        " give one of the two constructs another id [NameTaken]"
    )


def test_a_construct_may_ask_for_its_name_again(stack: PlatformStack) -> None:
    """The same construct gets the same answer, and kinds do not disturb each other."""
    construct = PlatformConstruct(stack, "Role")

    names = {construct.physical_name(Kind.IAM_ROLE) for _ in range(2)}

    assert names == {"shop-prod-role"}
    assert construct.physical_name(Kind.LOG_GROUP) == "shop-prod-role"


def test_tags_may_repeat(stack: PlatformStack) -> None:
    """A Name tag identifies nothing."""
    for parent in ("One", "Two"):
        child = PlatformConstruct(PlatformConstruct(stack, parent), "Subnet")
        assert child.physical_name(Kind.TAG) == "shop-prod-subnet"
