"""The real Terraform rolls an image out, and changes a cluster, its services and their scaling."""

from __future__ import annotations

import pytest

from tests.local.applied_settings import History

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("settings")]


def test_the_migration_ran_before_the_rollout(settings: History) -> None:
    """One task of its revision was started by the function, and ended well."""
    ended = [task["containers"][0]["exitCode"] for task in settings.first.migrations]

    assert ended == [0]


def test_the_new_image_runs(settings: History) -> None:
    """All tasks are those of the new revision, and the deployment is completed."""
    deployments = [
        (it["rolloutState"], it["runningCount"]) for it in settings.first.service["deployments"]
    ]

    assert settings.first.images == {"ghcr.io/saleor/saleor:3.21.2"}
    assert deployments == [("COMPLETED", 2)]


@pytest.mark.parametrize(
    "address",
    [
        "aws_appautoscaling_policy.cpu",
        "aws_appautoscaling_policy.messages",
        "aws_appautoscaling_scheduled_action.morning",
        "aws_appautoscaling_target.api",
        "aws_ecs_cluster.main",
        "aws_ecs_cluster_capacity_providers.main",
        "aws_ecs_service.api",
        "aws_ecs_service.beat",
        "aws_scheduler_schedule.cleanup",
        "aws_scheduler_schedule_group.cleanup",
        "aws_service_discovery_http_namespace.main",
    ],
)
def test_settings_change_in_place(settings: History, address: str) -> None:
    """Numbers of tasks, limits, targets, schedules, capacity and tags."""
    assert settings.changes_in("ecs")[address] == ["update"]


def test_only_the_migration_is_made_anew(settings: History) -> None:
    """Another run is another invocation; nothing else is replaced."""
    replaced = {
        address: actions
        for address, actions in settings.changes_in("ecs").items()
        if actions not in (["update"], ["read"])
    }

    assert list(replaced) == ["aws_lambda_invocation.migration"]


def test_the_desired_count_is_reached(settings: History) -> None:
    """There are as many tasks as are asked for."""
    service = settings.second.other_service

    assert (service["desiredCount"], service["runningCount"]) == (2, 2)
