"""What a person writes about a database proxy; pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.network.config import Zone
from platform_lib.rds.alarms_config import Percent
from platform_lib.types import LogRetentionDays


def _are_two_or_more(zones: tuple[str, ...]) -> tuple[str, ...]:
    distinct = tuple(sorted(set(zones)))
    if len(distinct) < 2:  # noqa: PLR2004 - RDS refuses a proxy in one zone
        raise ValueError(
            f"zones lists {', '.join(distinct) or 'none'}; list at least two, which is the least"
            " that RDS Proxy takes"
        )
    return distinct


class ProxyAlarms(Model):
    """When the alarms of a proxy go off."""

    availability_percent: Percent = 90
    """P1 below this share of successful checks of the database, for 5 minutes."""

    pool_percent: Percent = 90
    """P2 when so much of the connections that it may open is in use for 5 minutes."""

    borrow_latency_ms: Annotated[float, Field(gt=0)] = 100
    """P2 when clients wait longer than this, on average, for a free connection for 5 minutes, in
    milliseconds. With connections to spare it is less than one."""

    failed_logins: Annotated[int, Field(ge=1)] = 20
    """P2 above this number of refused logins within 5 minutes."""


class ProxyConfig(Model):
    """One RDS Proxy in front of one database: few connections to it, shared by many clients."""

    zones: Annotated[tuple[Zone, ...], AfterValidator(_are_two_or_more)] = ("a", "b", "c")
    """Zones that it has addresses in, two at least; they do not grow with the network.
    **Changing this replaces the proxy.**"""

    iam_authentication: bool = False
    """Whether clients log in with a token of their IAM role instead of a password. The proxy logs
    in to the database with its credentials either way."""

    max_connections_percent: Annotated[int, Field(ge=1, le=100)] = 90
    """Connections that the proxy may open, in percent of the database's ``max_connections``,
    1 to 100. The rest is for administrators, migrations and failovers.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-connections.html"""

    max_idle_connections_percent: Annotated[int, Field(ge=0, le=100)] = 45
    """Connections that it keeps open without use, in percent of the database's
    ``max_connections``, 0 to ``max_connections_percent``. AWS's default is half of that."""

    borrow_timeout_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    """Seconds that a client waits for a free connection before it gets an error, 0 to 300. AWS's
    default of 120 is longer than most clients wait for an answer.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ConnectionPoolConfiguration.html"""

    idle_client_timeout_seconds: Annotated[int, Field(ge=1, le=28800)] = 1800
    """Seconds without a query after which a client is disconnected, 1 to 28,800.
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html"""

    log_retention_days: LogRetentionDays = 30
    """Days that its log is kept."""

    alarms: ProxyAlarms = ProxyAlarms()
    """When its alarms go off."""

    @model_validator(mode="after")
    def _idle_is_part_of_all(self) -> ProxyConfig:
        if self.max_idle_connections_percent > self.max_connections_percent:
            raise ValueError(
                f"max_idle_connections_percent={self.max_idle_connections_percent} is more than"
                f" max_connections_percent={self.max_connections_percent}; use 0 to"
                f" {self.max_connections_percent}"
            )
        return self
