"""Policies of CloudFront: what AWS's own ones do, and what one of our own may say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from platform_lib.cloudfront.managed import (
    ManagedCachePolicy,
    ManagedOriginRequestPolicy,
    ManagedResponseHeadersPolicy,
)
from platform_lib.cloudfront.policies import (
    EVERYTHING,
    NOTHING,
    CachePolicyConfig,
    CacheSettings,
    CorsHeaders,
    OriginRequestPolicyConfig,
    OriginRequestSettings,
    ResponseHeadersPolicyConfig,
    Selection,
    all_and,
    all_except,
    only,
)

NAMES = st.sampled_from(["a", "A", "b", "c"])
SELECTIONS = st.one_of(
    st.just(NOTHING),
    st.just(EVERYTHING),
    st.builds(
        lambda kind, names: Selection(kind=kind, names=tuple(sorted(names))),
        st.sampled_from(["only", "all-except"]),
        st.sets(NAMES, min_size=1),
    ),
)
YEAR = 31_536_000
METHOD_HEADERS = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


def _message(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    (error,) = refused.value.errors(include_input=False)
    return error["msg"]


@pytest.mark.parametrize(
    ("policy", "label", "id", "settings"),
    [
        (
            ManagedCachePolicy.CACHING_DISABLED,
            "CachingDisabled",
            "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            CacheSettings(default_ttl_seconds=0, max_ttl_seconds=0, compression=()),
        ),
        (
            ManagedCachePolicy.CACHING_OPTIMIZED,
            "CachingOptimized",
            "658327ea-f89d-4fab-a63d-7e88639e58f6",
            CacheSettings(min_ttl_seconds=1, default_ttl_seconds=86_400, max_ttl_seconds=YEAR),
        ),
        (
            ManagedCachePolicy.CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS,
            "CachingOptimizedForUncompressedObjects",
            "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
            CacheSettings(
                min_ttl_seconds=1,
                default_ttl_seconds=86_400,
                max_ttl_seconds=YEAR,
                compression=(),
            ),
        ),
        (
            ManagedCachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS,
            "UseOriginCacheControlHeaders",
            "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
            CacheSettings(
                default_ttl_seconds=0,
                max_ttl_seconds=YEAR,
                headers=only("Host", "Origin", *METHOD_HEADERS),
                cookies=EVERYTHING,
            ),
        ),
        (
            ManagedCachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS,
            "UseOriginCacheControlHeaders-QueryStrings",
            "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
            CacheSettings(
                default_ttl_seconds=0,
                max_ttl_seconds=YEAR,
                headers=only("Host", "Origin", *METHOD_HEADERS),
                cookies=EVERYTHING,
                query_strings=EVERYTHING,
            ),
        ),
    ],
)
def test_managed_cache_policies_do_what_aws_documents(
    policy: ManagedCachePolicy, label: str, id: str, settings: CacheSettings
) -> None:
    """The page "Use managed cache policies"."""
    assert (policy.label, policy.value) == (label, id)
    assert policy.settings == settings


ALL = {"cookies": EVERYTHING, "query_strings": EVERYTHING}


@pytest.mark.parametrize(
    ("policy", "label", "id", "settings"),
    [
        (
            ManagedOriginRequestPolicy.ALL_VIEWER,
            "AllViewer",
            "216adef6-5c7f-47e4-b989-5492eafa07d3",
            OriginRequestSettings(headers=EVERYTHING, **ALL),
        ),
        (
            ManagedOriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
            "AllViewerExceptHostHeader",
            "b689b0a8-53d0-40ab-baf2-68738e2966ac",
            OriginRequestSettings(headers=all_except("Host"), **ALL),
        ),
        (
            ManagedOriginRequestPolicy.CORS_CUSTOM_ORIGIN,
            "CORS-CustomOrigin",
            "59781a5b-3903-41f3-afcb-af62929ccde1",
            OriginRequestSettings(headers=only("Origin")),
        ),
        (
            ManagedOriginRequestPolicy.CORS_S3_ORIGIN,
            "CORS-S3Origin",
            "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
            OriginRequestSettings(
                headers=only(
                    "Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method"
                )
            ),
        ),
        (
            ManagedOriginRequestPolicy.HOST_HEADER_ONLY,
            "HostHeaderOnly",
            "bf0718e1-ba1e-49d1-88b1-f726733018ae",
            OriginRequestSettings(headers=only("Host")),
        ),
        (
            ManagedOriginRequestPolicy.USER_AGENT_REFERER_HEADERS,
            "UserAgentRefererHeaders",
            "acba4595-bd28-49b8-b9fe-13317c0390fa",
            OriginRequestSettings(headers=only("User-Agent", "Referer")),
        ),
    ],
)
def test_managed_origin_request_policies_do_what_aws_documents(
    policy: ManagedOriginRequestPolicy, label: str, id: str, settings: OriginRequestSettings
) -> None:
    """The page "Use managed origin request policies"."""
    assert (policy.label, policy.value) == (label, id)
    assert policy.settings == settings


def test_the_policy_with_cloudfronts_headers_adds_those_of_june_2022() -> None:
    """All of the viewer's, and 21 that CloudFront makes."""
    policy = ManagedOriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_HEADERS
    headers = policy.settings.headers

    assert (policy.label, policy.value) == (
        "AllViewerAndCloudFrontHeaders-2022-06",
        "33f36d7e-f396-46d9-90e0-52428a34d9dc",
    )
    assert (headers.kind, len(headers.names)) == ("all-and", 21)
    assert all(it.startswith("CloudFront-") for it in headers.names)
    assert {"CloudFront-Viewer-Country", "CloudFront-Viewer-TLS"} <= set(headers.names)
    assert policy.settings.cookies == policy.settings.query_strings == EVERYTHING


