"""The alarms of a distribution.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""

from __future__ import annotations

from platform_lib.alerts.alarm import Alarm, Metric, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.cloudfront.config import DistributionAlarms
from platform_lib.core.construct import PlatformConstruct
from platform_lib.types import TokenStr

_PERIOD_SECONDS = 300
_PERIODS = 3


def watch_distribution(
    distribution: PlatformConstruct,
    *,
    distribution_id: TokenStr,
    config: DistributionAlarms,
    alerts: Alerts,
) -> None:
    """Define the alarm of a distribution; its metrics are in us-east-1, and so are the topics."""
    Alarm(
        distribution,
        "ServerErrors",
        metric=Metric(
            "AWS/CloudFront",
            "5xxErrorRate",
            {"DistributionId": distribution_id, "Region": "Global"},
            period_seconds=_PERIOD_SECONDS,
            provider=distribution.stack.us_east_1_provider(),
        ),
        threshold=Threshold(config.server_errors_percent, periods=_PERIODS),
        severity=Severity.P1,
        description="Viewers get answers with 5xx codes. x-edge-detailed-result-type in the access"
        " logs says whose they are: OriginError and OriginConnectError point at the load balancer"
        " and its targets, OriginDnsError at its name, 502 with SSL at its certificate.",
        alerts=alerts,
        # Without requests nothing is reported.
        missing="notBreaching",
    )
