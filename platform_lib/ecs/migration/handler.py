"""Run one ECS task, wait for its end, and fail if it did; the code of a Lambda function.

The call may be repeated: by Terraform after a failure, by its AWS client after a broken
connection. So a task of the same order that still runs is waited for, one that has succeeded counts,
and only after a failure another one is started.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

_PAUSE_SECONDS = 5
_SPARE_SECONDS = 20
"""What Lambda needs to answer before its own time is over."""

_ORDER_LENGTH = 32


class MigrationFailedError(Exception):
    """The task did not do its work; what depends on it must not start."""


class MigrationUnfinishedError(Exception):
    """The task still runs, and the time of the call is over."""


def handle(event: Mapping[str, Any], context: Any) -> dict[str, str]:
    """Answer one invocation of Lambda.

    Args:
        event: ``cluster``, ``task_definition``, ``family``, ``subnets``, ``security_groups``,
            ``capacity``, ``log_group`` and ``run``.
        context: Lambda's context, which knows how much time is left.

    Raises:
        MigrationFailedError: The task could not be started or did not end well.
        MigrationUnfinishedError: It still runs.
    """
    import boto3  # noqa: PLC0415 - Lambda brings it

    return Migration(
        boto3.client("ecs"), event, lambda: context.get_remaining_time_in_millis() / 1000
    ).run()


class Migration:
    """One order: this revision, with these settings, once.

    Args:
        ecs: Client of ECS.
        event: The order.
        seconds_left: How much time the call has.
        sleep: Waits.
    """

    def __init__(
        self,
        ecs: Any,
        event: Mapping[str, Any],
        seconds_left: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._ecs = ecs
        self._event = event
        self._seconds_left = seconds_left
        self._sleep = sleep
        written = json.dumps(event, sort_keys=True).encode()
        self._order = hashlib.sha256(written).hexdigest()[:_ORDER_LENGTH]

    def run(self) -> dict[str, str]:
        """Make sure that the task has run and succeeded, and return its ARN."""
        failed = 0
        for task in (*self._tasks_of_order("RUNNING"), *self._tasks_of_order("STOPPED")):
            # One that ECS is about to stop is among the stopped ones, still without exit codes.
            if task["lastStatus"] != "STOPPED":
                return self._wait(task["taskArn"])
            if _problem(task) is None:
                return self._done(task["taskArn"])
            failed += 1
        return self._wait(self._start(failed))

    def _tasks_of_order(self, wanted: str) -> list[dict[str, Any]]:
        """Return the order's tasks by what ECS wants them to be; it knows stopped ones for an hour."""
        cluster = self._event["cluster"]
        pages = self._ecs.get_paginator("list_tasks").paginate(
            cluster=cluster, family=self._event["family"], desiredStatus=wanted
        )
        arns = [arn for page in pages for arn in page["taskArns"]]
        found = []
        for start in range(0, len(arns), 100):  # the most that one call takes
            answer = self._ecs.describe_tasks(cluster=cluster, tasks=arns[start : start + 100])
            found += [task for task in answer["tasks"] if task.get("startedBy") == self._order]
        return found

    def _start(self, failures: int) -> str:
        event = self._event
        answer = self._ecs.run_task(
            cluster=event["cluster"],
            taskDefinition=event["task_definition"],
            count=1,
            capacityProviderStrategy=event["capacity"],
            networkConfiguration={
                "awsvpcConfiguration": {
                    "subnets": event["subnets"],
                    "securityGroups": event["security_groups"],
                    "assignPublicIp": "DISABLED",
                }
            },
            enableECSManagedTags=True,
            propagateTags="TASK_DEFINITION",
            startedBy=self._order,
            # Two calls at once get one task; after a failure it is another order to ECS.
            clientToken=f"{self._order}-{failures}",
        )
        if answer["failures"] or not answer["tasks"]:
            reasons = ", ".join(it.get("reason", "unknown") for it in answer["failures"])
            raise MigrationFailedError(f"ECS did not start {event['task_definition']}: {reasons}")
        arn: str = answer["tasks"][0]["taskArn"]
        return arn

    def _wait(self, arn: str) -> dict[str, str]:
        while self._seconds_left() > _SPARE_SECONDS:
            answer = self._ecs.describe_tasks(cluster=self._event["cluster"], tasks=[arn])
            # ECS may not know a task yet that it has just started.
            for task in answer["tasks"]:
                if task["lastStatus"] == "STOPPED":
                    problem = _problem(task)
                    if problem is None:
                        return self._done(arn)
                    raise MigrationFailedError(
                        f"{arn} failed: {problem}; what it printed is in the log group"
                        f" {self._event['log_group']}"
                    )
            self._sleep(_PAUSE_SECONDS)
        raise MigrationUnfinishedError(
            f"{arn} still runs and goes on; apply again to wait for it. What it prints is in the log"
            f" group {self._event['log_group']}"
        )

    def _done(self, arn: str) -> dict[str, str]:
        return {"task": arn, "task_definition": self._event["task_definition"]}


def _problem(task: Mapping[str, Any]) -> str | None:
    """Return why a stopped task has failed; None if every container ended with 0."""
    codes = {it["name"]: it.get("exitCode") for it in task["containers"]}
    if codes and all(code == 0 for code in codes.values()):
        return None
    written = ", ".join(
        f"{name} {'did not start' if code is None else f'ended with {code}'}"
        for name, code in sorted(codes.items())
    )
    return f"{written or 'no container'} ({task.get('stoppedReason', 'no reason given')})"
