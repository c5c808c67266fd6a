"""EcsCluster: no servers, watched, and sessions that are encrypted and recorded."""

from __future__ import annotations

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.config import CapacityConfig
from platform_lib.testing.template import Template
from tests.constructs.ecs_shop import Shop


def test_is_watched_in_detail(stack: PlatformStack) -> None:
    """Container Insights is on, with the metrics per task and container."""
    Shop(stack)

    cluster = Template(stack).only("aws_ecs_cluster")

    assert cluster["name"] == "shop-prod-main"
    assert cluster["setting"] == [{"name": "containerInsights", "value": "enhanced"}]


def test_is_watched_as_asked(stack: PlatformStack) -> None:
    """Where nobody is served, the cheaper metrics do."""
    Shop(stack, insights="enabled")

    assert Template(stack).only("aws_ecs_cluster")["setting"][0]["value"] == "enabled"


def test_sessions_are_encrypted_and_recorded(stack: PlatformStack) -> None:
    """ECS Exec uses our key and writes to our log group."""
    Shop(stack)

    cluster = Template(stack).only("aws_ecs_cluster")

    assert cluster["configuration"]["execute_command_configuration"] == {
        "kms_key_id": "${aws_kms_key.Data_666C94C7.arn}",
        "logging": "OVERRIDE",
        "log_configuration": {
            "cloud_watch_encryption_enabled": True,
            "cloud_watch_log_group_name": "${aws_cloudwatch_log_group.Main_Sessions_"
            f"{_suffix(stack, 'Main/Sessions')}.name}}",
        },
    }


def _suffix(stack: PlatformStack, path: str) -> str:
    groups = Template(stack).json["resource"]["aws_cloudwatch_log_group"]
    (name,) = [name for name, it in groups.items() if it["//"]["metadata"]["path"].endswith(path)]
    return str(name).rsplit("_", 1)[1]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Main/Sessions", "/ecs/shop-prod-main/exec"),
        ("Main/Insights", "/aws/ecs/containerinsights/shop-prod-main/performance"),
    ],
)
def test_owns_its_log_groups(stack: PlatformStack, path: str, name: str) -> None:
    """AWS would make groups without our key and with another retention."""
    Shop(stack, log_retention_days=90)

    group = Template(stack).only("aws_cloudwatch_log_group", path=path)

    assert group["name"] == name
    assert group["retention_in_days"] == 90
    assert group["kms_key_id"].startswith("${aws_kms_key.Logs_")


def test_makes_the_group_of_insights_first(stack: PlatformStack) -> None:
    """Else Container Insights makes it."""
    Shop(stack)

    (first,) = Template(stack).only("aws_ecs_cluster")["depends_on"]

    assert first.startswith("aws_cloudwatch_log_group.Main_Insights_")


def test_knows_fargate_and_spot_and_runs_on_fargate(stack: PlatformStack) -> None:
    """Spot is at hand, and nothing runs there by itself."""
    Shop(stack)

    capacity = Template(stack).only("aws_ecs_cluster_capacity_providers")

    assert capacity["capacity_providers"] == ["FARGATE", "FARGATE_SPOT"]
    assert capacity["default_capacity_provider_strategy"] == [
        {"base": 1, "capacity_provider": "FARGATE", "weight": 1}
    ]


def test_spreads_over_spot_as_asked(stack: PlatformStack) -> None:
    """Above a base that stays on Fargate."""
    capacity = CapacityConfig(on_demand_base=2, on_demand_weight=1, spot_weight=3)

    Shop(stack, capacity=capacity)

    found = Template(stack).only("aws_ecs_cluster_capacity_providers")
    assert found["default_capacity_provider_strategy"] == [
        {"base": 2, "capacity_provider": "FARGATE", "weight": 1},
        {"base": 0, "capacity_provider": "FARGATE_SPOT", "weight": 3},
    ]


def test_has_no_namespace_unless_asked(stack: PlatformStack) -> None:
    """Service Connect is an option."""
    shop = Shop(stack)

    assert shop.cluster.namespace_arn is None
    assert Template(stack).count("aws_service_discovery_http_namespace") == 0


def test_has_the_namespace_that_was_asked_for(stack: PlatformStack) -> None:
    """By its name."""
    shop = Shop(stack, namespace="shop.internal")

    namespace = Template(stack).only("aws_service_discovery_http_namespace")
    assert namespace["name"] == "shop.internal"
    assert shop.cluster.namespace_arn is not None
