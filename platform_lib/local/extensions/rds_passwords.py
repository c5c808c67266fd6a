"""RDS master passwords: chosen by RDS, kept in a managed secret, rotated without a function.

Upstream gap: moto's managed secret holds the user `admin` with a fixed password, is not rotated by
schedule, is made anew by every change that repeats the setting, takes any key, and may be deleted or
overwritten by anybody; a database without a password is accepted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.rds.models import MasterUserSecret, RDSBackend

from platform_lib.local.extensions.rds_instances import known_key, managed_key
from platform_lib.local.extensions.secretsmanager_rotation import password, renew, schedule
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_SHORTEST = 8
_LONGEST = 128
_DAYS = 7


def install() -> None:
    """Patch moto."""
    replace(MasterUserSecret, "_generate_secret_string")(generate_secret_string)
    replace(MasterUserSecret, "_create_secret")(create_secret)
    replace(MasterUserSecret, "kms_key_id")(lambda _: property(kms_key_id))
    replace(MasterUserSecret)(rotate_secret)
    replace(MasterUserSecret, "_generate_secret_description")(generate_description)
    replace(RDSBackend)(create_db_instance)
    replace(RDSBackend)(create_db_cluster)
    replace(RDSBackend)(modify_db_instance)
    replace(RDSBackend)(modify_db_cluster)


def _value(secret: Any) -> str:
    return json.dumps({"username": secret.resource.master_username, "password": password()})


def generate_secret_string(_: Callable[..., Any]) -> Callable[..., Any]:
    """Write the user of the database and a password of its own."""
    return _value


def generate_description(_: Callable[..., Any]) -> Callable[..., Any]:
    """Name the database."""

    def describe(self: Any) -> str:
        kind = "instance" if self.resource.resource_type == "db" else "cluster"
        return f"Secret associated with primary RDS DB {kind}: {self.resource.arn}"

    return describe


def create_secret(original: Callable[..., Any]) -> Callable[..., Any]:
    """Turn on the weekly rotation, which every managed secret starts with."""

    def create(self: Any, kms_key_id: str | None) -> Any:
        if kms_key_id:
            kms_key_id = known_key(self.resource.backend, kms_key_id)
        secret = original(self, kms_key_id)
        schedule(secret, {"AutomaticallyAfterDays": _DAYS})
        return secret

    return create


def kms_key_id(self: Any) -> str:
    """Return the ARN of the key, also of the one that AWS keeps for Secrets Manager."""
    backend = self.resource.backend
    if self.secret.kms_key_id == self.secretsmanager.DEFAULT_KMS_KEY_ALIAS:
        return managed_key(backend, "secretsmanager")
    return known_key(backend, self.secret.kms_key_id)


def rotate_secret(_: Callable[..., Any]) -> Callable[..., Any]:
    """Replace the password; the database knows it at once."""

    def rotate(self: Any) -> None:
        self._status = "rotating"
        renew(self.secret, _value(self))

    return rotate


def _check(request: Any, *, managed: bool, new: bool) -> None:
    asked = request.get("manage_master_user_password")
    manages = managed if asked is None else bool(asked)
    given = request.get("master_user_password")
    if manages and given:
        raise AwsError(
            "InvalidParameterCombination",
            "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword"
            " enabled.",
        )
    if request.get("master_user_secret_kms_key_id") and not manages:
        raise AwsError(
            "InvalidParameterValue",
            "A ManageMasterUserPassword value is required when MasterUserSecretKmsKeyId is"
            " specified.",
        )
    if not manages and not given and (new or managed):
        raise AwsError(
            "InvalidParameterValue",
            "The parameter MasterUserPassword must be provided and must not be blank.",
        )
    if given and not _SHORTEST <= len(given) <= _LONGEST:
        raise AwsError(
            "InvalidParameterValue",
            "The parameter MasterUserPassword is not a valid password because it is shorter than"
            f" {_SHORTEST} characters or longer than {_LONGEST}.",
        )
    if request.get("rotate_master_user_password") and not manages:
        raise AwsError(
            "InvalidParameterCombination",
            "You can't rotate the master user password of a database that doesn't manage it in"
            " AWS Secrets Manager.",
        )


def _has_own_user(request: Any) -> bool:
    """Tell whether the database has a user of its own; others take it from where they come."""
    inherits = ("db_cluster_identifier", "source_db_instance_identifier", "restored_from")
    return request["engine"] != "neptune" and not any(request.get(name) for name in inherits)


def create_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a database with two passwords, or none."""

    def create(self: Any, request: Any) -> Any:
        if _has_own_user(request):
            _check(request, managed=False, new=True)
        return original(self, request)

    return create


def create_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Do the same for a cluster."""

    def create(self: Any, request: Any) -> Any:
        names = ("replication_source_identifier", "global_cluster_identifier", "restored_from")
        if request["engine"] != "neptune" and not any(request.get(name) for name in names):
            _check(request, managed=False, new=True)
        return original(self, request)

    return create


def _prepare(owner: Any, request: Any) -> None:
    managed = bool(owner.manage_master_user_password)
    _check(request, managed=managed, new=False)
    if not managed or request.get("manage_master_user_password") is not True:
        return
    # Already managed: nothing to make, and the key of a secret stays what it is.
    del request["manage_master_user_password"]
    key = request.get("master_user_secret_kms_key_id")
    if key:
        del request["master_user_secret_kms_key_id"]
        if known_key(owner.backend, key) != owner.master_user_secret.kms_key_id:
            raise AwsError(
                "InvalidParameterCombination",
                "You can't change the KMS key of a master user secret that RDS already manages.",
            )


def modify_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make a secret only when the management is turned on."""

    def modify(self: Any, db_instance_identifier: str, request: Any) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        if not database.db_cluster_identifier:
            _prepare(database, request)
        return original(self, db_instance_identifier, request)

    return modify


def modify_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Do the same for a cluster."""

    def modify(self: Any, request: Any) -> Any:
        _prepare(self.describe_db_clusters(request["db_cluster_identifier"])[0], request)
        return original(self, request)

    return modify
