"""RDS monitoring: Performance Insights, Database Insights, enhanced monitoring, exported logs.

Upstream gap: moto drops all Performance Insights and Database Insights settings, takes any monitoring
interval and role, keeps log exports of clusters under another name, takes unknown log types, and
does not make the log groups that RDS makes when it exports.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.rds.models import DBCluster, DBInstance, RDSBackend

from platform_lib.local.extensions.rds_instances import known_key, managed_key
from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]

_MONTH = 31
_WEEK = 7
_TWO_YEARS = 731
_RETENTIONS = (_WEEK, *range(_MONTH, 24 * _MONTH, _MONTH), _TWO_YEARS)
_ADVANCED_DAYS = 465
_INTERVALS = (0, 1, 5, 10, 15, 30, 60)
_LOGS: Mapping[str, tuple[str, ...]] = {
    "postgres": ("iam-db-auth-error", "postgresql", "upgrade"),
    "aurora-postgresql": ("iam-db-auth-error", "instance", "postgresql"),
}
_SETTINGS = (
    "database_insights_mode",
    "enable_performance_insights",
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
)


def install() -> None:
    """Patch moto."""
    replace(DBInstance, "__init__")(_initialise)
    replace(DBCluster, "__init__")(_initialise)
    for name in ("create_db_instance", "create_db_cluster"):
        replace(RDSBackend, name)(_create)
    replace(RDSBackend)(modify_db_instance)
    replace(RDSBackend)(modify_db_cluster)
    add(DBInstance, "enhanced_monitoring_resource_arn")(property(_stream))


def _initialise(original: Callable[..., Any]) -> Callable[..., Any]:
    """Start with everything off, then set what is asked for."""

    def init(self: Any, backend: Any, **request: Any) -> None:
        self.performance_insights_enabled = False
        self.performance_insights_kms_key_id = None
        self.performance_insights_retention_period = None
        self.database_insights_mode = "standard"
        original(self, backend, **request)
        if "db_instance_class" not in request:
            self.monitoring_interval = int(request.get("monitoring_interval") or 0)
            self.monitoring_role_arn = request.get("monitoring_role_arn") or None
        else:
            self.monitoring_role_arn = self.monitoring_role_arn or None
        cluster = backend.clusters.get(request.get("db_cluster_identifier") or "")
        if isinstance(self, DBInstance) and cluster is not None:
            _inherit(self, cluster, request)
        _set_insights(self, request)
        _make_log_groups(self)

    return init


def _inherit(instance: Any, cluster: Any, request: Any) -> None:
    """Take over what is set for the whole cluster, unless the instance says otherwise."""
    instance.database_insights_mode = cluster.database_insights_mode
    if cluster.performance_insights_enabled and request.get("enable_performance_insights") is None:
        for name in ("enabled", "kms_key_id", "retention_period"):
            member = f"performance_insights_{name}"
            setattr(instance, member, getattr(cluster, member))
    instance.enabled_cloudwatch_logs_exports = list(cluster.enabled_cloudwatch_logs_exports)


def _set_insights(owner: Any, request: Mapping[str, Any]) -> None:
    if request.get("database_insights_mode"):
        owner.database_insights_mode = request["database_insights_mode"]
    wanted = request.get("enable_performance_insights")
    if wanted is not None:
        owner.performance_insights_enabled = bool(wanted)
    if not owner.performance_insights_enabled:
        owner.performance_insights_kms_key_id = None
        owner.performance_insights_retention_period = None
        return
    key = request.get("performance_insights_kms_key_id")
    owner.performance_insights_kms_key_id = (
        known_key(owner.backend, key)
        if key
        else owner.performance_insights_kms_key_id or managed_key(owner.backend)
    )
    days = request.get("performance_insights_retention_period")
    owner.performance_insights_retention_period = (
        int(days) if days else owner.performance_insights_retention_period or _WEEK
    )


def _check_insights(owner: Any, request: Mapping[str, Any]) -> None:
    """Check what the settings of an owner (None: a new one) become."""
    wanted = request.get("enable_performance_insights")
    enabled = bool(
        getattr(owner, "performance_insights_enabled", False) if wanted is None else wanted
    )
    days = request.get("performance_insights_retention_period") or getattr(
        owner, "performance_insights_retention_period", None
    )
    if days and int(days) not in _RETENTIONS:
        raise AwsError(
            "InvalidParameterValue",
            "Invalid Performance Insights retention period. Valid values are: 7, month * 31, 731.",
        )
    if wanted is False and any(request.get(name) for name in _SETTINGS[2:]):
        raise AwsError(
            "InvalidParameterCombination",
            "You can't specify a Performance Insights KMS key or retention period when"
            " Performance Insights is disabled.",
        )
    old = getattr(owner, "performance_insights_kms_key_id", None)
    key = request.get("performance_insights_kms_key_id")
    if enabled and old and key and known_key(owner.backend, key) != old:
        raise AwsError(
            "InvalidParameterCombination",
            "You can't change the Performance Insights KMS key after Performance Insights is"
            " enabled.",
        )
    mode = request.get("database_insights_mode") or getattr(owner, "database_insights_mode", None)
    if mode not in (None, "standard", "advanced"):
        raise AwsError("InvalidParameterValue", f"Invalid Database Insights mode: {mode}")
    if mode == "advanced" and (not enabled or int(days or 0) < _ADVANCED_DAYS):
        raise AwsError(
            "InvalidParameterCombination",
            "To enable the Advanced mode of Database Insights, enable Performance Insights and set"
            f" its retention period to at least {_ADVANCED_DAYS} days.",
        )


def _check_monitoring(backend: Any, owner: Any, request: Mapping[str, Any]) -> None:
    asked = request.get("monitoring_interval")
    interval = int(getattr(owner, "monitoring_interval", 0) or 0) if asked is None else int(asked)
    role = request.get("monitoring_role_arn")
    if role is None:
        role = getattr(owner, "monitoring_role_arn", None)
    if interval not in _INTERVALS:
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid monitoring interval: {interval}. Valid values: 0, 1, 5, 10, 15, 30, 60.",
        )
    if interval and not role:
        raise AwsError(
            "InvalidParameterCombination",
            "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other"
            " than 0.",
        )
    if request.get("monitoring_role_arn") and not _trusts(backend, request["monitoring_role_arn"]):
        raise AwsError(
            "InvalidParameterValue",
            "IAM role ARN value is invalid or does not include the required permissions for:"
            " ENHANCED_MONITORING",
        )


def _trusts(backend: Any, arn: str) -> bool:
    """Tell whether a role exists and lets RDS's agent assume it."""
    roles = iam_backends[backend.account_id][backend.partition].roles.values()
    policy = next((role.assume_role_policy_document for role in roles if role.arn == arn), None)
    if policy is None:
        return False
    text = policy if isinstance(policy, str) else json.dumps(policy)
    return "monitoring.rds.amazonaws.com" in unquote(text)


