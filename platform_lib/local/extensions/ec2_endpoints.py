"""VPC endpoints: what changes with an endpoint, not only its own record.

Upstream gap: moto writes a gateway endpoint's routes at creation only, takes subnets and security
groups that do not exist, gives an interface endpoint no security group where AWS gives the VPC's
default, makes no network interface for a subnet that is added later, never changes private DNS,
and fails to delete an endpoint whose type was not given.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.vpcs import VPCBackend, VPCEndPoint
from moto.ec2.responses import EC2Response
from moto.ec2.utils import random_private_ip

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_GATEWAY, _INTERFACE = "Gateway", "Interface"


def install() -> None:
    """Patch moto."""
    replace(VPCBackend)(create_vpc_endpoint)
    replace(VPCBackend)(delete_vpc_endpoints)
    replace(EC2Response)(modify_vpc_endpoint)
    replace(VPCEndPoint)(get_filter_value)


def create_vpc_endpoint(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the parts, let moto make the record, and attach the parts to it."""

    def create(self: Any, **given: Any) -> Any:
        kind = given["endpoint_type"] or _GATEWAY
        vpc = self.get_vpc(given["vpc_id"])
        subnets = given.pop("subnet_ids", None) or []
        tables = given.pop("route_table_ids", None) or []
        groups = given.pop("security_group_ids", None) or []
        private_dns = bool(given.pop("private_dns_enabled", None)) and kind == _INTERFACE
        _check_service(self, given["service_name"])
        _check_parts(self, vpc, tables, subnets, groups)
        if private_dns:
            _check_dns(self, vpc)
        if kind == _INTERFACE and not groups:
            groups = [self.get_default_security_group(vpc.id).id]
        endpoint = original(
            self,
            **(given | {"endpoint_type": kind}),
            route_table_ids=[],
            subnet_ids=[],
            security_group_ids=groups,
            private_dns_enabled=private_dns,
        )
        for table in tables:
            _add_route(self, endpoint, table)
        for subnet in subnets:
            _add_interface(self, endpoint, subnet)
        return endpoint

    return create


def _check_service(backend: Any, name: str) -> None:
    backend.describe_vpc_endpoint_services([name], [], 1, None, backend.region_name)


def _check_parts(
    backend: Any, vpc: Any, tables: list[str], subnets: list[str], groups: list[str]
) -> None:
    for table in tables:
        if backend.get_route_table(table).vpc_id != vpc.id:
            raise AwsError(
                "InvalidParameter",
                f"Route table {table} belongs to a different network than {vpc.id}",
            )
    for subnet in subnets:
        if backend.get_subnet(subnet).vpc_id != vpc.id:
            raise AwsError(
                "InvalidParameter", f"Subnet {subnet} belongs to a different network than {vpc.id}"
            )
    for group in groups:
        if backend.get_security_group_from_id(group) is None:
            raise AwsError("InvalidGroup.NotFound", f"The security group '{group}' does not exist")


def _check_dns(backend: Any, vpc: Any) -> None:
    attributes = ("enable_dns_support", "enable_dns_hostnames")
    if not all(backend.describe_vpc_attribute(vpc.id, name) for name in attributes):
        raise AwsError(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC"
            f" attributes set to true for {vpc.id}",
        )


def _add_route(backend: Any, endpoint: Any, table_id: str) -> None:
    if table_id in endpoint.route_table_ids:
        return
    prefix_list = endpoint.destination_prefix_list_id
    table = backend.get_route_table(table_id)
    for route in table._routes.values():  # noqa: SLF001
        if prefix_list and getattr(route.destination_prefix_list, "id", None) == prefix_list:
            raise AwsError(
                "RouteAlreadyExists",
                f"route table {table_id} already has a route with destination-prefix-list-id"
                f" {prefix_list}",
            )
    if prefix_list:
        backend.create_route(
            table_id, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list
        )
    endpoint.route_table_ids.append(table_id)


def _remove_route(backend: Any, endpoint: Any, table_id: str) -> None:
    if table_id not in endpoint.route_table_ids:
        return
    endpoint.route_table_ids.remove(table_id)
    table = backend.route_tables.get(table_id)
    if table is not None and endpoint.destination_prefix_list_id:
        backend.delete_route(
            table_id, None, destination_prefix_list_id=endpoint.destination_prefix_list_id
        )


