"""The alarms of a database proxy."""

from __future__ import annotations

from platform_lib.alerts.alarm import Alarm, Metric, Share, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.rds.proxy_config import ProxyAlarms
from platform_lib.types import TokenStr

_SOON = 5
_FIVE_MINUTES = 300
_MICROSECONDS = 1000


def watch_proxy(
    proxy: PlatformConstruct, *, name: TokenStr, config: ProxyAlarms, alerts: Alerts
) -> None:
    """Define the alarms of a proxy.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html

    Args:
        proxy: The proxy; alarms are called ``<target>-<proxy>-pool-p2`` and so on.
        name: Its name in RDS.
        config: The thresholds.
        alerts: The topics.
    """
    dimensions = {"ProxyName": name}
    Alarm(
        proxy,
        "Availability",
        metric=Metric(
            "AWS/RDS",
            "AvailabilityPercentage",
            {**dimensions, "TargetGroup": "default", "TargetRole": "READ_WRITE"},
        ),
        threshold=Threshold(config.availability_percent, "below", periods=_SOON),
        severity=Severity.P1,
        description="The proxy does not reach the database or cannot log in to it. Look at the"
        " health of its target, in describe-db-proxy-targets, and at its log.",
        alerts=alerts,
    )
    Alarm(
        proxy,
        "Pool",
        metric=Share(
            part=Metric(
                "AWS/RDS", "DatabaseConnectionsCurrentlyBorrowed", dimensions, statistic="Sum"
            ),
            whole=Metric("AWS/RDS", "MaxDatabaseConnectionsAllowed", dimensions, statistic="Sum"),
        ),
        threshold=Threshold(config.pool_percent, periods=_SOON),
        severity=Severity.P2,
        description="Nearly all connections that the proxy may open are in use, and clients will"
        " wait. Look for sessions that are pinned, in its log, and for long transactions.",
        alerts=alerts,
    )
    Alarm(
        proxy,
        "BorrowLatency",
        metric=Metric("AWS/RDS", "DatabaseConnectionsBorrowLatency", dimensions),
        threshold=Threshold(config.borrow_latency_ms * _MICROSECONDS, periods=_SOON),
        severity=Severity.P2,
        description="Clients wait for a connection to the database. Look for sessions that are"
        " pinned, in the proxy's log, and for long transactions; or raise max_connections_percent.",
        alerts=alerts,
    )
    Alarm(
        proxy,
        "FailedLogins",
        metric=Metric(
            "AWS/RDS",
            "ClientConnectionsSetupFailedAuth",
            dimensions,
            statistic="Sum",
            period_seconds=_FIVE_MINUTES,
        ),
        threshold=Threshold(config.failed_logins, periods=1),
        severity=Severity.P2,
        description="Clients cannot log in to the proxy: a wrong password, a user without a"
        " credential here, or no TLS. Its log names the user.",
        alerts=alerts,
    )
