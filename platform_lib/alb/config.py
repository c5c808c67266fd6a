"""What a person writes about load balancers, and the routes through them; pure."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from platform_lib.alb._patterns import WILDCARDS
from platform_lib.model import Model
from platform_lib.types import matching

MOST_VALUES = 5
_MOST_WILDCARDS = 5
"""Per rule; neither can be raised.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""

_MOST_EDITIONS = 2

_is_prefix_list = matching(r"pl-([0-9a-f]{8}|[0-9a-f]{17})", "the id of a prefix list")


def _source(value: Any) -> Any:
    if isinstance(value, IPv4Network | IPv6Network):
        block = value
    elif value in ("everybody", "cloudfront"):
        return value
    elif isinstance(value, str) and value.startswith("pl-"):
        return _is_prefix_list(value)
    else:
        try:
            block = ip_network(value)
        except (TypeError, ValueError):
            raise ValueError(
                f"{value!r} is no source; write an address block such as '203.0.113.0/24', the id of"
                " a prefix list such as 'pl-0123456789abcdef0', 'cloudfront', or 'everybody'"
            ) from None
    if block.prefixlen == 0:
        raise ValueError(f"'{block}' is everybody; write 'everybody', so that a reader sees it")
    return block


Source = Annotated[IPv4Network | IPv6Network | str, PlainValidator(_source)]
"""Who may call a load balancer: an address block, the id of a prefix list, ``cloudfront``, or
``everybody``."""

HostPattern = Annotated[
    str,
    AfterValidator(
        matching(
            r"(?=.{1,128}$)[a-z0-9._*?-]*[a-z0-9_*?-]\.[a-z]+",
            "a host here; write it in lower case, with * or ? where anything may stand, as in"
            " 'shop.example.com' or '*.example.com'",
        )
    ),
]
"""A host, in which ``*`` stands for any characters and ``?`` for one.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html"""

PathPattern = Annotated[
    str,
    AfterValidator(
        matching(
            r"(?=.{1,128}$)/[A-Za-z0-9_.$/~\"'@:+;&*?-]*",
            "a path here; start it with a slash, with * or ? where anything may stand, as in"
            " '/checkout/*'",
        )
    ),
]
"""A path, in which ``*`` stands for any characters and ``?`` for one; case matters.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html"""


class Route(Model):
    """Which requests a load balancer sends to one target group."""

    priority: Annotated[int, Field(ge=1, le=50000)]
    """When it is tried, the smallest number first; no two of a load balancer are equal.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html"""

    hosts: tuple[HostPattern, ...] = ()
    """Hosts that it takes requests for; empty takes any host's."""

    paths: tuple[PathPattern, ...] = ("/*",)
    """Paths that it takes requests for; the default takes every path."""

    @property
    def any_path(self) -> bool:
        """Whether every path is taken, so that the rule needs no condition for it."""
        return "/*" in self.paths

    @model_validator(mode="after")
    def _is_a_rule(self) -> Route:
        check_rule(self.hosts, self.paths)
        return self


def check_rule(hosts: tuple[str, ...], paths: tuple[str, ...]) -> None:
    """Refuse hosts and paths that one rule of a listener cannot have, by a ValueError.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    """
    any_path = "/*" in paths
    if not paths:
        raise ValueError(
            "paths is empty, so the route takes nothing; leave it out to take every path"
        )
    for field, given in (("hosts", hosts), ("paths", paths)):
        twice = sorted({it for it in given if given.count(it) > 1})
        if twice:
            raise ValueError(f"{field} has {', '.join(twice)} twice; write each once")
    if any_path and len(paths) > 1:
        raise ValueError("paths has '/*' beside others, which it takes too; write it alone")
    values = (*hosts, *paths) if not any_path or not hosts else hosts
    if len(values) > MOST_VALUES:
        raise ValueError(
            f"hosts and paths have {len(values)} values together and a rule takes {MOST_VALUES};"
            " use wildcards, or make two routes"
        )
    wildcards = sum(value.count(it) for value in values for it in WILDCARDS)
    if wildcards > _MOST_WILDCARDS:
        raise ValueError(
            f"hosts and paths have {wildcards} wildcards together and a rule takes"
            f" {_MOST_WILDCARDS}; make two routes"
        )


class LoadBalancerAlarms(Model):
    """When a load balancer is not well."""

    errors: Annotated[int, Field(ge=0)] = 10
    """Answers with a 5xx code of the load balancer's own in a minute, three minutes in a row: it
    found no healthy target, or one that did not answer."""

    rejected_connections: Annotated[int, Field(ge=0)] = 0
    """Connections refused in a minute because the load balancer had reached its most."""


