"""Aurora clusters and their instances: settings read back, changed in place, deleted.

Upstream gap: moto overwrites a cluster of the same name, takes unknown subnet groups and parameter
groups, answers `default.aurora8.0`, storage type `gp2` and a key that does not exist, keeps changes of
IAM authentication under another name, loses the cluster when a change is refused, has no Data API of
provisioned clusters, and leaves automated snapshots behind.
A cluster is available at once; the half minute that the AWS provider waits is the provider's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.models import DBCluster, DBInstanceClustered, RDSBackend
from moto.rds.responses import RDSResponse

from platform_lib.local.extensions.rds_engines import family
from platform_lib.local.extensions.rds_instances import (
    CERTIFICATES,
    identified,
    known_key,
    managed_key,
)
from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]

_AURORA = "aurora-postgresql"
_LIFECYCLE = "open-source-rds-extended-support"
_RETENTION_DAYS = range(1, 36)
_TIERS = range(16)
_STORAGE = ("aurora", "aurora-iopt1")


def install() -> None:
    """Patch moto."""
    replace(DBCluster, "__init__")(initialise)
    replace(DBCluster, "enable_http_endpoint")(_data_api)
    replace(DBInstanceClustered, "__init__")(_check_member)
    replace(RDSBackend)(create_db_cluster)
    replace(RDSBackend)(modify_db_cluster)
    replace(RDSResponse)(delete_db_cluster)
    add(DBCluster, "cluster_scalability_type")("standard")
    add(RDSResponse)(enable_http_endpoint)
    add(RDSResponse)(disable_http_endpoint)


def _refuse(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def initialise(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give a cluster from its first moment what moto leaves out."""

    def init(self: Any, backend: Any, **request: Any) -> None:
        if request["engine"] != _AURORA:
            original(self, backend, **request)
            return
        # Moto knows no storage types of Aurora.
        storage = request.pop("storage_type", None)
        original(self, backend, **request)
        self.db_cluster_resource_id = identified("cluster-")
        self.parameter_group = request.get("db_cluster_parameter_group_name") or (
            f"default.{family(self.engine, self.engine_version)}"
        )
        self.allocated_storage = 1
        # Aurora's standard storage has no name in the answer.
        self.storage_type = None if storage == _STORAGE[0] else storage
        self.kms_key_id = request.get("kms_key_id") if self.storage_encrypted else None
        self.engine_lifecycle_support = request.get("engine_lifecycle_support") or _LIFECYCLE
        self.hosted_zone_id = "Z1RLNUO7B9Q6NB"
        self.copy_tags_to_snapshot = bool(self.copy_tags_to_snapshot)
        self.enable_iam_database_authentication = bool(self.iam_auth)

    return init


def _data_api(original: property) -> property:
    """Let provisioned clusters have the Data API, which moto only knows of serverless v1."""

    def get(self: Any) -> bool:
        return bool(self._enable_http_endpoint)

    def put(self: Any, value: bool | None) -> None:  # noqa: FBT001 - a property's setter
        if self.engine == _AURORA and self.engine_mode == "provisioned":
            self._enable_http_endpoint = bool(value)
        elif original.fset is not None:
            original.fset(self, value)

    return property(get, put)


def _check_member(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check what an instance brings into its cluster."""

    def init(
        self: Any, db_cluster_identifier: str, promotion_tier: int = 1, **request: Any
    ) -> None:
        if int(promotion_tier) not in _TIERS:
            raise AwsError("InvalidParameterValue", f"Invalid promotion tier: {promotion_tier}")
        original(self, db_cluster_identifier, int(promotion_tier), **request)

    return init


def create_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check what is asked for."""

    def create(self: Any, request: Any) -> Any:
        name = request["db_cluster_identifier"]
        if name in self.clusters:
            raise AwsError("DBClusterAlreadyExistsFault", f"DB Cluster {name} already exists.")
        if request["engine"] == _AURORA:
            _check_new(self, request)
        return original(self, request)

    return create


def _check_new(backend: Any, request: Any) -> None:
    _check_settings(backend, request, str(request["engine_version"]))
    group = request.get("db_subnet_group_name")
    if group and group != "default":
        subnets = backend.describe_db_subnet_groups(group)[0]._subnets  # noqa: SLF001 - moto's own
        if not request.get("availability_zones"):
            zones = sorted({subnet.availability_zone for subnet in subnets})
            request["availability_zones"] = zones[:3]
    if request.get("kms_key_id") and not request.get("storage_encrypted"):
        raise _refuse("KmsKeyId can only be specified for an encrypted DB cluster.")
    if request.get("kms_key_id"):
        request["kms_key_id"] = known_key(backend, request["kms_key_id"])
    elif request.get("storage_encrypted"):
        request["kms_key_id"] = managed_key(backend)


def _check_settings(backend: Any, request: Any, version: str) -> None:
    days = request.get("backup_retention_period")
    if days is not None and int(days) not in _RETENTION_DAYS:
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid backup retention period: {days}. Retention period must be between 1 and 35.",
        )
    storage = request.get("storage_type")
    if storage and storage not in _STORAGE:
        raise _refuse(f"Invalid storage type for engine {_AURORA}: {storage}")
    for name in ("iops", "allocated_storage", "db_cluster_instance_class"):
        if request.get(name):
            raise _refuse(f"{name} isn't supported for engine {_AURORA}.")
    certificate = request.get("ca_certificate_identifier")
    if certificate and certificate not in CERTIFICATES:
        raise AwsError("CertificateNotFound", f"Certificate not found: {certificate}")
    _check_group(backend, request.get("db_cluster_parameter_group_name"), version)


