"""What of a request is in the cache key, and what of it an origin gets; pure.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-how-origin-request-policies-and-cache-policies-work-together.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.cloudfront.policies import CacheSettings, OriginRequestSettings, Selection

_TAKEN_OUT = re.compile(
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
    r"connection|cookie|host|proxy-(authenticate|authorization|connection)|te|trailer|upgrade"
    r"|x-edge-.*|x-forwarded-proto|x-real-ip",
    re.IGNORECASE,
)
"""Headers of a viewer that no origin gets as they are; the host and cookies have ways of their own."""

_WITH_AUTHORIZATION = ("DELETE", "PATCH", "POST", "PUT")
"""Methods with which ``Authorization`` always goes to the origin.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html"""


@dataclass(frozen=True, slots=True)
class Parts:
    """A request in parts."""

    host: str
    path: str
    method: str
    query: tuple[str, ...]
    """Query strings as they were written, in their order."""
    headers: Mapping[str, str]
    """Headers with their names in lower case."""
    cookies: Mapping[str, str]

    @classmethod
    def of(
        cls,
        *,
        host: str,
        path: str,
        query: str,
        method: str,
        headers: Mapping[str, str],
        cookies: Mapping[str, str],
    ) -> Parts:
        """Take a request apart; cookies may also be in the header ``Cookie``."""
        lowered = {name.lower(): value for name, value in headers.items()}
        written = (it.partition("=") for it in lowered.get("cookie", "").split(";") if it.strip())
        return cls(
            host=host,
            path=path,
            method=method,
            query=tuple(it for it in query.split("&") if it),
            headers=lowered,
            cookies={name.strip(): value.strip() for name, _, value in written} | dict(cookies),
        )


@dataclass(frozen=True, slots=True)
class CacheKey:
    """What makes two requests get one answer, besides the distribution itself."""

    path: str
    """Path as the viewer wrote it."""

    query: tuple[str, ...]
    """Query strings, in the viewer's order."""

    headers: tuple[tuple[str, str], ...]
    """Headers, with their names in lower case."""

    cookies: tuple[tuple[str, str], ...]
    """Cookies, sorted."""

    def as_json(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "path": self.path,
            "query": list(self.query),
            "headers": dict(self.headers),
            "cookies": dict(self.cookies),
        }


@dataclass(frozen=True, slots=True)
class OriginRequest:
    """What an origin gets, besides what CloudFront adds to every request."""

    path: str
    """Path, with the origin's folder in front."""

    host: str | None
    """The viewer's host; none where the origin gets its own name."""

    query: tuple[str, ...]
    """Query strings, in the viewer's order."""

    headers: tuple[tuple[str, str], ...]
    """Headers of the viewer, with their names in lower case."""

    cookies: tuple[tuple[str, str], ...]
    """Cookies, sorted."""

    added: tuple[str, ...]
    """Headers that CloudFront makes because a policy asks for them."""

    def as_json(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "path": self.path,
            "host": self.host,
            "query": list(self.query),
            "headers": dict(self.headers),
            "cookies": dict(self.cookies),
            "added": list(self.added),
        }


def cache_key(parts: Parts, settings: CacheSettings) -> CacheKey:
    """Return the cache key of a request."""
    chosen = settings.headers.lowered()
    headers = {name: value for name, value in parts.headers.items() if chosen.has(name)}
    if chosen.has("host"):
        headers["host"] = parts.host
    if encoding := _accepted(parts, settings):
        headers["accept-encoding"] = encoding
    return CacheKey(
        path=parts.path,
        query=_queries(parts, settings.query_strings),
        headers=tuple(sorted(headers.items())),
        cookies=_cookies(parts, settings.cookies),
    )


def origin_request(
    parts: Parts,
    origin: S3Origin | AlbOrigin | VpcOrigin,
    settings: CacheSettings,
    sent: OriginRequestSettings,
) -> OriginRequest:
    """Return what an origin gets of a request: what is in the key, and what the policy adds."""
    key, more = settings.headers.lowered(), sent.headers.lowered()
    headers = {
        name: value
        for name, value in parts.headers.items()
        if (key.has(name) or more.has(name) or _goes_anyway(parts, name))
        and _TAKEN_OUT.fullmatch(name) is None
    }
    if settings.compression and "accept-encoding" in parts.headers:
        headers["accept-encoding"] = _accepted(parts, settings) or "identity"
    query = tuple(
        it
        for it in parts.query
        if settings.query_strings.has(_name(it)) or sent.query_strings.has(_name(it))
    )
    cookies = {*_cookies(parts, settings.cookies), *_cookies(parts, sent.cookies)}
    return OriginRequest(
        path=(origin.path if isinstance(origin, S3Origin) else "") + parts.path,
        host=parts.host if key.has("host") or more.has("host") else None,
        query=query,
        headers=tuple(sorted(headers.items())),
        cookies=tuple(sorted(cookies)),
        added=tuple(
            name
            for it in (settings.headers, sent.headers)
            for name in it.names
            if it.kind != "all-except" and name.lower().startswith("cloudfront-")
        ),
    )


def _goes_anyway(parts: Parts, name: str) -> bool:
    return name == "authorization" and parts.method in _WITH_AUTHORIZATION


def _accepted(parts: Parts, settings: CacheSettings) -> str:
    """Return the viewer's forms of compression that are kept, as CloudFront normalises them.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cache-key-understand-cache-policy.html
    """
    named = {
        it.partition(";")[0].strip() for it in parts.headers.get("accept-encoding", "").split(",")
    }
    return ",".join(it for it in ("br", "gzip") if it in named and it in settings.compression)


def _queries(parts: Parts, selection: Selection) -> tuple[str, ...]:
    return tuple(it for it in parts.query if selection.has(_name(it)))


def _name(query: str) -> str:
    return query.partition("=")[0]


def _cookies(parts: Parts, selection: Selection) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(it for it in parts.cookies.items() if selection.has(it[0])))
