"""Guardrails about the edge: what each rule refuses and accepts, with the exact sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.origins import AlbOrigin
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.ecs.config import ClusterConfig
from platform_lib.environment import Category, Environment
from platform_lib.guardrails.review import Review, review
from platform_lib.waf.config import BASELINE, Mode, Scope, WebAclConfig
from platform_lib.waf.managed_groups import ManagedGroup
from platform_lib.waf.rules import ManagedGroupRule, RateRule
from platform_lib.waivers import Waiver

TODAY = date(2026, 3, 1)
Variant = Callable[[Environment], Environment]

LOCKED = LoadBalancerConfig(sources=("cloudfront",), dual_stack=False)
SHOP = DistributionConfig(
    description="Shop",
    aliases=("www.shop.example.com",),
    origins={"shop": AlbOrigin(load_balancer="public")},
    default=presets.api("shop"),
)


def web_acl(**fields: Any) -> WebAclConfig:
    """Return a web ACL that protects, unless said otherwise."""
    given = {"scope": Scope.CLOUDFRONT, "large_bodies": "allowed", **fields}
    return WebAclConfig.model_validate(given)


def edge(**fields: Any) -> Variant:
    """Return a change to an environment with a distribution, with ``fields`` instead of its own."""
    parts: dict[str, Any] = {
        "domain": "shop.example.com",
        "cluster": ClusterConfig(),
        "load_balancers": {"public": LOCKED},
        "distributions": {"shop": SHOP},
        "web_acl": web_acl(),
        **fields,
    }

    def change(environment: Environment) -> Environment:
        zones = {"main": HostedZoneConfig(domain="example.com")}
        return environment.evolve(account=environment.account.evolve(zones=zones), **parts)

    return change


def balancer(*sources: str, **fields: Any) -> Variant:
    """Return a change to an environment with one load balancer and no distribution."""
    config = LoadBalancerConfig(sources=sources, dual_stack=False, **fields)
    return edge(load_balancers={"partners": config}, distributions={}, web_acl=None)


COUNTING = ManagedGroupRule(priority=10, group=ManagedGroup.SQL_INJECTION, action="count")

BAD: dict[str, tuple[Variant, str, str]] = {
    "web-acl-active": (
        edge(web_acl=web_acl(mode=Mode.STANDBY)),
        "web_acl.mode",
        (
            "it is attached to no distribution; give the environment a web_acl with rules that block,"
            " and leave mode out for the default, Mode.ACTIVE"
        ),
    ),
    "load-balancer-behind-edge": (
        balancer("everybody"),
        "load_balancers.partners.sources",
        (
            "everybody may call it, and neither CloudFront nor AWS WAF is before it; write"
            " sources=('cloudfront',) and lead a distribution to it, or name address blocks"
        ),
    ),
}
"""One weakening for each rule, with the address and the sentence of its finding."""

ALSO_BAD: dict[str, tuple[Variant, str, str]] = {
    "a web ACL that only counts": (
        edge(web_acl=web_acl(mode=Mode.COUNT)),
        "web_acl.mode",
        "its rules count what they find and refuse nothing",
    ),
    "no web ACL": (
        edge(web_acl=None),
        "web_acl",
        "nothing looks at what is sent to shop",
    ),
    "a web ACL whose rules only count": (
        edge(web_acl=web_acl(rules={"sql": COUNTING})),
        "web_acl.rules",
        "no rule of it refuses anything",
    ),
    "a load balancer for everybody beside one behind CloudFront": (
        edge(
            load_balancers={
                "public": LOCKED,
                "partners": LoadBalancerConfig(sources=("everybody",), dual_stack=False),
            }
        ),
        "load_balancers.partners.sources",
        "everybody may call it, and neither CloudFront nor AWS WAF is before it",
    ),
}

GOOD: dict[str, Variant] = {
    "a web ACL that protects": edge(),
    "a rule that counts among those that block": edge(
        web_acl=web_acl(rules={**BASELINE, "more": COUNTING})
    ),
    "one limit": edge(web_acl=web_acl(rules={"limit": RateRule(priority=1, limit=100)})),
    "neither distributions nor a web ACL": edge(load_balancers={}, distributions={}, web_acl=None),
    "a load balancer for partners": balancer("203.0.113.0/24"),
    "a load balancer for a prefix list": balancer("pl-0123456789abcdef0"),
    "an internal load balancer": balancer("10.0.0.0/8", internal=True),
}


@pytest.mark.parametrize("rule", BAD)
def test_each_rule_about_the_edge_refuses(environment: Environment, rule: str) -> None:
    """One weakening gives exactly one error, with field, value and fix."""
    weaken, address, message = BAD[rule]

    (error,) = review([weaken(environment)], as_of=TODAY).errors

    assert (error.finding.rule, error.finding.address) == (rule, address)
    assert error.finding.message == f"shop-prod: {address}: {message}"


@pytest.mark.parametrize("variant", ALSO_BAD)
def test_each_way_to_go_without_is_found(environment: Environment, variant: str) -> None:
    """It is said what there is instead."""
    weaken, address, given = ALSO_BAD[variant]

    (error,) = review([weaken(environment)], as_of=TODAY).errors

    assert error.finding.message.startswith(f"shop-prod: {address}: {given}; ")


@pytest.mark.parametrize("variant", GOOD)
def test_accepts_an_edge_that_is_as_safe_as_the_default(
    environment: Environment, variant: str
) -> None:
    """Counting rules beside others, and callers who are known, are no weakness."""
    assert review([GOOD[variant](environment)], as_of=TODAY) == Review()


@pytest.mark.parametrize("rule", BAD)
def test_findings_about_the_edge_name_the_line_of_the_field(
    environment: Environment, rule: str
) -> None:
    """Of the web ACL or of the load balancer, wherever they are written."""
    waf = web_acl().evolve(mode=Mode.COUNT)
    opened = LOCKED.evolve(sources=("everybody",))
    weak = edge(web_acl=waf, load_balancers={"public": LOCKED, "open": opened})(environment)

    (finding,) = (
        it.finding for it in review([weak], as_of=TODAY).errors if it.finding.rule == rule
    )

    line = {
        "web-acl-active": waf.written_at("mode"),
        "load-balancer-behind-edge": opened.written_at("sources"),
    }
    assert finding.where == line[rule]
    assert finding.where not in (waf.written_at("scope"), opened.written_at("internal"))


@pytest.mark.parametrize("mode", [Mode.COUNT, Mode.STANDBY])
def test_a_web_acl_may_wait_where_no_customers_are(environment: Environment, mode: Mode) -> None:
    """Development counts and staging stands by, and both are listed."""
    internal = edge(web_acl=web_acl(mode=mode))(environment).evolve(category=Category.INTERNAL)

    result = review([internal], as_of=TODAY)

    assert [it.finding.rule for it in result.listed] == ["web-acl-active"]
    assert result.problems == ()


def test_a_load_balancer_may_be_open_for_a_time(environment: Environment) -> None:
    """A waiver names it, with a reason and a day."""
    waiver = Waiver(
        rule="load-balancer-behind-edge",
        address="load_balancers.partners.sources",
        reason="Partners' addresses are not known before March",
        expires=TODAY,
    )

    result = review([balancer("everybody")(environment).evolve(waivers=(waiver,))], as_of=TODAY)

    assert [it.finding.address for it in result.waived] == [waiver.address]
    assert result.problems == ()
