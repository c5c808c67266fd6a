"""Caches run on nodes that are as fast at noon as at night."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, cache in environment.caches.items():
        if cache.burstable:
            yield Breach(
                f"caches.{name}.node_type",
                f"{cache.node_type} has a share of a processor, and becomes slow when its credits"
                " are used up",
                cache.written_at("node_type"),
            )


RULE = Rule(
    id="burstable-cache",
    sentence="Caches do not run on burstable nodes.",
    fix='write node_type="cache.m7g.large" or another that does not start with cache.t',
    check=_check,
)
