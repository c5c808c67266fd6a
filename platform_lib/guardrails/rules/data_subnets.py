"""Databases and caches are in subnets without a way to the internet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule
from platform_lib.network.tiers import Tier

_ROUTES = {
    Tier.PUBLIC: "a default route to the internet gateway",
    Tier.PRIVATE: "a default route to a NAT gateway",
}


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    vpc = environment.vpc
    route = _ROUTES.get(vpc.subnet_group_tier)
    if route is not None:
        yield Breach(
            "vpc.subnet_group_tier",
            f"databases and caches go to the {vpc.subnet_group_tier.value} subnets, which have"
            f" {route}",
            vpc.written_at("subnet_group_tier"),
        )


RULE = Rule(
    id="data-subnets",
    sentence="Databases and caches are in subnets that have no default route.",
    fix="write subnet_group_tier=Tier.DATABASE, which is the default, and list that tier in tiers",
    check=_check,
)