SECURITY = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-XSS-Protection": "1; mode=block",
}
SIMPLE = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT = {
    **SIMPLE,
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
    "Access-Control-Expose-Headers": "*",
}


@pytest.mark.parametrize(
    ("policy", "label", "id", "adds"),
    [
        (
            ManagedResponseHeadersPolicy.SECURITY_HEADERS,
            "SecurityHeadersPolicy",
            "67f7725c-6f97-4210-82d7-5512b31e9d03",
            SECURITY,
        ),
        (
            ManagedResponseHeadersPolicy.SIMPLE_CORS,
            "SimpleCORS",
            "60669652-455b-4ae9-85a4-c4c02393f86c",
            SIMPLE,
        ),
        (
            ManagedResponseHeadersPolicy.CORS_AND_SECURITY_HEADERS,
            "CORS-and-SecurityHeadersPolicy",
            "e61eb60c-9c35-4d20-a928-2b84e02af89c",
            {**SIMPLE, **SECURITY},
        ),
        (
            ManagedResponseHeadersPolicy.CORS_WITH_PREFLIGHT,
            "CORS-With-Preflight",
            "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
            PREFLIGHT,
        ),
        (
            ManagedResponseHeadersPolicy.CORS_WITH_PREFLIGHT_AND_SECURITY_HEADERS,
            "CORS-with-preflight-and-SecurityHeadersPolicy",
            "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
            {**PREFLIGHT, **SECURITY},
        ),
    ],
)
def test_managed_response_headers_policies_do_what_aws_documents(
    policy: ManagedResponseHeadersPolicy, label: str, id: str, adds: dict[str, str]
) -> None:
    """The page "Use managed response headers policies"."""
    assert (policy.label, policy.value) == (label, id)
    assert policy.adds == adds


@pytest.mark.parametrize(
    ("kind", "member"),
    [
        (ManagedCachePolicy, "settings"),
        (ManagedOriginRequestPolicy, "settings"),
        (ManagedResponseHeadersPolicy, "adds"),
    ],
)
def test_every_managed_policy_is_described(kind: Any, member: str) -> None:
    """None is a mere id."""
    assert all(it.label and getattr(it, member) for it in kind)
    assert len({it.value for it in kind}) == len(list(kind))


@given(one=SELECTIONS, other=SELECTIONS)
def test_a_selection_covers_another_exactly_if_it_has_all_of_it(
    one: Selection, other: Selection
) -> None:
    """Judged by every name that occurs, and by one that nobody names."""
    names = ["a", "A", "b", "c", "never named"]

    assert one.covers(other) is all(one.has(it) for it in names if other.has(it))


@pytest.mark.parametrize(
    ("selection", "has", "has_not", "is_open", "shown"),
    [
        (NOTHING, "", "a", False, "none"),
        (EVERYTHING, "a", "", True, "all"),
        (only("a", "b"), "ab", "cA", False, "a, b"),
        (all_except("a"), "bA", "a", True, "all except a"),
        (all_and("a"), "ab", "", True, "all, and a"),
    ],
)
def test_a_selection_has_the_names_that_it_means(
    selection: Selection, has: str, has_not: str, *, is_open: bool, shown: str
) -> None:
    """Case matters."""
    assert [it for it in has + has_not if selection.has(it)] == list(has)
    assert selection.is_open is is_open
    assert str(selection) == shown


