"""The rules of a web ACL: what each can say, and what it costs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from platform_lib.waf import capacity
from platform_lib.waf.managed_groups import LARGE_BODY_LABEL, LARGE_BODY_RULE, ManagedGroup
from platform_lib.waf.rules import IpRule, LargeBodiesBelow, ManagedGroupRule, RateRule, Rule

OFFICE = "203.0.113.0/24"
OFFICE_V6 = "2001:db8::/32"


def _message(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    (error,) = refused.value.errors(include_input=False)
    return error["msg"]


def _ip(**given: Any) -> IpRule:
    base: dict[str, Any] = {"priority": 1, "addresses": (OFFICE,), "action": "block"}
    return IpRule(**base | given)


def _core(**given: Any) -> ManagedGroupRule:
    base: dict[str, Any] = {"priority": 1, "group": ManagedGroup.CORE}
    return ManagedGroupRule(**base | given)


def test_an_address_rule_looks_at_the_connection() -> None:
    """A header that clients write is asked for only where somebody says so."""
    rule = _ip()

    assert (rule.forwarded_header, rule.position, rule.outside) == (None, "last", False)


@pytest.mark.parametrize(
    "given",
    [
        {"action": "allow"},
        {"outside": True},
        {"forwarded_header": "X-Forwarded-For", "position": "any"},
        {"action": "count", "outside": True, "forwarded_header": "True-Client-IP"},
        {"addresses": (OFFICE, OFFICE_V6)},
    ],
)
def test_takes_address_rules(given: dict[str, Any]) -> None:
    """Each of these is safe."""
    assert _ip(**given).evolve().priority == 1


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"addresses": (OFFICE, "0.0.0.0/0", "::/0")},
            (
                "addresses has 0.0.0.0/0, ::/0, which is everybody and no address set can hold; name"
                " smaller blocks, or leave the rule out"
            ),
        ),
        (
            {"action": "allow", "outside": True},
            (
                "action 'allow' with outside=True would let everybody else past all rules; allow the"
                " addresses themselves, or block what is outside"
            ),
        ),
        (
            {"action": "allow", "forwarded_header": "X-Forwarded-For"},
            (
                "action 'allow' with forwarded_header='X-Forwarded-For' would let everybody in who"
                " writes that header; allow addresses of connections only"
            ),
        ),
    ],
)
def test_refuses_address_rules_that_open_everything(given: dict[str, Any], problem: str) -> None:
    """A rule that allows ends the web ACL for whoever meets it."""
    with pytest.raises(ValidationError) as refused:
        _ip(**given)

    assert _message(refused) == f"Value error, {problem}"


def test_an_address_rule_has_addresses() -> None:
    """An empty set matches nobody, and its opposite everybody."""
    with pytest.raises(ValidationError, match="at least 1 item"):
        _ip(addresses=())


@pytest.mark.parametrize("header", ["X Forwarded", "x_forwarded", "", "a" * 256])
def test_refuses_what_is_no_forwarding_header(header: str) -> None:
    """AWS WAF takes letters, digits and hyphens."""
    with pytest.raises(ValidationError, match="is not the name of a header"):
        _ip(forwarded_header=header)


@pytest.mark.parametrize("path", ["/graphql/", "/a", "/api/v2", "/with-dash_.~/"])
def test_takes_starts_of_paths(path: str) -> None:
    """As they are after decoding."""
    assert RateRule(priority=1, limit=100, path=path).path == path


@pytest.mark.parametrize(
    "path", ["/", "graphql", "//graphql/", "/a*", "/a?b", "/%67", "/a b", "/" + "a" * 200]
)
def test_refuses_what_is_no_start_of_a_path(path: str) -> None:
    """A single slash is every path, which is said by leaving it out."""
    with pytest.raises(ValidationError) as refused:
        RateRule(priority=1, limit=100, path=path)

    assert _message(refused) == (
        f"Value error, {path!r} is not a path here; start it with one slash and write what follows,"
        " without * and %, as in '/graphql/'"
    )


def test_a_limit_looks_back_five_minutes() -> None:
    """AWS's own window, for every address, and with an answer that says so."""
    rule = RateRule(priority=1, limit=2000)

    assert (rule.window_seconds, rule.action) == (300, "block")
    assert (rule.path, rule.forwarded_header) == (None, None)


