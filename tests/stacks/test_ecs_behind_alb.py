"""A listener rule of our load balancer is what a service takes as its target."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.config import LoadBalancerConfig, Route
from platform_lib.alb.listener_rule import ListenerRule
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.target_config import TargetGroupConfig, TargetHealthCheck
from platform_lib.alb.target_group import TargetGroup
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.ecs.fargate_service import FargateService
from platform_lib.ecs.service_config import ScalingConfig, ServiceConfig
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.template import Block, Template
from tests.constructs.ecs_shop import Shop


@pytest.fixture
def template(stack: PlatformStack) -> Template:
    """Return a service behind a load balancer that scales on its requests."""
    shop = Shop(stack)
    logs = BucketConfig(purpose=Purpose.LOAD_BALANCER_LOGS, retention_days=365)
    certificate = Certificate(
        stack,
        "Certificate",
        config=CertificateConfig(domain="api.example.com"),
        zone=HostedZone(stack, "Zone", config=HostedZoneConfig(domain="example.com")),
    )
    balancer = LoadBalancer(
        stack,
        "Public",
        config=LoadBalancerConfig(sources=("everybody",), dual_stack=False),
        vpc=shop.vpc,
        certificate=certificate,
        logs=Bucket(stack, "AccessLogs", config=logs, key=shop.key),
        alerts=shop.alerts,
    )
    check = TargetHealthCheck(path="/health/")
    group = TargetGroup(
        stack,
        "ApiTargets",
        config=TargetGroupConfig(port=8000, health_check=check),
        load_balancer=balancer,
        alerts=shop.alerts,
    )
    route = Route(priority=100, hosts=("api.example.com",))
    FargateService(
        stack,
        "Api",
        config=ServiceConfig(tasks=ScalingConfig(maximum=4, requests_per_target=500)),
        task=shop.task(),
        alerts=shop.alerts,
        target=ListenerRule(stack, "ApiRule", config=route, target_group=group),
    )
    return Template(stack)


def _name(template: Template, type: str) -> str:
    (name,) = template.all(type)
    return name


def test_the_service_registers_when_the_rule_exists(template: Template) -> None:
    """With the rule's group, after the rule."""
    service: Block = template.only("aws_ecs_service")

    group = _name(template, "aws_lb_target_group")
    assert (
        service["load_balancer"][0]["target_group_arn"] == f"${{aws_lb_target_group.{group}.arn}}"
    )
    rule = _name(template, "aws_lb_listener_rule")
    assert f"aws_lb_listener_rule.{rule}" in service["depends_on"]


def test_the_load_balancer_reaches_the_tasks(template: Template) -> None:
    """On the container's port, both halves, and nobody else does."""
    rules: list[dict[str, Any]] = [
        rule
        for kind in ("ingress", "egress")
        for rule in template.all(f"aws_vpc_security_group_{kind}_rule").values()
        if rule["from_port"] == 8000
    ]

    peers = [it["referenced_security_group_id"].split(".")[1].split("_")[0] for it in rules]
    assert sorted(peers) == ["Api", "Public"]


def test_requests_are_counted_by_both_names(template: Template) -> None:
    """Application Auto Scaling wants load balancer and target group in one label."""
    policy = template.only("aws_appautoscaling_policy", path="Scaling/Requests")

    specification = policy["target_tracking_scaling_policy_configuration"][
        "predefined_metric_specification"
    ]
    balancer, group = _name(template, "aws_lb"), _name(template, "aws_lb_target_group")
    assert specification["resource_label"] == (
        f"${{aws_lb.{balancer}.arn_suffix}}/${{aws_lb_target_group.{group}.arn_suffix}}"
    )
