"""The alarms of one RabbitMQ broker."""

from __future__ import annotations

from platform_lib.alerts.alarm import Alarm, Metric, Share, Statistic, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.mq.config import BrokerAlarmsConfig
from platform_lib.types import TokenStr

_NAMESPACE = "AWS/AmazonMQ"


def define_alarms(
    scope: PlatformConstruct, *, broker_name: TokenStr, config: BrokerAlarmsConfig, alerts: Alerts
) -> None:
    """Watch depth, memory, disk and processors of a broker.

    https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-logging-monitoring.html
    """

    def metric(name: str, statistic: Statistic = "Maximum") -> Metric:
        return Metric(_NAMESPACE, name, {"Broker": broker_name}, statistic)

    Alarm(
        scope,
        "Messages",
        metric=metric("MessageCount"),
        threshold=Threshold(config.messages, periods=15),
        severity=Severity.P2,
        description="Messages pile up. Look at which queue grows in the RabbitMQ console, and"
        " whether its consumers run and confirm; then start more of them.",
        alerts=alerts,
    )
    Alarm(
        scope,
        "Unacknowledged",
        metric=metric("MessageUnacknowledgedCount"),
        threshold=Threshold(config.unacknowledged, periods=15),
        severity=Severity.P2,
        description="Consumers hold messages without confirming them. Look for one that hangs or"
        " prefetches too many, and restart it: its messages go back to the queue.",
        alerts=alerts,
    )
    Alarm(
        scope,
        "Memory",
        metric=Share(metric("RabbitMQMemUsed"), metric("RabbitMQMemLimit")),
        threshold=Threshold(config.memory_percent),
        severity=Severity.P1,
        description="At the memory limit RabbitMQ blocks everybody who publishes. Look for a queue"
        " that nobody reads and for many connections; empty it, or choose a larger host_type.",
        alerts=alerts,
    )
    Alarm(
        scope,
        "Disk",
        metric=Share(
            metric("RabbitMQDiskFree", "Minimum"), metric("RabbitMQDiskFreeLimit", "Minimum")
        ),
        threshold=Threshold(100 * config.disk_multiple, "below"),
        severity=Severity.P1,
        description="At the disk limit RabbitMQ blocks everybody who publishes. Look for a queue"
        " that nobody reads, and empty or delete it.",
        alerts=alerts,
    )
    Alarm(
        scope,
        "Cpu",
        metric=metric("SystemCpuUtilization", "Average"),
        threshold=Threshold(config.cpu_percent, periods=15),
        severity=Severity.P2,
        description="The broker is busy. Look for clients that connect anew for each message; then"
        " choose a larger host_type.",
        alerts=alerts,
    )
