"""ElastiCache replication groups: their members, what they accept, changes, final snapshots.

Upstream gap: moto's replication groups have no member clusters, zones of another region, no engine
version, parameter group, subnet group or window to read back, ModifyReplicationGroup changes six
settings, and a deleted group stays in "deleting" for ever.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.elasticache.exceptions import (
    ReplicationGroupAlreadyExists,
    SnapshotAlreadyExists,
)
from moto.elasticache.responses import ElastiCacheResponse

from platform_lib.local.extensions._elasticache_checks import (
    check,
    check_transit_change,
    contradiction,
    invalid,
    key_arn,
    logs,
)
from platform_lib.local.extensions._elasticache_nodes import ReplicationGroup
from platform_lib.local.extensions._elasticache_parameters import family_of
from platform_lib.local.extensions._elasticache_versions import full_version
from platform_lib.local.extensions._elasticache_zones import zones_of
from platform_lib.local.extensions.elasticache_parameter_groups import parameter_group
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_ID = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,39}")
_DEFAULTS = {
    "SnapshotWindow": "05:00-06:00",
    "PreferredMaintenanceWindow": "sun:23:00-mon:01:30",
    "NetworkType": "ipv4",
}


def install() -> None:
    """Patch moto."""
    replace(ElastiCacheResponse)(create_replication_group)
    replace(ElastiCacheResponse)(describe_replication_groups)
    replace(ElastiCacheResponse)(modify_replication_group)
    replace(ElastiCacheResponse)(delete_replication_group)
    replace(ElastiCacheResponse)(describe_cache_clusters)
    replace(ElastiCacheResponse)(delete_cache_cluster)


def _group(self: Any) -> ReplicationGroup:
    identifier = self._get_param("ReplicationGroupId").lower()
    found: ReplicationGroup = self.elasticache_backend.describe_replication_groups(identifier)[0]
    return found


def _answer(group: ReplicationGroup) -> ActionResult:
    return ActionResult({"ReplicationGroup": group.described()})


def create_replication_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Create a group with its nodes."""
    del original

    def create(self: Any) -> ActionResult:
        backend, given = self.elasticache_backend, _completed(self)
        identifier = given["ReplicationGroupId"]
        if identifier in backend.replication_groups:
            raise ReplicationGroupAlreadyExists(identifier)
        if not _ID.fullmatch(identifier) or "--" in identifier or identifier.endswith("-"):
            raise invalid(
                f"The parameter ReplicationGroupId is not a valid identifier: {identifier}"
            )
        base = f"arn:aws:elasticache:{self.region}:{self.current_account}"
        zones = zones_of(backend, given)
        group = ReplicationGroup(f"{base}:replicationgroup:{identifier}", zones, given)
        check(backend, group)
        backend.replication_groups[identifier] = group
        backend.tagging_service.tag_resource(group.arn, given.get("Tags", []))
        return _answer(group)

    return create


def _completed(self: Any) -> dict[str, Any]:
    """Return the parameters of a request with AWS's defaults."""
    backend = self.elasticache_backend
    given: dict[str, Any] = _DEFAULTS | dict(self._get_params())
    for unsupported in ("GlobalReplicationGroupId", "PrimaryClusterId", "SnapshotArns"):
        if given.get(unsupported):
            raise NotImplementedError(unsupported)
    given["ReplicationGroupId"] = given["ReplicationGroupId"].lower()
    given["Engine"] = given.get("Engine", "redis").lower()
    given["EngineVersion"] = full_version(given["Engine"], given.get("EngineVersion"))
    if not given.get("CacheNodeType"):
        raise invalid("The parameter CacheNodeType must be provided and must not be null.")
    name = given.get("CacheParameterGroupName")
    sharded = (
        (given.get("NumNodeGroups") or 1) > 1
        or given.get("ClusterMode") in ("enabled", "compatible")
        or (name is not None and parameter_group(backend, name).cluster_enabled)
    )
    given.setdefault("ClusterMode", "enabled" if sharded else "disabled")
    family = family_of(given["Engine"], given["EngineVersion"])
    default = f"default.{family}" + (".cluster.on" if sharded else "")
    given["CacheParameterGroupName"] = (name or default).lower()
    given.setdefault("IpDiscovery", "ipv6" if given["NetworkType"] == "ipv6" else "ipv4")
    given["PreferredMaintenanceWindow"] = given["PreferredMaintenanceWindow"].lower()
    if given.get("TransitEncryptionEnabled"):
        given.setdefault("TransitEncryptionMode", "required")
    if given.get("KmsKeyId"):
        given["KmsKeyId"] = key_arn(backend, given["KmsKeyId"])
    given["LogDeliveryConfigurations"] = logs(
        backend, [], given.get("LogDeliveryConfigurations", []), given["EngineVersion"]
    )
    given["UserGroupIds"] = [one.lower() for one in given.get("UserGroupIds", [])]
    return given


