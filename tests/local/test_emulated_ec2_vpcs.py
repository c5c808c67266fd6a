"""VPCs and NAT gateways take along what AWS made for them, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws


@pytest.fixture
def ec2(client: Callable[[str], Any]) -> Any:
    """Return the EC2 client."""
    return client("ec2")


def _gateway(ec2: Any, vpc: str) -> None:
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)


def _endpoint(ec2: Any, vpc: str) -> None:
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-central-1.s3")


def _acl(ec2: Any, vpc: str) -> None:
    ec2.create_network_acl(VpcId=vpc)


def _group(ec2: Any, vpc: str) -> None:
    ec2.create_security_group(GroupName="x", Description="x", VpcId=vpc)


@pytest.mark.parametrize("occupy", [_gateway, _endpoint, _acl, _group])
def test_a_vpc_in_use_stays(
    ec2: Any, vpc: str, refused: Callable[..., str], occupy: Callable[[Any, str], None]
) -> None:
    """Gateways, endpoints, ACLs and groups have to go first."""
    occupy(ec2, vpc)

    assert refused(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["State"] == "available"


def test_an_empty_vpc_leaves_nothing(aws: LocalAws, ec2: Any) -> None:
    """Its default ACL, group and route table go with it."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]

    ec2.delete_vpc(VpcId=vpc)

    assert aws.inventory() == []


def test_dhcp_options_outlive_the_vpc(ec2: Any, vpc: str) -> None:
    """They are a thing of their own."""
    options = ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": ["dev.internal"]}]
    )["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)

    ec2.delete_vpc(VpcId=vpc)

    found = ec2.describe_dhcp_options(DhcpOptionsIds=[options])["DhcpOptions"]
    assert [one["DhcpOptionsId"] for one in found] == [options]


def test_a_refused_delete_keeps_the_dhcp_options(
    ec2: Any, vpc: str, subnets: list[str], refused: Callable[..., str]
) -> None:
    """A VPC with subnets is as it was."""
    options = ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": ["dev.internal"]}]
    )["DhcpOptions"]["DhcpOptionsId"]
    ec2.associate_dhcp_options(DhcpOptionsId=options, VpcId=vpc)

    code = refused(ec2.delete_vpc, VpcId=vpc)

    assert (code, len(subnets)) == ("DependencyViolation", 3)
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["DhcpOptionsId"] == options


def test_a_nat_gateway_takes_its_network_interface(
    ec2: Any, subnets: list[str], refused: Callable[..., str]
) -> None:
    """And cannot be deleted twice."""
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]
    interface = made["NatGatewayAddresses"][0]["NetworkInterfaceId"]

    ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])

    found = ec2.describe_network_interfaces(
        Filters=[{"Name": "network-interface-id", "Values": [interface]}]
    )
    assert found["NetworkInterfaces"] == []
    again = refused(ec2.delete_nat_gateway, NatGatewayId=made["NatGatewayId"])
    assert again == "NatGatewayNotFound"


def test_an_unknown_nat_gateway_is_not_found(ec2: Any, refused: Callable[..., str]) -> None:
    """Moto crashes here."""
    assert refused(ec2.delete_nat_gateway, NatGatewayId="nat-00000000") == "NatGatewayNotFound"
