"""Flow logs record accepted and rejected traffic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    logs = environment.vpc.flow_logs
    if logs is not None and logs.traffic != "ALL":
        yield Breach(
            "vpc.flow_logs.traffic",
            f"only {logs.traffic} traffic is recorded",
            logs.written_at("traffic"),
        )


RULE = Rule(
    id="flow-log-traffic",
    sentence="Flow logs record all traffic: an investigation needs what got through and what tried.",
    fix='write traffic="ALL"',
    check=_check,
)
