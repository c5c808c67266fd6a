"""Caches can be had back as they were in the last days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule

LEAST_DAYS = 7
"""As for everything else that holds state."""


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, cache in environment.caches.items():
        days = cache.snapshot_retention_days
        if days < LEAST_DAYS:
            yield Breach(
                f"caches.{name}.snapshot_retention_days",
                f"snapshots are kept for {days} days" if days else "there are no snapshots",
                cache.written_at("snapshot_retention_days"),
            )


RULE = Rule(
    id="cache-snapshots",
    sentence=f"Snapshots of caches are kept for at least {LEAST_DAYS} days.",
    fix=f"write snapshot_retention_days={LEAST_DAYS} or more",
    check=_check,
)
