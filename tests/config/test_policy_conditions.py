"""Conditions: every operator on both sides, missing keys, several values, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.errors import PlatformError
from platform_lib.testing._policy_conditions import conditions
from platform_lib.testing._policy_text import Context

ARN = "arn:aws:sns:eu-west-1:111111111111:alarms"
KEY = "aws:Key"
POSITIVE = [
    # operator, value in the policy, a value that fits, one that does not
    ("StringEquals", "a", "a", "A"),
    ("StringEquals", "a*", "a*", "ab"),
    ("StringEqualsIgnoreCase", "aB", "Ab", "b"),
    ("StringLike", "a*?", "abc", "a"),
    ("StringLike", "A*", "Ab", "ab"),
    ("StringEquals", "${aws:username}", "bob", "eve"),
    ("StringLike", "${aws:username}/*", "bob/x", "eve/x"),
    ("ArnEquals", ARN, ARN, f"{ARN}s"),
    ("ArnEquals", "arn:aws:sns:*:111111111111:al*", ARN, ARN.replace("1:", "2:")),
    ("ArnLike", "arn:aws:sns:eu-*-1:111111111111:*", ARN, ARN.replace("eu", "us")),
    ("ArnLike", "arn:aws:logs:*:*:log-group:*", "arn:aws:logs:r:1:log-group:a:b", ARN),
    (
        "ArnLike",
        "arn:aws:x:*:1:finance/*",
        "arn:aws:x:r:1:finance/a",
        "arn:aws:x:r:2:store/a:1:finance/a",
    ),
    ("ArnLike", "${aws_sns_topic.A.arn}", "${aws_sns_topic.A.arn}", "${aws_sns_topic.B.arn}"),
    ("Bool", "true", "true", "false"),
    ("Bool", "false", "False", "true"),
    ("NumericEquals", "10", "10.0", "11"),
    ("NumericLessThan", "10", "9", "10"),
    ("NumericLessThanEquals", "10", "10", "10.5"),
    ("NumericGreaterThan", "10", "11", "10"),
    ("NumericGreaterThanEquals", "10", "10", "9"),
    ("DateEquals", "2026-11-20T00:00:00Z", "1795132800", "1795132801"),
    ("DateLessThan", "2026-11-20", "2026-11-19T23:59:59Z", "2026-11-20T00:00:00Z"),
    ("DateLessThanEquals", "2026-11-20", "2026-11-20T00:00:00Z", "2026-11-20T00:00:01Z"),
    ("DateGreaterThan", "2026-11-20", "2026-11-20T00:00:01Z", "2026-11-20T00:00:00Z"),
    ("DateGreaterThanEquals", "2026-11-20", "2026-11-20T01:00:00+01:00", "2026-11-19"),
    ("DateGreaterThanEquals", "2026-11-20", "2026-11-20T00:30:00", "2026-11-20T00:30:00+01:00"),
    ("DateEquals", "1970-01-01T02:46:40Z", "10000", "10001"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", "203.0.114.9"),
    ("IpAddress", "203.0.113.9", "203.0.113.9", "203.0.113.8"),
    ("IpAddress", "2001:db8::/32", "2001:db8::1", "203.0.113.9"),
    ("IpAddress", "2001:db8::/32", "2001:db8::1", "2001:db9::1"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.0/25", "2001:db8::1"),
]
NEGATIVE = [
    ("StringNotEquals", "a", "A", "a"),
    ("StringNotEqualsIgnoreCase", "aB", "b", "Ab"),
    ("StringNotLike", "a*", "b", "ab"),
    ("ArnNotEquals", ARN, f"{ARN}s", ARN),
    ("ArnNotLike", "arn:aws:sns:*:*:*", ARN.replace("sns", "sqs"), ARN),
    ("NumericNotEquals", "10", "11", "10"),
    ("DateNotEquals", "2026-11-20", "2026-11-21", "2026-11-20"),
    ("NotIpAddress", "203.0.113.0/24", "203.0.114.9", "203.0.113.9"),
]
ALL = sorted({it[0] for it in POSITIVE + NEGATIVE})
NEGATED = {it[0] for it in NEGATIVE}
SAMPLE = {it[0]: it[1] for it in reversed(POSITIVE + NEGATIVE)}


def holds(operator: str, values: Any, **context: str | tuple[str, ...]) -> bool:
    """Tell whether a condition on `aws:Key` is met by a request with these `aws:` keys."""
    return all_hold({operator: {KEY: values}}, **context)


def all_hold(element: Any, **context: str | tuple[str, ...]) -> bool:
    """Tell whether a Condition element is met by a request with these `aws:` keys."""
    keys = Context.of({f"aws:{key}": value for key, value in context.items()})
    return all(it.holds(keys) for it in conditions(element, variables=True))


@pytest.mark.parametrize(("operator", "value", "fits", "differs"), POSITIVE + NEGATIVE)
def test_an_operator_on_both_sides(operator: str, value: str, fits: str, differs: str) -> None:
    """What it is for is met, and what comes near it is not."""
    assert holds(operator, value, key=fits, username="bob")
    assert not holds(operator, value, key=differs, username="bob")


@pytest.mark.parametrize(("operator", "value", "fits", "differs"), POSITIVE + NEGATIVE)
def test_ending_in_if_exists_changes_nothing_for_a_key_that_is_there(
    operator: str, value: str, fits: str, differs: str
) -> None:
    """The same verdict as without it."""
    assert holds(f"{operator}IfExists", value, key=fits, username="bob")
    assert not holds(f"{operator}IfExists", value, key=differs, username="bob")


@pytest.mark.parametrize("operator", ALL)
def test_a_missing_key(operator: str) -> None:
    """Meets an operator only if it is negated, if it ends in IfExists, or before ForAllValues."""
    value = SAMPLE[operator]

    assert holds(operator, value, username="bob") is (operator in NEGATED)
    assert holds(f"{operator}IfExists", value, username="bob")
    assert holds(f"ForAllValues:{operator}", value, username="bob")
    assert not holds(f"ForAnyValue:{operator}", value, username="bob")
    assert holds(f"ForAnyValue:{operator}IfExists", value, username="bob")


def test_a_key_with_no_values_is_missing() -> None:
    """AWS treats an empty set of values as none."""
    assert not holds("ForAnyValue:StringNotEquals", "a", key=())
    assert holds("ForAllValues:StringEquals", "a", key=())
    assert holds("Null", "true", key=())


@pytest.mark.parametrize(
    ("value", "with_key", "without"), [("true", False, True), ("false", True, False)]
)
def test_null_asks_whether_a_key_is_there(value: str, *, with_key: bool, without: bool) -> None:
    """`true` means that it is not."""
    assert holds("Null", value, key="") is with_key
    assert holds("Null", value) is without


def test_one_of_several_values_is_enough() -> None:
    """And for a negated operator none may fit."""
    assert holds("StringEquals", ["a", "b"], key="b")
    assert not holds("StringNotEquals", ["a", "b"], key="b")
    assert holds("StringNotEquals", ["a", "b"], key="c")


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [("a", "x", True), ("b", "x", False), ("a", "y", False), ("a", None, False)],
)
def test_every_operator_and_every_key_has_to_be_met(
    name: str, other: str | None, *, expected: bool
) -> None:
    """Keys of one operator, and operators, are joined by `and`."""
    context = {"name": name} | ({} if other is None else {"other": other})
    apart = {"StringEquals": {"aws:name": "a"}, "StringLike": {"aws:other": "x*"}}
    together = {"StringEquals": {"aws:name": "a", "aws:other": "x"}}

    assert all_hold(apart, **context) is expected
    assert all_hold(together, **context) is expected


@pytest.mark.parametrize(
    ("keys", "for_all", "for_any"),
    [
        # AWS's examples of tags that may be deleted: environment and cost-center.
        (("environment",), True, True),
        (("cost-center",), True, True),
        (("environment", "cost-center"), True, True),
        (("environment", "dept"), False, True),
        (("dept",), False, False),
        (None, False, False),
    ],
)
def test_sets_of_values(keys: tuple[str, ...] | None, *, for_all: bool, for_any: bool) -> None:
    """AWS's table for `ForAllValues` with `Null: false`, and for `ForAnyValue`."""
    allowed = {"aws:TagKeys": ["environment", "cost-center"]}
    context = {} if keys is None else {"TagKeys": keys}

    all_of = {"ForAllValues:StringEquals": allowed, "Null": {"aws:TagKeys": "false"}}
    any_of = {"ForAnyValue:StringEquals": allowed}

    assert all_hold(all_of, **context) is for_all
    assert all_hold(any_of, **context) is for_any


