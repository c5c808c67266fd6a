"""What AWS WAF checks and counts in rules, as the API writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from moto.wafv2.models import GLOBAL_REGION, WAFV2Backend, wafv2_backends

from platform_lib.local.extensions.support import AwsError

__all__ = [
    "backend_of",
    "capacity_of",
    "check_rules",
    "duplicate",
    "in_use",
    "invalid",
    "missing",
    "statements_of",
]

_HOME = "us-east-1"
_MOST_UNITS = 5000
_WINDOWS = (60, 120, 300, 600)

_MANAGED: Mapping[str, int] = {
    "AWSManagedRulesAdminProtectionRuleSet": 100,
    "AWSManagedRulesAmazonIpReputationList": 25,
    "AWSManagedRulesAnonymousIpList": 50,
    "AWSManagedRulesBotControlRuleSet": 50,
    "AWSManagedRulesCommonRuleSet": 700,
    "AWSManagedRulesKnownBadInputsRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 200,
    "AWSManagedRulesPHPRuleSet": 100,
    "AWSManagedRulesSQLiRuleSet": 200,
    "AWSManagedRulesUnixRuleSet": 100,
    "AWSManagedRulesWindowsRuleSet": 200,
    "AWSManagedRulesWordPressRuleSet": 100,
}
"""https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html"""

_GROUPS = ("ManagedRuleGroupStatement", "RuleGroupReferenceStatement")
_TRANSFORMATION = 10
_CUSTOM_KEY = 30
_ANY_POSITION = 4


def invalid(message: str) -> AwsError:
    """Return the refusal of a parameter."""
    return AwsError("WAFInvalidParameterException", f"Error reason: {message}")


def missing(what: str) -> AwsError:
    """Return the refusal of something that is not there."""
    return AwsError(
        "WAFNonexistentItemException",
        f"AWS WAF could not find the resource: {what}",
    )


def duplicate(name: str) -> AwsError:
    """Return the refusal of a second thing of one name."""
    return AwsError("WAFDuplicateItemException", f"AWS WAF has a resource of this name: {name}")


def in_use(name: str) -> AwsError:
    """Return the refusal to delete what something needs."""
    return AwsError("WAFAssociatedItemException", f"AWS WAF uses the resource still: {name}")


def backend_of(response: Any, scope: str) -> WAFV2Backend:
    """Return where things of a scope are kept.

    Raises:
        AwsError: ``WAFInvalidParameterException`` for CloudFront's outside its one Region.
    """
    if scope != "CLOUDFRONT":
        return wafv2_backends[response.current_account][response.region]
    if response.region not in (_HOME, GLOBAL_REGION):
        raise invalid(f"The scope is not valid., field: SCOPE_VALUE, parameter: {scope}")
    return wafv2_backends[response.current_account][GLOBAL_REGION]


def statements_of(statement: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each statement, those inside others too, with its kind."""
    for kind, content in statement.items():
        if not content and content != {}:
            continue
        yield kind, content
        inner = [*content.get("Statements", ()), content.get("Statement")]
        for one in [*inner, content.get("ScopeDownStatement")]:
            if one:
                yield from statements_of(one)


def check_rules(backend: WAFV2Backend, rules: Sequence[Mapping[str, Any]]) -> None:
    """Refuse rules that AWS WAF refuses.

    Raises:
        AwsError: ``WAFInvalidParameterException``, ``WAFNonexistentItemException`` or
            ``WAFLimitsExceededException``.
    """
    for field in ("Name", "Priority"):
        values = [rule[field] for rule in rules]
        twice = sorted({str(it) for it in values if values.count(it) > 1})
        if twice:
            raise invalid(f"A {field.lower()} is used twice., field: RULE, parameter: {twice[0]}")
    for rule in rules:
        group = any(rule["Statement"].get(kind) for kind in _GROUPS)
        wanted, other = ("OverrideAction", "Action") if group else ("Action", "OverrideAction")
        if len(rule.get(wanted) or {}) != 1 or rule.get(other):
            raise invalid(
                "A reference in your rule statement is not valid or its action is not exactly one"
                f" of {wanted}., field: RULE, parameter: {rule['Name']}"
            )
        for kind, content in statements_of(rule["Statement"]):
            _CHECKS.get(kind, _accept)(backend, content)
    units = capacity_of(backend, rules)
    if units > _MOST_UNITS:
        raise AwsError(
            "WAFLimitsExceededException",
            f"AWS WAF allows {_MOST_UNITS} capacity units, and these rules take {units}",
        )


