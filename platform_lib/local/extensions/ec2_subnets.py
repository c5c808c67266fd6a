"""Subnets: IPv6 associations of existing subnets, and the launch attributes.

Upstream gap: moto's DescribeSubnets lacks the ``ipv6-cidr-block-association.*`` filters, by which
the AWS provider waits for every IPv6 subnet, and writes an association's state as a structure
inside the state, so that nothing ever reads "associated"; its AssociateSubnetCidrBlock takes any
block; and its ModifySubnetAttribute silently drops all attributes but three.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Network
from typing import Any

from moto.ec2.models.subnets import Subnet, SubnetBackend
from moto.ec2.responses import EC2Response

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_FILTERS = {
    "ipv6-cidr-block-association.association-id": "associationId",
    "ipv6-cidr-block-association.ipv6-cidr-block": "ipv6CidrBlock",
}
_HOSTNAME_TYPES = ("ip-name", "resource-name")
_SUBNET_PREFIX = 64


def install() -> None:
    """Patch moto."""
    replace(Subnet)(get_filter_value)
    replace(Subnet, "ipv6_cidr_block_association_set")(_association_set)
    replace(SubnetBackend)(associate_subnet_cidr_block)
    replace(EC2Response)(modify_subnet_attribute)


def _associated(subnet: Any) -> list[dict[str, Any]]:
    return [
        association
        for association in subnet.ipv6_cidr_block_associations.values()
        if association["ipv6CidrBlockState"]["State"] == "associated"
    ]


def _association_set(original: Any) -> Any:
    del original

    def get(self: Any) -> list[dict[str, Any]]:
        return [
            {
                "AssociationId": association["associationId"],
                "Ipv6CidrBlock": association["ipv6CidrBlock"],
                "Ipv6CidrBlockState": dict(association["ipv6CidrBlockState"]),
            }
            for association in _associated(self)
        ]

    return property(get)


def get_filter_value(original: Callable[..., Any]) -> Callable[..., Any]:
    """Answer the filters on IPv6 associations."""

    def get(self: Any, name: str, method: str | None = None) -> Any:
        if name == "ipv6-cidr-block-association.state":
            return [
                association["ipv6CidrBlockState"]["State"]
                for association in self.ipv6_cidr_block_associations.values()
            ]
        if name in _FILTERS:
            return [
                association[_FILTERS[name]]
                for association in self.ipv6_cidr_block_associations.values()
            ]
        return original(self, name, method)

    return get


def associate_subnet_cidr_block(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a second block, one that overlaps a neighbour, and one outside the VPC."""

    def associate(self: Any, subnet_id: str, ipv6_cidr_block: str) -> Any:
        subnet = self.get_subnet(subnet_id)
        block = _parse(ipv6_cidr_block)
        if _associated(subnet):
            raise AwsError(
                "InvalidParameterValue",
                f"The subnet '{subnet_id}' already has an associated IPv6 CIDR block.",
            )
        vpc = self.get_vpc(subnet.vpc_id)
        ranges = [
            IPv6Network(association["cidr_block"])
            for association in vpc.get_cidr_block_association_set(ipv6=True)
        ]
        if not any(block.subnet_of(allowed) for allowed in ranges):
            raise AwsError("InvalidSubnet.Range", f"The CIDR '{ipv6_cidr_block}' is invalid.")
        neighbours = self.describe_subnets(filters={"vpc-id": [subnet.vpc_id]})
        for taken in (one["ipv6CidrBlock"] for other in neighbours for one in _associated(other)):
            if block.overlaps(IPv6Network(taken)):
                raise AwsError(
                    "InvalidSubnet.Conflict",
                    f"The CIDR '{ipv6_cidr_block}' conflicts with another subnet",
                )
        return original(self, subnet_id, ipv6_cidr_block)

    return associate


def _parse(text: str) -> IPv6Network:
    try:
        block = IPv6Network(text)
    except ValueError:
        block = None
    if block is None or block.prefixlen < _SUBNET_PREFIX - 20:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({text}) for parameter ipv6CidrBlock is invalid."
            " This is not a valid CIDR block.",
        )
    return block


def modify_subnet_attribute(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the attributes that moto drops."""

    def modify(self: Any) -> Any:
        subnet = self.ec2_backend.get_subnet(self._get_param("SubnetId"))
        hostname_type = self._get_param("PrivateDnsHostnameTypeOnLaunch")
        if hostname_type is not None:
            if hostname_type not in _HOSTNAME_TYPES:
                raise AwsError(
                    "InvalidParameterValue",
                    f"Value ({hostname_type}) for parameter privateDnsHostnameType is invalid.",
                )
            subnet.private_dns_name_options_on_launch["HostnameType"] = hostname_type
        aaaa = self._get_param("EnableResourceNameDnsAAAARecordOnLaunch.Value")
        if aaaa is not None:
            subnet.private_dns_name_options_on_launch["EnableResourceNameDnsAAAARecord"] = aaaa
        dns64 = self._get_param("EnableDns64.Value")
        if dns64 is not None:
            subnet.enable_dns64 = dns64
        ipv6 = self._get_param("AssignIpv6AddressOnCreation.Value")
        if ipv6 and not _associated(subnet):
            raise AwsError(
                "InvalidParameterValue",
                "Invalid value 'true' for assignIpv6AddressOnCreation."
                f" Subnet {subnet.id} does not have an IPv6 CIDR block.",
            )
        return original(self)

    return modify
