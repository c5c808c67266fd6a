"""The real Terraform makes, reads back, rolls out, scales and destroys a cluster with its services.

One run of several minutes is recorded by a fixture; each test asks the record for one fact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_lib.ecs import migration
from platform_lib.functions.asset import Code
from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.server import LocalAws
from tests import emulator

# One worker, so that the run of several minutes happens once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("emulated-data-ecs")]

_IMAGE = ("-var", "api_version=3.21.2")
_OTHER = (*_IMAGE, "-var", "step=second")


@dataclass(frozen=True)
class History:
    """What happened, step by step."""

    second_plan: int
    migrations: list[dict[str, Any]]
    rollout: dict[str, list[str]]
    rolled_out: dict[str, Any]
    images: set[str]
    changes: dict[str, list[str]]
    changed: dict[str, Any]
    plan_after_changes: int
    left: list[Item]
    gaps: list[Gap]


@pytest.fixture(scope="module")
def history(
    workspace: Callable[[str, LocalAws], Any], connect: Callable[[str, str], Any]
) -> Iterator[History]:
    """Apply, roll an image out, change everything that can be changed, destroy."""
    with emulator.start(account_id="210987654321", region="eu-central-1") as aws:
        ecs = connect(aws.endpoint, "ecs")
        data = workspace("data_ecs", aws)
        code = Code("migration.handler.handle", (Path(migration.__path__[0]),))
        (data.directory / "migration.zip").write_bytes(code.archive())
        data.apply()
        second_plan = data.differences()
        migrations = _tasks(ecs, "STOPPED", family="checkout-dev-migration")
        rollout = data.changes(*_IMAGE)
        data.apply("planned")
        rolled_out = _service(ecs, "checkout-dev-api")
        running = _tasks(ecs, "RUNNING", serviceName="checkout-dev-api")
        changes = data.changes(*_OTHER)
        data.apply("planned")
        changed = _service(ecs, "checkout-dev-beat")
        plan_after_changes = data.differences(*_OTHER)
        data.destroy(*_OTHER)
        yield History(
            second_plan,
            migrations,
            rollout,
            rolled_out,
            {task["containers"][0]["image"] for task in running},
            changes,
            changed,
            plan_after_changes,
            aws.inventory(),
            aws.unimplemented(),
        )


def _service(ecs: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = ecs.describe_services(cluster="checkout-dev", services=[name])[
        "services"
    ][0]
    return found


def _tasks(ecs: Any, status: str, **chosen: str) -> list[dict[str, Any]]:
    arns = ecs.list_tasks(cluster="checkout-dev", desiredStatus=status, **chosen)["taskArns"]
    found: list[dict[str, Any]] = ecs.describe_tasks(cluster="checkout-dev", tasks=arns)["tasks"]
    return found


def test_the_second_plan_is_empty(history: History) -> None:
    """Everything that was made reads back as it was asked for."""
    assert history.second_plan == 0


def test_the_migration_ran_before_the_rollout(history: History) -> None:
    """One task of its revision was started by the function, and ended well."""
    ended = [task["containers"][0]["exitCode"] for task in history.migrations]

    assert ended == [0]


def test_a_new_image_touches_one_service(history: History) -> None:
    """Its task definition gets a revision, the service runs it, and nothing else changes."""
    # The stream of a plan does not tell which comes first.
    assert history.rollout == {
        'aws_ecs_task_definition.main["api"]': ["delete", "create"],
        "aws_ecs_service.api": ["update"],
    }


def test_the_new_image_runs(history: History) -> None:
    """All tasks are those of the new revision, and the deployment is completed."""
    deployments = [
        (it["rolloutState"], it["runningCount"]) for it in history.rolled_out["deployments"]
    ]

    assert history.images == {"ghcr.io/saleor/saleor:3.21.2"}
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
def test_settings_change_in_place(history: History, address: str) -> None:
    """Numbers of tasks, limits, targets, schedules, capacity and tags."""
    assert history.changes[address] == ["update"]


def test_only_the_migration_is_made_anew(history: History) -> None:
    """Another run is another invocation; nothing else is replaced."""
    replaced = {
        address: actions
        for address, actions in history.changes.items()
        if actions not in (["update"], ["read"])
    }

    assert list(replaced) == ["aws_lambda_invocation.migration"]


def test_the_desired_count_is_reached(history: History) -> None:
    """There are as many tasks as are asked for."""
    assert (history.changed["desiredCount"], history.changed["runningCount"]) == (2, 2)


def test_the_plan_after_the_changes_is_empty(history: History) -> None:
    """What was changed in place reads back."""
    assert history.plan_after_changes == 0


def test_destroy_leaves_what_aws_keeps(history: History) -> None:
    """Inactive task definitions, one of them of the first image, and a key that waits."""
    left = Counter((item.service, item.kind, item.state) for item in history.left)

    assert left == {
        ("ecs", "TaskDefinition", "INACTIVE"): 5,
        ("kms", "Key", "PendingDeletion"): 1,
    }


def test_nothing_was_missing(history: History) -> None:
    """No action was answered 501."""
    assert history.gaps == []
