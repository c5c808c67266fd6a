"""The ``Condition`` element of a policy: which keys of a request have to have which values; pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from platform_lib.testing._policy_text import (
    ARN_PARTS,
    Context,
    check_arn,
    has_reference,
    has_variable,
    matches,
    matches_arn,
    not_judged,
    read,
)

_NAME = re.compile(r"(?:(?P<set>ForAnyValue|ForAllValues):)?(?P<base>\w+?)(?P<if>IfExists)?")
_NULL = "Null"
_EPOCH_DIGITS = 5
"""Fewer digits are a year, which the W3C's format allows and we do not."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One key under one operator, with the values of which one has to fit."""

    operator: str
    """As written, for example ``ForAnyValue:StringLike``."""

    key: str
    """Key of the request's context."""

    values: tuple[str, ...]
    """As written; one that fits is enough, or for a negated operator one that does not."""

    variables: bool
    """Whether the policy's version has policy variables."""

    def holds(self, context: Context) -> bool:
        """Tell whether a request with this context meets the condition.

        A key that is missing meets negated operators, ``...IfExists``, ``ForAllValues:`` and
        ``Null: true``, and nothing else.
        """
        quantifier, base, if_exists = _parsed(self.operator)
        actual = context.get(self.key)
        if base == _NULL:
            return any(_boolean(value) is (actual is None) for value in self.values)
        if actual is None:
            return if_exists or quantifier == "ForAllValues" or self._missing_fits(quantifier, base)
        if isinstance(actual, str):
            return self._fits(base, actual, context)
        if quantifier is None:
            raise not_judged(
                f"{self.key} has several values in the request, which {self.operator} does not"
                " compare; write ForAnyValue: or ForAllValues: in the policy, or give a string"
            )
        each = (self._fits(base, value, context) for value in actual)
        return any(each) if quantifier == "ForAnyValue" else all(each)

    def _missing_fits(self, quantifier: str | None, base: str) -> bool:
        return quantifier is None and base in _NEGATED

    def _fits(self, base: str, actual: str, context: Context) -> bool:
        positive = _NEGATED.get(base, base)
        found = any(self._compare(positive, value, actual, context) for value in self.values)
        return found != (base in _NEGATED)

    def _compare(self, base: str, wanted: str, actual: str, context: Context) -> bool:
        if base in _TYPED:
            convert, fits = _TYPED[base]
            return bool(fits(convert(actual), convert(wanted)))
        wildcards = base in _WITH_WILDCARDS
        text = read(wanted, context, variables=self.variables, wildcards=wildcards)
        # A variable without a value is like no text at all.
        return text is not None and _TEXTUAL[base](text, actual)

    def __str__(self) -> str:
        return f"{self.operator} {self.key}: {' or '.join(self.values)}"


def conditions(element: Any, *, variables: bool) -> tuple[Condition, ...]:
    """Read a ``Condition`` element; every condition in it has to be met.

    Raises:
        PlatformError: ``NotJudged`` if an operator is unknown, or a value is not of its type.
    """
    if not isinstance(element, Mapping):
        raise not_judged(f"a Condition is an object of operators, this is {element!r}")
    return tuple(
        _condition(name, key, values, variables=variables)
        for name, keys in element.items()
        for key, values in _keys(name, keys)
    )


def _keys(name: str, keys: Any) -> list[tuple[str, Any]]:
    if not isinstance(keys, Mapping):
        raise not_judged(f"{name} takes an object of condition keys, this is {keys!r}")
    return list(keys.items())


def _condition(name: str, key: str, values: Any, *, variables: bool) -> Condition:
    _, base, _ = _parsed(name)
    given = values if isinstance(values, list | tuple) else [values]
    if not given or not all(isinstance(value, str | bool | int | float) for value in given):
        raise not_judged(f"{name} {key} takes a value or a list of them, this is {values!r}")
    written = tuple(
        str(value).lower() if isinstance(value, bool) else str(value) for value in given
    )
    for value in written:
        _check(name, base, value)
    return Condition(name, key, written, variables)


def _parsed(name: str) -> tuple[str | None, str, bool]:
    """Split an operator into what goes before it, its own name, and whether it ends in IfExists."""
    found = _NAME.fullmatch(name)
    base = "" if found is None else _NEGATED.get(found["base"], found["base"])
    if found is None or base not in {*_TYPED, *_TEXTUAL, _NULL}:
        known = ", ".join(sorted({*_TYPED, *_TEXTUAL, *_NEGATED, _NULL}))
        raise not_judged(f"the condition operator {name!r} is not known; known are {known}")
    if base == _NULL and name != _NULL:
        raise not_judged(f"{name!r} is no condition operator: Null stands alone")
    return found["set"], found["base"], found["if"] is not None


def _check(name: str, base: str, value: str) -> None:
    positive = _NEGATED.get(base, base)
    if positive in _ARN:
        if not value.startswith(("arn:", "${", "$${")):
            raise not_judged(f"{name} compares with ARNs, this is {value!r}")
        check_arn(value)
    if positive in _TEXTUAL:
        return
    if has_variable(value):
        raise not_judged(f"{name} takes no policy variable, this is {value!r}")
    convert = _boolean if positive == _NULL else _TYPED[positive][0]
    convert(value)


def _boolean(value: str) -> bool:
    if value.lower() not in {"true", "false"}:
        raise not_judged(f"{value!r} is neither true nor false")
    return value.lower() == "true"


def _number(value: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise not_judged(f"{value!r} is not a number") from None


def _date(value: str) -> datetime:
    try:
        if value.isdecimal() and len(value) >= _EPOCH_DIGITS:
            return datetime.fromtimestamp(int(value), UTC)
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise not_judged(
            f"{value!r} is not a date; write it as 2026-11-20T00:00:00Z or in seconds since 1970"
        ) from None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _network(value: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(value)
    except ValueError:
        raise not_judged(f"{value!r} is neither an IP address nor a CIDR block") from None


def _lies_in(inner: IPv4Network | IPv6Network, outer: IPv4Network | IPv6Network) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)


def _equal_ignoring_case(wanted: str, actual: str) -> bool:
    return wanted.lower() == actual.lower()


def _arn_fits(wanted: str, actual: str) -> bool:
    if actual.count(":") < ARN_PARTS - 1 and not has_reference(actual):
        raise not_judged(f"{actual!r} is not an ARN, which the policy compares it with")
    return matches_arn(wanted, actual, beyond_colons=False)


_TYPED: Mapping[str, tuple[Callable[[str], Any], Callable[[Any, Any], bool]]] = {
    "Bool": (_boolean, operator.eq),
    "DateEquals": (_date, operator.eq),
    "DateGreaterThan": (_date, operator.gt),
    "DateGreaterThanEquals": (_date, operator.ge),
    "DateLessThan": (_date, operator.lt),
    "DateLessThanEquals": (_date, operator.le),
    "IpAddress": (_network, _lies_in),
    "NumericEquals": (_number, operator.eq),
    "NumericGreaterThan": (_number, operator.gt),
    "NumericGreaterThanEquals": (_number, operator.ge),
    "NumericLessThan": (_number, operator.lt),
    "NumericLessThanEquals": (_number, operator.le),
}
_ARN = frozenset({"ArnEquals", "ArnLike"})
_WITH_WILDCARDS = frozenset({*_ARN, "StringLike"})
_TEXTUAL: Mapping[str, Callable[[str, str], bool]] = {
    # AWS: the two behave identically.
    "ArnEquals": _arn_fits,
    "ArnLike": _arn_fits,
    "StringEquals": operator.eq,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": matches,
}
_NEGATED: Mapping[str, str] = {
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
}