def _check_logs(engine: str, version: str | None, kinds: Any) -> None:
    unknown = sorted(set(kinds or ()) - set(_LOGS.get(engine, kinds or ())))
    if unknown:
        raise AwsError(
            "InvalidParameterCombination",
            f"You cannot use the log types '{', '.join(unknown)}' with engine version {engine}"
            f" {version}. For supported log types, see the documentation.",
        )


def _make_log_groups(owner: Any) -> None:
    """Make the groups that RDS makes; who made them first keeps retention and key."""
    backend = logs_backends[owner.account_id][owner.region]
    if isinstance(owner, DBInstance) and owner.db_cluster_identifier:
        return
    kind = "cluster" if isinstance(owner, DBCluster) else "instance"
    for name in owner.enabled_cloudwatch_logs_exports:
        group = f"/aws/rds/{kind}/{owner.resource_id}/{name}"
        if group not in backend.groups:
            backend.create_log_group(group, {})


def _create(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check what is asked for a new instance or cluster."""

    def create(self: Any, request: Any) -> Any:
        cluster = self.clusters.get(request.get("db_cluster_identifier") or "")
        _check_insights(cluster if "db_instance_identifier" in request else None, request)
        _check_monitoring(self, None, request)
        logs = request.get("enable_cloudwatch_logs_exports")
        _check_logs(request["engine"], request.get("engine_version"), logs)
        return original(self, request)

    return create


def modify_db_instance(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check and keep the settings, which never wait for the maintenance window."""

    def modify(self: Any, db_instance_identifier: str, request: Any) -> Any:
        database = self.describe_db_instances(db_instance_identifier)[0]
        exports = _prepare(self, database, request)
        settings = {name: request[name] for name in _SETTINGS if name in request}
        modified = original(self, db_instance_identifier, _without(request, _SETTINGS))
        if any(value is not None for value in settings.values()):
            _set_insights(modified, settings)
        _set_exports(modified, exports)
        return modified

    return modify


def _prepare(backend: Any, owner: Any, request: Any) -> Any:
    _check_insights(owner, request)
    _check_monitoring(backend, owner, request)
    exports = request.get("cloudwatch_logs_export_configuration") or {}
    if "cloudwatch_logs_export_configuration" in request:
        del request["cloudwatch_logs_export_configuration"]
    _check_logs(owner.engine, owner.engine_version, exports.get("EnableLogTypes"))
    return exports


def _without(request: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in dict(request).items() if name not in names}


def _set_exports(owner: Any, exports: Any) -> None:
    off = set(exports.get("DisableLogTypes") or ())
    kinds = set(owner.enabled_cloudwatch_logs_exports) - off
    owner.enabled_cloudwatch_logs_exports = sorted(kinds | set(exports.get("EnableLogTypes") or ()))
    _make_log_groups(owner)


def modify_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Do the same for a cluster, whose instances follow it."""

    def modify(self: Any, request: Any) -> Any:
        cluster = self.describe_db_clusters(request["db_cluster_identifier"])[0]
        exports = _prepare(self, cluster, request)
        settings = {name: request[name] for name in _SETTINGS if name in request}
        answer = original(self, _without(request, _SETTINGS))
        for owner in (cluster, answer, *cluster._members):  # noqa: SLF001 - moto's own
            if any(value is not None for value in settings.values()):
                _set_insights(owner, settings)
            _set_exports(owner, exports)
        return answer

    return modify


def _stream(self: Any) -> str | None:
    """Return where enhanced monitoring writes: one log group for all databases of an account."""
    if not self.monitoring_interval:
        return None
    return (
        f"arn:{self.partition}:logs:{self.region}:{self.account_id}"
        f":log-group:RDSOSMetrics:log-stream:{self.dbi_resource_id}"
    )
