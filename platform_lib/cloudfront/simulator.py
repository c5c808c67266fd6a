"""What a distribution does with one request, as AWS documents it; pure.

It knows the configuration and nothing of what is kept, of AWS WAF, of functions and of what an origin
answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import SplitResult, urlsplit

from platform_lib.cloudfront import _forwarding
from platform_lib.cloudfront._checks import dangers_of, sent_to
from platform_lib.cloudfront._forwarding import CacheKey, OriginRequest
from platform_lib.cloudfront._paths import matches, normalised
from platform_lib.cloudfront.behaviours import CACHED_METHODS, BehaviourConfig
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.hosts import distribution_at
from platform_lib.cloudfront.policies import CacheSettings
from platform_lib.errors import PlatformError

_DIRECTIVE = re.compile(r"\s*([a-z-]+)\s*(?:=\s*\"?(\d+)\"?)?\s*(?:,|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ViewerRequest:
    """What a viewer asks for."""

    url: str
    """All of it, for example ``https://shop.example.com/media/a.jpg?size=2``."""

    method: str = "GET"
    """Method."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers by name; the host is in ``url``."""

    cookies: Mapping[str, str] = field(default_factory=dict)
    """Cookies by name."""


class Outcome(StrEnum):
    """What becomes of a request."""

    REDIRECTED = "redirected"
    """It came over HTTP and is sent to HTTPS."""

    REFUSED = "refused"
    """The method is not one of the behaviour's: 403."""

    ANSWERED = "answered"
    """It is answered from the cache or by the origin."""


@dataclass(frozen=True, slots=True)
class Ttl:
    """How long an answer is kept."""

    settings: CacheSettings
    """The cache policy."""

    def seconds(self, cache_control: str = "", *, expires_in: int | None = None) -> int:
        """Return how long CloudFront keeps an answer of the origin.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html

        Args:
            cache_control: The answer's ``Cache-Control``.
            expires_in: Seconds until the time in the answer's ``Expires``.
        """
        least, most = self.settings.min_ttl_seconds, self.settings.max_ttl_seconds
        said = {name.lower(): value for name, value in _DIRECTIVE.findall(cache_control)}
        if said.keys() & {"no-cache", "no-store", "private"}:
            return least
        wanted = said.get("s-maxage") or said.get("max-age")
        if wanted:
            return min(max(int(wanted), least), most)
        if expires_in is not None:
            return min(max(expires_in, least), most)
        return max(least, self.settings.default_ttl_seconds)


@dataclass(frozen=True, slots=True)
class Decision:
    """What a distribution does with a request."""

    request: ViewerRequest
    """The request."""

    distribution: DistributionConfig
    """The distribution."""

    behaviour: BehaviourConfig
    """The first behaviour whose path matches."""

    path: str
    """Path as it is held against the behaviours' paths."""

    outcome: Outcome
    """What becomes of it."""

    status: int | None
    """Code that CloudFront answers with itself; none where the origin's is what counts."""

    cached: bool
    """Whether an answer may be kept and given to other viewers."""

    key: CacheKey | None
    """What makes two requests get one answer, where answers are kept."""

    sent: OriginRequest | None
    """What the origin gets where the cache has no answer."""

    @property
    def position(self) -> int:
        """Which of all behaviours it is, the first being 1."""
        return self.distribution.all_behaviours.index(self.behaviour) + 1

    @property
    def ttl(self) -> Ttl:
        """How long an answer is kept."""
        return Ttl(self.behaviour.cache_settings)

    @property
    def dangers(self) -> tuple[str, ...]:
        """Why a viewer may get an answer that is wrong or was made for another one."""
        origin = self.distribution.origins[self.behaviour.origin]
        return dangers_of(self.behaviour, origin, self.distribution.aliases)


def decide(distribution: DistributionConfig, request: ViewerRequest) -> Decision:
    """Return what a distribution does with a request, whatever its host.

    Raises:
        PlatformError: The URL is none.
    """
    url = split(request.url)
    raw = url.path or "/"
    path = normalised(raw)
    behaviour = next(it for it in distribution.all_behaviours if matches(it.path, path))
    outcome, status = _outcome(behaviour, request.method, url.scheme)
    origin = distribution.origins[behaviour.origin]
    settings = behaviour.cache_settings
    answered = outcome is Outcome.ANSWERED
    cached = answered and settings.caches and request.method in CACHED_METHODS
    parts = _forwarding.Parts.of(
        host=url.hostname or "",
        path=raw,
        query=url.query,
        method=request.method,
        headers=request.headers,
        cookies=request.cookies,
    )
    return Decision(
        request=request,
        distribution=distribution,
        behaviour=behaviour,
        path=path,
        outcome=outcome,
        status=status,
        cached=cached,
        key=_forwarding.cache_key(parts, settings) if cached else None,
        sent=(
            _forwarding.origin_request(parts, origin, settings, sent_to(behaviour, origin))
            if answered
            else None
        ),
    )


def split(url: str) -> SplitResult:
    """Take a URL apart.

    Raises:
        PlatformError: It is none.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PlatformError(
            "NotAUrl",
            f"{url!r} is no URL of a distribution; write all of it, as in"
            " 'https://shop.example.com/media/a.jpg?size=2'",
        )
    return parts


def _outcome(behaviour: BehaviourConfig, method: str, scheme: str) -> tuple[Outcome, int | None]:
    if method not in behaviour.methods.names:
        return Outcome.REFUSED, 403
    if scheme == "http":
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
        return Outcome.REDIRECTED, 301 if method in CACHED_METHODS else 307
    return Outcome.ANSWERED, None


def distribution_of(host: str, distributions: Mapping[str, DistributionConfig]) -> str:
    """Return the name of the distribution that answers for a host.

    Raises:
        PlatformError: None does.
    """
    found = distribution_at(host, distributions)
    if found is None:
        known = sorted({alias for it in distributions.values() for alias in it.aliases})
        raise PlatformError(
            "NoSuchHost",
            f"no distribution answers for {host!r}; choose from {', '.join(known) or 'none'}",
        )
    return found


def as_json(decision: Decision) -> dict[str, Any]:
    """Return a decision as data, for machines."""
    key, sent = decision.key, decision.sent
    settings = decision.behaviour.cache_settings
    return {
        "url": decision.request.url,
        "method": decision.request.method,
        "path": decision.path,
        "behaviour": decision.behaviour.path,
        "position": decision.position,
        "outcome": decision.outcome.value,
        "status": decision.status,
        "origin": decision.behaviour.origin,
        "cached": decision.cached,
        "ttl_seconds": {
            "min": settings.min_ttl_seconds,
            "default": settings.default_ttl_seconds,
            "max": settings.max_ttl_seconds,
        },
        "cache_key": None if key is None else key.as_json(),
        "sent": None if sent is None else sent.as_json(),
        "dangers": list(decision.dangers),
        "waiver": decision.behaviour.waiver,
    }
