"""TargetGroup: what a load balancer sends requests to."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.lb_target_group as aws_target_group
from cdktf import TerraformResourceLifecycle
from constructs import Construct

from platform_lib.alb._digest import digest_of
from platform_lib.alb.alarms import watch_target_group
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.target_config import TargetGroupConfig
from platform_lib.alerts.alerts import Alerts
from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind
from platform_lib.types import TokenStr

_TARGET_TYPE = "ip"
"""Tasks with an interface of their own, as on Fargate, are registered by address."""
_ADDRESSES = "ipv4"


class TargetGroup(PlatformConstruct):
    """Targets by address, their health check, and the alarms of what they answer.

    A `ListenerRule` has to lead here before a service can register its tasks.

    Defines:
        aws_lb_target_group, aws_cloudwatch_metric_alarm

    Args:
        config: Port, protocol, health check and draining.
        load_balancer: The one that sends requests; a group has only one.
        alerts: Hears of its alarms.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: TargetGroupConfig,
        load_balancer: LoadBalancer,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, id)
        self.load_balancer = load_balancer
        """The load balancer that sends requests."""
        group = self._define(config)
        self.arn: TokenStr = group.arn
        """ARN of the group, for a service to register its tasks with."""
        self.arn_suffix: TokenStr = group.arn_suffix
        """The part of the ARN that metrics name it by."""
        self.resource_label: TokenStr = f"{load_balancer.arn_suffix}/{group.arn_suffix}"
        """What a scaling policy on requests per target calls it.
        https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html"""
        self.port = config.port
        """Port of the targets."""
        watch_target_group(
            self,
            arn_suffix=group.arn_suffix,
            load_balancer_arn_suffix=load_balancer.arn_suffix,
            config=config.alarms,
            alerts=alerts,
        )

    def _define(self, config: TargetGroupConfig) -> aws_target_group.LbTargetGroup:
        vpc, check = self.load_balancer.vpc, config.health_check
        sticky = config.sticky_seconds
        digest = digest_of(
            # Everything whose change replaces the group, but its name.
            config.port,
            config.protocol,
            config.protocol_version,
            _TARGET_TYPE,
            _ADDRESSES,
            # Which VPC, and what replaces that one.
            vpc.identity,
            vpc.cidr,
        )
        return aws_target_group.LbTargetGroup(
            self,
            "Resource",
            name=self.physical_name(Kind.TARGET_GROUP, digest),
            port=config.port,
            protocol=config.protocol,
            protocol_version=config.protocol_version,
            target_type=_TARGET_TYPE,
            ip_address_type=_ADDRESSES,
            vpc_id=vpc.vpc_id,
            deregistration_delay=str(config.deregistration_delay_seconds),
            slow_start=config.slow_start_seconds,
            health_check=aws_target_group.LbTargetGroupHealthCheck(
                enabled=True,
                protocol=config.protocol,
                path=check.path,
                interval=check.interval_seconds,
                timeout=check.timeout_seconds,
                healthy_threshold=check.healthy_threshold,
                unhealthy_threshold=check.unhealthy_threshold,
                matcher=config.matcher,
            ),
            # Written down also where it is off: left out, it would stay on.
            stickiness=aws_target_group.LbTargetGroupStickiness(
                type="lb_cookie", enabled=sticky is not None, cookie_duration=sticky
            ),
            # A listener cannot be without it: https://github.com/hashicorp/terraform-provider-aws/issues/636
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