def describe_replication_groups(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return one group or all of them."""
    del original

    def describe(self: Any) -> ActionResult:
        identifier = self._get_param("ReplicationGroupId")
        found = (
            [_group(self)] if identifier else self.elasticache_backend.replication_groups.values()
        )
        return PaginatedResult({"ReplicationGroups": [one.described() for one in found]})

    return describe


_SIMPLE = {
    "ReplicationGroupDescription": "description",
    "AutomaticFailoverEnabled": "failover",
    "MultiAZEnabled": "multi_az",
    "SecurityGroupIds": "security_group_ids",
    "NotificationTopicArn": "notification_topic_arn",
    "CacheParameterGroupName": "cache_parameter_group_name",
    "AutoMinorVersionUpgrade": "auto_minor_version_upgrade",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "IpDiscovery": "ip_discovery",
    "TransitEncryptionEnabled": "transit",
    "TransitEncryptionMode": "transit_mode",
    "ClusterMode": "cluster_mode",
}
"""Attributes that a request sets at once, by its parameter."""


def modify_replication_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change a group; node type and version wait for the window unless applied immediately."""
    del original

    def modify(self: Any) -> ActionResult:
        backend, group, given = self.elasticache_backend, _group(self), dict(self._get_params())
        changed = copy.copy(group)
        # Everything is stored in lower case, whatever was written.
        for name in ("PreferredMaintenanceWindow", "CacheParameterGroupName"):
            if given.get(name):
                given[name] = given[name].lower()
        for parameter, attribute in _SIMPLE.items():
            if given.get(parameter) is not None:
                setattr(changed, attribute, given[parameter])
        if not changed.transit:
            changed.transit_mode = None
        _check_mode_change(group, changed)
        check_transit_change(group, changed)
        _change_access(changed, given)
        if "LogDeliveryConfigurations" in given:
            asked = given["LogDeliveryConfigurations"]
            changed.logs = logs(backend, group.logs, asked, group.engine_version)
        later = _engine_and_nodes(group, given)
        if given.get("ApplyImmediately"):
            _apply(changed, group.pending | later)
            changed.pending = {}
        else:
            # Checked now, done in the window.
            planned = copy.copy(changed)
            _apply(planned, group.pending | later)
            check(backend, planned)
            changed.pending = group.pending | later
        if not changed.pending:
            check(backend, changed)
        vars(group).update(vars(changed))
        return _answer(group)

    return modify


def _apply(group: ReplicationGroup, values: Mapping[str, Any]) -> None:
    group.engine = values.get("Engine", group.engine)
    group.engine_version = values.get("EngineVersion", group.engine_version)
    group.cache_node_type = values.get("CacheNodeType", group.cache_node_type)


def _engine_and_nodes(group: ReplicationGroup, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that need new nodes; an engine never goes back."""
    later: dict[str, Any] = {}
    engine = (given.get("Engine") or group.engine).lower()
    if given.get("EngineVersion") or engine != group.engine:
        version = full_version(engine, given.get("EngineVersion"))
        before, after = (
            tuple(int(part) for part in one.split(".")) for one in (group.engine_version, version)
        )
        if (group.engine, engine) == ("valkey", "redis"):
            raise contradiction("Valkey cannot be changed to Redis OSS.")
        if engine == group.engine and after < before:
            raise contradiction(
                f"Cannot downgrade from version {group.engine_version} to {version}."
            )
        later |= {"EngineVersion": version} if version != group.engine_version else {}
        later |= {"Engine": engine} if engine != group.engine else {}
    if given.get("CacheNodeType") not in (None, group.cache_node_type):
        later["CacheNodeType"] = given["CacheNodeType"]
    return later


def _check_mode_change(before: ReplicationGroup, after: ReplicationGroup) -> None:
    steps = [("disabled", "compatible"), ("compatible", "enabled"), ("compatible", "disabled")]
    change = (before.cluster_mode, after.cluster_mode)
    if change[0] != change[1] and change not in steps:
        raise contradiction(
            f"Cluster mode cannot be changed from {change[0]} to {change[1]}; it goes by"
            " compatible."
        )


def _change_access(group: ReplicationGroup, given: Mapping[str, Any]) -> None:
    removed = [one.lower() for one in given.get("UserGroupIdsToRemove", [])]
    added = [one.lower() for one in given.get("UserGroupIdsToAdd", [])]
    for identifier in removed:
        if identifier not in group.user_group_ids:
            raise invalid(f"User group {identifier} is not associated with the replication group.")
    if given.get("RemoveUserGroups"):
        removed = group.user_group_ids
    strategy, token = given.get("AuthTokenUpdateStrategy"), given.get("AuthToken")
    if strategy == "DELETE" and token:
        raise contradiction("AuthToken must not be given with the strategy DELETE.")
    if strategy == "DELETE":
        group.auth_token = None
    if token:
        if strategy not in ("SET", "ROTATE"):
            raise contradiction("AuthToken needs an AuthTokenUpdateStrategy.")
        group.auth_token = token
    group.user_group_ids = [one for one in group.user_group_ids if one not in removed] + added


def delete_replication_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Delete a group, with a final snapshot if one is asked for."""
    del original

    def delete(self: Any) -> ActionResult:
        backend, group = self.elasticache_backend, _group(self)
        if self._get_bool_param("RetainPrimaryCluster"):
            raise NotImplementedError("RetainPrimaryCluster")
        final = self._get_param("FinalSnapshotIdentifier")
        if final:
            if final in backend.snapshots:
                raise SnapshotAlreadyExists(final)
            backend.create_snapshot(
                snapshot_name=final,
                replication_group_id=group.replication_group_id,
                cache_cluster_id=None,
                kms_key_id=group.kms_key_id,
                tags=[],
            )
        answer = group.described() | {"Status": "deleting"}
        backend.tagging_service.delete_all_tags_for_resource(group.arn)
        del backend.replication_groups[group.replication_group_id]
        return ActionResult({"ReplicationGroup": answer})

    return delete


def describe_cache_clusters(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the nodes of replication groups too."""

    def describe(self: Any) -> Any:
        backend, wanted = self.elasticache_backend, self._get_param("CacheClusterId")
        members = [one for group in backend.replication_groups.values() for one in group.members()]
        found = [one for one in members if one["CacheClusterId"] == wanted]
        if found:
            return PaginatedResult({"CacheClusters": found})
        answer = original(self)
        if wanted is None and not self._get_bool_param("ShowCacheClustersNotInReplicationGroups"):
            answer.result["CacheClusters"] = [*answer.result["CacheClusters"], *members]
        return answer

    return describe


def delete_cache_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to take a node out of a group this way."""

    def delete(self: Any) -> Any:
        name = self._get_param("CacheClusterId")
        for group in self.elasticache_backend.replication_groups.values():
            if name in group.member_clusters:
                raise AwsError(
                    "InvalidCacheClusterState",
                    f"Cache cluster {name} is a member of replication group"
                    f" {group.replication_group_id}; decrease its replica count instead.",
                )
        return original(self)

    return delete