def test_negated_operators_on_sets() -> None:
    """Every value has to differ, or one of them."""
    assert holds("ForAllValues:StringNotEquals", ["a", "b"], key=("c", "d"))
    assert not holds("ForAllValues:StringNotEquals", ["a", "b"], key=("a", "d"))
    assert holds("ForAnyValue:StringNotEquals", ["a", "b"], key=("a", "d"))
    assert not holds("ForAnyValue:StringNotEquals", ["a", "b"], key=("a", "b"))


def test_a_variable_without_a_value_equals_nothing() -> None:
    """So negated operators are met: AWS's example denies who has no team."""
    variable = "${aws:PrincipalTag/Team}"

    assert not holds("StringEquals", variable, key="")
    assert not holds("StringLike", variable, key="red")
    assert holds("StringNotEquals", variable, key="red")


def test_the_older_version_has_no_variables() -> None:
    """The text is compared as it is."""
    keys = Context.of({KEY: "${aws:username}", "aws:username": "bob"})

    (found,) = conditions({"StringEquals": {KEY: "${aws:username}"}}, variables=False)

    assert found.holds(keys)


@pytest.mark.parametrize(
    ("operator", "value", "text"),
    [("Bool", True, "true"), ("StringEquals", True, "true"), ("NumericEquals", 10, "10")],
)
def test_json_values_that_are_no_strings(operator: str, value: object, text: str) -> None:
    """IAM takes them as if they were written as strings."""
    assert holds(operator, value, key=text)


