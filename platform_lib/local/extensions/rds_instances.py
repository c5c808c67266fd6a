"""RDS instances: an identity of their own, their settings read back, and changes that wait.

Upstream gap: moto gives every instance the same resource id, by which the AWS provider finds it
again; keeps changes under the request's names (`DBPortNumber`), applies all of them at once whether
or not it is asked to, has no certificates, and deletes without the final snapshot that AWS insists on.
An instance is available at once; the minute that the AWS provider waits is the provider's own.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from moto.moto_api._internal import mock_random
from moto.rds.exceptions import KMSKeyNotAccessibleFault
from moto.rds.models import DBInstance, RDSBackend

from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["CERTIFICATES", "identified", "install", "known_key", "managed_key"]

CERTIFICATES: Mapping[str, datetime] = {
    "rds-ca-rsa2048-g1": datetime(2061, 5, 25, tzinfo=UTC),
    "rds-ca-rsa4096-g1": datetime(2121, 5, 25, tzinfo=UTC),
    "rds-ca-ecc384-g1": datetime(2121, 5, 25, tzinfo=UTC),
}
"""Certificate authorities by identifier, and the end of each
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html)."""

_DEFAULT_CERTIFICATE = "rds-ca-rsa2048-g1"
_LICENSES = {"postgres": "postgresql-license", "aurora-postgresql": "postgresql-license"}
_LIFECYCLES = ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled")
_RESERVED = frozenset({"admin", "rdsadmin", "rds_superuser", "rds_replication", "rds_password"})
_RETENTION_DAYS = range(36)
_IN_CLUSTER_ONLY = frozenset(
    {
        "allocated_storage",
        "backup_retention_period",
        "deletion_protection",
        "iops",
        "manage_master_user_password",
        "master_user_password",
        "max_allocated_storage",
        "preferred_backup_window",
        "storage_type",
        "vpc_security_group_ids",
    }
)


def install() -> None:
    """Patch moto."""
    replace(DBInstance, "__init__")(initialise)
    replace(RDSBackend)(create_db_instance)
    replace(RDSBackend)(modify_db_instance)
    replace(RDSBackend)(delete_db_instance)
    replace(RDSBackend)(reboot_db_instance)
    replace(DBInstance, "address")(lambda _: property(address))
    replace(DBInstance, "endpoint")(lambda _: property(endpoint))
    add(DBInstance, "certificate_details")(property(certificate_details))
    add(DBInstance, "secondary_availability_zone")(property(secondary_zone))


def identified(prefix: str) -> str:
    """Return a new resource id, by which RDS knows a thing whose name may change."""
    letters = string.ascii_uppercase + "234567"
    return prefix + "".join(mock_random.choice(letters) for _ in range(26))


def managed_key(backend: Any, service: str = "rds") -> str:
    """Return the ARN of the key that AWS itself keeps for a service."""
    number = sum(ord(letter) * 31**place for place, letter in enumerate(service)) % 10**12
    return (
        f"arn:{backend.partition}:kms:{backend.region_name}:{backend.account_id}"
        f":key/00000000-0000-4000-8000-{number:012d}"
    )


def known_key(backend: Any, key: str) -> str:
    """Return the ARN of a key that may be one of AWS's own.

    Raises:
        KMSKeyNotAccessibleFault: Nobody has such a key.
    """
    if key in (managed_key(backend), managed_key(backend, "secretsmanager")):
        return key
    if "alias/" in key and not backend.kms.alias_exists(f"alias/{key.partition('alias/')[2]}"):
        # Moto fails on it.
        raise KMSKeyNotAccessibleFault(key)
    return str(backend._validate_kms_key(key))  # noqa: SLF001 - moto's own


def address(self: Any) -> str:
    """Return the host name; its second label is the same for every instance of an account."""
    return f"{self.db_instance_identifier}.{_label(self)}.{self.region}.rds.amazonaws.com"


def _label(instance: Any) -> str:
    seed = int(instance.account_id) * 7919 + sum(map(ord, instance.region))
    letters = string.ascii_lowercase + string.digits
    return "c" + "".join(letters[(seed >> (5 * place)) % 36] for place in range(11))


def endpoint(self: Any) -> dict[str, Any]:
    """Return host, port, and the hosted zone of RDS in the region."""
    return {"Address": self.address, "Port": self.port, "HostedZoneId": "Z1RLNUO7B9Q6NB"}


def certificate_details(self: Any) -> dict[str, Any]:
    """Return the certificate authority and its end."""
    name = self.ca_certificate_identifier
    return {"CAIdentifier": name, "ValidTill": CERTIFICATES.get(name)}


def secondary_zone(self: Any) -> str | None:
    """Return where the standby is: in another zone of the subnet group."""
    group = getattr(self, "db_subnet_group", None)
    if not self.multi_az or group is None:
        return None
    zones = {subnet.availability_zone for subnet in group._subnets}  # noqa: SLF001
    return min(zones - {self.availability_zone}, default=None)


def create_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the request, and give the instance what moto leaves out."""

    def create(self: Any, request: Any) -> Any:
        in_cluster = request.get("db_cluster_identifier") is not None
        for empty in ("db_name", "db_subnet_group_name", "availability_zone"):
            if request.get(empty) == "":
                del request[empty]
        _check_new(request, in_cluster=in_cluster)
        if in_cluster:
            cluster = self.describe_db_clusters(request["db_cluster_identifier"])[0]
            if cluster.db_subnet_group_name != "default":
                request["db_subnet_group_name"] = cluster.db_subnet_group_name
            request["port"] = cluster.port
        elif request.get("kms_key_id"):
            request["kms_key_id"] = known_key(self, request["kms_key_id"])
        elif request.get("storage_encrypted"):
            request["kms_key_id"] = managed_key(self)
        request["availability_zone"] = request.get("availability_zone") or _zone(self, request)
        request["license_model"] = request.get("license_model") or _LICENSES.get(
            request["engine"], "general-public-license"
        )
        request.setdefault("ca_certificate_identifier", _DEFAULT_CERTIFICATE)
        made = original(self, request)
        # A cluster's backups are the cluster's; without backups there is no automated snapshot.
        if in_cluster or not made.backup_retention_period:
            for snapshot in _automated(self, made.db_instance_identifier):
                self.delete_db_snapshot(snapshot.db_snapshot_identifier)
        return made

    return create


