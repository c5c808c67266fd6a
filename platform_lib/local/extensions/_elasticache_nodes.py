"""A replication group of ElastiCache: its shards, nodes and endpoints, and how the API shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.moto_api._internal import mock_random

from platform_lib.local.extensions.support import Resource

__all__ = ["ReplicationGroup"]

_SLOTS = 16384
_COMPASS = {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}


class ReplicationGroup(Resource):
    """One replication group.

    Args:
        arn: Its ARN.
        zones: Zones of its nodes by shard, the primary's first.
        given: The parameters of CreateReplicationGroup, completed and checked.
    """

    def __init__(self, arn: str, zones: list[list[str]], given: Mapping[str, Any]) -> None:
        self.arn = arn
        self.replication_group_id: str = given["ReplicationGroupId"]
        self.status = "available"
        self.created = datetime.now(UTC)
        self.zones = zones
        self.description: str = given["ReplicationGroupDescription"]
        self.engine: str = given["Engine"]
        self.engine_version: str = given["EngineVersion"]
        self.cache_node_type: str = given["CacheNodeType"]
        self.cluster_mode: str = given["ClusterMode"]
        self.cache_parameter_group_name: str = given["CacheParameterGroupName"]
        self.cache_subnet_group_name: str | None = given.get("CacheSubnetGroupName")
        self.security_group_ids: list[str] = given.get("SecurityGroupIds") or []
        self.port: int = given.get("Port") or 6379
        self.failover: bool = bool(given.get("AutomaticFailoverEnabled"))
        self.multi_az: bool = bool(given.get("MultiAZEnabled"))
        self.at_rest: bool = bool(given.get("AtRestEncryptionEnabled"))
        self.kms_key_id: str | None = given.get("KmsKeyId")
        self.transit: bool = bool(given.get("TransitEncryptionEnabled"))
        self.transit_mode: str | None = given.get("TransitEncryptionMode")
        self.auth_token: str | None = given.get("AuthToken")
        self.user_group_ids: list[str] = given.get("UserGroupIds") or []
        self.logs: list[dict[str, Any]] = given.get("LogDeliveryConfigurations") or []
        self.snapshot_retention_limit: int = given.get("SnapshotRetentionLimit") or 0
        self.snapshot_window: str = given["SnapshotWindow"]
        self.preferred_maintenance_window: str = given["PreferredMaintenanceWindow"]
        self.notification_topic_arn: str | None = given.get("NotificationTopicArn")
        self.auto_minor_version_upgrade: bool = given.get("AutoMinorVersionUpgrade", True)
        self.network_type: str = given["NetworkType"]
        self.ip_discovery: str = given["IpDiscovery"]
        self.data_tiering: bool = bool(given.get("DataTieringEnabled"))
        self.pending: dict[str, Any] = {}
        region = arn.split(":")[3]
        self._domain = f"{mock_random.get_random_string(6, lower_case=True)}.{_short(region)}"

    @property
    def clustered(self) -> bool:
        """Tell whether keys are spread over shards."""
        return self.cluster_mode != "disabled"

    @property
    def node_groups(self) -> list[dict[str, Any]]:
        """Return the shards as the API does; moto's snapshots count them."""
        return [self._shard(number) for number in range(len(self.zones))]

    @property
    def member_clusters(self) -> list[str]:
        """Return the names of all nodes."""
        return [
            self._member(shard, node)
            for shard, zones in enumerate(self.zones)
            for node in range(len(zones))
        ]

    def _member(self, shard: int, node: int) -> str:
        middle = f"-{shard + 1:04}" if self.clustered else ""
        return f"{self.replication_group_id}{middle}-{node + 1:03}"

    def _address(self, first: str, plain: str) -> str:
        """Return a host name; caches with encrypted transit have others."""
        name = self.replication_group_id
        front = f"{first}.{name}" if self.transit else f"{name}{plain}"
        return f"{front}.{self._domain}.cache.amazonaws.com"

    def _endpoint(self, address: str) -> dict[str, Any]:
        return {"Address": address, "Port": self.port}

    def _shard(self, number: int) -> dict[str, Any]:
        shard: dict[str, Any] = {"NodeGroupId": f"{number + 1:04}", "Status": "available"}
        if self.clustered:
            count = len(self.zones)
            last = (number + 1) * _SLOTS // count - 1
            shard["Slots"] = f"{number * _SLOTS // count}-{last}"
        else:
            shard["PrimaryEndpoint"] = self._endpoint(self._address("master", ""))
            shard["ReaderEndpoint"] = self._endpoint(self._address("replica", "-ro"))
        shard["NodeGroupMembers"] = [
            {
                "CacheClusterId": self._member(number, node),
                "CacheNodeId": "0001",
                "PreferredAvailabilityZone": zone,
            }
            # Clients of cluster mode ask the nodes for roles; AWS does not return them there.
            | ({} if self.clustered else self._role(number, node))
            for node, zone in enumerate(self.zones[number])
        ]
        return shard

    def _role(self, shard: int, node: int) -> dict[str, Any]:
        return {
            "CurrentRole": "primary" if node == 0 else "replica",
            "ReadEndpoint": self._endpoint(
                f"{self._member(shard, node)}.{self._domain}.cache.amazonaws.com"
            ),
        }

    def described(self) -> dict[str, Any]:
        """Return the group as the API does."""
        found: dict[str, Any] = {
            "ReplicationGroupId": self.replication_group_id,
            "Description": self.description,
            "Status": self.status,
            "PendingModifiedValues": {},
            "MemberClusters": self.member_clusters,
            "NodeGroups": self.node_groups,
            "AutomaticFailover": "enabled" if self.failover else "disabled",
            "MultiAZ": "enabled" if self.multi_az else "disabled",
            "SnapshotRetentionLimit": self.snapshot_retention_limit,
            "SnapshotWindow": self.snapshot_window,
            "ClusterEnabled": self.clustered,
            "ClusterMode": self.cluster_mode,
            "CacheNodeType": self.cache_node_type,
            "AuthTokenEnabled": self.auth_token is not None,
            "TransitEncryptionEnabled": self.transit,
            "TransitEncryptionMode": self.transit_mode,
            "AtRestEncryptionEnabled": self.at_rest,
            "KmsKeyId": self.kms_key_id,
            "ARN": self.arn,
            "UserGroupIds": self.user_group_ids,
            "LogDeliveryConfigurations": self._deliveries(),
            "ReplicationGroupCreateTime": self.created,
            "DataTiering": "enabled" if self.data_tiering else "disabled",
            "AutoMinorVersionUpgrade": self.auto_minor_version_upgrade,
            "NetworkType": self.network_type,
            "IpDiscovery": self.ip_discovery,
            "Engine": self.engine,
        }
        if self.clustered:
            found["ConfigurationEndpoint"] = self._endpoint(self._address("clustercfg", ""))
        if self.snapshot_retention_limit:
            found["SnapshottingClusterId"] = self.member_clusters[-1]
        return found

    def _deliveries(self) -> list[dict[str, Any]]:
        return [one | {"Status": "active"} for one in self.logs]

    def members(self) -> Iterator[dict[str, Any]]:
        """Return the nodes as DescribeCacheClusters does."""
        for shard, zones in enumerate(self.zones):
            for node, zone in enumerate(zones):
                yield self._described_member(self._member(shard, node), zone)

    def _described_member(self, name: str, zone: str) -> dict[str, Any]:
        found: dict[str, Any] = {
            "CacheClusterId": name,
            "CacheNodeType": self.cache_node_type,
            "Engine": self.engine,
            "EngineVersion": self.engine_version,
            "CacheClusterStatus": "available",
            "NumCacheNodes": 1,
            "PreferredAvailabilityZone": zone,
            "CacheClusterCreateTime": self.created,
            "PreferredMaintenanceWindow": self.preferred_maintenance_window,
            "PendingModifiedValues": self.pending,
            "CacheSecurityGroups": [],
            "CacheParameterGroup": {
                "CacheParameterGroupName": self.cache_parameter_group_name,
                "ParameterApplyStatus": "in-sync",
                "CacheNodeIdsToReboot": [],
            },
            "CacheSubnetGroupName": self.cache_subnet_group_name,
            "CacheNodes": [
                {
                    "CacheNodeId": "0001",
                    "CacheNodeStatus": "available",
                    "CacheNodeCreateTime": self.created,
                    "Endpoint": self._endpoint(f"{name}.{self._domain}.cache.amazonaws.com"),
                    "ParameterGroupStatus": "in-sync",
                    "CustomerAvailabilityZone": zone,
                }
            ],
            "AutoMinorVersionUpgrade": self.auto_minor_version_upgrade,
            "SecurityGroups": [
                {"SecurityGroupId": one, "Status": "active"} for one in self.security_group_ids
            ],
            "ReplicationGroupId": self.replication_group_id,
            "SnapshotRetentionLimit": self.snapshot_retention_limit,
            "SnapshotWindow": self.snapshot_window,
            "AuthTokenEnabled": self.auth_token is not None,
            "TransitEncryptionEnabled": self.transit,
            "TransitEncryptionMode": self.transit_mode,
            "AtRestEncryptionEnabled": self.at_rest,
            "ARN": self.arn.replace(
                f"replicationgroup:{self.replication_group_id}", f"cluster:{name}"
            ),
            "ReplicationGroupLogDeliveryEnabled": bool(self.logs),
            "LogDeliveryConfigurations": self._deliveries(),
            "NetworkType": self.network_type,
            "IpDiscovery": self.ip_discovery,
        }
        if self.notification_topic_arn:
            found["NotificationConfiguration"] = {
                "TopicArn": self.notification_topic_arn,
                "TopicStatus": "active",
            }
        return found


def _short(region: str) -> str:
    """Return a region as host names of caches spell it: euc1 for eu-central-1."""
    area, middle, number = region.split("-")[-3:]
    return f"{area}{_COMPASS.get(middle, middle[0])}{number}"
