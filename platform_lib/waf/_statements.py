"""Statements as Terraform writes them; pure. The binding takes them as they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from platform_lib.types import TokenStr
from platform_lib.waf.capacity import PATH_TRANSFORMATIONS
from platform_lib.waf.managed_groups import LARGE_BODY_LABEL, LARGE_BODY_RULE, ManagedGroup
from platform_lib.waf.rules import IpRule, LargeBodiesBelow, ManagedGroupRule, RateRule

Statement = dict[str, Any]


def addresses(rule: IpRule, set_arns: Sequence[TokenStr]) -> Statement:
    """Match requests from addresses that are in one of the sets, or in none of them."""
    inside = _any([_address_set(rule, arn) for arn in set_arns])
    return _not(inside) if rule.outside else inside


def managed_group(rule: ManagedGroupRule, *, large_bodies_count: bool) -> Statement:
    """Ask a managed group, some of whose rules only count."""
    counting = list(rule.count)
    if large_bodies_count and rule.group is ManagedGroup.CORE:
        counting.append(LARGE_BODY_RULE)
    statement: Statement = {"vendor_name": "AWS", "name": rule.group.value}
    if rule.version is not None:
        statement["version"] = rule.version
    if counting:
        statement["rule_action_override"] = [
            {"name": name, "action_to_use": {"count": {}}} for name in sorted(counting)
        ]
    return {"managed_rule_group_statement": statement}


def rate(rule: RateRule) -> Statement:
    """Match requests from addresses that make too many."""
    statement: Statement = {
        "limit": rule.limit,
        "evaluation_window_sec": rule.window_seconds,
        "aggregate_key_type": "IP" if rule.forwarded_header is None else "FORWARDED_IP",
    }
    if rule.forwarded_header is not None:
        statement["forwarded_ip_config"] = {
            "header_name": rule.forwarded_header,
            # A header whose value is no address: writing rubbish gets nobody around a limit.
            "fallback_behavior": "MATCH",
        }
    if rule.path is not None:
        statement["scope_down_statement"] = _path(rule.path)
    return {"rate_based_statement": statement}


def large_bodies_elsewhere(large_bodies: LargeBodiesBelow) -> Statement:
    """Match requests that the core group labelled for their body, outside some paths."""
    label = {"label_match_statement": {"scope": "LABEL", "key": LARGE_BODY_LABEL}}
    elsewhere = _not(_any([_path(path) for path in large_bodies.paths]))
    return {"and_statement": {"statement": [label, elsewhere]}}


def _address_set(rule: IpRule, arn: TokenStr) -> Statement:
    reference: Statement = {"arn": arn}
    if rule.forwarded_header is not None:
        reference["ip_set_forwarded_ip_config"] = {
            "header_name": rule.forwarded_header,
            # A header whose value is no address: it is not in the set where being in it is good.
            "fallback_behavior": "NO_MATCH" if rule.outside else "MATCH",
            "position": rule.position.upper(),
        }
    return {"ip_set_reference_statement": reference}


def _path(prefix: str) -> Statement:
    return {
        "byte_match_statement": {
            "field_to_match": {"uri_path": {}},
            "positional_constraint": "STARTS_WITH",
            "search_string": prefix,
            "text_transformation": [
                {"priority": place, "type": kind} for place, kind in enumerate(PATH_TRANSFORMATIONS)
            ],
        }
    }


def _any(statements: Sequence[Statement]) -> Statement:
    if len(statements) == 1:
        return statements[0]
    return {"or_statement": {"statement": list(statements)}}


def _not(statement: Statement) -> Statement:
    return {"not_statement": {"statement": [statement]}}