@pytest.mark.parametrize(("limit", "allowed"), [(9, False), (10, True), (2_000_000_000, True)])
def test_a_limit_is_one_that_aws_waf_offers(limit: int, *, allowed: bool) -> None:
    """Ten requests at least."""
    if allowed:
        assert RateRule(priority=1, limit=limit).limit == limit
        return

    with pytest.raises(ValidationError, match="greater than or equal to 10"):
        RateRule(priority=1, limit=limit)


@pytest.mark.parametrize("seconds", [0, 30, 301])
def test_a_window_is_one_that_aws_waf_offers(seconds: int) -> None:
    """One, two, five or ten minutes."""
    with pytest.raises(ValidationError, match="60, 120, 300 or 600"):
        RateRule(priority=1, limit=100, window_seconds=seconds)  # type: ignore[arg-type] # refused


def test_a_group_blocks() -> None:
    """In AWS's default version, with no rule that only counts."""
    rule = _core()

    assert (rule.action, rule.count, rule.version) == ("block", (), None)


@pytest.mark.parametrize("group", ManagedGroup)
def test_every_rule_of_a_group_can_count(group: ManagedGroup) -> None:
    """Except the one that large bodies decide."""
    names = tuple(it for it in group.rules if it != LARGE_BODY_RULE)

    assert ManagedGroupRule(priority=1, group=group, count=names).count == names


def test_refuses_a_rule_that_the_group_does_not_have() -> None:
    """AWS WAF would take the name and go on blocking."""
    with pytest.raises(ValidationError) as refused:
        ManagedGroupRule(priority=1, group=ManagedGroup.LINUX, count=("LFI_BODY", "LFI_HEADER"))

    assert _message(refused) == (
        "Value error, count has LFI_BODY, which AWSManagedRulesLinuxRuleSet does not have; it has"
        " LFI_URIPATH, LFI_QUERYSTRING, LFI_HEADER"
    )


def test_large_bodies_are_decided_in_one_place() -> None:
    """A count here and a refusal there would contradict each other."""
    with pytest.raises(ValidationError) as refused:
        _core(count=(LARGE_BODY_RULE,))

    assert _message(refused) == (
        "Value error, count has SizeRestrictions_BODY, which is decided by large_bodies of the web"
        " ACL; leave it out here and write large_bodies='allowed' there"
    )


def test_a_rule_counts_once() -> None:
    """Twice is a slip."""
    with pytest.raises(ValidationError) as refused:
        _core(count=("GenericLFI_BODY", "GenericLFI_BODY"))

    assert _message(refused) == (
        "Value error, count has GenericLFI_BODY twice; write each rule once"
    )


def test_groups_have_the_promised_rules() -> None:
    """SQL injection, cross-site scripting, and inputs that only exploits send."""
    assert "SQLi_QUERYARGUMENTS" in ManagedGroup.SQL_INJECTION.rules
    assert "CrossSiteScripting_BODY" in ManagedGroup.CORE.rules
    assert "Log4JRCE_HEADER" in ManagedGroup.KNOWN_BAD_INPUTS.rules
    assert LARGE_BODY_RULE in ManagedGroup.CORE.rules


@pytest.mark.parametrize("group", ManagedGroup)
def test_no_group_lists_a_rule_twice(group: ManagedGroup) -> None:
    """The lists are written by hand."""
    assert len(set(group.rules)) == len(group.rules)


def test_the_label_is_the_core_groups() -> None:
    """Label namespaces are AWS's: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html."""
    assert re.fullmatch(r"awswaf:managed:aws:core-rule-set:SizeRestrictions_Body", LARGE_BODY_LABEL)


