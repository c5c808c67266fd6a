"""What a person writes about any database, of RDS for PostgreSQL or Aurora; pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict, model_validator

from platform_lib.model import Model
from platform_lib.rds.alarms_config import DatabaseAlarmsConfig
from platform_lib.rds.parameters import Group, ParameterValue, problems_in
from platform_lib.rds.proxy_config import ProxyConfig
from platform_lib.rds.versions import EngineVersion
from platform_lib.rds.windows import BackupWindow, MaintenanceWindow
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig
from platform_lib.types import LogRetentionDays, Slug, matching
from platform_lib.windows import daily, weekly


class CertificateAuthority(StrEnum):
    """Who signs the server certificate that clients check with ``sslmode=verify-full``."""

    RSA2048 = "rds-ca-rsa2048-g1"
    """RSA keys of 2048 bits; known to every client's CA bundle."""

    RSA4096 = "rds-ca-rsa4096-g1"
    """RSA keys of 4096 bits."""

    ECC384 = "rds-ca-ecc384-g1"
    """Elliptic curve keys; cheaper handshakes."""


_RESERVED = ("admin", "rdsadmin", "rds_superuser", "rdsrepladmin", "rds_replication")
_name = matching(
    r"[a-z][a-z0-9_]{0,62}",
    "a PostgreSQL name here; use 1 to 63 lower-case letters, digits and underscores, starting with"
    " a letter",
)


def _is_user_name(value: str) -> str:
    if value in _RESERVED or value.startswith("pg_"):
        raise ValueError(f"{value!r} is reserved by PostgreSQL on RDS; use another name")
    return _name(value)


DatabaseName = Annotated[str, AfterValidator(_name)]
"""A name of a database within the server."""

UserName = Annotated[str, AfterValidator(_is_user_name)]
"""A name of a PostgreSQL role."""

Value = Annotated[bool, Strict()] | Annotated[int, Strict()] | Annotated[float, Strict()] | str
"""What a parameter can be set to, kept as it is written."""

INSIGHTS_RETENTION_DAYS: Mapping[str, int] = {"standard": 7, "advanced": 465}
"""How long each mode of Database Insights keeps what statements did.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Database-Insights.html"""

_CONSTANTS = {
    "rds.force_ssl": "connections without TLS are always refused",
    "log_min_duration_statement": "slow_query_ms sets it",
}
_STATISTICS = "pg_stat_statements"
_LISTS_WHAT_IT_LOGS = 18
_CONNECTION_STEPS = "receipt,authentication,authorization"
"""What ``log_connections`` meant before PostgreSQL 18 made it a list.
https://www.postgresql.org/docs/18/runtime-config-logging.html#GUC-LOG-CONNECTIONS"""


