"""Flow logs are kept long enough to investigate an intrusion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule

LEAST_DAYS = 90
"""The production setting of the source platforms (S0-NET-07), and the three months that PCI DSS
10.5.1 wants at hand; they carry payment metadata (S0-GEN-02)."""


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    logs = environment.vpc.flow_logs
    if logs is not None and logs.retention_days < LEAST_DAYS:
        yield Breach(
            "vpc.flow_logs.retention_days",
            f"flow logs are kept for {logs.retention_days} days",
            logs.written_at("retention_days"),
        )


RULE = Rule(
    id="flow-log-retention",
    sentence=f"Flow logs are kept for at least {LEAST_DAYS} days.",
    fix=f"write retention_days={LEAST_DAYS} or more",
    check=_check,
)
