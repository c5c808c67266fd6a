"""Target groups: attributes with their defaults, and values that they can have.

Upstream gap: moto takes any attribute, refuses the longest draining, answers without the attributes
that nobody has set, and counts tags up to ten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elbv2.exceptions import TooManyTagsError
from moto.elbv2.models import ELBv2Backend

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_ATTRIBUTES = {
    "deregistration_delay.timeout_seconds": "300",
    "load_balancing.algorithm.anomaly_mitigation": "off",
    "load_balancing.algorithm.type": "round_robin",
    "load_balancing.cross_zone.enabled": "use_load_balancer_configuration",
    "slow_start.duration_seconds": "0",
    "stickiness.app_cookie.cookie_name": "",
    "stickiness.app_cookie.duration_seconds": "86400",
    "stickiness.enabled": "false",
    "stickiness.lb_cookie.duration_seconds": "86400",
    "stickiness.type": "lb_cookie",
    "target_group_health.dns_failover.minimum_healthy_targets.count": "1",
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": "off",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": "1",
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
}
"""Of a group of an Application Load Balancer.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html"""

_NUMBERS = {
    "deregistration_delay.timeout_seconds": range(3_601),
    "slow_start.duration_seconds": (0, *range(30, 901)),
    "stickiness.app_cookie.duration_seconds": range(1, 604_801),
    "stickiness.lb_cookie.duration_seconds": range(1, 604_801),
}
_WORDS = {
    "load_balancing.algorithm.anomaly_mitigation": ("on", "off"),
    "load_balancing.algorithm.type": (
        "round_robin",
        "least_outstanding_requests",
        "weighted_random",
    ),
    "load_balancing.cross_zone.enabled": ("true", "false", "use_load_balancer_configuration"),
    "stickiness.enabled": ("true", "false"),
    "stickiness.type": ("lb_cookie", "app_cookie"),
}
_DELAY = "deregistration_delay.timeout_seconds"
_HTTP = ("HTTP", "HTTPS")
_MOST_TAGS = 50
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""


def install() -> None:
    """Patch moto."""
    replace(ELBv2Backend)(create_target_group)
    replace(ELBv2Backend)(modify_target_group_attributes)
    replace(ELBv2Backend)(add_tags)


def create_target_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give it the attributes that AWS gives."""

    def create(self: Any, name: str, **given: Any) -> Any:
        group = original(self, name, **given)
        if group.protocol in _HTTP and group.target_type != "lambda":
            group.attributes = dict(_ATTRIBUTES)
        return group

    return create


def modify_target_group_attributes(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take attributes that exist, with values that they can have."""

    def modify(self: Any, target_group_arn: str, attributes: dict[str, Any]) -> None:
        group = self.target_groups.get(target_group_arn)
        if group is None or group.attributes.keys() != _ATTRIBUTES.keys():
            original(self, target_group_arn, attributes)
            return
        for key, value in attributes.items():
            _check(key, value)
        after = group.attributes | attributes
        if (
            after["load_balancing.algorithm.type"] != "round_robin"
            and after["slow_start.duration_seconds"] != "0"
        ):
            raise AwsError(
                "InvalidConfigurationRequest",
                "Slow start is not supported with the algorithm"
                f" '{after['load_balancing.algorithm.type']}'",
            )
        # Moto refuses the longest delay that AWS takes.
        original(self, target_group_arn, {k: v for k, v in attributes.items() if k != _DELAY})
        group.attributes = after

    return modify


def _check(key: str, value: str) -> None:
    if key not in _ATTRIBUTES:
        raise AwsError("ValidationError", f"Target group attribute key '{key}' is not recognized")
    if (key in _NUMBERS and not (value.isdigit() and int(value) in _NUMBERS[key])) or (
        key in _WORDS and value not in _WORDS[key]
    ):
        raise AwsError("ValidationError", f"'{key}' value '{value}' is not valid")


def add_tags(_: Callable[..., Any]) -> Callable[..., Any]:
    """Take as many as AWS takes."""

    def add(self: Any, resource_arns: list[str], tags: list[dict[str, str]]) -> None:
        for arn in resource_arns:
            self._get_resource_by_arn(arn)
            known = self.tagging_service.get_tag_dict_for_resource(arn)
            if len(known | self.tagging_service.flatten_tag_list(tags)) > _MOST_TAGS:
                raise TooManyTagsError
            self.tagging_service.tag_resource(arn, tags)

    return add
