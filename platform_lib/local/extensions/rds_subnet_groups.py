"""RDS subnet groups: changes, deletes, and the checks that AWS makes.

Upstream gap: moto's ModifyDBSubnetGroup takes the group out of its table and never puts it back,
CreateDBSubnetGroup overwrites a group of the same name and accepts a single zone, and
DeleteDBSubnetGroup deletes a group that a database still uses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.rds.models import DBSubnetGroup, RDSBackend

from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]

_MIN_ZONES = 2


def install() -> None:
    """Patch moto."""
    replace(RDSBackend)(create_subnet_group)
    replace(RDSBackend)(modify_db_subnet_group)
    replace(RDSBackend)(delete_subnet_group)
    add(DBSubnetGroup, "supported_network_types")(property(supported_network_types))


def supported_network_types(self: Any) -> list[str]:
    """Say which addresses a database in the group can have."""
    dual = all(subnet.ipv6_cidr_block_associations for subnet in self._subnets)
    return ["IPV4", "DUAL"] if dual else ["IPV4"]


def _check(subnets: list[Any]) -> None:
    if len({subnet.vpc_id for subnet in subnets}) != 1:
        raise AwsError("InvalidSubnet", "The DB subnet group must be in one VPC.")
    if len({subnet.availability_zone for subnet in subnets}) < _MIN_ZONES:
        raise AwsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement."
            " Current AZ coverage: "
            + ", ".join(sorted({subnet.availability_zone for subnet in subnets}))
            + ". Add subnets to cover at least 2 AZs.",
        )


def create_subnet_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a name that is taken and subnets that AWS would not take."""

    def create(
        self: Any, subnet_name: str, description: str, subnets: list[Any], tags: list[Any]
    ) -> Any:
        if subnet_name in self.subnet_groups:
            raise AwsError(
                "DBSubnetGroupAlreadyExists", f"The DB subnet group '{subnet_name}' already exists."
            )
        _check(subnets)
        return original(self, subnet_name, description, subnets, tags)

    return create


def modify_db_subnet_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Replace the subnets of a group that stays where it is."""
    del original

    def modify(self: Any, subnet_name: str, description: str | None, subnets: list[Any]) -> Any:
        group = self.describe_db_subnet_groups(subnet_name)[0]
        _check(subnets)
        kept = {subnet.id for subnet in subnets}
        if _users(self, group) and not {subnet.id for subnet in group._subnets} & kept:  # noqa: SLF001
            raise AwsError(
                "SubnetAlreadyInUse", "The DB subnet is already in use in the Availability Zone."
            )
        group.subnets = subnets
        group.vpc_id = subnets[0].vpc_id
        if description is not None:
            group.description = description
        return group

    return modify


def _users(backend: Any, group: Any) -> list[str]:
    everything = [*backend.databases.values(), *backend.clusters.values()]
    used = [
        str(one.resource_id)
        for one in everything
        # An instance keeps the name in a private attribute, a cluster in a public one.
        if group.name in {vars(one).get(f"{mark}db_subnet_group_name") for mark in ("", "_")}
    ]
    return sorted(used)


def delete_subnet_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete a group that a database uses."""

    def delete(self: Any, subnet_name: str) -> Any:
        group = self.describe_db_subnet_groups(subnet_name)[0]
        users = _users(self, group)
        if users:
            raise AwsError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{subnet_name}' because at least one database"
                f" instance: {users[0]} is still using it.",
            )
        return original(self, subnet_name)

    return delete
