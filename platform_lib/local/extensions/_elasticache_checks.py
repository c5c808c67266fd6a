"""What ElastiCache refuses of a replication group, on creation and on change.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends

from platform_lib.local.extensions._elasticache_nodes import ReplicationGroup
from platform_lib.local.extensions._elasticache_parameters import family_of
from platform_lib.local.extensions._elasticache_versions import at_least
from platform_lib.local.extensions.elasticache_parameter_groups import parameter_group
from platform_lib.local.extensions.elasticache_user_groups import user_group
from platform_lib.local.extensions.support import AwsError

__all__ = ["check", "check_transit_change", "contradiction", "invalid", "key_arn", "logs"]

_NODE_TYPE = re.compile(r"cache\.[a-z0-9]+\.([0-9]*x?large|micro|small|medium)")
_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_WEEK = re.compile(
    r"(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d"
    r"-(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d"
)
_AUTH_TOKEN = re.compile(r"[!-~]{16,128}")
_MAX_NODES = 6
_MAX_RETENTION = 35
_LOGS = ("slow-log", "engine-log")


def invalid(message: str) -> AwsError:
    """Return the error of a value that is not permitted."""
    return AwsError("InvalidParameterValue", message)


def contradiction(message: str) -> AwsError:
    """Return the error of values that do not go together."""
    return AwsError("InvalidParameterCombination", message)


def check(backend: Any, group: ReplicationGroup) -> None:
    """Check a group as it would become."""
    _check_values(group)
    _check_nodes(group)
    _check_parameters(backend, group)
    _check_network(backend, group)
    _check_encryption(group)
    _check_access(backend, group)


def _check_values(group: ReplicationGroup) -> None:
    if not _NODE_TYPE.fullmatch(group.cache_node_type):
        raise invalid(f"Invalid Cache Node Type: {group.cache_node_type}.")
    if not _DAY.fullmatch(group.snapshot_window):
        raise invalid(f"Invalid snapshot window format: {group.snapshot_window}")
    if not _WEEK.fullmatch(group.preferred_maintenance_window):
        raise invalid(f"Invalid maintenance window format: {group.preferred_maintenance_window}")
    if not 0 <= group.snapshot_retention_limit <= _MAX_RETENTION:
        raise invalid(f"SnapshotRetentionLimit must be between 0 and {_MAX_RETENTION}.")
    if group.data_tiering and ".r6gd." not in group.cache_node_type:
        raise contradiction("Data tiering is supported by node types of the r6gd family only.")


def _check_nodes(group: ReplicationGroup) -> None:
    nodes = [len(zones) for zones in group.zones]
    if max(nodes) > _MAX_NODES:
        raise invalid(f"A shard can have at most {_MAX_NODES - 1} replicas.")
    if group.clustered and not group.failover:
        raise contradiction(
            f"{group.engine} with cluster mode enabled cannot be created with auto failover"
            " turned off."
        )
    if not group.clustered and len(nodes) > 1:
        raise contradiction("More than one node group needs cluster mode.")
    if not group.clustered and group.failover and nodes[0] == 1:
        raise contradiction(
            "When using automatic failover, there must be at least 2 cache clusters in the"
            " replication group."
        )
    if group.multi_az and not group.failover:
        raise contradiction("Multi-AZ requires automatic failover to be enabled.")
    if group.multi_az and min(nodes) == 1:
        raise contradiction("Multi-AZ requires at least one replica in each node group.")


def _check_parameters(backend: Any, group: ReplicationGroup) -> None:
    parameters = parameter_group(backend, group.cache_parameter_group_name)
    family = family_of(group.engine, group.engine_version)
    if parameters.family != family:
        raise contradiction(
            f"Expected a parameter group of family {family} but found one of family"
            f" {parameters.family}"
        )
    if parameters.cluster_enabled != group.clustered:
        raise contradiction(
            f"Parameter group {parameters.name} has cluster-enabled="
            f"{'yes' if parameters.cluster_enabled else 'no'}, which does not fit cluster mode"
            f" {group.cluster_mode}."
        )


def _check_network(backend: Any, group: ReplicationGroup) -> None:
    known = ec2_backends[backend.account_id][backend.region_name]
    missing = [one for one in group.security_group_ids if not known.get_security_group_from_id(one)]
    if missing:
        raise invalid(f"Some security group Ids are not found: {', '.join(missing)}")
    name = group.cache_subnet_group_name
    subnets = backend.describe_cache_subnet_groups(name)[0] if name else None
    supported = subnets.supported_network_types if subnets else ["ipv4"]
    if group.network_type not in supported:
        raise contradiction(
            f"Network type {group.network_type} is not supported by subnet group {name}, which"
            f" supports: {', '.join(sorted(supported))}"
        )
    if group.network_type != "ipv4" and not at_least(group.engine_version, 6, 2):
        raise contradiction(f"Network type {group.network_type} needs Redis OSS 6.2 or later.")
    if group.network_type in ("ipv4", "ipv6") and group.ip_discovery != group.network_type:
        raise contradiction(
            f"IP discovery {group.ip_discovery} does not fit network type {group.network_type}."
        )


def _check_encryption(group: ReplicationGroup) -> None:
    if group.kms_key_id and not group.at_rest:
        raise contradiction("KmsKeyId requires AtRestEncryptionEnabled.")
    if group.transit_mode and not group.transit:
        raise contradiction("TransitEncryptionMode requires TransitEncryptionEnabled.")
    if group.auth_token and not group.transit:
        raise contradiction("AuthToken requires TransitEncryptionEnabled.")
    if group.auth_token and not _AUTH_TOKEN.fullmatch(group.auth_token):
        raise invalid("AuthToken must have 16 to 128 printable characters.")


def _check_access(backend: Any, group: ReplicationGroup) -> None:
    if len(group.user_group_ids) > 1:
        raise invalid("Only one user group can be associated with a replication group.")
    for identifier in group.user_group_ids:
        users = user_group(backend, identifier)
        if not group.transit:
            raise contradiction("User group based access control requires encryption in transit.")
        if group.auth_token:
            raise contradiction("AuthToken and UserGroupIds cannot be used together.")
        if group.engine == "redis" and users.engine != "redis":
            raise contradiction(
                f"User group {identifier} of engine {users.engine} cannot be used by a redis"
                " replication group."
            )
        modes = {backend.users[one].authentication_type for one in users.user_ids}
        if "iam" in modes and not at_least(group.engine_version, 7):
            raise contradiction("IAM authentication needs Redis OSS 7.0 or Valkey 7.2 and later.")


def check_transit_change(before: ReplicationGroup, after: ReplicationGroup) -> None:
    """Check a change of encryption in transit, which has an order.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
    """
    if (before.transit, before.transit_mode) == (after.transit, after.transit_mode):
        return
    if not at_least(before.engine_version, 7, 0, 5):
        raise contradiction(
            "Encryption in transit of an existing replication group can be changed with Redis OSS"
            " 7.0.5 and later only."
        )
    if after.transit and not before.transit and after.transit_mode != "preferred":
        raise contradiction("To enable encryption in transit, set the mode to preferred first.")
    if before.transit and not after.transit and before.transit_mode != "preferred":
        raise contradiction("To disable encryption in transit, set the mode to preferred first.")


def key_arn(backend: Any, key_id: str) -> str:
    """Return the ARN of a usable key."""
    keys = kms_backends[backend.account_id][backend.region_name]
    found = keys.keys.get(keys.get_key_id(key_id))
    if found is None or found.key_state != "Enabled":
        raise AwsError("InvalidKMSKeyFault", f"The KMS key {key_id} cannot be used.")
    return str(found.arn)


def logs(
    backend: Any, now: list[dict[str, Any]], asked: list[Mapping[str, Any]], version: str
) -> list[dict[str, Any]]:
    """Return the log deliveries that a request leaves."""
    kept = {one["LogType"]: one for one in now}
    types = [one["LogType"] for one in asked]
    if len(types) != len(set(types)):
        raise contradiction("A log type can be delivered to one destination only.")
    for one in asked:
        kind = one["LogType"]
        if kind not in _LOGS:
            raise invalid(f"Invalid log type: {kind}")
        if one.get("Enabled") is False:
            kept.pop(kind, None)
            continue
        if not at_least(version, 6, 2 if kind == "engine-log" else 0):
            raise contradiction(f"Log type {kind} is not supported by version {version}.")
        _check_destination(backend, one)
        kept[kind] = {
            name: one[name]
            for name in ("LogType", "DestinationType", "DestinationDetails", "LogFormat")
        }
    return [kept[kind] for kind in _LOGS if kind in kept]


def _check_destination(backend: Any, one: Mapping[str, Any]) -> None:
    if one["LogFormat"] not in ("text", "json"):
        raise invalid(f"Invalid log format: {one['LogFormat']}")
    if one["DestinationType"] != "cloudwatch-logs":
        return
    name = one["DestinationDetails"]["CloudWatchLogsDetails"]["LogGroup"]
    if name not in logs_backends[backend.account_id][backend.region_name].groups:
        raise invalid(f"The CloudWatch Logs log group {name} does not exist.")
