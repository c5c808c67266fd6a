"""Policies of CloudFront: what is in the cache key, what origins get, what viewers get; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from platform_lib.model import Model
from platform_lib.s3.config import Origin
from platform_lib.types import Slug

_NAME = re.compile(r"[A-Za-z0-9_.!#$%&'+^|~\[\]-]+", re.ASCII)
_MOST_NAMES = 10
_MOST_CHARACTERS = 1024
"""Of one kind, and of all names together, in one policy.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"""

_LONGEST_TTL = 3_153_600_000
"""A hundred years.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html"""

_NEVER_CHOSEN = {
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/header-caching.html
    "connection": "CloudFront sets it itself",
    "cookie": "choose cookies instead",
    "proxy-authorization": "CloudFront takes it out",
    "te": "CloudFront takes it out",
    "upgrade": "CloudFront takes it out",
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
    "accept-encoding": "the cache policy's compression decides it",
}
"""Headers that no policy takes, in lower case, and what stands instead."""


class Selection(Model):
    """Some of a request's headers, cookies or query strings, by name."""

    kind: Literal["none", "all", "only", "all-except", "all-and"] = "none"
    """Which ones; ``all-and`` is for headers of an origin request policy: all that the viewer sent
    and those that CloudFront makes, such as ``CloudFront-Viewer-Country``."""

    names: tuple[str, ...] = ()
    """Names, for ``only``, ``all-except`` and ``all-and``. Case matters, except for headers."""

    @model_validator(mode="after")
    def _names_what_it_means(self) -> Selection:
        if self.kind in ("none", "all") and self.names:
            raise ValueError(
                f"kind={self.kind!r} takes no names, and {', '.join(self.names)} is named; leave"
                " them out, or choose 'only' or 'all-except'"
            )
        if self.kind not in ("none", "all") and not self.names:
            raise ValueError(
                f"kind={self.kind!r} needs names; name some, or choose 'none' or 'all'"
            )
        strange = [name for name in self.names if _NAME.fullmatch(name) is None]
        if strange:
            raise ValueError(
                f"{strange[0]!r} is no name of a header, cookie or query string; write it in full,"
                " without wildcards and blanks"
            )
        twice = sorted({name for name in self.names if self.names.count(name) > 1})
        if twice:
            raise ValueError(f"names has {', '.join(twice)} twice; write each once")
        return self

    @property
    def is_open(self) -> bool:
        """Whether names that nobody thought of are among them."""
        return self.kind in ("all", "all-except", "all-and")

    def has(self, name: str) -> bool:
        """Tell whether a name that a viewer sends is among them; case matters."""
        if self.kind == "only":
            return name in self.names
        if self.kind == "all-except":
            return name not in self.names
        return self.kind != "none"

    def has_header(self, name: str) -> bool:
        """Tell whether a header that a viewer sends is among them; case does not matter."""
        return self.lowered().has(name.lower())

    def lowered(self) -> Selection:
        """Return it with names in lower case, as headers are compared."""
        return Selection(kind=self.kind, names=tuple(name.lower() for name in self.names))

    def covers(self, other: Selection) -> bool:
        """Tell whether everything in ``other`` is among them."""
        if other.kind == "none" or self.kind in ("all", "all-and"):
            return True
        if other.kind == "only":
            return all(self.has(name) for name in other.names)
        return (
            self.kind == "all-except"
            and other.kind == "all-except"
            and set(self.names) <= set(other.names)
        )

    def __str__(self) -> str:
        """Write it as a person would say it."""
        names = ", ".join(self.names)
        written = {
            "only": names,
            "all-except": f"all except {names}",
            "all-and": f"all, and {names}",
        }
        return written.get(self.kind, self.kind)


NOTHING = Selection()
"""None of them."""

EVERYTHING = Selection(kind="all")
"""All that the viewer sends."""


def only(*names: str) -> Selection:
    """Choose those that are named."""
    return Selection(kind="only", names=names)


def all_except(*names: str) -> Selection:
    """Choose all but those that are named."""
    return Selection(kind="all-except", names=names)


def all_and(*names: str) -> Selection:
    """Choose all headers of the viewer, and some that CloudFront makes."""
    return Selection(kind="all-and", names=names)


