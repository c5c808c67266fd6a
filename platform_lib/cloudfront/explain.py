"""What `platformctl edge explain` prints; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from platform_lib.cloudfront.behaviours import CACHED_METHODS
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.managed import (
    ManagedCachePolicy,
    ManagedOriginRequestPolicy,
    ManagedResponseHeadersPolicy,
)
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin
from platform_lib.cloudfront.policies import (
    CachePolicyConfig,
    OriginRequestPolicyConfig,
    ResponseHeadersPolicyConfig,
)
from platform_lib.cloudfront.simulator import (
    Decision,
    Outcome,
    ViewerRequest,
    decide,
    distribution_of,
    split,
)


def explain(distributions: Mapping[str, DistributionConfig], request: ViewerRequest) -> str:
    """Return what the distributions of an environment do with a request, one thing on each line.

    Args:
        distributions: The distributions of the environment by name.
        request: What a viewer asks for; its host says which distribution it is for.

    Raises:
        PlatformError: The URL is none, or no distribution answers for its host.
    """
    name = distribution_of(split(request.url).hostname or "", distributions)
    found = [("distribution", name), *lines(decide(distributions[name], request))]
    width = max(len(label) for label, _ in found) + 2
    return "\n".join(f"{label:<{width}}{text}" for label, text in found)


def lines(decision: Decision) -> Iterator[tuple[str, str]]:
    """Yield what a distribution does with a request, each thing with a word for it."""
    behaviour = decision.behaviour
    yield "request", f"{decision.request.method} {decision.request.url}"
    if decision.path != (split(decision.request.url).path or "/"):
        yield "path", f"{decision.path}, once normalised; the origin gets it as it is written"
    count = len(decision.distribution.all_behaviours)
    yield "behaviour", f"{behaviour.path} ({decision.position} of {count})"
    if decision.outcome is Outcome.REFUSED:
        yield "answer", f"403: methods are {', '.join(behaviour.methods.names)}"
        return
    if decision.outcome is Outcome.REDIRECTED:
        yield "answer", f"{decision.status}: the same URL with https"
        return
    yield "origin", _origin(decision)
    yield "policies", _policies(decision)
    for label in ("viewer_request", "viewer_response"):
        function = getattr(behaviour, label)
        if function is not None:
            yield "function", f"{function} on {label}, which may change what is written here"
    yield "cached", _cached(decision)
    if decision.key is not None:
        key = decision.key
        yield "cache key", _parts(key.path, key.query, key.headers, key.cookies)
    if decision.sent is not None:
        sent = decision.sent
        host = ("host", sent.host or "the origin's own name")
        headers = (host, *sent.headers, *((it, "by CloudFront") for it in sent.added))
        yield "origin gets", _parts(sent.path, sent.query, headers, sent.cookies)
    for danger in decision.dangers:
        yield "danger", danger
    if behaviour.waiver is not None:
        yield "waiver", behaviour.waiver


def _origin(decision: Decision) -> str:
    name = decision.behaviour.origin
    origin = decision.distribution.origins[name]
    if isinstance(origin, S3Origin):
        return f"{name}: the bucket {origin.bucket}"
    kind = "external" if isinstance(origin, AlbOrigin) else "internal"
    return f"{name}: the {kind} load balancer {origin.load_balancer}"


def _policies(decision: Decision) -> str:
    behaviour = decision.behaviour
    sent = behaviour.sends(decision.distribution.origins[behaviour.origin])
    return (
        f"cache {named(behaviour.cache_policy)}; origin request {named(sent)};"
        f" response headers {named(behaviour.response_headers_policy)}"
    )


def named(
    policy: ManagedCachePolicy
    | CachePolicyConfig
    | ManagedOriginRequestPolicy
    | OriginRequestPolicyConfig
    | ManagedResponseHeadersPolicy
    | ResponseHeadersPolicyConfig
    | None,
) -> str:
    """Return the name of a policy: AWS's for a managed one."""
    if policy is None:
        return "none"
    if isinstance(
        policy, CachePolicyConfig | OriginRequestPolicyConfig | ResponseHeadersPolicyConfig
    ):
        return f"{policy.name} (our own)"
    return policy.label


def _cached(decision: Decision) -> str:
    settings = decision.behaviour.cache_settings
    if not settings.caches:
        return "no"
    if not decision.cached:
        return f"no: only {' and '.join(CACHED_METHODS)} are"
    ttl = decision.ttl
    return (
        f"{ttl.seconds()} s where the origin does not say, otherwise {settings.min_ttl_seconds} to"
        f" {settings.max_ttl_seconds} s; {ttl.seconds('private')} s where it says private or no-store"
    )


def _parts(
    path: str,
    query: Iterable[str],
    headers: Iterable[tuple[str, str]],
    cookies: Iterable[tuple[str, str]],
) -> str:
    parts = [f"path {path}"]
    if shown := "&".join(query):
        parts.append(f"query {shown}")
    parts += [f"{name}: {value}" for name, value in headers]
    parts += [f"cookie {name}={value}" for name, value in cookies]
    return "; ".join(parts)