def test_case_does_not_matter_for_headers() -> None:
    """As HTTP has it."""
    assert only("Accept-Language").has_header("accept-LANGUAGE")
    assert not all_except("Host").has_header("host")
    assert not only("Accept-Language").has_header("accept")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"kind": "only"},
            "kind='only' needs names; name some, or choose 'none' or 'all'",
        ),
        (
            {"kind": "all", "names": ("a",)},
            (
                "kind='all' takes no names, and a is named; leave them out, or choose 'only' or"
                " 'all-except'"
            ),
        ),
        (
            {"kind": "only", "names": ("a*",)},
            (
                "'a*' is no name of a header, cookie or query string; write it in full, without"
                " wildcards and blanks"
            ),
        ),
        (
            {"kind": "only", "names": ("a", "b", "a")},
            "names has a twice; write each once",
        ),
    ],
)
def test_refuses_selections_that_mean_nothing(given: dict[str, Any], problem: str) -> None:
    """One sentence each."""
    with pytest.raises(ValidationError) as refused:
        Selection(**given)

    assert _message(refused) == f"Value error, {problem}"


CATALOG = CachePolicyConfig(name="catalog", default_ttl_seconds=60, max_ttl_seconds=60)


def test_a_cache_policy_of_our_own_keeps_nothing_that_is_marked_private() -> None:
    """The defaults: nothing in the key, both forms of compression, no least time."""
    assert CATALOG.min_ttl_seconds == 0
    assert CATALOG.headers == CATALOG.cookies == CATALOG.query_strings == NOTHING
    assert CATALOG.compression == ("br", "gzip")
    assert CATALOG.caches


@pytest.mark.parametrize(
    "changes",
    [
        {"min_ttl_seconds": 60},
        {"headers": only("Host", "CloudFront-Viewer-Country", "Authorization")},
        {"cookies": EVERYTHING, "query_strings": all_except("utm_source")},
        {"query_strings": only(*(f"q{number}" for number in range(10)))},
        {"cookies": only("a" * 1024)},
        {"compression": ()},
        {"max_ttl_seconds": 3_153_600_000},
    ],
)
def test_takes_what_cloudfront_takes_in_a_cache_policy(changes: dict[str, Any]) -> None:
    """Each at its end."""
    assert CATALOG.evolve(**changes) != CATALOG


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"default_ttl_seconds": 0, "max_ttl_seconds": 0},
            (
                "max_ttl_seconds=0 caches nothing, and a policy for that exists already; use"
                " ManagedCachePolicy.CACHING_DISABLED"
            ),
        ),
        (
            {"min_ttl_seconds": 61},
            (
                "min_ttl_seconds=61, default_ttl_seconds=60 and max_ttl_seconds=60 are out of order;"
                " write them so that none is smaller than the one before it"
            ),
        ),
        (
            {"default_ttl_seconds": 61},
            (
                "min_ttl_seconds=0, default_ttl_seconds=61 and max_ttl_seconds=60 are out of order;"
                " write them so that none is smaller than the one before it"
            ),
        ),
        (
            {"headers": EVERYTHING},
            "headers are all, and a cache key takes only some; name those that the answer depends on",
        ),
        (
            {"headers": all_except("Host")},
            (
                "headers are all except Host, and a cache key takes only some; name those that the"
                " answer depends on"
            ),
        ),
        (
            {"headers": only("Cookie")},
            "headers names Cookie, which no policy takes: choose cookies instead; leave it out",
        ),
        (
            {"headers": only("accept-encoding")},
            (
                "headers names accept-encoding, which no policy takes: the cache policy's"
                " compression decides it; leave it out"
            ),
        ),
        (
            {"headers": only("TE")},
            "headers names TE, which no policy takes: CloudFront takes it out; leave it out",
        ),
        (
            {"cookies": all_and("a")},
            (
                "cookies has kind 'all-and', which is for headers; choose 'all', 'only' or"
                " 'all-except'"
            ),
        ),
        (
            {"query_strings": only(*(f"q{number}" for number in range(11)))},
            "query_strings has 11 names and a policy takes 10; name fewer",
        ),
        (
            {"cookies": only("a" * 1000), "query_strings": only("b" * 25)},
            "all names have 1025 characters together and a policy takes 1024; name fewer",
        ),
    ],
)
def test_refuses_what_cloudfront_refuses_in_a_cache_policy(
    changes: dict[str, Any], problem: str
) -> None:
    """One sentence each, with what to write."""
    with pytest.raises(ValidationError) as refused:
        CATALOG.evolve(**changes)

    assert _message(refused) == f"Value error, {problem}"


@pytest.mark.parametrize("seconds", [-1, 3_153_600_001])
def test_nothing_is_kept_longer_than_a_hundred_years(seconds: int) -> None:
    """The most that CloudFront takes."""
    with pytest.raises(ValidationError, match="than or equal to"):
        CATALOG.evolve(max_ttl_seconds=seconds)


