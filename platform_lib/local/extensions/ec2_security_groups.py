"""Security group rules: descriptions of every kind of rule, and changes in place.

Upstream gap: moto keeps a description only for rules on CIDR blocks, takes a description for a
part of the rule's identity, and its ModifySecurityGroupRules ignores IPv6 blocks, prefix lists and
referenced groups and cannot change a rule for all protocols.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_SOURCES = ("CidrIpv4", "CidrIpv6", "PrefixListId", "ReferencedGroupId")
_PORTED = ("tcp", "udp", "6", "17")


def install() -> None:
    """Patch moto."""
    replace(SecurityGroupRule, "__init__")(_remember_description)
    replace(SecurityGroupRule, "description")(_description)
    replace(SecurityGroupRule, "__eq__")(_equal)
    replace(SecurityGroupBackend)(modify_security_group_rules)


def _remember_description(original: Callable[..., Any]) -> Callable[..., Any]:
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        # Positions as moto's own callers give them: ip_range, source_group, prefix_list_id.
        sources = [*args[5:8], *(kwargs.get(name) for name in ("source_group", "prefix_list_id"))]
        found = [source.get("Description") for source in sources if isinstance(source, dict)]
        self.rule_description = next((text for text in found if text), None)
        if self.source_group:
            self.source_group = {
                key: value for key, value in self.source_group.items() if key != "Description"
            }

    return init


def _description(original: Any) -> Any:
    del original

    def get(self: Any) -> str | None:
        # UpdateSecurityGroupRuleDescriptions writes into the sources.
        later = self.ip_range.get("Description") or self.source_group.get("Description")
        text: str | None = later or getattr(self, "rule_description", None)
        return text

    return property(get)


def _identity(rule: Any) -> tuple[Any, ...]:
    ports = () if rule.ip_protocol == "-1" else (rule.from_port, rule.to_port)
    return (
        rule.ip_protocol,
        ports,
        rule.cidr_ipv4,
        rule.cidr_ipv6,
        rule.prefix_list_id,
        {key: value for key, value in rule.source_group.items() if key != "Description"},
    )


def _equal(original: Any) -> Any:
    del original

    def equal(self: Any, other: Any) -> bool:
        return _identity(self) == _identity(other)

    return equal


def modify_security_group_rules(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change rules as AWS does: everything but the kind of source."""
    del original

    def modify(self: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        group = self.get_security_group_by_name_or_id(group_id)
        if group is None:
            raise AwsError(
                "InvalidGroup.NotFound", f"The security group '{group_id}' does not exist"
            )
        for identifier, wanted in rules.items():
            rule = group.get_rule(identifier)
            if rule is None:
                raise AwsError(
                    "InvalidSecurityGroupRuleId.NotFound",
                    f"The security group rule ID '{identifier}' does not exist",
                )
            _check(rule, identifier, wanted)
            _apply(rule, wanted)

    return modify


def _kind(rule: Any) -> str:
    values = (rule.cidr_ipv4, rule.cidr_ipv6, rule.prefix_list_id, rule.source_group)
    return next(name for name, value in zip(_SOURCES, values, strict=True) if value)


def _check(rule: Any, identifier: str, wanted: dict[str, Any]) -> None:
    given = [name for name in _SOURCES if wanted.get(name) is not None]
    if len(given) > 1:
        raise AwsError(
            "InvalidParameterCombination",
            "Only one of cidrIp, cidrIpv6, prefixListId, or referencedGroupId can be specified",
        )
    if not given:
        raise AwsError(
            "MissingParameter",
            "The request must contain exactly one of: cidrIp, cidrIpv6, prefixListId,"
            " or referencedGroupId",
        )
    if given[0] != _kind(rule):
        raise AwsError(
            "InvalidParameterValue",
            f"Invalid rule type for security group rule '{identifier}'."
            f" You may not specify {given[0]} for an existing {_kind(rule)} rule.",
        )
    protocol = wanted.get("IpProtocol")
    if protocol is None:
        raise AwsError(
            "InvalidParameterValue",
            "Invalid value 'null' for protocol."
            " VPC security group rules must specify protocols explicitly.",
        )
    ports = (wanted.get("FromPort"), wanted.get("ToPort"))
    if protocol in _PORTED and None in ports:
        raise AwsError(
            "InvalidParameterValue",
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
        )


def _apply(rule: Any, wanted: dict[str, Any]) -> None:
    rule.ip_protocol = str(wanted["IpProtocol"])
    everything = rule.ip_protocol == "-1"
    rule.from_port = None if everything else wanted.get("FromPort")
    rule.to_port = None if everything else wanted.get("ToPort")
    rule.rule_description = wanted.get("Description")
    rule.ip_range.pop("Description", None)
    rule.source_group.pop("Description", None)
    if wanted.get("CidrIpv4"):
        rule.ip_range["CidrIp"] = wanted["CidrIpv4"]
    elif wanted.get("CidrIpv6"):
        rule.ip_range["CidrIpv6"] = wanted["CidrIpv6"]
    elif wanted.get("PrefixListId"):
        rule.prefix_list_id = wanted["PrefixListId"]
    else:
        rule.source_group["GroupId"] = wanted["ReferencedGroupId"]
