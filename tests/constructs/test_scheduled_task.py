"""ScheduledTask: when it starts, as whom, and who hears if it does not."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.config import CapacityConfig
from platform_lib.ecs.scheduled_task import ScheduledTask
from platform_lib.ecs.task_configs import ScheduledTaskConfig
from platform_lib.testing.template import Block, Template
from tests.constructs.ecs_shop import Shop

NIGHTLY = ScheduledTaskConfig(description="Cleans up", schedule="cron(0 3 * * ? *)")


def _schedule(stack: PlatformStack, **config: Any) -> Block:
    shop = Shop(stack)
    ScheduledTask(
        stack,
        "Cleanup",
        config=NIGHTLY.evolve(**config),
        task=shop.task("CleanupTask"),
        key=shop.key,
        alerts=shop.alerts,
    )
    return Template(stack).only("aws_scheduler_schedule")


def test_starts_when_it_says(stack: PlatformStack) -> None:
    """At its time, and not about it."""
    schedule = _schedule(stack, timezone="Europe/Berlin")

    assert schedule["name"] == "shop-prod-cleanup"
    assert schedule["schedule_expression"] == "cron(0 3 * * ? *)"
    assert schedule["schedule_expression_timezone"] == "Europe/Berlin"
    assert schedule["flexible_time_window"] == {"mode": "OFF"}
    assert schedule["kms_key_arn"] == "${aws_kms_key.Data_666C94C7.arn}"


def test_runs_one_private_task_of_the_revision_that_terraform_knows(stack: PlatformStack) -> None:
    """In the cluster, with its tags and a group of its own."""
    target = _schedule(stack)["target"]

    parameters = target["ecs_parameters"]
    assert target["arn"].startswith("${aws_ecs_cluster.Main_")
    assert parameters["task_definition_arn"].startswith("${aws_ecs_task_definition.CleanupTask_")
    assert parameters["task_count"] == 1
    assert parameters["propagate_tags"] == "TASK_DEFINITION"
    assert parameters["capacity_provider_strategy"] == [
        {"base": 1, "capacity_provider": "FARGATE", "weight": 1}
    ]
    network = parameters["network_configuration"]
    assert network["assign_public_ip"] is False
    assert len(network["subnets"]) == 3
    assert network["security_groups"][0].startswith("${aws_security_group.Cleanup_Connections_")


def test_runs_on_spot_where_asked(stack: PlatformStack) -> None:
    """A task that may start again is cheap there."""
    spot = CapacityConfig(on_demand_base=0, on_demand_weight=0, spot_weight=1)

    parameters = _schedule(stack, capacity=spot)["target"]["ecs_parameters"]

    assert parameters["capacity_provider_strategy"][1]["capacity_provider"] == "FARGATE_SPOT"


def test_is_tried_again_as_asked(stack: PlatformStack) -> None:
    """Three times within an hour, or as written."""
    schedule = _schedule(stack, retries=5, retry_minutes=10)

    assert schedule["target"]["retry_policy"] == {
        "maximum_retry_attempts": 5,
        "maximum_event_age_in_seconds": 600,
    }


def test_waits_for_the_permissions_to_start(stack: PlatformStack) -> None:
    """A schedule may be due at once."""
    waits = " ".join(_schedule(stack)["depends_on"])

    assert "CleanupTaskRun" in waits
    assert "CleanupTaskExecution_Start" in waits


@pytest.mark.parametrize("metric", ["TargetErrorCount", "InvocationDroppedCount"])
def test_tells_when_it_could_not_start(stack: PlatformStack, metric: str) -> None:
    """Of its own group, so that another schedule's failure is not its own."""
    _schedule(stack)

    alarm = Template(stack).only(
        "aws_cloudwatch_metric_alarm", path=f"Cleanup/{metric.removesuffix('Count')}/Resource"
    )

    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/Scheduler", metric)
    assert alarm["dimensions"]["ScheduleGroup"].startswith(
        "${aws_scheduler_schedule_group.Cleanup_Group_"
    )
    assert (alarm["threshold"], alarm["statistic"]) == (0, "Sum")
    assert alarm["treat_missing_data"] == "notBreaching"
