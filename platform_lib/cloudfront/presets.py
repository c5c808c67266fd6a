"""Behaviours for what shops have: GraphQL, keys, assets, pictures, APIs; pure.

Each returns a `BehaviourConfig`, of which anything can be changed with `evolve`.
"""

from __future__ import annotations

from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward, Methods
from platform_lib.cloudfront.managed import ManagedCachePolicy, ManagedResponseHeadersPolicy
from platform_lib.cloudfront.policies import EVERYTHING, NOTHING, CachePolicyConfig, only


def graphql(origin: str, *, path: str = "/graphql/*") -> BehaviourConfig:
    """Return the behaviour for GraphQL: every request reaches the application, nothing is kept.

    Mutations and answers that depend on the user share one path with everything else.
    """
    return BehaviourConfig(
        path=path,
        origin=origin,
        cache_policy=ManagedCachePolicy.CACHING_DISABLED,
        methods=Methods.ALL,
    )


def jwks(origin: str, *, path: str = "/.well-known/jwks.json") -> BehaviourConfig:
    """Return the behaviour for public keys of tokens: never kept, so that a new key counts at once.

    The application gets the host and nothing else of the viewer.
    """
    return BehaviourConfig(
        path=path,
        origin=origin,
        cache_policy=ManagedCachePolicy.CACHING_DISABLED,
        origin_request_policy=Forward.KEY,
    )


def static_assets(origin: str, *, path: str = "/static/*") -> BehaviourConfig:
    """Return the behaviour for files of a release whose names change with their content.

    Kept for a day, or as long as the file says. Pages of any origin may use them: fonts and modules
    need that.
    """
    return BehaviourConfig(
        path=path,
        origin=origin,
        cache_policy=ManagedCachePolicy.CACHING_OPTIMIZED,
        response_headers_policy=ManagedResponseHeadersPolicy.CORS_AND_SECURITY_HEADERS,
    )


def media(origin: str, *, path: str = "/media/*") -> BehaviourConfig:
    """Return the behaviour for what people upload, kept for a day or as long as the file says."""
    return BehaviourConfig(
        path=path, origin=origin, cache_policy=ManagedCachePolicy.CACHING_OPTIMIZED
    )


def thumbnails(origin: str, *, path: str = "/thumbnail/*") -> BehaviourConfig:
    """Return the behaviour for small pictures: the same path is always the same picture."""
    return media(origin, path=path)


def api(origin: str, *, path: str = "*") -> BehaviourConfig:
    """Return the behaviour for an API: every request reaches the application, nothing is kept.

    It is also the default behaviour that can do no harm.
    """
    return graphql(origin, path=path)


def catalog_api(
    origin: str,
    *,
    path: str,
    ttl: int = 60,
    headers: tuple[str, ...] = (),
    name: str = "catalog",
) -> BehaviourConfig:
    """Return the behaviour for answers that are the same for everybody, kept for a short time.

    The application gets the query string, which is in the cache key, and no cookies: what it cannot
    see it cannot answer with. An answer that it marks ``private`` or ``no-store`` is not kept.

    Args:
        origin: Name of the origin.
        path: Paths that it is for.
        ttl: Most seconds that an answer is kept, and how long one is kept that says nothing.
        headers: What else answers depend on, for example ``Accept-Language``, or ``Host`` where the
            distribution has several aliases.
        name: Name of the cache policy in the distribution.
    """
    return BehaviourConfig(
        path=path,
        origin=origin,
        cache_policy=CachePolicyConfig(
            name=name,
            default_ttl_seconds=ttl,
            max_ttl_seconds=ttl,
            headers=only(*headers) if headers else NOTHING,
            query_strings=EVERYTHING,
        ),
        origin_request_policy=Forward.KEY,
        methods=Methods.READ_AND_OPTIONS,
    )
