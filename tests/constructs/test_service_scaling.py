"""ServiceScaling: targets of load and limits by time."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.alerts.alarm import Metric
from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.fargate_service import FargateService
from platform_lib.ecs.service_config import ScalingConfig, ScheduledScaling, ServiceConfig
from platform_lib.errors import PlatformError
from platform_lib.testing.template import Block, Template
from tests.constructs.ecs_shop import Shop

POLICY = "aws_appautoscaling_policy"
QUEUE = Metric("AWS/AmazonMQ", "MessageCount", {"Queue": "celery", "Broker": "jobs"}, "Maximum")


def _scale(
    stack: PlatformStack, *, balanced: bool = True, queue: Metric | None = QUEUE, **config: Any
) -> None:
    shop = Shop(stack)
    FargateService(
        stack,
        "Api",
        config=ServiceConfig(tasks=ScalingConfig(**{"minimum": 2, "maximum": 6} | config)),
        task=shop.task(),
        alerts=shop.alerts,
        target=shop.balancer() if balanced else None,
        queue=queue,
    )


def _policy(stack: PlatformStack, id: str) -> Block:
    policy = Template(stack).only(POLICY, path=f"Api/Scaling/{id}")
    assert policy["policy_type"] == "TargetTrackingScaling"
    found: Block = policy["target_tracking_scaling_policy_configuration"]
    return found


def test_moves_between_the_limits(stack: PlatformStack) -> None:
    """Of this service in this cluster."""
    _scale(stack)

    target = Template(stack).only("aws_appautoscaling_target")

    assert (target["min_capacity"], target["max_capacity"]) == (2, 6)
    assert target["service_namespace"] == "ecs"
    assert target["scalable_dimension"] == "ecs:service:DesiredCount"
    kind, cluster, service = target["resource_id"].split("/")
    assert kind == "service"
    assert cluster.startswith("${aws_ecs_cluster_capacity_providers.Main_")
    assert service.startswith("${aws_ecs_service.Api_")


@pytest.mark.parametrize(
    ("id", "metric", "value"),
    [
        ("Cpu", "ECSServiceAverageCPUUtilization", 60),
        ("Memory", "ECSServiceAverageMemoryUtilization", 75),
    ],
)
def test_follows_cpu_and_memory(stack: PlatformStack, id: str, metric: str, value: int) -> None:
    """Out fast, in slowly."""
    _scale(stack)

    policy = _policy(stack, id)

    assert policy["predefined_metric_specification"] == {"predefined_metric_type": metric}
    assert policy["target_value"] == value
    assert (policy["scale_out_cooldown"], policy["scale_in_cooldown"]) == (60, 300)


@pytest.mark.parametrize(("left_out", "stays"), [("cpu", "Memory"), ("memory", "Cpu")])
def test_leaves_out_what_is_not_wanted(stack: PlatformStack, left_out: str, stays: str) -> None:
    """None is no policy."""
    left: dict[str, Any] = {f"{left_out}_percent": None}
    _scale(stack, **left)

    (path,) = Template(stack).paths()[POLICY]
    assert path.endswith(f"/{stays}")


def test_follows_requests_of_its_target_group(stack: PlatformStack) -> None:
    """The label is that of load balancer and target group."""
    _scale(stack, requests_per_target=500)

    policy = _policy(stack, "Requests")

    assert policy["target_value"] == 500
    assert policy["predefined_metric_specification"] == {
        "predefined_metric_type": "ALBRequestCountPerTarget",
        "resource_label": "app/shop/2/targetgroup/a/1",
    }


def test_follows_the_backlog_per_task(stack: PlatformStack) -> None:
    """Messages that wait, divided by the tasks that run; by one where none does."""
    _scale(stack, balanced=False, messages_per_task=20)

    policy = _policy(stack, "Messages")

    waiting, running, backlog = policy["customized_metric_specification"]["metrics"]
    assert policy["target_value"] == 20
    assert waiting["metric_stat"] == {
        "stat": "Maximum",
        "metric": {
            "namespace": "AWS/AmazonMQ",
            "metric_name": "MessageCount",
            "dimensions": [
                {"name": "Broker", "value": "jobs"},
                {"name": "Queue", "value": "celery"},
            ],
        },
    }
    assert running["metric_stat"]["metric"]["metric_name"] == "RunningTaskCount"
    assert backlog["expression"] == "waiting / IF(running > 0, running, 1)"
    assert [it["return_data"] for it in (waiting, running, backlog)] == [False, False, True]


def test_changes_its_limits_by_time(stack: PlatformStack) -> None:
    """By schedules with names."""
    morning = ScheduledScaling(
        schedule="cron(0 6 ? * MON-FRI *)", timezone="Europe/Berlin", minimum=4, maximum=12
    )
    _scale(stack, schedules={"work-day": morning})

    action = Template(stack).only("aws_appautoscaling_scheduled_action")

    assert action["name"] == "work-day"
    assert action["schedule"] == "cron(0 6 ? * MON-FRI *)"
    assert action["timezone"] == "Europe/Berlin"
    assert action["scalable_target_action"] == {"min_capacity": "4", "max_capacity": "12"}


def test_has_no_schedules_unless_asked(stack: PlatformStack) -> None:
    """Load alone decides."""
    _scale(stack)

    assert Template(stack).count("aws_appautoscaling_scheduled_action") == 0


def test_refuses_to_count_requests_of_nobody(stack: PlatformStack) -> None:
    """A worker has no requests."""
    with pytest.raises(PlatformError) as error:
        _scale(stack, balanced=False, requests_per_target=500)

    assert str(error.value) == (
        "shop-prod-test/Api: requests_per_target=500 needs a load balancer, and none calls the"
        " service; leave it out, or give the service a target [NoTarget]"
    )


def test_refuses_to_count_messages_of_no_queue(stack: PlatformStack) -> None:
    """The metric is the queue's."""
    with pytest.raises(PlatformError) as error:
        _scale(stack, queue=None, messages_per_task=5)

    assert str(error.value) == (
        "shop-prod-test/Api: messages_per_task=5 needs a queue to count, and the service has none;"
        " leave it out, or give the service a queue [NoQueue]"
    )
