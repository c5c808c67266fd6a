"""What the instance and its replicas have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdktf import ITerraformDependable

from platform_lib.core.construct import PlatformConstruct
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.observability.log_group import log_group
from platform_lib.rds.config import PostgresConfig
from platform_lib.rds.database_config import INSIGHTS_RETENTION_DAYS
from platform_lib.rds.monitoring import monitoring_role
from platform_lib.types import LogRetentionDays

LOGS = ("postgresql", "upgrade")
"""All logs that PostgreSQL has.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html"""


def _log_groups(
    scope: PlatformConstruct,
    *,
    identifier: str,
    retention_days: LogRetentionDays,
    key: Key,
) -> Sequence[ITerraformDependable]:
    return [
        log_group(
            scope,
            f"{log.capitalize()}Log",
            name=f"/aws/rds/instance/{identifier}/{log}",
            retention_days=retention_days,
            key=key,
        )
        for log in LOGS
    ]


def shared_arguments(
    scope: PlatformConstruct, config: PostgresConfig, *, identifier: str, key: Key, logs_key: Key
) -> dict[str, Any]:
    """Return the arguments of ``aws_db_instance`` that the instance and its replicas share."""
    groups = _log_groups(
        scope, identifier=identifier, retention_days=config.log_retention_days, key=logs_key
    )
    role = None if config.monitoring_seconds is None else monitoring_role(scope)
    return {
        "identifier": identifier,
        "tags": {"Name": scope.physical_name(Kind.TAG)},
        "depends_on": [*groups, *([] if role is None else [role.policy])],
        "storage_encrypted": True,
        "storage_type": "gp3",
        "max_allocated_storage": config.storage.max_gib,
        "publicly_accessible": False,
        "ca_cert_identifier": config.certificate_authority.value,
        "iam_database_authentication_enabled": config.iam_authentication,
        "maintenance_window": config.maintenance_window,
        # A pinned release that AWS replaced would show as a downgrade, which RDS refuses.
        "auto_minor_version_upgrade": not config.engine_version().pinned,
        "apply_immediately": config.apply_immediately,
        "copy_tags_to_snapshot": True,
        "deletion_protection": scope.stack.protected,
        "enabled_cloudwatch_logs_exports": list(LOGS),
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": key.arn,
        "performance_insights_retention_period": INSIGHTS_RETENTION_DAYS[config.insights],
        "database_insights_mode": config.insights,
        "monitoring_interval": config.monitoring_seconds or 0,
        "monitoring_role_arn": None if role is None else role.arn,
    }
