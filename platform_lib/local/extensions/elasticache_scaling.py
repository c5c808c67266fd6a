"""ElastiCache replication groups: more and fewer replicas and shards.

Upstream gap: moto has neither IncreaseReplicaCount, DecreaseReplicaCount nor
ModifyReplicationGroupShardConfiguration.
"""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.responses import ElastiCacheResponse

from platform_lib.local.extensions._elasticache_checks import check, contradiction, invalid
from platform_lib.local.extensions._elasticache_nodes import ReplicationGroup
from platform_lib.local.extensions._elasticache_zones import available_zones, spread
from platform_lib.local.extensions.support import AwsError, add

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    add(ElastiCacheResponse)(increase_replica_count)
    add(ElastiCacheResponse)(decrease_replica_count)
    add(ElastiCacheResponse)(modify_replication_group_shard_configuration)


def _group(self: Any) -> ReplicationGroup:
    identifier = self._get_param("ReplicationGroupId").lower()
    found: ReplicationGroup = self.elasticache_backend.describe_replication_groups(identifier)[0]
    return found


def _resized(self: Any, group: ReplicationGroup, zones: list[list[str]]) -> ActionResult:
    if not self._get_bool_param("ApplyImmediately"):
        raise invalid("ApplyImmediately must be true.")
    changed = copy.copy(group)
    changed.zones = zones
    check(self.elasticache_backend, changed)
    group.zones = zones
    return ActionResult({"ReplicationGroup": group.described()})


def _with_replicas(self: Any, group: ReplicationGroup, *, more: bool) -> ActionResult:
    count = self._get_int_param("NewReplicaCount")
    if count is None:
        raise NotImplementedError("ReplicaConfiguration")
    now = len(group.zones[0]) - 1
    if count == now:
        raise AwsError("NoOperationFault", "The operation was not performed: no changes required.")
    if (count > now) != more:
        raise invalid(f"NewReplicaCount {count} must be {'more' if more else 'less'} than {now}.")
    available = available_zones(self.elasticache_backend, group.cache_subnet_group_name)
    zones = [
        (zones + spread(available, shard + len(zones), count))[: count + 1]
        for shard, zones in enumerate(group.zones)
    ]
    return _resized(self, group, zones)


def increase_replica_count(self: Any) -> ActionResult:
    """Add replicas to every shard."""
    return _with_replicas(self, _group(self), more=True)


def decrease_replica_count(self: Any) -> ActionResult:
    """Remove replicas from every shard."""
    return _with_replicas(self, _group(self), more=False)


def modify_replication_group_shard_configuration(self: Any) -> ActionResult:
    """Add or remove shards."""
    group, count = _group(self), self._get_int_param("NodeGroupCount")
    if not group.clustered:
        raise invalid("Shards can be changed in cluster mode only.")
    removed = self._get_param("NodeGroupsToRemove") or []
    now = len(group.zones)
    if count < now and len(removed) != now - count:
        raise contradiction("NodeGroupsToRemove must name as many node groups as are removed.")
    nodes = len(group.zones[0])
    available = available_zones(self.elasticache_backend, group.cache_subnet_group_name)
    kept = [zones for shard, zones in enumerate(group.zones) if f"{shard + 1:04}" not in removed]
    more = [spread(available, shard, nodes) for shard in range(len(kept), count)]
    return _resized(self, group, kept + more)
