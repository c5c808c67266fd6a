"""One NAT gateway per zone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    vpc = environment.vpc
    # Without any NAT gateway no zone depends on another, and nothing reaches the internet.
    borrowing = [zone for zone in vpc.zones if vpc.nat_zone_of(zone) not in {zone, None}]
    if borrowing:
        yield Breach(
            "vpc.nat_zones",
            f"private subnets of zone {', '.join(borrowing)} reach the internet through zone"
            f" {vpc.nat_zone_of(borrowing[0])} and lose it with that zone",
            vpc.written_at("nat_zones"),
        )


RULE = Rule(
    id="nat-per-zone",
    sentence="The failure of a zone does not take the internet from the others.",
    fix='write nat_zones="each"',
    check=_check,
)
