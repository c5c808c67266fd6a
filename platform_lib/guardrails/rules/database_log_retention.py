"""Logs of databases are kept for as long as an incident takes to be understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule

_LEAST_DAYS = 90
"""As long as flow logs are kept, so that both can be read together."""


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, database in environment.databases.items():
        if database.log_retention_days < _LEAST_DAYS:
            yield Breach(
                f"databases.{name}.log_retention_days",
                f"its logs are kept for {database.log_retention_days} days",
                database.written_at("log_retention_days"),
            )


RULE = Rule(
    id="database-log-retention",
    sentence="Logs of databases are kept for at least 90 days.",
    fix=f"write log_retention_days={_LEAST_DAYS} or more",
    check=_check,
)