def _add_interface(backend: Any, endpoint: Any, subnet_id: str) -> None:
    if subnet_id in endpoint.subnet_ids:
        return
    subnet = backend.get_subnet(subnet_id)
    zones = {backend.get_subnet(other).availability_zone for other in endpoint.subnet_ids}
    if subnet.availability_zone in zones:
        raise AwsError(
            "DuplicateSubnetsInSameZone",
            f"Found another VPC endpoint subnet in the availability zone of {subnet_id}."
            " VPC endpoint subnets should be in different availability zones supported by"
            " the VPC endpoint service.",
        )
    interface = backend.create_network_interface(
        subnet_id,
        random_private_ip(str(IPv4Network(subnet.cidr_block))),
        group_ids=list(endpoint.security_group_ids),
        description=f"VPC Endpoint Interface {endpoint.id}",
    )
    interface.interface_type = "vpc_endpoint"
    interface.requester_managed = True
    endpoint.subnet_ids.append(subnet_id)
    endpoint.network_interface_ids.append(interface.id)


def _remove_interface(backend: Any, endpoint: Any, subnet_id: str) -> None:
    if subnet_id not in endpoint.subnet_ids:
        return
    endpoint.subnet_ids.remove(subnet_id)
    for identifier in list(endpoint.network_interface_ids):
        interface = backend.enis.get(identifier)
        if interface is None or interface.subnet.id == subnet_id:
            endpoint.network_interface_ids.remove(identifier)
            backend.enis.pop(identifier, None)


def modify_vpc_endpoint(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change an endpoint together with its routes and network interfaces."""
    del original

    def modify(self: Any) -> ActionResult:
        backend = self.ec2_backend
        endpoint = backend.describe_vpc_endpoints([self._get_param("VpcEndpointId")])[0]
        add_tables = self._get_param("AddRouteTableIds", [])
        add_subnets = self._get_param("AddSubnetIds", [])
        add_groups = self._get_param("AddSecurityGroupIds", [])
        vpc = backend.get_vpc(endpoint.vpc_id)
        _check_parts(backend, vpc, add_tables, add_subnets, add_groups)
        private_dns = self._get_bool_param("PrivateDnsEnabled")
        if private_dns:
            _check_dns(backend, vpc)
        if private_dns is not None:
            endpoint.private_dns_enabled = private_dns
        for table in self._get_param("RemoveRouteTableIds", []):
            _remove_route(backend, endpoint, table)
        for table in add_tables:
            _add_route(backend, endpoint, table)
        for subnet in self._get_param("RemoveSubnetIds", []):
            _remove_interface(backend, endpoint, subnet)
        for subnet in add_subnets:
            _add_interface(backend, endpoint, subnet)
        _change_groups(endpoint, add_groups, self._get_param("RemoveSecurityGroupIds", []))
        policy = self._get_param("PolicyDocument")
        if self._get_bool_param("ResetPolicy"):
            policy = json.dumps(VPCEndPoint.DEFAULT_POLICY)
        if policy:
            endpoint.policy_document = policy
        return ActionResult({"Return": True})

    return modify


def _change_groups(endpoint: Any, added: list[str], removed: list[str]) -> None:
    groups = [group for group in endpoint.security_group_ids if group not in removed]
    groups += [group for group in added if group not in groups]
    if not groups and endpoint.security_group_ids:
        raise AwsError(
            "InvalidParameter", "VPC endpoint must have at least one security group associated."
        )
    endpoint.security_group_ids = groups


def delete_vpc_endpoints(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take the routes and network interfaces away before the record."""

    def delete(self: Any, vpce_ids: list[str] | None = None) -> Any:
        for identifier in vpce_ids or []:
            endpoint = self.vpc_end_points.get(identifier)
            if endpoint is None or endpoint.state == "deleted":
                continue
            for table in list(endpoint.route_table_ids):
                _remove_route(self, endpoint, table)
            for subnet in list(endpoint.subnet_ids or []):
                _remove_interface(self, endpoint, subnet)
        return original(self, vpce_ids)

    return delete


def get_filter_value(original: Callable[..., Any]) -> Callable[..., Any]:
    """Answer the filter on the state, by which callers leave out deleted endpoints."""

    def get(self: Any, name: str, method: str | None = None) -> Any:
        if name == "vpc-endpoint-state":
            return self.state
        return original(self, name, method)

    return get