def _check_group(backend: Any, name: str | None, version: str) -> None:
    if not name or name == f"default.{family(_AURORA, version)}":
        return
    if name not in backend.db_cluster_parameter_groups:
        raise AwsError(
            "DBClusterParameterGroupNotFound", f"DBClusterParameterGroup not found: {name}"
        )
    found = backend.db_cluster_parameter_groups[name].db_parameter_group_family
    if found != family(_AURORA, version):
        raise _refuse(
            f"The parameter group {name} with DBParameterGroupFamily {found} can't be used for this"
            f" cluster. Please use a parameter group with DBParameterGroupFamily"
            f" {family(_AURORA, version)}."
        )


def modify_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check first, since moto takes the cluster out of its table; then keep what waits."""

    def modify(self: Any, asked: Any) -> Any:
        request = dict(asked)
        cluster = self.describe_db_clusters(request["db_cluster_identifier"])[0]
        if cluster.engine != _AURORA:
            return original(self, asked)
        request["db_cluster_identifier"] = cluster.db_cluster_identifier
        version = request.get("engine_version") or cluster.engine_version
        _check_settings(self, request, version)
        if request.get("rotate_master_user_password") and not request.get("apply_immediately"):
            raise _refuse(
                "You must specify apply immediately when rotating the master user password."
            )
        changed = original(self, request)
        for owner in (cluster, changed):
            owner.iam_auth = owner.enable_iam_database_authentication
            if owner.storage_type == _STORAGE[0]:
                # Aurora's standard storage has no name in the answer.
                owner.storage_type = None
        for member in cluster._members:  # noqa: SLF001 - moto's own
            member.port = cluster.port
        return changed

    return modify


def delete_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Insist on a decision about the final snapshot, and take the automated ones along."""

    def delete(self: Any) -> Any:
        cluster = self.backend.describe_db_clusters(self.params["DBClusterIdentifier"])[0]
        name = cluster.db_cluster_identifier
        final = self.params.get("FinalDBSnapshotIdentifier")
        skip = bool(self.params.get("SkipFinalSnapshot"))
        if bool(final) == skip:
            raise _refuse(
                "FinalDBSnapshotIdentifier can not be specified when SkipFinalSnapshot is true."
                if skip
                else "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
            )
        if final and final in self.backend.cluster_snapshots:
            raise AwsError(
                "DBClusterSnapshotAlreadyExistsFault",
                f"Cannot create the cluster snapshot because one with the identifier {final}"
                " already exists.",
            )
        answer = original(self)
        if self.params.get("DeleteAutomatedBackups") is not False:
            for snapshot in list(self.backend.cluster_snapshots.values()):
                if snapshot.snapshot_type == "automated" and snapshot.db_cluster_identifier == name:
                    self.backend.delete_db_cluster_snapshot(snapshot.db_cluster_snapshot_identifier)
        return answer

    return delete


def _set_data_api(self: Any, *, on: bool) -> ActionResult:
    arn = self.params["ResourceArn"]
    cluster = self.backend.describe_db_clusters(arn)[0]
    cluster.enable_http_endpoint = on
    return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": cluster.enable_http_endpoint})


def enable_http_endpoint(self: Any) -> ActionResult:
    """Turn the Data API of a cluster on."""
    return _set_data_api(self, on=True)


def disable_http_endpoint(self: Any) -> ActionResult:
    """Turn the Data API of a cluster off."""
    return _set_data_api(self, on=False)