@pytest.mark.parametrize(
    "given",
    [
        {"headers": EVERYTHING},
        {"headers": all_except("Host", "Authorization", "Cookie")},
        {"headers": all_and("CloudFront-Viewer-Country")},
        {"headers": only("Accept-Language"), "cookies": only("a"), "query_strings": EVERYTHING},
    ],
)
def test_takes_what_cloudfront_takes_in_an_origin_request_policy(given: dict[str, Any]) -> None:
    """All headers, all but some, all and some of CloudFront's, or some."""
    policy = OriginRequestPolicyConfig(name="app", **given)

    assert {name: getattr(policy, name) for name in given} == given


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"headers": only("authorization")},
            (
                "headers names Authorization, which an origin gets only with all others or from the"
                " cache key; put it into the cache policy's headers, or send all"
            ),
        ),
        (
            {"headers": only("Upgrade")},
            "headers names Upgrade, which no policy takes: CloudFront takes it out; leave it out",
        ),
        (
            {"headers": all_and("CloudFront-Viewer-TLS", "Accept")},
            (
                "headers adds Accept, which CloudFront does not make; what the viewer sends is there"
                " already, so leave it out"
            ),
        ),
        (
            {"query_strings": all_and("a")},
            (
                "query_strings has kind 'all-and', which is for headers; choose 'all', 'only' or"
                " 'all-except'"
            ),
        ),
        (
            {"headers": only(*(f"X-{number}" for number in range(11)))},
            "headers has 11 names and a policy takes 10; name fewer",
        ),
    ],
)
def test_refuses_what_cloudfront_refuses_in_an_origin_request_policy(
    given: dict[str, Any], problem: str
) -> None:
    """One sentence each, with what to write."""
    with pytest.raises(ValidationError) as refused:
        OriginRequestPolicyConfig(name="app", **given)

    assert _message(refused) == f"Value error, {problem}"


def test_a_response_headers_policy_of_our_own_is_strict_from_the_start() -> None:
    """HTTPS for a year, frames of the same origin, and nothing for other origins' pages."""
    policy = ResponseHeadersPolicyConfig(name="strict")

    assert policy.strict_transport_security_seconds == YEAR
    assert (policy.include_subdomains, policy.preload) == (False, False)
    assert policy.frame_options == "SAMEORIGIN"
    assert policy.referrer_policy == "strict-origin-when-cross-origin"
    assert policy.content_security_policy is None
    assert policy.cors is None
    assert (policy.headers, policy.remove) == ({}, ())


@pytest.mark.parametrize(
    "given",
    [
        {"preload": True, "include_subdomains": True},
        {"remove": ("X-Powered-By", "Server", "Vary")},
        {"headers": {f"X-{number}": "" for number in range(10)}},
        {"content_security_policy": "x" * 1783},
        {"cors": CorsHeaders(origins=("*",))},
    ],
)
def test_takes_what_cloudfront_takes_in_a_response_headers_policy(given: dict[str, Any]) -> None:
    """Each at its end."""
    policy = ResponseHeadersPolicyConfig(name="strict", **given)

    assert {name: getattr(policy, name) for name in given} == given


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"preload": True},
            (
                "preload=True needs include_subdomains=True; browsers take no other host into the"
                " list"
            ),
        ),
        (
            {"remove": tuple(f"X-{number}" for number in range(11))},
            "remove has 11 names and a policy takes 10; name fewer",
        ),
        (
            {"headers": {f"X-{number}": "" for number in range(11)}},
            "headers has 11 names and a policy takes 10; name fewer",
        ),
        (
            {"remove": ("Via", "X-Powered-By", "x-edge-request-id", "X-Amz-Cf-Pop")},
            (
                "remove names Via, x-edge-request-id, X-Amz-Cf-Pop, which CloudFront does not"
                " remove; leave it out"
            ),
        ),
    ],
)
def test_refuses_what_cloudfront_refuses_in_a_response_headers_policy(
    given: dict[str, Any], problem: str
) -> None:
    """One sentence each, with what to write."""
    with pytest.raises(ValidationError) as refused:
        ResponseHeadersPolicyConfig(name="strict", **given)

    assert _message(refused) == f"Value error, {problem}"


def test_a_content_security_policy_has_an_end() -> None:
    """CloudFront takes 1,783 characters."""
    with pytest.raises(ValidationError, match="at most 1783 characters"):
        ResponseHeadersPolicyConfig(name="strict", content_security_policy="x" * 1784)


@pytest.mark.parametrize("field", ["origins", "request_headers", "exposed_headers"])
def test_pages_that_may_send_cookies_are_named(field: str) -> None:
    """Browsers refuse a star together with cookies."""
    named: dict[str, Any] = {
        "origins": ("https://shop.example.com",),
        "request_headers": ("Content-Type",),
        "exposed_headers": ("ETag",),
    }

    CorsHeaders(credentials=True, **named)
    CorsHeaders(credentials=False, **(named | {field: ("*",)}))
    with pytest.raises(ValidationError) as refused:
        CorsHeaders(credentials=True, **(named | {field: ("*",)}))

    assert _message(refused) == (
        f"Value error, credentials=True with '*' in {field}, which browsers refuse; name each one"
    )
