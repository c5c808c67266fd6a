"""Behaviours that are ready: what each keeps, sends and lets through."""

from __future__ import annotations

import inspect

import pytest

from platform_lib.cloudfront import presets
from platform_lib.cloudfront._checks import dangers_of
from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward, Methods
from platform_lib.cloudfront.managed import ManagedCachePolicy, ManagedResponseHeadersPolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.cloudfront.policies import EVERYTHING, CachePolicyConfig, only

SECURITY = ManagedResponseHeadersPolicy.SECURITY_HEADERS
CORS = ManagedResponseHeadersPolicy.CORS_AND_SECURITY_HEADERS
DISABLED = ManagedCachePolicy.CACHING_DISABLED
OPTIMIZED = ManagedCachePolicy.CACHING_OPTIMIZED


@pytest.mark.parametrize(
    ("preset", "path", "cache_policy", "sends", "response_headers", "methods"),
    [
        (presets.graphql("a"), "/graphql/*", DISABLED, Forward.ALL, SECURITY, Methods.ALL),
        (
            presets.jwks("a"),
            "/.well-known/jwks.json",
            DISABLED,
            Forward.KEY,
            SECURITY,
            Methods.READ,
        ),
        (presets.static_assets("a"), "/static/*", OPTIMIZED, Forward.ALL, CORS, Methods.READ),
        (presets.media("a"), "/media/*", OPTIMIZED, Forward.ALL, SECURITY, Methods.READ),
        (presets.thumbnails("a"), "/thumbnail/*", OPTIMIZED, Forward.ALL, SECURITY, Methods.READ),
        (presets.api("a"), "*", DISABLED, Forward.ALL, SECURITY, Methods.ALL),
    ],
)
def test_presets_are_the_behaviours_of_the_source(
    preset: BehaviourConfig,
    path: str,
    cache_policy: ManagedCachePolicy,
    sends: Forward,
    response_headers: ManagedResponseHeadersPolicy,
    methods: Methods,
) -> None:
    """Every setting of each."""
    assert preset == BehaviourConfig(
        path=path,
        origin="a",
        cache_policy=cache_policy,
        origin_request_policy=sends,
        response_headers_policy=response_headers,
        methods=methods,
    )


def test_a_catalog_is_kept_for_a_minute() -> None:
    """For each query string, without cookies, and not at all where it is marked private."""
    assert presets.catalog_api("a", path="/catalog/*") == BehaviourConfig(
        path="/catalog/*",
        origin="a",
        cache_policy=CachePolicyConfig(
            name="catalog",
            min_ttl_seconds=0,
            default_ttl_seconds=60,
            max_ttl_seconds=60,
            query_strings=EVERYTHING,
        ),
        origin_request_policy=Forward.KEY,
        methods=Methods.READ_AND_OPTIONS,
    )


def test_a_catalog_may_be_kept_longer_and_for_each_language() -> None:
    """With a name of its own beside another one."""
    behaviour = presets.catalog_api(
        "a", path="/menu*", ttl=300, headers=("Host", "Accept-Language"), name="menu"
    )

    assert isinstance(behaviour.cache_policy, CachePolicyConfig)
    assert behaviour.cache_policy.name == "menu"
    assert behaviour.cache_policy.headers == only("Host", "Accept-Language")
    assert behaviour.cache_settings.default_ttl_seconds == 300
    assert behaviour.cache_settings.max_ttl_seconds == 300


ORIGINS: dict[str, S3Origin | AlbOrigin | VpcOrigin] = {
    "graphql": AlbOrigin(load_balancer="public"),
    "jwks": AlbOrigin(load_balancer="public"),
    "static_assets": S3Origin(bucket="static"),
    "media": S3Origin(bucket="media"),
    "thumbnails": S3Origin(bucket="media"),
    "api": VpcOrigin(load_balancer="private"),
    "catalog_api": AlbOrigin(load_balancer="public"),
}


@pytest.mark.parametrize("name", sorted(ORIGINS))
def test_no_preset_lets_viewers_share_what_they_should_not(name: str) -> None:
    """With the origin that it is meant for, and a path of one's own."""
    behaviour = getattr(presets, name)("a", path="/x/*")

    assert behaviour.path == "/x/*"
    assert dangers_of(behaviour, ORIGINS[name], ("shop.example.com",)) == ()


def test_every_preset_is_held_to_this() -> None:
    """A new one belongs into the tests above."""
    written = {
        name
        for name, it in inspect.getmembers(presets, inspect.isfunction)
        if it.__module__ == presets.__name__
    }

    assert written == set(ORIGINS)
