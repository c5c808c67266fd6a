"""Caches survive the loss of an availability zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, cache in environment.caches.items():
        if not cache.multi_az:
            nodes = f"the primary node and its {cache.replicas} replicas may all be in one zone"
            yield Breach(
                f"caches.{name}.multi_az",
                nodes if cache.replicas else "there is no replica to take over from the only node",
                cache.written_at("multi_az"),
            )


RULE = Rule(
    id="cache-failover",
    sentence="Caches have a replica in another zone that takes over.",
    fix="leave out replicas, automatic_failover and multi_az for their defaults",
    check=_check,
)