def _automated(backend: Any, name: str) -> Any:
    return backend.describe_db_snapshots(name, snapshot_type="automated")


def _check_new(request: Any, *, in_cluster: bool) -> None:
    _check_certificate(request)
    _check_retention(request)
    lifecycle = request.get("engine_lifecycle_support")
    if lifecycle and lifecycle not in _LIFECYCLES:
        raise AwsError(
            "InvalidParameterValue", f"Invalid value for EngineLifecycleSupport: {lifecycle}"
        )
    if in_cluster:
        for name in ("master_username", "master_user_password", "storage_encrypted"):
            if request.get(name):
                raise AwsError(
                    "InvalidParameterCombination",
                    f"The requested DB Instance will be a member of a DB Cluster."
                    f" Set {name} for the DB Cluster.",
                )
        return
    if not request.get("db_instance_class"):
        raise AwsError(
            "InvalidParameterValue",
            "The parameter DBInstanceClass must be provided and must not be blank.",
        )
    if request.get("kms_key_id") and not request.get("storage_encrypted"):
        raise AwsError(
            "InvalidParameterCombination",
            "KmsKeyId can only be specified for an encrypted DB instance.",
        )
    user = request.get("master_username")
    if not user:
        raise AwsError(
            "InvalidParameterValue",
            "The parameter MasterUsername must be provided and must not be blank.",
        )
    if user in _RESERVED and request["engine"] == "postgres":
        raise AwsError(
            "InvalidParameterValue",
            f"MasterUsername {user} cannot be used as it is a reserved word used by the engine",
        )


def _check_certificate(request: Any) -> None:
    name = request.get("ca_certificate_identifier")
    if name and name not in CERTIFICATES:
        raise AwsError("CertificateNotFound", f"Certificate not found: {name}")


def _check_retention(request: Any) -> None:
    days = request.get("backup_retention_period")
    if days is not None and int(days) not in _RETENTION_DAYS:
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid backup retention period: {days}. Retention period must be between 0 and 35.",
        )


