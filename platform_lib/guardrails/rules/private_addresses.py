"""The VPC's block is private."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule

PRIVATE = tuple(
    IPv4Network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598, as AWS recommends for a VPC.
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"""


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    vpc = environment.vpc
    if not any(vpc.cidr.subnet_of(block) for block in PRIVATE):
        yield Breach(
            "vpc.cidr",
            f"{vpc.cidr} belongs to others on the internet, who can then not be reached from here",
            vpc.written_at("cidr"),
        )


RULE = Rule(
    id="private-addresses",
    sentence="The VPC's block is from the private ranges, so that it hides no part of the internet.",
    fix=f"use a block inside {', '.join(str(block) for block in PRIVATE)}",
    check=_check,
)
