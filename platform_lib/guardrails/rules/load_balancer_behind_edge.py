"""Nobody on the internet sends requests to a load balancer past AWS WAF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, balancer in environment.load_balancers.items():
        # A web ACL of an environment is before its distributions, and those lead only to load
        # balancers that nobody else reaches. Address blocks are somebody who is known.
        if "everybody" in balancer.sources:
            yield Breach(
                f"load_balancers.{name}.sources",
                "everybody may call it, and neither CloudFront nor AWS WAF is before it",
                balancer.written_at("sources"),
            )


RULE = Rule(
    id="load-balancer-behind-edge",
    sentence="Only CloudFront, or somebody who is known, calls a load balancer.",
    fix="write sources=('cloudfront',) and lead a distribution to it, or name address blocks",
    check=_check,
)