@pytest.mark.parametrize(
    ("group", "units"),
    [
        # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
        (ManagedGroup.CORE, 700),
        (ManagedGroup.ADMIN_PROTECTION, 100),
        (ManagedGroup.KNOWN_BAD_INPUTS, 200),
        # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
        (ManagedGroup.SQL_INJECTION, 200),
        (ManagedGroup.LINUX, 200),
        (ManagedGroup.POSIX, 100),
        # https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html
        (ManagedGroup.IP_REPUTATION, 25),
        (ManagedGroup.ANONYMOUS_IP, 50),
    ],
)
def test_groups_cost_what_aws_lists(group: ManagedGroup, units: int) -> None:
    """Counting rules costs the same."""
    assert capacity.of_rule(ManagedGroupRule(priority=1, group=group, action="count")) == units


@pytest.mark.parametrize(
    ("rule", "units"),
    [
        (_ip(), 1),
        (_ip(addresses=(OFFICE, "198.51.100.0/24")), 1),
        (_ip(addresses=(OFFICE, OFFICE_V6)), 2),
        (_ip(outside=True), 1),
        (_ip(forwarded_header="X-Forwarded-For"), 1),
        (_ip(position="any"), 1),
        (_ip(forwarded_header="X-Forwarded-For", position="any"), 5),
        (_ip(addresses=(OFFICE, OFFICE_V6), forwarded_header="X-A", position="any"), 10),
        (RateRule(priority=1, limit=100), 2),
        (RateRule(priority=1, limit=100, forwarded_header="X-Forwarded-For"), 2),
        (RateRule(priority=1, limit=100, path="/login/"), 24),
    ],
)
def test_own_rules_cost_what_aws_says(rule: IpRule | RateRule, units: int) -> None:
    """A set 1, any position 4 more, a limit 2, the start of a path 2, each transformation 10."""
    assert capacity.of_rule(rule) == units


@pytest.mark.parametrize(
    ("decision", "units"),
    [
        ("refused", 0),
        ("allowed", 0),
        (LargeBodiesBelow(paths=("/graphql/",), priority=9), 23),
        (LargeBodiesBelow(paths=("/graphql/", "/upload/"), priority=9), 45),
    ],
)
def test_large_bodies_cost_a_label_and_their_paths(decision: Any, units: int) -> None:
    """Nothing where AWS's own rule decides."""
    assert capacity.of_large_bodies(decision) == units


def test_costs_are_listed_with_the_dearest_first() -> None:
    """Whoever has to leave something out sees what helps."""
    rules: dict[str, Rule] = {
        "office": _ip(),
        "core": _core(),
        "flood": RateRule(priority=3, limit=100),
    }

    listed = capacity.by_rule(rules, LargeBodiesBelow(paths=("/graphql/",), priority=9))

    assert list(listed.items()) == [
        ("core", 700),
        ("large-bodies", 23),
        ("flood", 2),
        ("office", 1),
    ]


RULES = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}", fullmatch=True),
    st.one_of(
        st.sampled_from(ManagedGroup).map(lambda group: ManagedGroupRule(priority=1, group=group)),
        st.integers(10, 100).map(lambda limit: RateRule(priority=1, limit=limit)),
        st.sampled_from([(OFFICE,), (OFFICE_V6,), (OFFICE, OFFICE_V6)]).map(
            lambda blocks: _ip(addresses=blocks)
        ),
    ),
)


@given(RULES, RULES)
def test_costs_add_up(some: dict[str, Any], others: dict[str, Any]) -> None:
    """No rule is forgotten, and no rule makes another cheaper."""
    others = {f"{name}-": rule for name, rule in others.items()}

    together = capacity.by_rule(some | others, "allowed")

    assert together == capacity.by_rule(some, "allowed") | capacity.by_rule(others, "allowed")
    assert list(together.values()) == sorted(together.values(), reverse=True)
