"""Target groups and rules: replaced without a gap, and never in each other's way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_lib.alb.config import Route
from platform_lib.alb.listener_rule import ListenerRule
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.target_config import TargetGroupAlarms, TargetGroupConfig, TargetHealthCheck
from platform_lib.alb.target_group import TargetGroup
from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.references import LoadBalancerTarget
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template
from tests.constructs.test_load_balancer import World

KIND = "aws_lb_target_group"


def _group(
    stack: PlatformStack, id: str = "Api", *, of: LoadBalancer | None = None, **config: Any
) -> TargetGroup:
    balancer = of or World(stack).load_balancer()
    return TargetGroup(
        stack,
        id,
        config=TargetGroupConfig(**({"port": 8000} | config)),
        load_balancer=balancer,
        alerts=stack.node.find_child("Alerts"),  # type: ignore[arg-type] # made by the world
    )


def _synth(stack: PlatformStack, **config: Any) -> Block:
    _group(stack, **config)
    return Template(stack).only(KIND)


@pytest.fixture
def name_of(environment: Environment, tmp_path: Path) -> Callable[..., str]:
    """Return a function that gives the name of a group with a configuration."""

    def name(id: str = "Api", **config: Any) -> str:
        stack = stack_of(environment, tmp_path)
        _group(stack, id, **config)
        found: str = Template(stack).only(KIND)["name"]
        return found

    return name


def test_targets_are_addresses_in_the_load_balancers_network(stack: PlatformStack) -> None:
    """As tasks on Fargate have them."""
    group = _synth(stack)

    assert (group["target_type"], group["ip_address_type"]) == ("ip", "ipv4")
    assert group["vpc_id"] == "${aws_vpc.Vpc_8378EB38.id}"
    assert (group["port"], group["protocol"], group["protocol_version"]) == (8000, "HTTP", "HTTP1")
    assert (group["deregistration_delay"], group["slow_start"]) == ("60", 0)
    assert group["stickiness"]["enabled"] is False


def test_targets_are_asked_every_15_seconds(stack: PlatformStack) -> None:
    """Two successes, three failures, on the port of the traffic."""
    check = _synth(stack)["health_check"]

    assert check == {
        "enabled": True,
        "protocol": "HTTP",
        "path": "/health",
        "interval": 15,
        "timeout": 5,
        "healthy_threshold": 2,
        "unhealthy_threshold": 3,
        "matcher": "200",
    }


def test_every_option_arrives(stack: PlatformStack) -> None:
    """The other side of each default."""
    group = _synth(
        stack,
        protocol="HTTPS",
        protocol_version="GRPC",
        deregistration_delay_seconds=5,
        slow_start_seconds=45,
        sticky_seconds=600,
        health_check=TargetHealthCheck(
            path="/grpc.health.v1.Health/Check",
            interval_seconds=20,
            timeout_seconds=3,
            healthy_threshold=4,
            unhealthy_threshold=6,
        ),
    )

    assert (group["protocol"], group["protocol_version"]) == ("HTTPS", "GRPC")
    assert (group["deregistration_delay"], group["slow_start"]) == ("5", 45)
    assert group["stickiness"] == {"type": "lb_cookie", "enabled": True, "cookie_duration": 600}
    assert group["health_check"] == {
        "enabled": True,
        "protocol": "HTTPS",
        "path": "/grpc.health.v1.Health/Check",
        "interval": 20,
        "timeout": 3,
        "healthy_threshold": 4,
        "unhealthy_threshold": 6,
        "matcher": "0",
    }


def test_a_successor_is_made_first(stack: PlatformStack) -> None:
    """A rule that leads to a group keeps AWS from deleting it."""
    assert _synth(stack)["lifecycle"] == {"create_before_destroy": True}


@pytest.mark.parametrize(
    "change",
    [{"port": 8001}, {"protocol": "HTTPS"}, {"protocol_version": "HTTP2"}],
    ids=lambda it: next(iter(it)),
)
def test_what_replaces_a_group_gives_it_another_name(
    name_of: Callable[..., str], change: dict[str, Any]
) -> None:
    """Two groups of one name cannot be, and for a moment there are two."""
    assert name_of(**change) != name_of()


def test_another_network_gives_a_group_another_name(
    environment: Environment, tmp_path: Path
) -> None:
    """Other addresses replace the VPC, and the VPC its groups."""
    names = set()
    for block in ("10.30.0.0/16", "10.31.0.0/16"):
        stack = stack_of(environment, tmp_path)
        _group(stack, of=World(stack, block=block).load_balancer())
        names.add(Template(stack).only(KIND)["name"])

    assert len(names) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"health_check": TargetHealthCheck(path="/other", interval_seconds=30)},
        {"deregistration_delay_seconds": 5},
        {"slow_start_seconds": 45},
        {"sticky_seconds": 600},
        {"alarms": TargetGroupAlarms(errors=1)},
    ],
    ids=lambda it: next(iter(it)),
)
def test_what_changes_in_place_keeps_the_name(
    name_of: Callable[..., str], change: dict[str, Any]
) -> None:
    """A new name would replace the group for nothing."""
    assert name_of(**change) == name_of()


def test_the_name_is_pinned(name_of: Callable[..., str]) -> None:
    """A changed name is a replaced group."""
    assert name_of() == "shop-prod-api-ee638a"


def test_a_long_name_still_follows_what_replaces_it(name_of: Callable[..., str]) -> None:
    """32 characters at most, of which the last four tell them apart."""
    long = "CheckoutStorefrontDashboard"

    names = {name_of(long), name_of(long, port=8001)}

    assert len(names) == 2
    assert {len(it) for it in names} == {32}


def test_scaling_and_metrics_name_it_by_suffixes(stack: PlatformStack) -> None:
    """As CloudWatch and Application Auto Scaling want it."""
    group = _group(stack)

    for name in ("arn", "arn_suffix", "resource_label"):
        stack.add_override(f"output.{name}.value", getattr(group, name))

    template = Template(stack)
    own = "aws_lb_target_group.Api_F70053CD"
    assert template.output("arn") == f"${{{own}.arn}}"
    assert template.output("arn_suffix") == f"${{{own}.arn_suffix}}"
    assert template.output("resource_label") == (
        f"${{aws_lb.Public_D0AE4A11.arn_suffix}}/${{{own}.arn_suffix}}"
    )


@pytest.mark.parametrize(
    ("alarm", "metric", "statistic", "threshold", "periods"),
    [
        ("errors", "HTTPCode_Target_5XX_Count", "Sum", 10, 3),
        ("unhealthy-hosts", "UnHealthyHostCount", "Maximum", 0, 2),
        ("response-time", "TargetResponseTime", "p99", 2, 3),
    ],
)
def test_alarms_watch_what_is_behind_it(
    stack: PlatformStack, alarm: str, metric: str, statistic: str, threshold: int, periods: int
) -> None:
    """In this group of this load balancer, and quiet where nothing is reported."""
    _group(stack)

    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()
    (found,) = [it for it in alarms if it["alarm_name"] == f"shop-prod-api-{alarm}-p2"]
    assert (found["namespace"], found["metric_name"]) == ("AWS/ApplicationELB", metric)
    assert found["dimensions"] == {
        "LoadBalancer": "${aws_lb.Public_D0AE4A11.arn_suffix}",
        "TargetGroup": "${aws_lb_target_group.Api_F70053CD.arn_suffix}",
    }
    if statistic == "p99":
        assert found["extended_statistic"] == "p99"
        assert "evaluate_low_sample_count_percentiles" not in found
        assert "statistic" not in found
    else:
        assert found["statistic"] == statistic
        assert "extended_statistic" not in found
    assert (found["threshold"], found["evaluation_periods"]) == (threshold, periods)
    assert found["treat_missing_data"] == "notBreaching"


def test_thresholds_are_the_configurations(stack: PlatformStack) -> None:
    """All three of them."""
    limits = TargetGroupAlarms(errors=1, unhealthy_hosts=2, response_seconds=0.5)

    _group(stack, alarms=limits)

    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()
    own = [it["threshold"] for it in alarms if it["alarm_name"].startswith("shop-prod-api-")]
    assert sorted(own) == [0.5, 1, 2]


@pytest.mark.parametrize(
    ("route", "conditions"),
    [
        (
            {"hosts": ("b.example.com", "a.example.com")},
            [{"host_header": {"values": ["a.example.com", "b.example.com"]}}],
        ),
        ({"paths": ("/b/*", "/a")}, [{"path_pattern": {"values": ["/a", "/b/*"]}}]),
        ({}, [{"path_pattern": {"values": ["/*"]}}]),
        (
            {"hosts": ("a.example.com",), "paths": ("/a",)},
            [
                {"host_header": {"values": ["a.example.com"]}},
                {"path_pattern": {"values": ["/a"]}},
            ],
        ),
    ],
    ids=["hosts", "paths", "everything", "both"],
)
def test_a_rule_has_a_condition_for_what_the_route_limits(
    stack: PlatformStack, route: dict[str, Any], conditions: list[Block]
) -> None:
    """And at least one, since ELB wants one."""
    config = Route(priority=100, **route)

    ListenerRule(stack, "ApiRule", config=config, target_group=_group(stack))

    rule = Template(stack).only("aws_lb_listener_rule")
    assert rule["condition"] == conditions
    assert rule["priority"] == 100
    assert rule["listener_arn"].startswith("${aws_lb_listener.Public_Https_")
    assert rule["action"] == [
        {"type": "forward", "target_group_arn": "${aws_lb_target_group.Api_F70053CD.arn}"}
    ]


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (
            Route(priority=100, hosts=("b.example.com",)),
            "'shop-prod-test/ApiRule' and 'shop-prod-test/ShopRule' both have priority 100;",
        ),
        (
            Route(priority=200, hosts=("a.example.com",)),
            "'shop-prod-test/ApiRule' and 'shop-prod-test/ShopRule' both claim a.example.com/*;",
        ),
    ],
)
def test_rules_in_each_others_way_are_refused(
    stack: PlatformStack, other: Route, problem: str
) -> None:
    """Both are named, before AWS sees either."""
    group = _group(stack)
    ListenerRule(
        stack,
        "ApiRule",
        config=Route(priority=100, hosts=("a.example.com",)),
        target_group=group,
    )
    second = _group(stack, "Shop", of=group.load_balancer)

    with pytest.raises(PlatformError) as refused:
        ListenerRule(stack, "ShopRule", config=other, target_group=second)

    assert str(refused.value).startswith(f"shop-prod-test/ShopRule: {problem}")
    assert str(refused.value).endswith("[RouteTaken]")


def test_rules_side_by_side_are_taken(stack: PlatformStack) -> None:
    """Another host, another priority."""
    group = _group(stack)
    second = _group(stack, "Shop", of=group.load_balancer)

    for path, host, priority, target in (
        ("ApiRule", "a.example.com", 100, group),
        ("ShopRule", "b.example.com", 200, second),
    ):
        config = Route(priority=priority, hosts=(host,))
        ListenerRule(stack, path, config=config, target_group=target)

    assert Template(stack).count("aws_lb_listener_rule") == 2


def test_a_service_takes_a_rule_as_its_target(stack: PlatformStack) -> None:
    """It waits for the rule, since ECS refuses a group that no load balancer sends to."""
    group = _group(stack)

    target: LoadBalancerTarget = ListenerRule(
        stack, "ApiRule", config=Route(priority=100), target_group=group
    )

    stack.add_override("output.rule.value", target.depends.fqn)
    assert Template(stack).output("rule") == "${aws_lb_listener_rule.ApiRule_1546F20F}"
    assert target.target_group_arn == group.arn
    assert target.target_group_arn_suffix == group.arn_suffix
    assert target.load_balancer_arn_suffix == group.load_balancer.arn_suffix
    assert target.connections is group.load_balancer.connections
