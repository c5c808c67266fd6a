"""The function that runs a migration: it waits, fails where the task fails, and never runs two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from platform_lib.ecs.migration.handler import (
    Migration,
    MigrationFailedError,
    MigrationUnfinishedError,
)

ORDER = {
    "capacity": [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}],
    "cluster": "shop-prod-main",
    "family": "shop-prod-migration-task",
    "log_group": "/ecs/shop-prod-migration-task",
    "run": 1,
    "security_groups": ["sg-1"],
    "subnets": ["subnet-1", "subnet-2"],
    "task_definition": "arn:aws:ecs:us-east-1:111111111111:task-definition/shop-prod-migration-task:7",
}


class Ecs:
    """ECS as far as the function uses it: tasks with the states that they go through."""

    def __init__(self, *exit_codes: int | None, steps: int = 2) -> None:
        self.tasks: dict[str, dict[str, Any]] = {}
        self.requests: list[Mapping[str, Any]] = []
        self.failures: list[dict[str, str]] = []
        self._exit_codes = exit_codes
        self._steps = steps

    def run_task(self, **request: Any) -> dict[str, Any]:
        """Start a task, or give back the one with the same token."""
        self.requests.append(request)
        if self.failures:
            return {"tasks": [], "failures": self.failures}
        for task in self.tasks.values():
            if task["token"] == request["clientToken"]:
                return {"tasks": [task], "failures": []}
        arn = f"task/{len(self.tasks) + 1}"
        self.tasks[arn] = {
            "taskArn": arn,
            "token": request["clientToken"],
            "startedBy": request["startedBy"],
            "lastStatus": "PROVISIONING",
            "left": self._steps,
            "containers": [{"name": "app"}],
        }
        return {"tasks": [self.tasks[arn]], "failures": []}

    def describe_tasks(self, *, cluster: str, tasks: list[str]) -> dict[str, Any]:
        """Look at tasks; each look takes a running one a step further."""
        assert cluster == ORDER["cluster"]
        for arn in tasks:
            self._go_on(arn)
        return {"tasks": [self.tasks[arn] for arn in tasks]}

    def _go_on(self, arn: str) -> None:
        task = self.tasks[arn]
        if task["lastStatus"] == "STOPPED":
            return
        task["left"] -= 1
        if task["left"] > 0:
            task["lastStatus"] = "RUNNING"
            return
        code = self._exit_codes[list(self.tasks).index(arn)]
        task["lastStatus"] = "STOPPED"
        task["stoppedReason"] = "Essential container in task exited"
        task["containers"] = [{"name": "app"} | ({} if code is None else {"exitCode": code})]

    def get_paginator(self, name: str) -> Ecs:
        """Return what lists tasks."""
        assert name == "list_tasks"
        return self

    def paginate(
        self,
        *,
        cluster: str,
        family: str,
        desiredStatus: str,  # noqa: N803 - ECS's name
    ) -> Iterator[dict[str, Any]]:
        """List tasks, one page each."""
        assert (cluster, family) == (ORDER["cluster"], ORDER["family"])
        stopped = desiredStatus == "STOPPED"
        for arn, task in list(self.tasks.items()):
            if (task["lastStatus"] in {"STOPPED", "DEPROVISIONING"}) is stopped:
                yield {"taskArns": [arn]}


def _run(ecs: Ecs, *, seconds: int = 900, **changes: Any) -> dict[str, str]:
    left = [seconds]

    def sleep(pause: float) -> None:
        left[0] -= int(pause)

    return Migration(ecs, {**ORDER, **changes}, lambda: left[0], sleep).run()


def test_returns_when_the_task_has_succeeded() -> None:
    """With the task, for whoever reads the state."""
    assert _run(Ecs(0)) == {"task": "task/1", "task_definition": ORDER["task_definition"]}


def test_starts_the_task_privately_with_its_tags() -> None:
    """Once, with a token that makes a second start the same task."""
    ecs = Ecs(0)

    _run(ecs)

    (request,) = ecs.requests
    assert request["taskDefinition"] == ORDER["task_definition"]
    assert request["capacityProviderStrategy"] == ORDER["capacity"]
    assert request["networkConfiguration"] == {
        "awsvpcConfiguration": {
            "subnets": ["subnet-1", "subnet-2"],
            "securityGroups": ["sg-1"],
            "assignPublicIp": "DISABLED",
        }
    }
    assert (request["count"], request["propagateTags"]) == (1, "TASK_DEFINITION")
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    assert len(request["clientToken"]) <= 64
    assert len(request["startedBy"]) <= 128


@pytest.mark.parametrize(("code", "what"), [(1, "app ended with 1"), (None, "app did not start")])
def test_fails_where_the_task_fails(code: int | None, what: str) -> None:
    """With what happened and where to look."""
    with pytest.raises(MigrationFailedError) as error:
        _run(Ecs(code))

    assert str(error.value) == (
        f"task/1 failed: {what} (Essential container in task exited); what it printed is in the log"
        " group /ecs/shop-prod-migration-task"
    )


def test_fails_where_ecs_refuses() -> None:
    """With ECS's reason."""
    ecs = Ecs(0)
    ecs.failures = [{"reason": "RESOURCE:MEMORY"}]

    with pytest.raises(MigrationFailedError, match=r"did not start .*:7: RESOURCE:MEMORY"):
        _run(ecs)


