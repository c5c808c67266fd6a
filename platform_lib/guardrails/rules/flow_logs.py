"""Flow logs are on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    if environment.vpc.flow_logs is None:
        yield Breach(
            "vpc.flow_logs",
            "the VPC has no flow logs, so nobody can tell later who talked to whom",
            environment.vpc.written_at("flow_logs"),
        )


RULE = Rule(
    id="flow-logs",
    sentence="The VPC records its IP traffic.",
    fix="leave flow_logs out for the default, or write flow_logs=FlowLogsConfig()",
    check=_check,
)
