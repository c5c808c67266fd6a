"""The alarms of load balancers and target groups.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

from platform_lib.alb.config import LoadBalancerAlarms
from platform_lib.alb.target_config import TargetGroupAlarms
from platform_lib.alerts.alarm import Alarm, Metric, Missing, Statistic, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.types import TokenStr

_NAMESPACE = "AWS/ApplicationELB"
_QUIET: Missing = "notBreaching"
"""Load balancers report nothing where there is nothing to report."""


def watch_load_balancer(
    load_balancer: PlatformConstruct,
    *,
    arn_suffix: TokenStr,
    config: LoadBalancerAlarms,
    alerts: Alerts,
) -> None:
    """Define the alarms of a load balancer, called ``<target>-<load balancer>-errors-p1`` and so on."""
    dimensions = {"LoadBalancer": arn_suffix}
    Alarm(
        load_balancer,
        "Errors",
        metric=Metric(_NAMESPACE, "HTTPCode_ELB_5XX_Count", dimensions, "Sum"),
        threshold=Threshold(config.errors, periods=3),
        severity=Severity.P1,
        description="The load balancer itself answers with errors: 503 means that no target is"
        " healthy, 502 and 504 that one closed the connection or did not answer. Look at the target"
        " groups' health and at elb_status_code and error_reason in the access logs.",
        alerts=alerts,
        missing=_QUIET,
    )
    Alarm(
        load_balancer,
        "RejectedConnections",
        metric=Metric(_NAMESPACE, "RejectedConnectionCount", dimensions, "Sum"),
        threshold=Threshold(config.rejected_connections, periods=1),
        severity=Severity.P2,
        description="Connections were refused, because the load balancer had reached its most. Look"
        " in the connection logs for one client with very many; then ask AWS for reserved capacity.",
        alerts=alerts,
        missing=_QUIET,
    )


def watch_target_group(
    target_group: PlatformConstruct,
    *,
    arn_suffix: TokenStr,
    load_balancer_arn_suffix: TokenStr,
    config: TargetGroupAlarms,
    alerts: Alerts,
) -> None:
    """Define the alarms of what is behind a target group."""

    def metric(name: str, statistic: Statistic) -> Metric:
        of = {"LoadBalancer": load_balancer_arn_suffix, "TargetGroup": arn_suffix}
        return Metric(_NAMESPACE, name, of, statistic)

    Alarm(
        target_group,
        "Errors",
        metric=metric("HTTPCode_Target_5XX_Count", "Sum"),
        threshold=Threshold(config.errors, periods=3),
        severity=Severity.P2,
        description="The service answers with errors. Look at its log, at what was released last,"
        " and at the databases and caches that it uses.",
        alerts=alerts,
        missing=_QUIET,
    )
    Alarm(
        target_group,
        "UnhealthyHosts",
        metric=metric("UnHealthyHostCount", "Maximum"),
        threshold=Threshold(config.unhealthy_hosts, periods=2),
        severity=Severity.P2,
        description="Targets fail their health check. The reason is in describe-target-health: a"
        " timeout points at load or security groups, a wrong code at the path of the check.",
        alerts=alerts,
        missing=_QUIET,
    )
    Alarm(
        target_group,
        "ResponseTime",
        metric=metric("TargetResponseTime", "p99"),
        threshold=Threshold(config.response_seconds, periods=3),
        severity=Severity.P2,
        description="One request in a hundred takes too long. Look in the access logs which paths"
        " have a long target_processing_time, then at the database and at the tasks' CPU.",
        alerts=alerts,
        missing=_QUIET,
    )
