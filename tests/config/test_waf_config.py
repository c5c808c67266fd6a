"""A web ACL as a whole: its order, its size, and what it decides on large bodies."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.waf.config import BASELINE, Mode, Scope, WebAclAlarms, WebAclConfig, WebAclLogs
from platform_lib.waf.managed_groups import ManagedGroup
from platform_lib.waf.rules import LargeBodiesBelow, ManagedGroupRule, RateRule

GRAPHQL = LargeBodiesBelow(paths=("/graphql/",), priority=250)
FLOOD = RateRule(priority=50, limit=2000)


def _config(**given: Any) -> WebAclConfig:
    base: dict[str, Any] = {"scope": Scope.CLOUDFRONT, "large_bodies": "refused"}
    return WebAclConfig(**base | given)


def _refusal(**given: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        _config(**given)
    (error,) = refused.value.errors(include_input=False)
    return error["msg"].removeprefix("Value error, ")


def test_the_defaults_are_productions() -> None:
    """Active, with the groups that every shop needs, and with a log."""
    config = _config()

    assert config.mode is Mode.ACTIVE
    assert [rule.group for rule in config.rules.values() if isinstance(rule, ManagedGroupRule)] == [
        ManagedGroup.IP_REPUTATION,
        ManagedGroup.CORE,
        ManagedGroup.KNOWN_BAD_INPUTS,
        ManagedGroup.SQL_INJECTION,
    ]
    assert (config.capacity, config.capacity_limit) == (1125, 1500)
    assert config.inspected_body_kib == 16
    assert config.logs.retention_days == 90
    assert config.logs.records == "refused-or-counted"


@pytest.mark.parametrize("field", ["scope", "large_bodies"])
def test_scope_and_large_bodies_are_always_written(field: str) -> None:
    """Bodies over 8 KB are refused before the application sees them: nobody finds out by accident."""
    given: dict[str, Any] = {"scope": Scope.REGIONAL, "large_bodies": "refused"}
    del given[field]

    with pytest.raises(ValidationError, match="Field required") as refused:
        WebAclConfig(**given)

    assert [it["loc"] for it in refused.value.errors()] == [(field,)]


@pytest.mark.parametrize("decision", ["refused", "allowed", GRAPHQL])
def test_takes_each_decision_on_large_bodies(decision: Any) -> None:
    """Nowhere, everywhere, or below some paths."""
    assert _config(large_bodies=decision).large_bodies == decision


def test_refuses_equal_priorities() -> None:
    """AWS refuses them when the web ACL is made; here it is before Node starts."""
    rules = {"flood": FLOOD, "login": FLOOD.evolve(path="/login/")}

    assert _refusal(rules=rules, large_bodies="allowed") == (
        "rules flood and login have the priority 50; give each its own, as AWS WAF asks them in that"
        " order"
    )


def test_the_rule_for_large_bodies_has_a_priority_of_its_own() -> None:
    """It stands in the same order."""
    decision = GRAPHQL.evolve(priority=300)

    assert _refusal(large_bodies=decision) == (
        "rules known-bad-inputs and large-bodies have the priority 300; give each its own, as AWS"
        " WAF asks them in that order"
    )


def test_the_rule_for_large_bodies_is_asked_after_the_core_group() -> None:
    """It looks for the label which that group adds."""
    assert _refusal(large_bodies=GRAPHQL.evolve(priority=150)) == (
        "large_bodies has the priority 150 and is asked before the rule 'core' (200), which finds"
        " large bodies; give it a higher one"
    )


def test_the_name_of_the_rule_for_large_bodies_is_taken() -> None:
    """Two rules of one name are refused by AWS."""
    rules = {**BASELINE, "large-bodies": FLOOD}

    assert _refusal(rules=rules, large_bodies=GRAPHQL) == (
        "rules has 'large-bodies', which is the name of the rule that large_bodies adds; give yours"
        " another name"
    )
    assert "large-bodies" in _config(rules=rules, large_bodies="allowed").rules


@pytest.mark.parametrize(
    ("decision", "shown"),
    [("refused", "'refused'"), (GRAPHQL, "LargeBodiesBelow(/graphql/)")],
)
def test_without_the_core_group_nothing_refuses_large_bodies(decision: Any, shown: str) -> None:
    """The word would promise what no rule does."""
    assert _refusal(rules={"flood": FLOOD}, large_bodies=decision) == (
        f"large_bodies is {shown}, but without the core group no rule looks at the size of a body;"
        " write 'allowed', or add the core group"
    )


def test_a_core_group_that_counts_refuses_nothing() -> None:
    """Not by itself; the rule for other paths still does, by the label."""
    rules = {"core": ManagedGroupRule(priority=200, group=ManagedGroup.CORE, action="count")}

    assert _refusal(rules=rules) == (
        "large_bodies is 'refused', but the rule 'core' only counts; write 'allowed', or let the"
        " rule block"
    )
    assert _config(rules=rules, large_bodies=GRAPHQL).large_bodies == GRAPHQL


def test_a_load_balancer_passes_on_eight_kilobytes() -> None:
    """AWS: the limit is fixed for Application Load Balancers."""
    assert _refusal(scope=Scope.REGIONAL, inspected_body_kib=32) == (
        "inspected_body_kib=32 is only for CLOUDFRONT; a load balancer always passes on the first 8"
        " KB, so leave it out"
    )
    assert _config(inspected_body_kib=64).inspected_body_kib == 64


def test_refuses_more_units_than_the_limit() -> None:
    """The sentence says which rules they are, and what raising the limit costs."""
    rules = {
        **BASELINE,
        "linux": ManagedGroupRule(priority=500, group=ManagedGroup.LINUX),
        "posix": ManagedGroupRule(priority=600, group=ManagedGroup.POSIX),
        "admin": ManagedGroupRule(priority=700, group=ManagedGroup.ADMIN_PROTECTION),
    }

    assert _refusal(rules=rules) == (
        "rules take 1525 capacity units and capacity_limit is 1500: core 700, known-bad-inputs 200,"
        " linux 200, sql-injection 200, admin 100, posix 100, ip-reputation 25; leave rules out, or"
        " raise the limit up to 5000, which costs more per request above 1500"
    )
    assert _config(rules=rules, capacity_limit=1525).capacity == 1525


def test_the_rule_for_large_bodies_counts_too() -> None:
    """It takes units like any other."""
    assert "rules take 1148 capacity units" in _refusal(large_bodies=GRAPHQL, capacity_limit=1147)
    assert _config(large_bodies=GRAPHQL, capacity_limit=1148).capacity == 1148


@pytest.mark.parametrize("limit", [0, 5001])
def test_the_limit_is_within_awss(limit: int) -> None:
    """5,000 cannot be raised."""
    assert "than or equal to" in _refusal(capacity_limit=limit)


def test_a_web_acl_has_rules() -> None:
    """One without is no protection."""
    assert "at least 1 item" in _refusal(rules={})


def test_authorization_and_cookies_are_never_recorded() -> None:
    """Further headers come on top."""
    assert WebAclLogs().redacted == ("authorization", "cookie")
    assert WebAclLogs(redacted_headers=("x-api-key",)).redacted == (
        "authorization",
        "cookie",
        "x-api-key",
    )


@pytest.mark.parametrize("headers", [("cookie",), ("x-a", "x-a")])
def test_refuses_headers_that_are_redacted_already(headers: tuple[str, ...]) -> None:
    """Twice is a slip."""
    with pytest.raises(ValidationError) as refused:
        WebAclLogs(redacted_headers=headers)

    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] == (
        f"Value error, redacted_headers has {headers[0]} twice, or repeats what is always redacted"
        " (authorization, cookie); write each header once"
    )


def test_refuses_headers_in_capitals() -> None:
    """The provider would, at plan."""
    with pytest.raises(ValidationError) as refused:
        WebAclLogs(redacted_headers=("X-Api-Key",))

    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] == (
        "Value error, 'X-Api-Key' is not the name of a header here; write it in lower case, as in"
        " 'x-api-key'"
    )


@pytest.mark.parametrize("field", ["refused", "refused_per_100"])
def test_thresholds_are_above_nothing(field: str) -> None:
    """An alarm at nothing is always on."""
    with pytest.raises(ValidationError, match="greater than"):
        WebAclAlarms(**{field: 0})