def test_the_example_of_if_exists() -> None:
    """AWS's example: an instance type is asked of instances, and not of the image that they need."""
    types = ["t1.*", "t2.*", "m3.*"]

    assert holds("StringLikeIfExists", types)
    assert holds("StringLikeIfExists", types, key="t2.micro")
    assert not holds("StringLikeIfExists", types, key="c5.large")


@pytest.mark.parametrize(
    ("element", "sentence"),
    [
        ([], "a Condition is an object of operators, this is []"),
        ({"Bool": "true"}, "Bool takes an object of condition keys, this is 'true'"),
        ({"Bool": {KEY: []}}, "Bool aws:Key takes a value or a list of them, this is []"),
        ({"Bool": {KEY: None}}, "Bool aws:Key takes a value or a list of them, this is None"),
        ({"Bool": {KEY: "yes"}}, "'yes' is neither true nor false"),
        ({"Null": {KEY: "yes"}}, "'yes' is neither true nor false"),
        ({"NumericEquals": {KEY: "ten"}}, "'ten' is not a number"),
        (
            {"DateEquals": {KEY: "2026"}},
            "'2026' is not a date; write it as 2026-11-20T00:00:00Z or in seconds since 1970",
        ),
        (
            {"IpAddress": {KEY: "10.0.0"}},
            "'10.0.0' is neither an IP address nor a CIDR block",
        ),
        (
            {"IpAddress": {KEY: "10.0.0.1/24"}},
            "'10.0.0.1/24' is neither an IP address nor a CIDR block",
        ),
        ({"ArnLike": {KEY: "*"}}, "ArnLike compares with ARNs, this is '*'"),
        (
            {"ArnLike": {KEY: "arn:aws:sns"}},
            "'arn:aws:sns' is an ARN with parts missing; write all six",
        ),
        (
            {"Bool": {KEY: "${aws:username}"}},
            "Bool takes no policy variable, this is '${aws:username}'",
        ),
        (
            {"NullIfExists": {KEY: "true"}},
            "'NullIfExists' is no condition operator: Null stands alone",
        ),
        (
            {"ForAnyValue:Null": {KEY: "true"}},
            "'ForAnyValue:Null' is no condition operator: Null stands alone",
        ),
    ],
)
def test_refuses_what_has_no_meaning(element: Any, sentence: str) -> None:
    """When it is read, whether or not a request comes to it."""
    with pytest.raises(PlatformError) as refused:
        conditions(element, variables=True)

    assert str(refused.value) == f"{sentence} [NotJudged]"


@pytest.mark.parametrize(
    "operator",
    ["BinaryEquals", "StringMatches", "stringequals", "ForSomeValues:StringEquals", "", "IfExists"],
)
def test_refuses_unknown_operators(operator: str) -> None:
    """It neither passes nor denies silently; the sentence lists what is known."""
    with pytest.raises(PlatformError) as refused:
        conditions({operator: {KEY: "a"}}, variables=True)

    assert str(refused.value).startswith(
        f"the condition operator {operator!r} is not known; known are ArnEquals, ArnLike, "
    )


@pytest.mark.parametrize(
    ("operator", "value", "actual", "sentence"),
    [
        ("Bool", "true", "yes", "'yes' is neither true nor false"),
        ("NumericEquals", "1", "one", "'one' is not a number"),
        (
            "ArnLike",
            ARN,
            "alarms",
            "'alarms' is not an ARN, which the policy compares it with",
        ),
        (
            "StringEquals",
            "a",
            ("a",),
            "aws:Key has several values in the request, which StringEquals does not compare; write ForAnyValue: or ForAllValues: in the policy, or give a string",
        ),
    ],
)
def test_refuses_requests_that_cannot_be_compared(
    operator: str, value: str, actual: str | tuple[str, ...], sentence: str
) -> None:
    """A request that AWS would never make is a mistake in the test."""
    with pytest.raises(PlatformError) as refused:
        holds(operator, value, key=actual)

    assert str(refused.value) == f"{sentence} [NotJudged]"