def test_tells_when_the_time_is_over() -> None:
    """Before Lambda ends the call without a word; the task goes on."""
    with pytest.raises(MigrationUnfinishedError) as error:
        _run(Ecs(0, steps=1000), seconds=60)

    assert str(error.value) == (
        "task/1 still runs and goes on; apply again to wait for it. What it prints is in the log"
        " group /ecs/shop-prod-migration-task"
    )


def test_the_next_apply_waits_for_the_task_that_still_runs() -> None:
    """And starts no second one."""
    ecs = Ecs(0, steps=20)
    with pytest.raises(MigrationUnfinishedError):
        _run(ecs, seconds=40)

    assert _run(ecs)["task"] == "task/1"
    assert len(ecs.tasks) == 1


def test_a_repeated_call_does_not_run_a_success_again() -> None:
    """As when the connection broke before the answer."""
    ecs = Ecs(0)

    assert _run(ecs) == _run(ecs)
    assert len(ecs.requests) == 1


def test_the_next_apply_runs_a_failure_again() -> None:
    """As a new task."""
    ecs = Ecs(1, 0)
    with pytest.raises(MigrationFailedError):
        _run(ecs)

    assert _run(ecs)["task"] == "task/2"


def test_waits_for_a_task_that_is_about_to_stop() -> None:
    """Its exit codes come last; nothing is started beside it."""
    ecs = Ecs(0, steps=20)
    with pytest.raises(MigrationUnfinishedError):
        _run(ecs, seconds=40)
    ecs.tasks["task/1"] |= {"lastStatus": "DEPROVISIONING", "left": 3}

    assert _run(ecs)["task"] == "task/1"
    assert len(ecs.tasks) == 1


def test_asks_as_ecs_wants_to_be_asked() -> None:
    """The request is held against the API's own model."""
    model = get_session().get_service_model("ecs")
    ecs = Ecs(0)
    _run(ecs)

    shape = model.operation_model("RunTask").input_shape
    assert shape is not None
    report = ParamValidator().validate(ecs.requests[0], shape)

    assert not report.has_errors(), report.generate_report()


@pytest.mark.parametrize("change", [{"run": 2}, {"task_definition": "arn:another:8"}])
def test_another_order_is_another_task(change: dict[str, Any]) -> None:
    """Whatever the first one did."""
    ecs = Ecs(0, 0)
    _run(ecs)

    assert _run(ecs, **change)["task"] == "task/2"
