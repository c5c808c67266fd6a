"""VPCs and NAT gateways: what goes with them, and what keeps them from going.

Upstream gap: moto's DeleteVpc leaves the default network ACL behind, takes the DHCP options along,
and deletes a VPC under its internet gateways, endpoints, ACLs and security groups; its
DeleteNatGateway leaves the network interface and crashes on a gateway that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.vpcs import VPCBackend

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    replace(VPCBackend)(delete_vpc)
    replace(NatGatewayBackend)(delete_nat_gateway)


def delete_vpc(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse while something of the user's is in the VPC; clear what AWS has put there."""

    def delete(self: Any, vpc_id: str) -> Any:
        vpc = self.get_vpc(vpc_id)
        if next(_dependents(self, vpc_id), None) is not None:
            raise AwsError(
                "DependencyViolation", f"The vpc '{vpc_id}' has dependencies and cannot be deleted."
            )
        options, vpc.dhcp_options = vpc.dhcp_options, None
        try:
            deleted = original(self, vpc_id)
        except BaseException:
            vpc.dhcp_options = options
            raise
        if options:
            options.vpc = None
        for acl in [one for one in self.network_acls.values() if one.vpc_id == vpc_id]:
            del self.network_acls[acl.id]
        return deleted

    return delete


def _dependents(backend: Any, vpc_id: str) -> Iterator[str]:
    for gateway in backend.internet_gateways.values():
        if gateway.vpc is not None and gateway.vpc.id == vpc_id:
            yield gateway.id
    for endpoint in backend.vpc_end_points.values():
        if endpoint.vpc_id == vpc_id and endpoint.state != "deleted":
            yield endpoint.id
    for acl in backend.network_acls.values():
        if acl.vpc_id == vpc_id and not acl.default:
            yield acl.id
    for group in backend.groups.get(vpc_id, {}).values():
        if not group.is_default:
            yield group.id


def delete_nat_gateway(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take the network interface along."""

    def delete(self: Any, nat_gateway_id: str) -> Any:
        gateway = self.nat_gateways.get(nat_gateway_id)
        if gateway is None or gateway.state == "deleted":
            raise AwsError("NatGatewayNotFound", f"NAT gateway {nat_gateway_id} was not found")
        for address in gateway.address_set:
            self.enis.pop(address.get("networkInterfaceId"), None)
        return original(self, nat_gateway_id)

    return delete