class CacheSettings(Model):
    """What a cache policy does.

    What is in the cache key is also sent to the origin.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
    """

    min_ttl_seconds: Annotated[int, Field(ge=0, le=_LONGEST_TTL)] = 0
    """Seconds that every answer is kept, even one marked ``private`` or ``no-store``."""

    default_ttl_seconds: Annotated[int, Field(ge=0, le=_LONGEST_TTL)]
    """Seconds that an answer is kept of which the origin says nothing."""

    max_ttl_seconds: Annotated[int, Field(ge=0, le=_LONGEST_TTL)]
    """Most seconds that an answer is kept, whatever the origin says; zero caches nothing."""

    headers: Selection = NOTHING
    """Headers in the cache key; there is no way to have all of them in it."""

    cookies: Selection = NOTHING
    """Cookies in the cache key."""

    query_strings: Selection = NOTHING
    """Query strings in the cache key; their order and case count."""

    compression: tuple[Literal["br", "gzip"], ...] = ("br", "gzip")
    """Forms in which compressed answers are kept: Brotli and Gzip."""

    @property
    def caches(self) -> bool:
        """Whether anything is kept."""
        return self.max_ttl_seconds > 0


class CachePolicyConfig(CacheSettings):
    """A cache policy of our own. Behaviours that give the same one share it."""

    name: Slug
    """Name in the distribution. **Changing this replaces the policy**, the new one first."""

    @model_validator(mode="after")
    def _keeps_answers_for_a_time(self) -> CachePolicyConfig:
        # CloudFront refuses names in the key and compression where nothing is cached.
        if not self.caches:
            raise ValueError(
                "max_ttl_seconds=0 caches nothing, and a policy for that exists already; use"
                " ManagedCachePolicy.CACHING_DISABLED"
            )
        if not self.min_ttl_seconds <= self.default_ttl_seconds <= self.max_ttl_seconds:
            raise ValueError(
                f"min_ttl_seconds={self.min_ttl_seconds}, default_ttl_seconds="
                f"{self.default_ttl_seconds} and max_ttl_seconds={self.max_ttl_seconds} are out of"
                " order; write them so that none is smaller than the one before it"
            )
        return self

    @model_validator(mode="after")
    def _has_a_key_that_cloudfront_takes(self) -> CachePolicyConfig:
        if self.headers.kind not in ("none", "only"):
            raise ValueError(
                f"headers are {self.headers}, and a cache key takes only some; name those that the"
                " answer depends on"
            )
        _check_headers(self.headers)
        _check_parameters(self.cookies, self.query_strings)
        _check_quotas(self.headers, self.cookies, self.query_strings)
        return self


class OriginRequestSettings(Model):
    """What an origin gets of a request besides what is in the cache key.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-request-understand-origin-request-policy.html
    """

    headers: Selection = NOTHING
    """Headers that it gets; ``Authorization`` only together with all others."""

    cookies: Selection = NOTHING
    """Cookies that it gets."""

    query_strings: Selection = NOTHING
    """Query strings that it gets."""


class OriginRequestPolicyConfig(OriginRequestSettings):
    """An origin request policy of our own. Behaviours that give the same one share it."""

    name: Slug
    """Name in the distribution. **Changing this replaces the policy**, the new one first."""

    @model_validator(mode="after")
    def _sends_what_cloudfront_can_send(self) -> OriginRequestPolicyConfig:
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/add-origin-custom-headers.html
        if self.headers.kind == "only" and self.headers.has_header("authorization"):
            raise ValueError(
                "headers names Authorization, which an origin gets only with all others or from the"
                " cache key; put it into the cache policy's headers, or send all"
            )
        if self.headers.kind != "all-except":
            _check_headers(self.headers)
        if self.headers.kind == "all-and":
            others = [it for it in self.headers.names if not it.lower().startswith("cloudfront-")]
            if others:
                raise ValueError(
                    f"headers adds {', '.join(others)}, which CloudFront does not make; what the"
                    " viewer sends is there already, so leave it out"
                )
        _check_parameters(self.cookies, self.query_strings)
        _check_quotas(self.headers, self.cookies, self.query_strings)
        return self


def _check_headers(headers: Selection) -> None:
    for name in headers.names:
        instead = _NEVER_CHOSEN.get(name.lower())
        if instead is not None:
            raise ValueError(
                f"headers names {name}, which no policy takes: {instead}; leave it out"
            )


def _check_parameters(cookies: Selection, query_strings: Selection) -> None:
    for field, selection in (("cookies", cookies), ("query_strings", query_strings)):
        if selection.kind == "all-and":
            raise ValueError(
                f"{field} has kind 'all-and', which is for headers; choose 'all', 'only' or"
                " 'all-except'"
            )


def _check_quotas(headers: Selection, cookies: Selection, query_strings: Selection) -> None:
    chosen = {"headers": headers, "cookies": cookies, "query_strings": query_strings}
    for field, selection in chosen.items():
        if len(selection.names) > _MOST_NAMES:
            raise ValueError(
                f"{field} has {len(selection.names)} names and a policy takes {_MOST_NAMES}; name"
                " fewer"
            )
    characters = sum(len(name) for it in chosen.values() for name in it.names)
    if characters > _MOST_CHARACTERS:
        raise ValueError(
            f"all names have {characters} characters together and a policy takes"
            f" {_MOST_CHARACTERS}; name fewer"
        )


