"""What a person writes about web ACLs; pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.types import LogRetentionDays, Slug, matching
from platform_lib.waf.capacity import INCLUDED, LARGE_BODIES, MOST, by_rule
from platform_lib.waf.managed_groups import ManagedGroup
from platform_lib.waf.rules import LargeBodies, LargeBodiesBelow, ManagedGroupRule, Rule

ALWAYS_REDACTED = ("authorization", "cookie")
"""Headers that are as good as a password."""

BASELINE: Mapping[str, Rule] = {
    "ip-reputation": ManagedGroupRule(priority=100, group=ManagedGroup.IP_REPUTATION),
    "core": ManagedGroupRule(priority=200, group=ManagedGroup.CORE),
    "known-bad-inputs": ManagedGroupRule(priority=300, group=ManagedGroup.KNOWN_BAD_INPUTS),
    "sql-injection": ManagedGroupRule(priority=400, group=ManagedGroup.SQL_INJECTION),
}
"""Attackers' addresses, XSS and inclusion, known exploits, SQL injection: 1,125 of the 1,500 units.
The cheapest group is asked first. Own rules are added as in ``{**BASELINE, "login": ...}``."""

HeaderName = Annotated[
    str,
    AfterValidator(
        matching(
            r"[a-z0-9!#$%&'*+.^_`|~-]{1,64}",
            "the name of a header here; write it in lower case, as in 'x-api-key'",
        )
    ),
]
"""The name of a header, in lower case.
https://docs.aws.amazon.com/waf/latest/APIReference/API_SingleHeader.html"""


class Scope(StrEnum):
    """What a web ACL can protect."""

    CLOUDFRONT = "CLOUDFRONT"
    """Distributions of CloudFront; such a web ACL lives in us-east-1.
    https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html"""

    REGIONAL = "REGIONAL"
    """Load balancers, in their Region."""


class Mode(StrEnum):
    """What a web ACL does."""

    ACTIVE = "active"
    """It is attached, and its rules do what they say."""

    COUNT = "count"
    """It is attached, and every rule that would block only counts: how a web ACL is introduced.
    Rules that allow still allow, so that the counts are those of the active web ACL."""

    STANDBY = "standby"
    """It exists with its rules and its log, and is attached to nothing."""


class WebAclLogs(Model):
    """The log of a web ACL: a log group, encrypted with our key."""

    retention_days: LogRetentionDays = 90
    """Days that records are kept."""

    records: Literal["refused-or-counted", "all"] = "refused-or-counted"
    """Requests that are recorded: those that a rule blocked or counted, or all of them. Load
    balancers and distributions have logs of all requests anyway."""

    redacted_headers: tuple[HeaderName, ...] = ()
    """Headers whose value is not recorded, besides ``authorization`` and ``cookie``."""

    redact_query: bool = False
    """Whether query strings are not recorded, where they carry secrets such as signatures."""

    @model_validator(mode="after")
    def _redacts_each_header_once(self) -> WebAclLogs:
        twice = sorted({it for it in self.redacted_headers if self.redacted.count(it) > 1})
        if twice:
            raise ValueError(
                f"redacted_headers has {', '.join(twice)} twice, or repeats what is always"
                f" redacted ({', '.join(ALWAYS_REDACTED)}); write each header once"
            )
        return self

    @property
    def redacted(self) -> tuple[str, ...]:
        """All headers whose value is not recorded."""
        return ALWAYS_REDACTED + self.redacted_headers


class WebAclAlarms(Model):
    """When somebody is told."""

    refused: Annotated[int, Field(ge=1)] = 1000
    """Refused requests in five minutes, three times in a row."""

    refused_per_100: Annotated[float, Field(gt=0)] = 50.0
    """Refused requests for every 100 that pass, in five minutes, three times in a row: a rule that
    refuses customers, or an attack that is most of the traffic."""


