"""What a change of addresses would do, as a reviewer reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from platform_lib.environment import Environment
from platform_lib.terraform.stack import Stack
from platform_lib.testing.addresses import Address, differences
from platform_lib.testing.project import SynthesisedStack
from platform_lib.testing.template import Block, Template

VPC = Address("shop-network", "aws_vpc.Vpc_8378EB38", "Vpc/Resource")
NET = Address("shop-network", "aws_vpc.Net_11111111", "Net/Resource")


def test_what_disappears_is_named_as_destroyed() -> None:
    """A reviewer reads what Terraform would do, not a diff of lines."""
    assert differences([VPC], []) == ["destroyed: shop-network aws_vpc.Vpc_8378EB38 Vpc/Resource"]


def test_what_appears_is_named_as_created() -> None:
    """What is new is told apart from what goes."""
    assert differences([], [VPC]) == ["created: shop-network aws_vpc.Vpc_8378EB38 Vpc/Resource"]


def test_a_rename_without_a_moved_block_names_the_remedy() -> None:
    """The most likely reason for a destroyed and a created resource of one type is a rename."""
    assert differences([VPC], [NET]) == [
        (
            "destroyed: shop-network aws_vpc.Vpc_8378EB38 Vpc/Resource;"
            " if it is now Net/Resource, say so with rename()"
        ),
        "created: shop-network aws_vpc.Net_11111111 Net/Resource",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([VPC], [VPC]),
        ([], []),
        ([VPC, replace(VPC, stack="other")], [replace(VPC, stack="other"), VPC]),
    ],
)
def test_the_same_addresses_are_no_difference(
    before: Iterable[Address], after: Iterable[Address]
) -> None:
    """The order in which they were found says nothing."""
    assert differences(before, after) == []


def test_a_resource_of_another_type_or_stack_is_no_rename() -> None:
    """A hint that cannot be followed is worse than none."""
    elsewhere = [replace(NET, stack="other"), replace(NET, address="aws_vpc_ipam.Net_11111111")]

    assert differences([VPC], elsewhere)[0] == f"destroyed: {VPC}"


def test_a_moved_block_makes_one_of_the_two(environment: Environment) -> None:
    """With the block, Terraform destroys nothing, and neither does the sentence say so."""
    stack = _stack(environment, moved=[{"from": VPC.address, "to": NET.address}])

    assert differences([VPC], [NET], [stack]) == [f"moved: {VPC} -> {NET}"]


def test_a_moved_block_of_another_stack_explains_nothing(environment: Environment) -> None:
    """The same address exists in every environment."""
    stack = _stack(environment, moved=[{"from": VPC.address, "to": NET.address}])
    before, after = replace(VPC, stack="other"), replace(NET, stack="other")

    assert [it.partition(":")[0] for it in differences([before], [after], [stack])] == [
        "destroyed",
        "created",
    ]


def test_a_removed_block_is_no_destruction(environment: Environment) -> None:
    """What Terraform lets go of lives on."""
    stack = _stack(environment, removed=[{"from": VPC.address, "lifecycle": {"destroy": False}}])

    assert differences([VPC], [], [stack]) == [f"forgotten: {VPC}"]


def test_a_new_path_with_the_old_address_changes_nothing_in_aws() -> None:
    """Two paths can have one address, since the id ``Default`` leaves no trace in it."""
    now = replace(VPC, path="Default/Vpc/Resource")

    assert differences([VPC], [now]) == [
        f"renamed in the code, kept by Terraform: {VPC} -> Default/Vpc/Resource"
    ]


def _stack(environment: Environment, **blocks: list[Block]) -> SynthesisedStack:
    return SynthesisedStack(environment, Stack("shop-network", Path()), Template(blocks))
