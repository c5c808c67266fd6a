"""RDS parameter groups of instances and clusters: read back, reset, and kept while in use.

Upstream gap: moto's parameters have no source (the AWS provider asks for the user's), cannot be reset
to their default, take `immediate` for what only a restart changes, and go with a group that a
database still uses; unknown groups are an empty list instead of an error.

Which parameters an engine has is not known here, apart from the static ones listed below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import (
    DBClusterParameterGroupNotFoundError,
    DBParameterGroupNotFoundError,
)
from moto.rds.models import DBClusterParameterGroup, DBParameterGroup, RDSBackend
from moto.rds.responses import RDSResponse

from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]

_STATIC = frozenset(
    {
        "autovacuum_freeze_max_age",
        "autovacuum_max_workers",
        "huge_pages",
        "max_connections",
        "max_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "pg_stat_statements.max",
        "rds.logical_replication",
        "shared_buffers",
        "shared_preload_libraries",
        "superuser_reserved_connections",
        "track_activity_query_size",
        "wal_buffers",
    }
)
"""PostgreSQL's parameters that only a restart changes
(https://www.postgresql.org/docs/current/view-pg-settings.html, context `postmaster`)."""

_MOST = 20
_METHODS = ("immediate", "pending-reboot")


def install() -> None:
    """Patch moto."""
    replace(DBParameterGroup)(update_parameters)
    replace(DBClusterParameterGroup, "update_cluster_parameters")(update_parameters)
    replace(RDSBackend)(describe_db_parameter_groups)
    replace(RDSBackend)(delete_db_parameter_group)
    replace(RDSBackend)(delete_db_cluster_parameter_group)
    replace(RDSResponse, "describe_db_parameters")(_describe_of_source)
    replace(RDSResponse, "describe_db_cluster_parameters")(_describe_of_source)
    add(RDSResponse)(reset_db_parameter_group)
    add(RDSResponse)(reset_db_cluster_parameter_group)


def update_parameters(_: Callable[..., Any]) -> Callable[..., Any]:
    """Keep parameters as the user's, with the way in which a change is applied."""

    def update(self: Any, parameters: Iterable[dict[str, Any]]) -> None:
        changes = [dict(parameter) for parameter in parameters]
        if len(changes) > _MOST:
            raise AwsError(
                "InvalidParameterValue",
                f"A maximum of {_MOST} parameters can be modified in a single request.",
            )
        family = getattr(self, "family", None) or self.db_parameter_group_family
        postgres = "postgres" in family
        for change in changes:
            static = postgres and change["ParameterName"] in _STATIC
            _check(change, static=static)
        for change in changes:
            static = postgres and change["ParameterName"] in _STATIC
            self.parameters[change["ParameterName"]] = {
                **change,
                "Source": "user",
                "ApplyType": "static" if static else "dynamic",
                "IsModifiable": True,
                "DataType": "string",
            }

    return update


def _check(change: dict[str, Any], *, static: bool) -> None:
    name, method = change["ParameterName"], change.get("ApplyMethod")
    if not change.get("ParameterValue"):
        raise AwsError(
            "InvalidParameterValue",
            f"The parameter value of {name} must be provided and must not be blank.",
        )
    if method not in _METHODS:
        raise AwsError("InvalidParameterValue", f"Invalid apply method: {method}")
    if static and method == "immediate":
        raise AwsError(
            "InvalidParameterCombination",
            "cannot use immediate apply method for static parameter",
        )


def _describe_of_source(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return only the parameters that the wanted source has set."""

    def describe(self: Any) -> Any:
        result = original(self).result
        source = self.params.get("Source")
        parameters = [
            parameter
            for parameter in result["Parameters"]
            if source is None or parameter["Source"] == source
        ]
        return ActionResult({"Parameters": parameters})

    return describe


def describe_db_parameter_groups(original: Callable[..., Any]) -> Callable[..., Any]:
    """Say that a group does not exist."""

    def describe(self: Any, request: Any) -> Any:
        name = request.get("db_parameter_group_name")
        found = original(self, {"db_parameter_group_name": name.lower()} if name else {})
        if name and not found:
            raise DBParameterGroupNotFoundError(name)
        return found

    return describe


def _refuse_deletion(name: str, users: list[str], what: str) -> None:
    if name.startswith("default."):
        raise AwsError(
            "InvalidDBParameterGroupState", f"Default DBParameterGroup can't be deleted: {name}"
        )
    if users:
        raise AwsError(
            "InvalidDBParameterGroupState",
            f"One or more database {what} are still members of this parameter group {name}, so the"
            " group cannot be deleted",
        )


def delete_db_parameter_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete a group that an instance uses."""

    def delete(self: Any, name: str) -> Any:
        users = [
            database.db_instance_identifier
            for database in self.databases.values()
            if database.db_parameter_group_name == name
        ]
        _refuse_deletion(name, users, "instances")
        return original(self, name)

    return delete


def delete_db_cluster_parameter_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete a group that a cluster uses."""

    def delete(self: Any, db_cluster_parameter_group_name: str) -> None:
        name = db_cluster_parameter_group_name
        users = [
            cluster.db_cluster_identifier
            for cluster in self.clusters.values()
            if cluster.parameter_group == name
        ]
        _refuse_deletion(name, users, "clusters")
        original(self, name)

    return delete


def _reset(self: Any, groups: Any, name: str, missing: type[Exception]) -> ActionResult:
    if name not in groups:
        raise missing(name)
    group = groups[name]
    changes = [dict(parameter) for parameter in self.params.get("Parameters") or []]
    if self.params.get("ResetAllParameters"):
        group.parameters.clear()
    elif not changes:
        raise AwsError(
            "InvalidParameterValue",
            "Specify either ResetAllParameters or the parameters to be reset.",
        )
    for change in changes:
        known = group.parameters.get(change["parameter_name"], {})
        if known.get("ApplyType") == "static" and change.get("apply_method") == "immediate":
            raise AwsError(
                "InvalidParameterCombination",
                "cannot use immediate apply method for static parameter",
            )
    for change in changes:
        group.parameters.pop(change["parameter_name"], None)
    return ActionResult(
        {"DBParameterGroupName": group.name, "DBClusterParameterGroupName": group.name}
    )


def reset_db_parameter_group(self: Any) -> ActionResult:
    """Give parameters of an instance group their default again."""
    name = self.params["DBParameterGroupName"]
    return _reset(self, self.backend.db_parameter_groups, name, DBParameterGroupNotFoundError)


def reset_db_cluster_parameter_group(self: Any) -> ActionResult:
    """Give parameters of a cluster group their default again."""
    name = self.params["DBClusterParameterGroupName"]
    groups = self.backend.db_cluster_parameter_groups
    return _reset(self, groups, name, DBClusterParameterGroupNotFoundError)
