"""RDS changes that wait for the maintenance window.

Upstream gap: moto applies every change of an instance or a cluster at once, whether or not it is asked
to. On RDS a change without `apply_immediately` leaves the database as it is, so that the next plan
shows it again; the emulator's maintenance window never comes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.rds.models import DBCluster, DBInstance, RDSBackend

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_INSTANCE: Mapping[str, str] = {
    "allocated_storage": "AllocatedStorage",
    "ca_certificate_identifier": "CACertificateIdentifier",
    "db_instance_class": "DBInstanceClass",
    "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
    "engine_version": "EngineVersion",
    "iops": "Iops",
    "master_user_password": "MasterUserPassword",
    "multi_az": "MultiAZ",
    "new_db_instance_identifier": "DBInstanceIdentifier",
    "storage_throughput": "StorageThroughput",
    "storage_type": "StorageType",
}
"""What an instance's settings are called while they wait
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ModifyInstance.Settings.html)."""

_CLUSTER: Mapping[str, str] = {
    "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
    "engine_version": "EngineVersion",
    "new_db_cluster_identifier": "DBClusterIdentifier",
}
"""What a cluster's are called
(https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Modifying.html)."""

_DIRECTIONS = ("allow_major_version_upgrade", "apply_immediately")
"""What says how to change something, which moto would keep as if it were a setting."""


def install() -> None:
    """Patch moto."""
    replace(DBInstance, "__init__")(_initialise)
    replace(DBCluster, "__init__")(_initialise)
    replace(RDSBackend)(modify_db_instance)
    replace(RDSBackend)(modify_db_cluster)


def _initialise(original: Callable[..., Any]) -> Callable[..., Any]:
    """Start with nothing that waits."""

    def init(self: Any, backend: Any, **request: Any) -> None:
        self.pending_modified_values = {}
        original(self, backend, **request)

    return init


def _due(owner: Any, request: Any, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what is changed now, and note what waits."""
    due = {name: value for name, value in dict(request).items() if value is not None}
    if due.get("apply_immediately"):
        # Everything that waits is applied with it, and the request repeats what is wanted.
        owner.pending_modified_values.clear()
    else:
        for name, member in names.items():
            value = due.pop(name, None)
            if value is not None and value != getattr(owner, name, None):
                secret = name == "master_user_password"
                owner.pending_modified_values[member] = "****" if secret else value
    rotates = due.get("rotate_master_user_password")
    return {name: value for name, value in due.items() if rotates or name not in _DIRECTIONS}


def modify_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change what is due."""

    def modify(self: Any, db_instance_identifier: str, request: Any) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        return original(self, db_instance_identifier, _due(database, request, _INSTANCE))

    return modify


def modify_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change what is due."""

    def modify(self: Any, request: Any) -> Any:
        cluster = self.describe_db_clusters(request["db_cluster_identifier"])[0]
        changed = original(self, _due(cluster, request, _CLUSTER))
        changed.pending_modified_values = cluster.pending_modified_values
        return changed

    return modify
