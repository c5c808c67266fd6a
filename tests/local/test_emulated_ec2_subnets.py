"""Subnets: IPv6 associations and launch attributes read back as AWS writes them."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Network
from typing import Any

import pytest


@pytest.fixture
def ec2(client: Callable[[str], Any]) -> Any:
    """Return the EC2 client."""
    return client("ec2")


def _blocks(ec2: Any, vpc: str) -> list[str]:
    found = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"]
    whole = IPv6Network(found[0]["Ipv6CidrBlock"])
    return [str(block) for _, block in zip(range(3), whole.subnets(new_prefix=64), strict=False)]


def _associations(ec2: Any, subnet: str) -> list[tuple[str, str]]:
    found = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["Ipv6CidrBlockAssociationSet"]
    return [(one["Ipv6CidrBlock"], one["Ipv6CidrBlockState"]["State"]) for one in found]


def test_a_subnet_is_born_with_its_block(ec2: Any, vpc: str) -> None:
    """The association reads "associated", for which the provider waits."""
    block = _blocks(ec2, vpc)[0]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.9.0/24", Ipv6CidrBlock=block)["Subnet"]

    assert _associations(ec2, subnet["SubnetId"]) == [(block, "associated")]


def test_a_block_is_added_and_taken_away(ec2: Any, vpc: str, subnets: list[str]) -> None:
    """An existing subnet gets a block, and loses it again."""
    block = _blocks(ec2, vpc)[0]
    made = ec2.associate_subnet_cidr_block(SubnetId=subnets[0], Ipv6CidrBlock=block)

    before = _associations(ec2, subnets[0])
    ec2.disassociate_subnet_cidr_block(
        AssociationId=made["Ipv6CidrBlockAssociation"]["AssociationId"]
    )

    assert before == [(block, "associated")]
    assert _associations(ec2, subnets[0]) == []


@pytest.mark.parametrize("name", ["association-id", "ipv6-cidr-block", "state"])
def test_filters_on_associations(ec2: Any, vpc: str, subnets: list[str], name: str) -> None:
    """Each documented filter finds exactly the subnet that has the association."""
    made = ec2.associate_subnet_cidr_block(SubnetId=subnets[1], Ipv6CidrBlock=_blocks(ec2, vpc)[0])[
        "Ipv6CidrBlockAssociation"
    ]
    value = {
        "association-id": made["AssociationId"],
        "ipv6-cidr-block": made["Ipv6CidrBlock"],
        "state": "associated",
    }[name]

    found = ec2.describe_subnets(
        Filters=[
            {"Name": f"ipv6-cidr-block-association.{name}", "Values": [value]},
            {"Name": "vpc-id", "Values": [vpc]},
        ]
    )["Subnets"]

    assert [subnet["SubnetId"] for subnet in found] == [subnets[1]]


def test_refuses_a_second_block(
    ec2: Any, vpc: str, subnets: list[str], refused: Callable[..., str]
) -> None:
    """A subnet has one IPv6 block at most."""
    first, second, _ = _blocks(ec2, vpc)
    ec2.associate_subnet_cidr_block(SubnetId=subnets[0], Ipv6CidrBlock=first)

    code = refused(ec2.associate_subnet_cidr_block, SubnetId=subnets[0], Ipv6CidrBlock=second)

    assert code == "InvalidParameterValue"


def test_refuses_a_neighbours_block(
    ec2: Any, vpc: str, subnets: list[str], refused: Callable[..., str]
) -> None:
    """Two subnets cannot share a block."""
    block = _blocks(ec2, vpc)[0]
    ec2.associate_subnet_cidr_block(SubnetId=subnets[0], Ipv6CidrBlock=block)

    code = refused(ec2.associate_subnet_cidr_block, SubnetId=subnets[1], Ipv6CidrBlock=block)

    assert code == "InvalidSubnet.Conflict"


@pytest.mark.parametrize(
    ("block", "expected"),
    [("2001:db8::/64", "InvalidSubnet.Range"), ("no block", "InvalidParameterValue")],
)
def test_refuses_a_block_outside(
    ec2: Any, subnets: list[str], refused: Callable[..., str], block: str, expected: str
) -> None:
    """The block has to be one, and the VPC's."""
    code = refused(ec2.associate_subnet_cidr_block, SubnetId=subnets[0], Ipv6CidrBlock=block)

    assert code == expected


def test_launch_attributes_read_back(ec2: Any, subnets: list[str]) -> None:
    """Every attribute that can be set is in the description."""
    subnet = subnets[0]
    for attribute in (
        {"PrivateDnsHostnameTypeOnLaunch": "resource-name"},
        {"EnableResourceNameDnsARecordOnLaunch": {"Value": True}},
        {"EnableResourceNameDnsAAAARecordOnLaunch": {"Value": True}},
        {"EnableDns64": {"Value": True}},
        {"MapPublicIpOnLaunch": {"Value": True}},
    ):
        ec2.modify_subnet_attribute(SubnetId=subnet, **attribute)

    found = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]

    assert found["PrivateDnsNameOptionsOnLaunch"] == {
        "HostnameType": "resource-name",
        "EnableResourceNameDnsARecord": True,
        "EnableResourceNameDnsAAAARecord": True,
    }
    assert found["EnableDns64"] is True
    assert found["MapPublicIpOnLaunch"] is True


def test_refuses_ipv6_addresses_without_a_block(
    ec2: Any, subnets: list[str], refused: Callable[..., str]
) -> None:
    """Addresses cannot be given out of no block."""
    code = refused(
        ec2.modify_subnet_attribute,
        SubnetId=subnets[0],
        AssignIpv6AddressOnCreation={"Value": True},
    )

    assert code == "InvalidParameterValue"


def test_refuses_an_unknown_host_name_type(
    ec2: Any, subnets: list[str], refused: Callable[..., str]
) -> None:
    """Two types exist."""
    code = refused(
        ec2.modify_subnet_attribute,
        SubnetId=subnets[0],
        PrivateDnsHostnameTypeOnLaunch="pet-name",
    )

    assert code == "InvalidParameterValue"
