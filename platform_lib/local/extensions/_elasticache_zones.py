"""Zones of the nodes of a replication group."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle, islice
from typing import Any

from moto.ec2.models import ec2_backends

from platform_lib.local.extensions._elasticache_checks import contradiction, invalid

__all__ = ["available_zones", "spread", "zones_of"]


def available_zones(backend: Any, subnet_group: str | None) -> list[str]:
    """Return the zones in which a subnet group has subnets."""
    if subnet_group is None:
        ec2 = ec2_backends[backend.account_id][backend.region_name]
        return sorted({zone.name for zone in ec2.describe_availability_zones()})
    found = backend.describe_cache_subnet_groups(subnet_group)[0]
    subnets = ec2_backends[backend.account_id][backend.region_name].describe_subnets(
        subnet_ids=found.subnet_ids
    )
    return sorted({subnet.availability_zone for subnet in subnets})


def zones_of(backend: Any, given: Mapping[str, Any]) -> list[list[str]]:
    """Spread the nodes over the zones of the subnets, or put them where they are wanted."""
    available = available_zones(backend, given.get("CacheSubnetGroupName"))
    shards = given.get("NumNodeGroups") or len(given.get("NodeGroupConfiguration", [])) or 1
    replicas = given.get("ReplicasPerNodeGroup")
    nodes = given.get("NumCacheClusters") or (replicas or 0) + 1
    if given.get("NumCacheClusters") and replicas is not None:
        raise contradiction("NumCacheClusters and ReplicasPerNodeGroup cannot be used together.")
    wanted = given.get("PreferredCacheClusterAZs", [])
    if wanted and len(wanted) != nodes:
        raise invalid("PreferredCacheClusterAZs must name a zone for each cache cluster.")
    zones = [wanted or spread(available, shard, nodes) for shard in range(shards)]
    for shard, one in enumerate(given.get("NodeGroupConfiguration", [])):
        count = one.get("ReplicaCount", nodes - 1) + 1
        first = one.get("PrimaryAvailabilityZone")
        others = one.get("ReplicaAvailabilityZones", [])
        named = [first, *others] if first else others
        zones[shard] = (named + spread(available, shard, count))[:count]
    for zone in {one for shard in zones for one in shard} - set(available):
        raise invalid(f"{zone} is not a zone of the subnet group.")
    return zones


def spread(available: list[str], start: int, count: int) -> list[str]:
    """Return zones for a number of nodes in turn."""
    return list(islice(cycle(available), start, start + count))
