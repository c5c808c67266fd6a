"""Databases can be restored to any moment of the last week."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule

_LEAST_DAYS = 7
"""A mistake of Friday night is noticed on Monday, and looked into during the week."""


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, database in environment.databases.items():
        if database.backup_retention_days < _LEAST_DAYS:
            yield Breach(
                f"databases.{name}.backup_retention_days",
                f"it can be restored for {database.backup_retention_days} days only",
                database.written_at("backup_retention_days"),
            )


RULE = Rule(
    id="backup-retention",
    sentence="Databases can be restored to any moment of the last seven days.",
    fix=f"write backup_retention_days={_LEAST_DAYS} or more",
    check=_check,
)
