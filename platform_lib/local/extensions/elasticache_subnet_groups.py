"""ElastiCache subnet groups: changes and deletes.

Upstream gap: moto has neither ModifyCacheSubnetGroup nor DeleteCacheSubnetGroup, and its
CreateCacheSubnetGroup invents subnets that do not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import ec2_backends
from moto.elasticache.models import CacheSubnetGroup, ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    replace(ElastiCacheBackend)(create_cache_subnet_group)
    add(ElastiCacheResponse)(modify_cache_subnet_group)
    add(ElastiCacheResponse)(delete_cache_subnet_group)


def _check(backend: Any, subnet_ids: list[str]) -> None:
    known = {
        subnet.id: subnet.vpc_id
        for subnet in ec2_backends[backend.account_id][backend.region_name].describe_subnets()
    }
    for subnet_id in subnet_ids:
        if subnet_id not in known:
            raise AwsError("InvalidSubnet", f"The subnet ID '{subnet_id}' does not exist")
    if len({known[subnet_id] for subnet_id in subnet_ids}) != 1:
        raise AwsError("InvalidSubnet", "Subnets must all be in the same VPC.")


def create_cache_subnet_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse subnets that do not exist."""

    def create(self: Any, **given: Any) -> Any:
        _check(self, given["subnet_ids"])
        return original(self, **given)

    return create


def _group(response: Any) -> Any:
    name = response._get_param("CacheSubnetGroupName")  # noqa: SLF001 - moto's own way to read it
    return response.elasticache_backend.describe_cache_subnet_groups(name)[0]


def modify_cache_subnet_group(self: Any) -> ActionResult:
    """Replace the description, the subnets, or both."""
    group = _group(self)
    backend = self.elasticache_backend
    subnet_ids = self._get_param("SubnetIds") or group.subnet_ids
    description = self._get_param("CacheSubnetGroupDescription")
    _check(backend, subnet_ids)
    removed = set(group.subnet_ids) - set(subnet_ids)
    if removed and len(removed) == len(group.subnet_ids) and _users(backend, group):
        raise AwsError("SubnetInUse", f"The subnet {min(removed)} is in use by a cache cluster.")
    changed = CacheSubnetGroup(
        account_id=self.current_account,
        region_name=self.region,
        cache_subnet_group_name=group.cache_subnet_group_name,
        cache_subnet_group_description=(
            group.cache_subnet_group_description if description is None else description
        ),
        subnet_ids=subnet_ids,
        tags=group.tags,
    )
    backend.cache_subnet_groups[group.cache_subnet_group_name] = changed
    return ActionResult({"CacheSubnetGroup": changed})


def _users(backend: Any, group: Any) -> list[Any]:
    everything = [*backend.cache_clusters.values(), *backend.replication_groups.values()]
    name = group.cache_subnet_group_name
    return [one for one in everything if one.cache_subnet_group_name == name]


def delete_cache_subnet_group(self: Any) -> ActionResult:
    """Delete a group that no cache uses."""
    group = _group(self)
    backend = self.elasticache_backend
    if _users(backend, group):
        raise AwsError(
            "CacheSubnetGroupInUse",
            f"Cache subnet group {group.cache_subnet_group_name} is currently in use by"
            " a cache cluster.",
        )
    del backend.cache_subnet_groups[group.cache_subnet_group_name]
    return EmptyResult()
