"""Brokers survive the loss of an availability zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, broker in environment.brokers.items():
        if broker.deployment == "single":
            yield Breach(
                f"brokers.{name}.deployment",
                f"the only host is in zone {broker.zones[0]}, and messages wait while it is away",
                broker.written_at("deployment"),
            )


RULE = Rule(
    id="broker-cluster",
    sentence="Brokers are clusters over several zones.",
    fix='leave deployment out for the default, "cluster", and name two or three zones',
    check=_check,
)