def capacity_of(backend: WAFV2Backend, rules: Sequence[Mapping[str, Any]]) -> int:
    """Return the capacity units of rules, without what AWS WAF takes off for likeness."""
    return sum(
        _units(backend, kind, content)
        for rule in rules
        for kind, content in statements_of(rule["Statement"])
    )


def _accept(_: WAFV2Backend, __: Mapping[str, Any]) -> None:
    """Take what has nothing to check."""


def _check_managed(_: WAFV2Backend, content: Mapping[str, Any]) -> None:
    if content["VendorName"] != "AWS" or content["Name"] not in _MANAGED:
        raise missing(f"{content['VendorName']}/{content['Name']}")


def _check_group(backend: WAFV2Backend, content: Mapping[str, Any]) -> None:
    if content["ARN"] not in backend.rule_groups:
        raise missing(content["ARN"])


def _check_address_set(backend: WAFV2Backend, content: Mapping[str, Any]) -> None:
    if content["ARN"] not in backend.ip_sets:
        raise missing(content["ARN"])


def _check_rate(_: WAFV2Backend, content: Mapping[str, Any]) -> None:
    window = content.get("EvaluationWindowSec") or 300
    if window not in _WINDOWS:
        raise invalid(f"field: RATE_BASED_STATEMENT, parameter: EvaluationWindowSec {window}")
    forwarded = content["AggregateKeyType"] == "FORWARDED_IP"
    if forwarded != bool(content.get("ForwardedIPConfig")):
        raise invalid("field: RATE_BASED_STATEMENT, parameter: ForwardedIPConfig")


_CHECKS: Mapping[str, Callable[[WAFV2Backend, Mapping[str, Any]], None]] = {
    "IPSetReferenceStatement": _check_address_set,
    "ManagedRuleGroupStatement": _check_managed,
    "RateBasedStatement": _check_rate,
    "RuleGroupReferenceStatement": _check_group,
}

_BASES: Mapping[str, int] = {
    "AndStatement": 0,
    "GeoMatchStatement": 1,
    "LabelMatchStatement": 1,
    "NotStatement": 0,
    "OrStatement": 0,
    "RegexMatchStatement": 3,
    "RegexPatternSetReferenceStatement": 25,
    "SizeConstraintStatement": 1,
    "XssMatchStatement": 40,
}
"""https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html"""


def _units(backend: WAFV2Backend, kind: str, content: Mapping[str, Any]) -> int:
    match kind:
        case "ManagedRuleGroupStatement":
            return _MANAGED[content["Name"]]
        case "RuleGroupReferenceStatement":
            return int(backend.rule_groups[content["ARN"]].capacity)
        case "IPSetReferenceStatement":
            position = (content.get("IPSetForwardedIPConfig") or {}).get("Position")
            return 1 + (_ANY_POSITION if position == "ANY" else 0)
        case "RateBasedStatement":
            return 2 + _CUSTOM_KEY * len(content.get("CustomKeys") or ())
        case "ByteMatchStatement":
            base = 10 if "CONTAINS" in content["PositionalConstraint"] else 2
        case "SqliMatchStatement":
            base = 30 if content.get("SensitivityLevel") == "HIGH" else 20
        case _ if kind in _BASES:
            base = _BASES[kind]
        case _:
            raise NotImplementedError(f"its capacity is not known: {kind}")
    changes = [it for it in content.get("TextTransformations") or () if it["Type"] != "NONE"]
    field = content.get("FieldToMatch") or {}
    base += 10 if "AllQueryArguments" in field else 0
    base *= 2 if "JsonBody" in field else 1
    return base + _TRANSFORMATION * len(changes)
