"""Services survive the loss of an availability zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.errors import Location
from platform_lib.guardrails.rule import Breach, Rule
from platform_lib.services.config import WebService, Worker

_LEAST_TASKS = 2
"""ECS spreads them over zones."""


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, service in environment.services.items():
        # A scheduler has one task by its nature, and jobs and migrations end.
        if isinstance(service, WebService | Worker):
            for field, tasks, where in _fewest_tasks(service):
                if tasks < _LEAST_TASKS:
                    yield Breach(
                        f"services.{name}.{field}",
                        "one task may be all that runs, and nothing takes over when its zone fails",
                        where,
                    )


def _fewest_tasks(service: WebService | Worker) -> Iterator[tuple[str, int, Location | None]]:
    scaling = service.scaling
    if scaling is None:
        yield "tasks", service.first_tasks, service.written_at("tasks")
        return
    yield "tasks.minimum", scaling.minimum, scaling.written_at("minimum")
    for name, schedule in scaling.schedules.items():
        yield f"tasks.schedules.{name}.minimum", schedule.minimum, schedule.written_at("minimum")


RULE = Rule(
    id="ecs-two-tasks",
    sentence="Web services and workers have two tasks or more at any time.",
    fix=f"write {_LEAST_TASKS} or more, or a Scheduler for what must run once",
    check=_check,
)
