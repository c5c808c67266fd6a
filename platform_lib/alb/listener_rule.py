"""ListenerRule: which requests go to a target group."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.lb_listener_rule as aws_rule
from cdktf import ITerraformDependable
from constructs import Construct

from platform_lib.alb.config import Route
from platform_lib.alb.target_group import TargetGroup
from platform_lib.core.connections import Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind
from platform_lib.types import TokenStr


class ListenerRule(PlatformConstruct):
    """Sends the requests of a route to a target group: what a Fargate service takes as its target.

    Defines:
        aws_lb_listener_rule

    Args:
        config: Hosts, paths and priority.
        target_group: Where the requests go.

    Raises:
        PlatformError: ``RouteTaken`` if another rule of the load balancer has the priority, or
            claims the same requests.
    """

    def __init__(
        self, scope: Construct, id: str, *, config: Route, target_group: TargetGroup
    ) -> None:
        super().__init__(scope, id)
        load_balancer = target_group.load_balancer
        load_balancer.claim(self.node.path, config, where=self)
        self.depends: ITerraformDependable = aws_rule.LbListenerRule(
            self,
            "Resource",
            listener_arn=load_balancer.listener_arn,
            priority=config.priority,
            action=[
                aws_rule.LbListenerRuleAction(type="forward", target_group_arn=target_group.arn)
            ],
            condition=_conditions(config),
            tags={"Name": self.physical_name(Kind.TAG)},
        )
        """The rule: what has to exist before a service can register tasks with the group."""
        self.target_group_arn: TokenStr = target_group.arn
        """ARN of the group that it leads to."""
        self.target_group_arn_suffix: TokenStr = target_group.arn_suffix
        """What metrics call the group."""
        self.load_balancer_arn_suffix: TokenStr = load_balancer.arn_suffix
        """What metrics call the load balancer."""
        self.connections: Connections = load_balancer.connections
        """Network paths of the load balancer, which calls the service."""


def _conditions(route: Route) -> list[aws_rule.LbListenerRuleCondition]:
    conditions = []
    if route.hosts:
        conditions.append(
            aws_rule.LbListenerRuleCondition(
                host_header=aws_rule.LbListenerRuleConditionHostHeader(values=sorted(route.hosts))
            )
        )
    if not (route.hosts and route.any_path):
        conditions.append(
            aws_rule.LbListenerRuleCondition(
                path_pattern=aws_rule.LbListenerRuleConditionPathPattern(values=sorted(route.paths))
            )
        )
    return conditions
