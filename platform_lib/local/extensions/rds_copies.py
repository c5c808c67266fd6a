"""RDS copies: instances from snapshots, from a point in time, and read replicas.

Upstream gap: moto copies every attribute of the source into the copy (its tags, its protection, its
waiting changes, its managed secret), so that a restored database reads back as its source and not as
it was asked for; a replica shares the source's identity; sources that RDS refuses are accepted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import DBInstanceNotFoundError
from moto.rds.models import RDSBackend

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_INHERITED = (
    "auto_minor_version_upgrade",
    "db_instance_class",
    "db_name",
    "engine",
    "engine_lifecycle_support",
    "engine_version",
    "license_model",
    "master_username",
    "port",
    "storage_encrypted",
)
_REPLICATED = (
    "backup_target",
    "ca_certificate_identifier",
    "db_parameter_group_name",
    "network_type",
    "vpc_security_group_ids",
)
_NOT_FOR_REPLICAS = ("manage_master_user_password", "master_user_password", "master_username")
_STRIPED_GIB = 400


def install() -> None:
    """Patch moto."""
    replace(RDSBackend)(restore_db_instance_from_db_snapshot)
    replace(RDSBackend)(restore_db_instance_to_point_in_time)
    replace(RDSBackend)(create_db_instance_read_replica)
    replace(RDSBackend)(promote_read_replica)
    replace(RDSBackend)(modify_db_instance)


def _request(source: Any, asked: Any) -> dict[str, Any]:
    """Compose the creation of a copy: what it takes from its source, and what is asked for."""
    request = {name: getattr(source, name, None) for name in _INHERITED}
    request["restored_from"] = source.db_instance_identifier
    request["master_user_password"] = getattr(source, "_master_user_password", None) or "restored"
    request["kms_key_id"] = source.kms_key_id if source.storage_encrypted else None
    request["backup_retention_period"] = source.backup_retention_period
    request["preferred_backup_window"] = source.preferred_backup_window
    request["preferred_maintenance_window"] = source.preferred_maintenance_window
    given = {name: value for name, value in dict(asked).items() if value not in (None, "")}
    if given.get("engine", source.engine) != source.engine:
        raise AwsError("InvalidParameterCombination", "The engine of a copy is that of its source.")
    return request | _volume(source, given) | given


def _volume(source: Any, given: dict[str, Any]) -> dict[str, Any]:
    gib = int(given.get("allocated_storage") or source.allocated_storage)
    if gib < source.allocated_storage:
        raise AwsError(
            "InvalidParameterValue",
            "The allocated storage size can't be less than the source snapshot or backup size.",
        )
    kind = given.get("storage_type") or source.storage_type
    volume = {"allocated_storage": gib, "storage_type": kind}
    chosen = kind.startswith("io") or (kind == "gp3" and gib >= _STRIPED_GIB)
    if chosen and kind == source.storage_type and source.allocated_storage >= _STRIPED_GIB:
        volume |= {"iops": source.iops, "storage_throughput": source.storage_throughput}
    return volume


def restore_db_instance_from_db_snapshot(_: Callable[..., Any]) -> Callable[..., Any]:
    """Make an instance of what the snapshot holds."""

    def restore(self: Any, from_snapshot_id: str, overrides: Any) -> Any:
        snapshot = self.get_db_snapshot(from_snapshot_id)
        request = _request(snapshot.database, overrides)
        if snapshot.encrypted:
            request |= {"storage_encrypted": True, "kms_key_id": snapshot.kms_key_id}
        del request["db_snapshot_identifier"]
        return self.create_db_instance(request)

    return restore


def restore_db_instance_to_point_in_time(_: Callable[..., Any]) -> Callable[..., Any]:
    """Make an instance of what the source was at a time."""

    def restore(self: Any, source_db_identifier: str, target_db_identifier: str, asked: Any) -> Any:
        source = _source(self, source_db_identifier, asked.get("source_dbi_resource_id"))
        if not source.backup_retention_period:
            raise AwsError(
                "PointInTimeRestoreNotEnabled",
                f"The source instance {source.db_instance_identifier} has no automated backups.",
            )
        if bool(asked.get("restore_time")) == bool(asked.get("use_latest_restorable_time")):
            raise AwsError(
                "InvalidParameterCombination",
                "Specify either RestoreTime or UseLatestRestorableTime.",
            )
        request = _request(source, asked)
        for name in list(request):
            if name.startswith(("source_", "target_", "restore_time", "use_latest")):
                del request[name]
        request["db_instance_identifier"] = target_db_identifier
        return self.create_db_instance(request)

    return restore


def _source(backend: Any, name: str | None, resource_id: str | None) -> Any:
    if name:
        return backend.find_db_from_id(name)
    for database in backend.databases.values():
        if resource_id and database.dbi_resource_id == resource_id:
            return database
    raise DBInstanceNotFoundError(str(resource_id))


def create_db_instance_read_replica(_: Callable[..., Any]) -> Callable[..., Any]:
    """Make a replica with an identity, a class and settings of its own."""

    def create(self: Any, asked: Any) -> Any:
        name = asked["source_db_instance_identifier"]
        source = self.find_db_from_id(name)
        _check_source(source, asked)
        local = source.region == self.region_name
        request = _request(source, asked)
        request["backup_retention_period"] = int(asked.get("backup_retention_period") or 0)
        request["copy_tags_to_snapshot"] = bool(asked.get("copy_tags_to_snapshot"))
        if local:
            for setting in _REPLICATED:
                if request.get(setting) is None:
                    request[setting] = getattr(source, setting, None)
            if not request.get("db_subnet_group_name"):
                request["db_subnet_group_name"] = source._db_subnet_group_name  # noqa: SLF001
        request["source_db_instance_identifier"] = source.db_instance_identifier if local else name
        replica = self.create_db_instance(
            {setting: value for setting, value in request.items() if value is not None}
        )
        replica.is_replica = True
        source.add_replica(replica)
        return replica

    return create


def _check_source(source: Any, asked: Any) -> None:
    if source.db_cluster_identifier:
        raise AwsError(
            "InvalidDBInstanceState", "The source DB instance is a member of a DB cluster."
        )
    if not source.backup_retention_period:
        raise AwsError(
            "InvalidDBInstanceState",
            "Automated backups are not enabled for this database instance. To enable automated"
            " backups, use ModifyDBInstance to set the backup retention period to a non-zero value.",
        )
    if source.manage_master_user_password:
        raise AwsError(
            "InvalidParameterValue",
            f"Creating read replicas for source instance with engine {source.engine} where"
            " ManageMasterUserPassword is enabled is not supported.",
        )
    del asked


def promote_read_replica(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let the replica go from its source."""

    def promote(self: Any, request: Any) -> Any:
        replica = self.describe_db_instances(request["db_instance_identifier"])[0]
        if not replica.is_replica:
            raise AwsError(
                "InvalidDBInstanceState",
                f"DB Instance {replica.db_instance_identifier} is not a read replica.",
            )
        source = self.find_db_from_id(replica.source_db_instance_identifier)
        promoted = original(self, request)
        for known in (replica.db_instance_identifier, replica.arn):
            if known in source.replicas:
                source.replicas.remove(known)
        replica.source_db_instance_identifier = None
        return promoted

    return promote


def modify_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the user and the password of a replica those of its source."""

    def modify(self: Any, db_instance_identifier: str, request: Any) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        if database.is_replica and any(request.get(name) for name in _NOT_FOR_REPLICAS):
            raise AwsError(
                "InvalidParameterCombination",
                f"Cannot change master user password on an RDS {database.engine} Read Replica"
                " because it uses physical replication and therefore cannot differ from its"
                " parent.",
            )
        return original(self, db_instance_identifier, request)

    return modify
