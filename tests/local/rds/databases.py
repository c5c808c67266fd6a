"""Take away what a test of RDS has made, faster than emptying the whole account."""

from __future__ import annotations

from typing import Any

__all__ = ["forget"]


def forget(rds: Any) -> None:  # noqa: C901 - one loop for each kind
    """Delete every database, snapshot, group, proxy and subscription."""
    for proxy in rds.describe_db_proxies()["DBProxies"]:
        rds.delete_db_proxy(DBProxyName=proxy["DBProxyName"])
    instances = rds.describe_db_instances()["DBInstances"]
    # A replica goes before its source.
    for instance in sorted(
        instances, key=lambda one: bool(one["ReadReplicaDBInstanceIdentifiers"])
    ):
        name = instance["DBInstanceIdentifier"]
        if instance["DeletionProtection"] and "DBClusterIdentifier" not in instance:
            rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False)
        rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    for cluster in rds.describe_db_clusters()["DBClusters"]:
        name = cluster["DBClusterIdentifier"]
        if cluster["DeletionProtection"]:
            rds.modify_db_cluster(DBClusterIdentifier=name, DeletionProtection=False)
        rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    for snapshot in rds.describe_db_snapshots()["DBSnapshots"]:
        rds.delete_db_snapshot(DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"])
    for snapshot in rds.describe_db_cluster_snapshots()["DBClusterSnapshots"]:
        rds.delete_db_cluster_snapshot(
            DBClusterSnapshotIdentifier=snapshot["DBClusterSnapshotIdentifier"]
        )
    for group in rds.describe_db_parameter_groups()["DBParameterGroups"]:
        rds.delete_db_parameter_group(DBParameterGroupName=group["DBParameterGroupName"])
    for group in rds.describe_db_cluster_parameter_groups()["DBClusterParameterGroups"]:
        rds.delete_db_cluster_parameter_group(
            DBClusterParameterGroupName=group["DBClusterParameterGroupName"]
        )
    for found in rds.describe_event_subscriptions()["EventSubscriptionsList"]:
        rds.delete_event_subscription(SubscriptionName=found["CustSubscriptionId"])