def _zone(backend: Any, request: Any) -> str:
    name = request.get("db_subnet_group_name")
    if not name or name == "default":
        return f"{backend.region_name}a"
    subnets = backend.describe_db_subnet_groups(name)[0]._subnets  # noqa: SLF001
    zones = sorted({str(subnet.availability_zone) for subnet in subnets})
    members = len(backend.databases)
    return zones[members % len(zones)] if request.get("db_cluster_identifier") else zones[0]


def initialise(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give an instance from its first moment what moto leaves out."""

    def init(self: Any, backend: Any, **request: Any) -> None:
        original(self, backend, **request)
        self.dbi_resource_id = identified("db-")
        cluster = backend.clusters.get(self.db_cluster_identifier or "")
        self.engine_lifecycle_support = (
            request.get("engine_lifecycle_support")
            if cluster is None
            else getattr(cluster, "engine_lifecycle_support", None)
        ) or _LIFECYCLES[0]
        self.network_type = request.get("network_type") or "IPV4"
        self.backup_target = request.get("backup_target") or "region"
        self.dedicated_log_volume = bool(request.get("dedicated_log_volume"))
        self.customer_owned_ip_enabled = False
        self.publicly_accessible = bool(self.publicly_accessible)

    return init


def modify_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check a change, and translate what moto knows under another name."""

    def modify(self: Any, db_instance_identifier: str, request: Any) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        old = database.db_instance_identifier
        _check_certificate(request)
        _check_retention(request)
        if database.db_cluster_identifier:
            _drop_what_the_cluster_decides(database, request)
        if request.get("db_port_number"):
            request["port"] = int(request["db_port_number"])
        name = request.get("new_db_instance_identifier")
        if name and name != old and name in self.databases:
            raise AwsError("DBInstanceAlreadyExists", "DB instance already exists")
        changed = original(self, old, request)
        for replica in self.databases.values():
            if replica.source_db_instance_identifier == old:
                replica.source_db_instance_identifier = changed.db_instance_identifier
        return changed

    return modify


def _drop_what_the_cluster_decides(database: Any, request: Any) -> None:
    for name in _IN_CLUSTER_ONLY & set(request):
        value = request[name]
        del request[name]
        if name == "deletion_protection" or value in (None, getattr(database, name, None)):
            continue
        raise AwsError(
            "InvalidParameterCombination",
            "The specified DB Instance is a member of a DB Cluster."
            f" Modify {name} for the DB Cluster using the ModifyDbCluster API.",
        )


def reboot_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to reboot what does not run."""

    def reboot(self: Any, db_instance_identifier: str) -> Any:
        database = original(self, db_instance_identifier)
        if database.status != "available":
            raise AwsError(
                "InvalidDBInstanceState",
                f"Instance {db_instance_identifier} is not in available state.",
            )
        return database

    return reboot


def delete_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Insist on a decision about the final snapshot; release replicas and the cluster's writer."""

    def delete(
        self: Any,
        db_instance_identifier: str,
        final_db_snapshot_identifier: str | None = None,
        skip_final_snapshot: bool | None = False,  # noqa: FBT001, FBT002 - moto's
        delete_automated_backups: bool | None = True,  # noqa: FBT001, FBT002 - moto's
    ) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        if database.db_cluster_identifier is None and not database.is_replica:
            _check_final_snapshot(final_db_snapshot_identifier, skip=bool(skip_final_snapshot))
        # Moto's table keeps the case of the request's key only.
        deleted = original(
            self,
            database.db_instance_identifier,
            final_db_snapshot_identifier,
            skip_final_snapshot,
            delete_automated_backups,
        )
        if delete_automated_backups is not False:
            # Moto looks for them under the instance's last name.
            for snapshot in list(self.database_snapshots.values()):
                own = snapshot.dbi_resource_id == database.dbi_resource_id
                if own and snapshot.snapshot_type == "automated":
                    self.delete_db_snapshot(snapshot.db_snapshot_identifier)
        for other in self.databases.values():
            if other.source_db_instance_identifier in (
                database.db_instance_identifier,
                database.arn,
            ):
                # A replica whose source goes becomes a database of its own.
                other.source_db_instance_identifier = None
                other.is_replica = False
        return deleted

    return delete


def _check_final_snapshot(name: str | None, *, skip: bool) -> None:
    if name and skip:
        raise AwsError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance or"
            " when SkipFinalSnapshot is true.",
        )
    if not name and not skip:
        raise AwsError(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )
