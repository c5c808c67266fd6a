"""Brokers run on hosts that are meant for more than trying things."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule
from platform_lib.mq.config import SMALL_TYPES


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, broker in environment.brokers.items():
        if broker.host_type in SMALL_TYPES:
            yield Breach(
                f"brokers.{name}.host_type",
                f"AWS recommends {broker.host_type} for trying things only",
                broker.written_at("host_type"),
            )


RULE = Rule(
    id="broker-size",
    sentence="Brokers run on mq.m7g.large, mq.m5.large or larger.",
    fix='write host_type="mq.m7g.large" or larger',
    check=_check,
)
