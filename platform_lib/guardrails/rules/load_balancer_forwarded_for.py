"""Nobody on the internet says from which address a request came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, balancer in environment.load_balancers.items():
        # Behind a CDN whose prefix list alone is let in, the last address is one that the CDN added.
        if balancer.forwarded_for == "preserve" and "everybody" in balancer.sources:
            yield Breach(
                f"load_balancers.{name}.forwarded_for",
                "everybody may call it, and services get the X-Forwarded-For that the client wrote",
                balancer.written_at("forwarded_for"),
            )


RULE = Rule(
    id="load-balancer-forwarded-for",
    sentence="Services learn a client's address from the load balancer, not from the client.",
    fix='leave forwarded_for out for the default, "append"',
    check=_check,
)