class WebAclConfig(Model):
    """One web ACL: rules that look at each request, in their order; what none of them blocks passes."""

    scope: Scope
    """What it can protect. **Changing this replaces it.**"""

    large_bodies: LargeBodies
    """What happens to requests with a body over 8 KB, which the core group refuses: ``refused``,
    ``allowed``, or `LargeBodiesBelow` some paths. GraphQL queries and uploads are larger. The part
    of a body that AWS WAF does not look at is not searched for SQL or scripts.
    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html"""

    mode: Mode = Mode.ACTIVE
    """Whether it protects, counts, or stands by."""

    rules: Annotated[Mapping[Slug, Rule], Field(min_length=1)] = BASELINE
    """The rules by name; the name is what metrics and logs call them."""

    inspected_body_kib: Literal[16, 32, 48, 64] = 16
    """KiB of a body that are looked at, for ``CLOUDFRONT``; more than 16 costs more per request.
    Behind a load balancer it is always 8.
    https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html"""

    capacity_limit: Annotated[int, Field(ge=1, le=MOST)] = INCLUDED
    """Capacity units that the rules may take together. The default, 1,500, is what the basic price
    includes; above it every request costs more, and above 5,000 AWS refuses.
    https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html"""

    logs: WebAclLogs = WebAclLogs()
    """What is recorded; a web ACL without a log does not exist here."""

    alarms: WebAclAlarms = WebAclAlarms()
    """When somebody is told."""

    @property
    def capacity(self) -> int:
        """Capacity units that the rules take together, at most."""
        return sum(by_rule(self.rules, self.large_bodies).values())

    @model_validator(mode="after")
    def _has_one_rule_per_place(self) -> WebAclConfig:
        below = self.large_bodies if isinstance(self.large_bodies, LargeBodiesBelow) else None
        if below is not None and LARGE_BODIES in self.rules:
            raise ValueError(
                f"rules has {LARGE_BODIES!r}, which is the name of the rule that"
                " large_bodies adds; give yours another name"
            )
        places: dict[int, list[str]] = {}
        for name, rule in self.rules.items():
            places.setdefault(rule.priority, []).append(name)
        if below is not None:
            places.setdefault(below.priority, []).append(LARGE_BODIES)
        for priority, names in sorted(places.items()):
            if len(names) > 1:
                raise ValueError(
                    f"rules {' and '.join(names)} have the priority {priority}; give each its own,"
                    " as AWS WAF asks them in that order"
                )
        return self

    @model_validator(mode="after")
    def _decides_on_large_bodies(self) -> WebAclConfig:
        core = {
            name: rule
            for name, rule in self.rules.items()
            if isinstance(rule, ManagedGroupRule) and rule.group is ManagedGroup.CORE
        }
        if not core and self.large_bodies != "allowed":
            raise ValueError(
                f"large_bodies is {_shown(self.large_bodies)}, but without the core group no rule"
                " looks at the size of a body; write 'allowed', or add the core group"
            )
        for name, rule in core.items():
            if self.large_bodies == "refused" and rule.action == "count":
                raise ValueError(
                    f"large_bodies is 'refused', but the rule {name!r} only counts; write"
                    " 'allowed', or let the rule block"
                )
            below = self.large_bodies
            if isinstance(below, LargeBodiesBelow) and below.priority < rule.priority:
                raise ValueError(
                    f"large_bodies has the priority {below.priority} and is asked before the rule"
                    f" {name!r} ({rule.priority}), which finds large bodies; give it a higher one"
                )
        return self

    @model_validator(mode="after")
    def _looks_at_what_it_can(self) -> WebAclConfig:
        if self.scope is Scope.REGIONAL and self.inspected_body_kib > 16:  # noqa: PLR2004 - the default
            raise ValueError(
                f"inspected_body_kib={self.inspected_body_kib} is only for CLOUDFRONT; a load"
                " balancer always passes on the first 8 KB, so leave it out"
            )
        return self

    @model_validator(mode="after")
    def _fits(self) -> WebAclConfig:
        units = by_rule(self.rules, self.large_bodies)
        if self.capacity > self.capacity_limit:
            listed = ", ".join(f"{name} {cost}" for name, cost in units.items())
            raise ValueError(
                f"rules take {self.capacity} capacity units and capacity_limit is"
                f" {self.capacity_limit}: {listed}; leave rules out, or raise the limit up to"
                f" {MOST}, which costs more per request above {INCLUDED}"
            )
        return self


def _shown(large_bodies: LargeBodies) -> str:
    if isinstance(large_bodies, LargeBodiesBelow):
        return f"LargeBodiesBelow({', '.join(large_bodies.paths)})"
    return repr(large_bodies)
