"""The alarms of a service."""

from __future__ import annotations

from platform_lib.alerts.alarm import Alarm, Metric, Share, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.ecs.autoscaling import desired_tasks, running_tasks
from platform_lib.ecs.service_config import ServiceAlarmsConfig
from platform_lib.types import TokenStr


def define_alarms(
    service: PlatformConstruct,
    config: ServiceAlarmsConfig,
    *,
    cluster_name: TokenStr,
    service_name: TokenStr,
    log_group_name: str,
    down_minutes: int,
    alerts: Alerts,
) -> None:
    """Define what wakes somebody, and what somebody looks at in working hours.

    Args:
        service: Who they are named after.
        config: When they are alarming.
        cluster_name: Name of its cluster.
        service_name: Its name.
        log_group_name: Where its tasks' logs are.
        down_minutes: Minutes without a task before somebody is woken.
        alerts: The topics.
    """
    running = running_tasks(cluster_name, service_name)
    Alarm(
        service,
        "Down",
        metric=running,
        threshold=Threshold(1, side="below", periods=down_minutes),
        severity=Severity.P1,
        description=(
            "No task of the service runs. Its events in the ECS console say why tasks stop; what"
            f" they printed is in the log group {log_group_name}."
        ),
        alerts=alerts,
        # Container Insights reports nothing of a service that nobody knows any more.
        missing="breaching",
    )
    Alarm(
        service,
        "MissingTasks",
        metric=Share(running, desired_tasks(cluster_name, service_name)),
        threshold=Threshold(100, side="below", periods=config.missing_minutes),
        severity=Severity.P2,
        description=(
            "Fewer tasks run than should. The service's events in the ECS console say why tasks"
            f" stop or do not start; what they printed is in the log group {log_group_name}."
        ),
        alerts=alerts,
    )
    for own, name, percent, meaning in (
        (
            "Cpu",
            "CPUUtilization",
            config.cpu_percent,
            "Scaling does not keep up or is at its maximum: raise that, or the task's cpu.",
        ),
        (
            "Memory",
            "MemoryUtilization",
            config.memory_percent,
            "At 100 percent ECS stops the task: look for a leak, or raise the task's memory.",
        ),
    ):
        Alarm(
            service,
            own,
            metric=Metric(
                "AWS/ECS", name, {"ClusterName": cluster_name, "ServiceName": service_name}
            ),
            threshold=Threshold(percent, periods=10),
            severity=Severity.P2,
            description=meaning,
            alerts=alerts,
        )
