"""Logs of services are kept for as long as an incident takes to be understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule

_LEAST_DAYS = 90
"""As long as flow logs are kept, so that both can be read together."""


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    cluster = environment.cluster
    if cluster is not None and cluster.log_retention_days < _LEAST_DAYS:
        yield Breach(
            "cluster.log_retention_days",
            f"what people did by ECS Exec is known for {cluster.log_retention_days} days",
            cluster.written_at("log_retention_days"),
        )
    for name, service in environment.services.items():
        task = service.task
        if task.log_retention_days < _LEAST_DAYS:
            yield Breach(
                f"services.{name}.task.log_retention_days",
                f"its logs are kept for {task.log_retention_days} days",
                task.written_at("log_retention_days"),
            )


RULE = Rule(
    id="ecs-log-retention",
    sentence="Logs of services and records of ECS Exec are kept for at least 90 days.",
    fix=f"write log_retention_days={_LEAST_DAYS} or more",
    check=_check,
)
