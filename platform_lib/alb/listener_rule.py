"""ListenerRule: which requests go to a target group."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.lb_listener_rule as aws_rule
from cdktf import ITerraformDependable
from constructs import Construct

from platform_lib.alb.config import MOST_VALUES, Route
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.origin_lock import HEADER
from platform_lib.alb.target_group import TargetGroup
from platform_lib.core.connections import Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.errors import PlatformError
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
            claims the same requests, ``TooManyValues`` if the secret header of a load balancer that
            only CloudFront calls is one value too many for the rule.
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
            condition=[*_conditions(config), *self._secret_header(config, load_balancer)],
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

    def _secret_header(
        self, route: Route, load_balancer: LoadBalancer
    ) -> list[aws_rule.LbListenerRuleCondition]:
        if load_balancer.lock is None:
            return []
        accepted = load_balancer.lock.accepted(self.stack)
        values = len(route.hosts) + (0 if route.any_path and route.hosts else len(route.paths))
        if values + len(accepted) > MOST_VALUES:
            raise PlatformError(
                "TooManyValues",
                f"hosts and paths have {values} values together, and with the secret header of"
                f" {load_balancer.node.path!r} a rule takes {MOST_VALUES - len(accepted)}; use"
                " wildcards, or make two routes",
                where=self.node.path,
            )
        return [
            aws_rule.LbListenerRuleCondition(
                http_header=aws_rule.LbListenerRuleConditionHttpHeader(
                    http_header_name=HEADER, values=accepted
                )
            )
        ]


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
