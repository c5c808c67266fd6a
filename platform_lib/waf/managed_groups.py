"""AWS's managed rule groups: what is in each, and what it costs; pure.

Rules and capacities are those that AWS lists for the default versions:
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class ManagedGroup(StrEnum):
    """A group of rules that AWS keeps up to date, without a fee of its own."""

    CORE = "AWSManagedRulesCommonRuleSet"
    """What every web application needs: cross-site scripting (XSS), inclusion of files, requests
    for instance metadata, bad bots, and sizes. Refuses bodies over 8 KB: see ``large_bodies``.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html"""

    ADMIN_PROTECTION = "AWSManagedRulesAdminProtectionRuleSet"
    """Pages that administer well-known software. An administration of yours below such a path is
    refused too.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html"""

    KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
    """Requests that only exploits make: Log4j, Java deserialisation, React, paths such as
    ``/web-inf``.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html"""

    SQL_INJECTION = "AWSManagedRulesSQLiRuleSet"
    """SQL in queries, bodies, cookies and paths (SQLi).
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html"""

    LINUX = "AWSManagedRulesLinuxRuleSet"
    """Inclusion of files that only Linux has. AWS advises to use it with ``POSIX``.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html"""

    POSIX = "AWSManagedRulesUnixRuleSet"
    """Commands and variables of a shell.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html"""

    IP_REPUTATION = "AWSManagedRulesAmazonIpReputationList"
    """Addresses that Amazon sees attack. It looks at the connection's address only, so it belongs
    to CloudFront, not to a load balancer behind it.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html"""

    ANONYMOUS_IP = "AWSManagedRulesAnonymousIpList"
    """Addresses of VPNs, proxies, Tor nodes and hosting providers: customers use VPNs, and
    partners' servers are hosted somewhere.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html"""

    @property
    def capacity(self) -> int:
        """Web ACL capacity units that it takes."""
        return _FACTS[self].capacity

    @property
    def rules(self) -> tuple[str, ...]:
        """Names of its rules."""
        return _FACTS[self].rules


LARGE_BODY_RULE = "SizeRestrictions_BODY"
"""Rule of the core group that refuses bodies over 8,192 bytes."""

LARGE_BODY_LABEL = "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body"
"""What that rule adds to a request, also where it only counts."""


@dataclass(frozen=True, slots=True)
class _Facts:
    capacity: int
    rules: tuple[str, ...]


def _on(what: str, *components: str) -> tuple[str, ...]:
    return tuple(f"{what}_{component}" for component in components)


_QUERY = "QUERYARGUMENTS"
_FACTS: Mapping[ManagedGroup, _Facts] = {
    ManagedGroup.CORE: _Facts(
        700,
        (
            "NoUserAgent_HEADER",
            "UserAgent_BadBots_HEADER",
            *_on("SizeRestrictions", "QUERYSTRING", "Cookie_HEADER", "BODY", "URIPATH"),
            *_on("EC2MetaDataSSRF", "BODY", "COOKIE", "URIPATH", _QUERY),
            *_on("GenericLFI", _QUERY, "URIPATH", "BODY"),
            *_on("RestrictedExtensions", "URIPATH", _QUERY),
            *_on("GenericRFI", _QUERY, "BODY", "URIPATH"),
            *_on("CrossSiteScripting", "COOKIE", _QUERY, "BODY", "URIPATH"),
        ),
    ),
    ManagedGroup.ADMIN_PROTECTION: _Facts(100, ("AdminProtection_URIPATH",)),
    ManagedGroup.KNOWN_BAD_INPUTS: _Facts(
        200,
        (
            *_on("JavaDeserializationRCE", "HEADER", "BODY", "URIPATH", "QUERYSTRING"),
            "Host_localhost_HEADER",
            "PROPFIND_METHOD",
            "ExploitablePaths_URIPATH",
            *_on("Log4JRCE", "HEADER", "QUERYSTRING", "BODY", "URIPATH"),
            "ReactJSRCE_BODY",
        ),
    ),
    ManagedGroup.SQL_INJECTION: _Facts(
        200,
        (
            *_on("SQLi", _QUERY, "BODY", "COOKIE", "URIPATH"),
            *_on("SQLiExtendedPatterns", _QUERY, "BODY", "HEADER", "URIPATH"),
        ),
    ),
    ManagedGroup.LINUX: _Facts(200, _on("LFI", "URIPATH", "QUERYSTRING", "HEADER")),
    ManagedGroup.POSIX: _Facts(
        100, _on("UNIXShellCommandsVariables", "QUERYSTRING", "BODY", "HEADER")
    ),
    ManagedGroup.IP_REPUTATION: _Facts(
        25,
        ("AWSManagedIPReputationList", "AWSManagedReconnaissanceList", "AWSManagedIPDDoSList"),
    ),
    ManagedGroup.ANONYMOUS_IP: _Facts(50, ("AnonymousIPList", "HostingProviderIPList")),
}