class DatabaseConfig(Model):
    """What every database has, whichever engine runs it."""

    master_username: UserName = "postgres"
    """Administrator; RDS makes its password and keeps it in Secrets Manager. Applications get roles
    of their own. **Changing this replaces the database.**"""

    database: DatabaseName | None = None
    """First database that is made; without it there is only ``postgres``.
    **Changing this replaces the database.**"""

    backup_retention_days: Annotated[int, Field(ge=1, le=35)] = 14
    """Days to which the database can be restored, to the second; 1 to 35. Backups cannot be off.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html"""

    backup_window: BackupWindow = "02:00-03:00"
    """When the daily snapshot is taken, in UTC."""

    maintenance_window: MaintenanceWindow = "sun:04:00-sun:05:00"
    """When AWS patches, and when changes wait to be made without ``apply_immediately``, in UTC."""

    parameters: Mapping[str, Value] = {}
    """Engine parameters by name, for example ``{"max_connections": 1000}``. Numbers are in the
    parameter's own unit; a formula such as ``"{DBInstanceClassMemory/9531392}"`` is text. What
    needs a restart waits for one."""

    slow_query_ms: Annotated[int, Field(ge=0)] | None = 1000
    """Statements that take this long or longer are logged with their duration; 0 logs all, ``None``
    none."""

    log_retention_days: LogRetentionDays = 90
    """Days that the database's logs are kept in CloudWatch Logs."""

    insights: Literal["standard", "advanced"] = "standard"
    """Mode of CloudWatch Database Insights: which statements cost how much, kept for 7 days or, for
    a charge by vCPU, for 465."""

    monitoring_seconds: Literal[1, 5, 10, 15, 30, 60] | None = 30
    """How often enhanced monitoring reports the operating system's metrics, or ``None`` for never."""

    certificate_authority: CertificateAuthority = CertificateAuthority.RSA2048
    """Who signs the server's certificate."""

    iam_authentication: bool = True
    """Whether roles that are members of ``rds_iam`` log in with IAM instead of a password."""

    master_rotation_days: Annotated[int, Field(ge=1, le=1000)] = 30
    """Days after which RDS changes the administrator's password; without a schedule of ours it
    would every seven. RDS rotates no password that it does not manage."""

    apply_immediately: bool = False
    """Whether changes are made at once, with the interruption that they may cause, instead of in
    the maintenance window."""

    final_snapshot: bool = True
    """Whether destroying the database takes a last snapshot, which nothing deletes."""

    alarms: DatabaseAlarmsConfig = DatabaseAlarmsConfig()
    """When its alarms go off."""

    credentials: Mapping[Slug, PostgresCredentialConfig] = {}
    """Applications by name, each with a database of its own on this server and a login that rotates."""

    proxy: ProxyConfig | None = None
    """A pool in front of it, which the applications share; without one they connect to it directly."""

    @model_validator(mode="after")
    def _has_windows_that_do_not_meet(self) -> DatabaseConfig:
        if daily(self.backup_window).meets(weekly(self.maintenance_window)):
            raise ValueError(
                f"backup_window={self.backup_window!r} and"
                f" maintenance_window={self.maintenance_window!r} overlap, which RDS refuses; move"
                " one of them"
            )
        return self

    @model_validator(mode="after")
    def _gives_each_application_its_own(self) -> DatabaseConfig:
        for field in ("owner", "database_name"):
            first: dict[str, str] = {}
            for name, credential in self.credentials.items():
                value = getattr(credential, field)
                other = first.setdefault(value, name)
                if other != name:
                    raise ValueError(
                        f"credentials[{name!r}] has the {field.removesuffix('_name')} {value!r},"
                        f" which is that of {other!r}; give each application its own"
                    )
        return self

    def all_parameters(self, version: EngineVersion) -> Mapping[str, ParameterValue]:
        """Return the parameters that the database gets: ours, changed by those written.

        Connections and lock waits are logged, statements are counted, and TLS is required.
        """
        slow_queries = (
            {} if self.slow_query_ms is None else {"log_min_duration_statement": self.slow_query_ms}
        )
        return {
            "log_connections": True if version.major < _LISTS_WHAT_IT_LOGS else _CONNECTION_STEPS,
            "log_disconnections": True,
            "log_lock_waits": True,
            "shared_preload_libraries": _STATISTICS,
            **slow_queries,
            **self.parameters,
            "rds.force_ssl": True,
        }

    def parameter_problems(self, version: EngineVersion, group: Group) -> list[str]:
        """Return what is wrong with ``parameters``, a sentence each."""
        found = problems_in(self.parameters, version=version, group=group, constants=_CONSTANTS)
        libraries = self.parameters.get("shared_preload_libraries")
        if isinstance(libraries, str) and _STATISTICS not in libraries.split(","):
            found.append(
                f"parameters['shared_preload_libraries']={libraries!r} leaves out {_STATISTICS},"
                " without which nobody sees which statement costs how much; write"
                f" {f'{_STATISTICS},{libraries}'!r}"
            )
        return found
