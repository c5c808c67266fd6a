"""Databases survive the loss of a zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule
from platform_lib.rds.config import PostgresConfig


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, database in environment.databases.items():
        if not database.survives_a_zone:
            field = "multi_az" if isinstance(database, PostgresConfig) else "readers"
            yield Breach(
                f"databases.{name}.{field}",
                "nothing takes over when the zone of its one instance fails",
                database.written_at(field),
            )


RULE = Rule(
    id="multi-az-database",
    sentence="Databases survive the loss of an availability zone.",
    fix="leave multi_az out for an instance, or write readers for an Aurora cluster, outside the"
    " zone of its first instance",
    check=_check,
)
