"""The rules that a person writes into a web ACL; pure."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.types import matching
from platform_lib.waf.managed_groups import LARGE_BODY_RULE, ManagedGroup

PathPrefix = Annotated[
    str,
    AfterValidator(
        matching(
            r"(?=.{2,200}$)/[A-Za-z0-9._~!$&'()+,;=:@-][A-Za-z0-9._~!$&'()+,;=:@/-]*",
            "a path here; start it with one slash and write what follows, without * and %, as in"
            " '/graphql/'",
        )
    ),
]
"""How the path of a request starts: ``/graphql/`` stands for everything below it, but not for
``/graphql``. AWS WAF compares it with the decoded path, without ``//``, ``/./`` and ``/../``."""

ForwardingHeader = Annotated[
    str,
    AfterValidator(
        matching(
            r"[A-Za-z0-9-]{1,255}",
            "the name of a header; write it as in 'X-Forwarded-For'",
        )
    ),
]
"""A header in which proxies write the address of their client.
https://docs.aws.amazon.com/waf/latest/APIReference/API_ForwardedIPConfig.html"""

Priority = Annotated[int, Field(ge=0, le=1_000_000)]
"""Place in the order of a web ACL: the lowest is asked first."""

_MOST_ADDRESSES = 10_000
"""https://docs.aws.amazon.com/waf/latest/developerguide/limits.html"""


class IpRule(Model):
    """What happens to requests from some addresses."""

    priority: Priority
    """Its place: the lowest is asked first."""

    addresses: Annotated[
        tuple[IPv4Network | IPv6Network, ...], Field(min_length=1, max_length=_MOST_ADDRESSES)
    ]
    """Address blocks, IPv4 and IPv6."""

    action: Literal["allow", "block", "count"]
    """``allow`` lets a request past all later rules, ``block`` answers 403, ``count`` counts."""

    outside: bool = False
    """Whether it is for every address that is *not* in ``addresses``: with ``block``, only those
    in it may come."""

    forwarded_header: ForwardingHeader | None = None
    """Header to take the address from, where a proxy stands in front; without it, the address of
    the connection. A client can write the header itself, and a request without it is let by."""

    position: Literal["first", "last", "any"] = "last"
    """Which address of the header: the last one is what the nearest proxy saw, the first one what
    the client says, and any of them costs 4 capacity units more.
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-ipset-match.html"""

    @model_validator(mode="after")
    def _means_some_addresses(self) -> IpRule:
        everybody = [str(it) for it in self.addresses if it.prefixlen == 0]
        if everybody:
            raise ValueError(
                f"addresses has {', '.join(everybody)}, which is everybody and no address set can"
                " hold; name smaller blocks, or leave the rule out"
            )
        if self.action == "allow" and self.outside:
            raise ValueError(
                "action 'allow' with outside=True would let everybody else past all rules; allow"
                " the addresses themselves, or block what is outside"
            )
        if self.action == "allow" and self.forwarded_header is not None:
            raise ValueError(
                f"action 'allow' with forwarded_header={self.forwarded_header!r} would let"
                " everybody in who writes that header; allow addresses of connections only"
            )
        return self


class ManagedGroupRule(Model):
    """A group of rules that AWS keeps up to date."""

    priority: Priority
    """Its place: the lowest is asked first."""

    group: ManagedGroup
    """The group."""

    action: Literal["block", "count"] = "block"
    """``block`` lets its rules do what AWS wrote, which is to block, except for rules that count
    by AWS's choice; ``count`` lets all of them only count."""

    count: tuple[str, ...] = ()
    """Rules of the group that only count, because they refuse requests that are right."""

    version: str | None = None
    """Version to stay at, for example ``Version_1.4``; without one AWS's default version, which
    AWS moves after announcing it.
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-managed-rule-groups-versioning.html"""

    @model_validator(mode="after")
    def _counts_rules_of_the_group(self) -> ManagedGroupRule:
        # AWS WAF takes a name that the group does not have, and does nothing with it.
        unknown = [it for it in self.count if it not in self.group.rules]
        if unknown:
            raise ValueError(
                f"count has {', '.join(unknown)}, which {self.group} does not have; it has"
                f" {', '.join(self.group.rules)}"
            )
        if LARGE_BODY_RULE in self.count:
            raise ValueError(
                f"count has {LARGE_BODY_RULE}, which is decided by large_bodies of the web ACL;"
                " leave it out here and write large_bodies='allowed' there"
            )
        twice = sorted({it for it in self.count if self.count.count(it) > 1})
        if twice:
            raise ValueError(f"count has {', '.join(twice)} twice; write each rule once")
        return self


class RateRule(Model):
    """A limit of requests per address; what is above it is answered 429 until it is below."""

    priority: Priority
    """Its place: the lowest is asked first."""

    limit: Annotated[int, Field(ge=10, le=2_000_000_000)]
    """Requests per address in one window, 10 at least. AWS WAF looks every ten seconds or so, so
    a burst may pass.
    https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html"""

    window_seconds: Literal[60, 120, 300, 600] = 300
    """Seconds that are looked back."""

    path: PathPrefix | None = None
    """Only requests whose path starts so are counted and limited; without it all."""

    forwarded_header: ForwardingHeader | None = None
    """Header to take the address from, where a proxy stands in front; without it, the address of
    the connection. AWS WAF takes the first address in it, which a client can write itself: limit
    at CloudFront where you can."""

    action: Literal["block", "count"] = "block"
    """``block`` answers 429, ``count`` counts."""


class LargeBodiesBelow(Model):
    """Bodies over 8 KB are taken below some paths and refused elsewhere."""

    paths: Annotated[tuple[PathPrefix, ...], Field(min_length=1, max_length=10)]
    """Where they are taken, for example ``("/graphql/", "/upload/")``."""

    priority: Priority
    """Place of the rule that refuses the others; it has to be after the core group."""


Rule = IpRule | ManagedGroupRule | RateRule
LargeBodies = Literal["refused", "allowed"] | LargeBodiesBelow