class SecretHeader(Model):
    """The header that proves that a request comes from a distribution of ours.

    For a new value without a refused request: accept ``(1, 2)`` and apply, send ``2`` and apply,
    then accept ``(2,)``.
    """

    accepted: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (1,)
    """Editions of the value that the load balancer takes, two at most."""

    sent: int = 1
    """Edition that distributions send."""

    @model_validator(mode="after")
    def _is_accepted(self) -> SecretHeader:
        if len(set(self.accepted)) != len(self.accepted) or len(self.accepted) > _MOST_EDITIONS:
            raise ValueError(
                f"accepted is {self.accepted}; write one edition, or two different ones while the"
                " value changes"
            )
        if self.sent not in self.accepted:
            raise ValueError(
                f"sent={self.sent} is not among accepted={self.accepted}, so every request would be"
                " refused; accept it first"
            )
        return self


class LoadBalancerConfig(Model):
    """One Application Load Balancer."""

    sources: tuple[Source, ...]
    """Who may call it: address blocks, ids of prefix lists, ``cloudfront``, or ``everybody``. Empty
    only for an internal one that nothing but constructs of ours calls. Prefix lists are let in on
    443 only, since each of their entries counts as a rule of the security group. ``cloudfront``
    stands alone: the addresses of CloudFront and, unless it is internal, a secret header."""

    secret_header: SecretHeader = SecretHeader()
    """Editions of that header; only for ``cloudfront``."""

    internal: bool = False
    """Whether it is reached in the private subnets instead of from the internet.
    **Changing this replaces the load balancer.**"""

    dual_stack: bool = True
    """Whether it has IPv6 addresses too; the VPC needs ``ipv6=True`` for it."""

    minimum_tls: Literal["1.2", "1.3"] = "1.2"
    """Oldest version of TLS; 1.3 shuts out clients from before about 2019.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""

    http2: bool = True
    """Whether clients may speak HTTP/2."""

    idle_timeout_seconds: Annotated[int, Field(ge=1, le=4000)] = 60
    """Seconds without a byte after which a connection is closed. What is behind should keep idle
    connections longer than this, or clients see 502 now and then.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html"""

    client_keep_alive_seconds: Annotated[int, Field(ge=60, le=604800)] = 3600
    """Seconds after which even a busy connection of a client is closed."""

    forwarded_for: Literal["append", "preserve", "remove"] = "append"
    """What happens to the client's ``X-Forwarded-For``: the address is added, it is passed on as
    it came (anybody can forge it), or it is taken out.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html"""

    alarms: LoadBalancerAlarms = LoadBalancerAlarms()
    """When it is not well."""

    @property
    def only_cloudfront(self) -> bool:
        """Whether only distributions call it."""
        return "cloudfront" in self.sources

    @property
    def has_secret_header(self) -> bool:
        """Whether requests need the secret header; nobody else's distribution reaches an internal one."""
        return self.only_cloudfront and not self.internal

    @model_validator(mode="after")
    def _is_reached_by_whom_it_says(self) -> LoadBalancerConfig:
        shown = [str(it) for it in self.sources]
        if not shown and not self.internal:
            raise ValueError(
                "sources is empty, so nobody could reach the load balancer; name address blocks or"
                " prefix lists, or write 'everybody'"
            )
        twice = sorted({it for it in shown if shown.count(it) > 1})
        if twice:
            raise ValueError(f"sources has {', '.join(twice)} twice; write each once")
        for all_of_them in ("everybody", "cloudfront"):
            if all_of_them in shown and len(shown) > 1:
                raise ValueError(
                    f"sources has {all_of_them!r} beside others; write it alone, or leave it out"
                )
        if self.secret_header != SecretHeader() and not self.has_secret_header:
            raise ValueError(
                "secret_header is for an external load balancer with sources=('cloudfront',); leave"
                " it out"
            )
        if "everybody" in shown and self.internal:
            raise ValueError(
                "sources has 'everybody' and internal=True; name the address blocks of the network"
                " that may call it"
            )
        ipv6 = [str(it) for it in self.sources if isinstance(it, IPv6Network)]
        if ipv6 and not self.dual_stack:
            raise ValueError(
                f"sources has {', '.join(ipv6)} and dual_stack=False, so nobody could come from"
                " there; leave out the one or the other"
            )
        return self