_UNREMOVABLE = re.compile(
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
    r"connection|content-(encoding|length)|expect|host|keep-alive"
    r"|proxy-(authenticate|authorization|connection)|trailer|transfer-encoding|upgrade|via|warning"
    r"|x-accel-(buffering|charset|limit-rate|redirect)|x-amz-cf-.*|x-amzn-(auth|cf-billing|cf-id)"
    r"|x-amzn-(cf-xff|errortype|fle-profile|header-count|header-order|lambda-integration-tag)"
    r"|x-amzn-requestid|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip",
    re.IGNORECASE,
)

_LONGEST_CONTENT_SECURITY_POLICY = 1783
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"""


ContentSecurityPolicy = Annotated[
    str, Field(min_length=1, max_length=_LONGEST_CONTENT_SECURITY_POLICY)
]
"""What a page may load and run, 1,783 characters at most."""


class CorsHeaders(Model):
    """Pages of other origins that may use the answers from a browser."""

    origins: Annotated[tuple[Origin, ...], Field(min_length=1)]
    """Origins of the pages; ``*`` is any."""

    methods: tuple[Literal["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"], ...] = (
        "GET",
        "HEAD",
        "OPTIONS",
    )
    """What the pages may do."""

    request_headers: tuple[str, ...] = ("*",)
    """Headers that the pages may send."""

    exposed_headers: tuple[str, ...] = ()
    """Headers of the answer that the pages may read besides the usual ones."""

    credentials: bool = False
    """Whether the pages may send cookies; then no origin, header or method is ``*``."""

    max_age_seconds: Annotated[int, Field(ge=0, le=86400)] = 600
    """Seconds that a browser remembers the answer to its question."""

    @model_validator(mode="after")
    def _trusts_those_whom_it_names(self) -> CorsHeaders:
        wide = [
            field
            for field in ("origins", "request_headers", "exposed_headers")
            if "*" in getattr(self, field)
        ]
        if self.credentials and wide:
            raise ValueError(
                f"credentials=True with '*' in {' and '.join(wide)}, which browsers refuse; name"
                " each one"
            )
        return self


class ResponseHeadersPolicyConfig(Model):
    """A response headers policy of our own. Behaviours that give the same one share it.

    ``X-Content-Type-Options: nosniff`` and ``Strict-Transport-Security`` are always sent. A header
    that the origin sends wins over the policy's, except for ``X-Content-Type-Options`` and what
    ``headers`` names.
    """

    name: Slug
    """Name in the distribution. **Changing this replaces the policy**, the new one first."""

    strict_transport_security_seconds: Annotated[int, Field(ge=1)] = 31_536_000
    """Seconds that browsers use nothing but HTTPS for the host; a year."""

    include_subdomains: bool = False
    """Whether that holds for every name below the host too."""

    preload: bool = False
    """Whether browsers may have the host in a list that they come with; it takes months to undo,
    and needs ``include_subdomains=True``."""

    frame_options: Literal["DENY", "SAMEORIGIN"] = "SAMEORIGIN"
    """Who may show pages in a frame: nobody, or pages of the same origin."""

    referrer_policy: Literal[
        "no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"
    ] = "strict-origin-when-cross-origin"
    """What another site learns of the page that a viewer comes from."""

    content_security_policy: ContentSecurityPolicy | None = None
    """What a page may load and run, 1,783 characters at most; without it the origin says."""

    cors: CorsHeaders | None = None
    """Pages of other origins that may use the answers; without it the origin says."""

    headers: Mapping[str, str] = {}
    """Further headers, which win over the origin's."""

    remove: tuple[str, ...] = ()
    """Headers of the origin that viewers do not get, for example ``X-Powered-By``."""

    @model_validator(mode="after")
    def _is_a_policy(self) -> ResponseHeadersPolicyConfig:
        if self.preload and not self.include_subdomains:
            raise ValueError(
                "preload=True needs include_subdomains=True; browsers take no other host into the"
                " list"
            )
        for field, names in (("headers", tuple(self.headers)), ("remove", self.remove)):
            if len(names) > _MOST_NAMES:
                raise ValueError(
                    f"{field} has {len(names)} names and a policy takes {_MOST_NAMES}; name fewer"
                )
        kept = [name for name in self.remove if _UNREMOVABLE.fullmatch(name)]
        if kept:
            raise ValueError(
                f"remove names {', '.join(kept)}, which CloudFront does not remove; leave it out"
            )
        return self
