"""Destroying a database leaves a last snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, database in environment.databases.items():
        if not database.final_snapshot:
            yield Breach(
                f"databases.{name}.final_snapshot",
                "destroying it, its backups included, leaves nothing",
                database.written_at("final_snapshot"),
            )


RULE = Rule(
    id="final-snapshot",
    sentence="Destroying a database leaves a last snapshot.",
    fix="leave final_snapshot out",
    check=_check,
)
