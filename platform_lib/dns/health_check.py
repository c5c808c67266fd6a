"""HealthCheck: Route 53 asks something for its health, from around the world."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.route53_health_check as aws_health_check
from cdktf import TerraformProvider, TerraformResourceLifecycle
from constructs import Construct

from platform_lib.alerts.alarm import Alarm, Metric, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.dns.config import HealthCheckConfig
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind
from platform_lib.types import TokenStr

_METRICS_REGION = "us-east-1"
"""Where Route 53 reports, whatever it checks.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html"""


class HealthCheck(PlatformConstruct):
    """Requests over HTTPS from around the world, and an alarm when they fail.

    Defines:
        aws_route53_health_check, aws_cloudwatch_metric_alarm

    Args:
        config: What is asked, how often, and what counts as an answer.
        alerts: Hears when it is not healthy; in us-east-1. Without it nobody does, and a failover
            is silent.
        provider: Provider of us-east-1 for the alarm, in an environment of another Region.

    Raises:
        PlatformError: ``HealthAlarmElsewhere`` if the alarm would not be where its metric is.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: HealthCheckConfig,
        alerts: Alerts | None,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        check = aws_health_check.Route53HealthCheck(
            self,
            "Resource",
            type="HTTPS" if config.contains is None else "HTTPS_STR_MATCH",
            fqdn=config.host,
            port=config.port,
            resource_path=config.path,
            search_string=config.contains,
            # Without the name in the handshake, a server with several certificates shows another.
            enable_sni=True,
            request_interval=config.interval_seconds,
            failure_threshold=config.failures,
            regions=sorted(config.regions) or None,
            tags={"Name": self.physical_name(Kind.TAG)},
            # A record whose check is gone fails over, or does not: AWS does not say. So the next
            # check is there, and the records ask it, before this one goes.
            # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-deleting.html
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.host = config.host
        """Name that is asked."""
        self.id: TokenStr = check.id
        """Id of the health check."""
        if alerts is not None:
            self._watch(alerts, provider)

    def _watch(self, alerts: Alerts, provider: TerraformProvider | None) -> None:
        own = self.stack.target.region
        if alerts.stack.target.region != _METRICS_REGION:
            raise self._elsewhere(f"alerts is in {alerts.stack.target.region}")
        if provider is None and own != _METRICS_REGION:
            raise self._elsewhere(f"without provider the alarm would be in {own}")
        Alarm(
            self,
            "Unhealthy",
            metric=Metric(
                "AWS/Route53",
                "HealthCheckStatus",
                {"HealthCheckId": self.id},
                "Minimum",
                provider=provider,
            ),
            threshold=Threshold(1, side="below", periods=2),
            severity=Severity.P1,
            description=f"{self.host} does not answer Route 53's checkers, and names that fail over"
            " lead to their second target by now. get-health-check-last-failure-reason says what"
            " each checker saw; then look at the target itself.",
            alerts=alerts,
        )

    def _elsewhere(self, what: str) -> PlatformError:
        return PlatformError(
            "HealthAlarmElsewhere",
            f"Route 53 reports health in {_METRICS_REGION} only, and {what}; give alerts and a"
            f" provider of {_METRICS_REGION}, or alerts=None",
            where=self.node.path,
        )
