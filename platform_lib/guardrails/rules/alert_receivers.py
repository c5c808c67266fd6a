"""Somebody hears when customers are hit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    # Nothing else has alarms that page somebody.
    watched = environment.has_data or environment.cluster is not None
    if watched and not environment.alerts.p1_emails:
        yield Breach(
            "alerts.p1_emails",
            "nobody hears when databases, caches, brokers or services are in trouble",
            environment.alerts.written_at("p1_emails") or environment.written_at("alerts"),
        )


RULE = Rule(
    id="alert-receivers",
    sentence="Somebody hears of P1 alerts.",
    fix='write alerts=AlertsConfig(p1_emails=("on-call@example.com",))',
    check=_check,
)
