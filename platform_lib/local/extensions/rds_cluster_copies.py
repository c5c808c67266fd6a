"""Aurora copies: clusters from snapshots and from a point in time.

Upstream gap: moto copies every attribute of the source into the copy (its tags, its protection, its
waiting changes, its managed secret), so that a restored cluster reads back as its source and not as it
was asked for; snapshots by ARN and sources by resource id are not found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import DBClusterSnapshotNotFoundError
from moto.rds.models import RDSBackend

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_INHERITED = (
    "backup_retention_period",
    "database_name",
    "engine",
    "engine_lifecycle_support",
    "engine_mode",
    "engine_version",
    "master_username",
    "port",
    "preferred_backup_window",
    "preferred_maintenance_window",
    "storage_encrypted",
)


def install() -> None:
    """Patch moto."""
    replace(RDSBackend)(restore_db_cluster_from_snapshot)
    replace(RDSBackend)(restore_db_cluster_to_point_in_time)


def _refuse(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def _copy(backend: Any, source: Any, asked: Any) -> Any:
    """Make a cluster of another's data, with the settings that are asked for."""
    request = {name: getattr(source, name, None) for name in _INHERITED}
    request["restored_from"] = source.db_cluster_identifier
    request["master_user_password"] = (
        getattr(source, "_master_user_password", None) or "restored-password"
    )
    request["kms_key_id"] = source.kms_key_id if source.storage_encrypted else None
    given = {name: value for name, value in dict(asked).items() if value not in (None, "")}
    if given.get("engine", source.engine) != source.engine:
        raise _refuse("The engine of a copy is that of its source.")
    if given.get("kms_key_id"):
        given["storage_encrypted"] = True
    request |= given
    return backend.create_db_cluster(
        {name: value for name, value in request.items() if value is not None}
    )


def restore_db_cluster_from_snapshot(_: Callable[..., Any]) -> Callable[..., Any]:
    """Make a cluster of what the snapshot holds."""

    def restore(self: Any, from_snapshot_id: str, overrides: Any) -> Any:
        name = from_snapshot_id.rpartition(":cluster-snapshot:")[2]
        if name not in self.cluster_snapshots:
            raise DBClusterSnapshotNotFoundError(from_snapshot_id)
        asked = dict(overrides)
        asked.pop("snapshot_identifier", None)
        return _copy(self, self.cluster_snapshots[name].cluster, asked)

    return restore


def restore_db_cluster_to_point_in_time(_: Callable[..., Any]) -> Callable[..., Any]:
    """Make a cluster of what the source was at a time."""

    def restore(self: Any, **asked: Any) -> Any:
        when = asked.pop("restore_to_time", None)
        latest = asked.pop("use_latest_restorable_time", None)
        kind = asked.pop("restore_type", None) or "full-copy"
        if bool(when) == bool(latest):
            raise _refuse("Specify either RestoreToTime or UseLatestRestorableTime.")
        if kind == "copy-on-write" and when:
            raise _refuse("RestoreToTime cannot be specified when RestoreType is copy-on-write")
        resource_id = asked.pop("source_db_cluster_resource_id", None)
        name = asked.pop("source_db_cluster_identifier", None) or next(
            (
                cluster.db_cluster_identifier
                for cluster in self.clusters.values()
                if cluster.db_cluster_resource_id == resource_id
            ),
            resource_id,
        )
        return _copy(self, self.describe_db_clusters(name)[0], asked)

    return restore
