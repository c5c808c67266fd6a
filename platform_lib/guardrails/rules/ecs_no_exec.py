"""Nobody has a shell where customers' data is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, service in environment.services.items():
        if service.task.execute_command:
            yield Breach(
                f"services.{name}.task.execute_command",
                "people can run commands in its tasks, with its permissions and its secrets",
                service.task.written_at("execute_command"),
            )


RULE = Rule(
    id="ecs-no-exec",
    sentence="Nobody runs commands in tasks by ECS Exec.",
    fix="leave execute_command out, and write a Job or a Migration for what is done there",
    check=_check,
)
