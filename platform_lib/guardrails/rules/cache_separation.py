"""Applications that share a cache cannot reach each other's keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, cache in environment.caches.items():
        numbers = cache.logical_databases
        if len(numbers) > 1:
            yield Breach(
                f"caches.{name}.logical_databases",
                f"{', '.join(numbers)} share one cache, and a user may change to any logical"
                " database",
                cache.written_at("logical_databases"),
            )


RULE = Rule(
    id="cache-separation",
    sentence="Applications have caches of their own, or keys of their own, but no logical databases.",
    fix="give each a cache, or leave logical_databases out and give each user its key_prefixes",
    check=_check,
)
