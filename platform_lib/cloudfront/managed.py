"""Policies that AWS manages, by id, and what each of them does; pure.

Those for origins that this library has no kind of (Amplify, MediaPackage, MediaTailor) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from platform_lib.cloudfront.policies import (
    EVERYTHING,
    CacheSettings,
    OriginRequestSettings,
    all_and,
    all_except,
    only,
)


class ManagedCachePolicy(StrEnum):
    """Cache policies that AWS manages.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
    """

    CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    """Keeps nothing and compresses nothing."""

    CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
    """Keeps for a day what says nothing, for a second what says ``no-store``; the key is the path."""

    CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS = "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"
    """The same, without compression."""

    USE_ORIGIN_CACHE_CONTROL_HEADERS = "83da9c7e-98b4-4e11-a168-04f0df8e2c65"
    """Keeps only what the origin says, for each host and each set of cookies."""

    USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS = "4cc15a8a-d715-48a4-82b8-cc0b614638fe"
    """The same, and for each query string."""

    @property
    def label(self) -> str:
        """Name as AWS writes it."""
        return _CACHE_LABELS[self]

    @property
    def settings(self) -> CacheSettings:
        """What it does."""
        return _CACHE[self]


class ManagedOriginRequestPolicy(StrEnum):
    """Origin request policies that AWS manages.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
    """

    ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
    """Everything that the viewer sent, its ``Host`` too."""

    ALL_VIEWER_AND_CLOUDFRONT_HEADERS = "33f36d7e-f396-46d9-90e0-52428a34d9dc"
    """The same, and all headers that CloudFront made until June 2022."""

    ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    """Everything that the viewer sent except its ``Host``; the origin gets its own name."""

    CORS_CUSTOM_ORIGIN = "59781a5b-3903-41f3-afcb-af62929ccde1"
    """``Origin``."""

    CORS_S3_ORIGIN = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"
    """``Origin`` and what a browser asks before it sends a request of another page."""

    HOST_HEADER_ONLY = "bf0718e1-ba1e-49d1-88b1-f726733018ae"
    """The viewer's ``Host``."""

    USER_AGENT_REFERER_HEADERS = "acba4595-bd28-49b8-b9fe-13317c0390fa"
    """``User-Agent`` and ``Referer``."""

    @property
    def label(self) -> str:
        """Name as AWS writes it."""
        return _ORIGIN_REQUEST_LABELS[self]

    @property
    def settings(self) -> OriginRequestSettings:
        """What it does."""
        return _ORIGIN_REQUEST[self]


class ManagedResponseHeadersPolicy(StrEnum):
    """Response headers policies that AWS manages.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
    """

    SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
    """HTTPS for a year, no frames on other sites, no guessed types, little about where one comes from."""

    SIMPLE_CORS = "60669652-455b-4ae9-85a4-c4c02393f86c"
    """Pages of any origin may read the answers."""

    CORS_AND_SECURITY_HEADERS = "e61eb60c-9c35-4d20-a928-2b84e02af89c"
    """Both."""

    CORS_WITH_PREFLIGHT = "5cc3b908-e619-4b99-88e5-2cf7f45965bd"
    """Pages of any origin may send any request."""

    CORS_WITH_PREFLIGHT_AND_SECURITY_HEADERS = "eaab4381-ed33-4a86-88ca-d9558dc6cd63"
    """That, and the security headers."""

    @property
    def label(self) -> str:
        """Name as AWS writes it."""
        return _RESPONSE_HEADERS_LABELS[self]

    @property
    def adds(self) -> Mapping[str, str]:
        """Headers that it adds; except for ``X-Content-Type-Options`` the origin's own win."""
        return _RESPONSE_HEADERS[self]


_DAY = 86_400
_YEAR = 31_536_000

_CACHE_LABELS = {
    ManagedCachePolicy.CACHING_DISABLED: "CachingDisabled",
    ManagedCachePolicy.CACHING_OPTIMIZED: "CachingOptimized",
    ManagedCachePolicy.CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS: (
        "CachingOptimizedForUncompressedObjects"
    ),
    ManagedCachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS: "UseOriginCacheControlHeaders",
    ManagedCachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS: (
        "UseOriginCacheControlHeaders-QueryStrings"
    ),
}

_OPTIMIZED = CacheSettings(min_ttl_seconds=1, default_ttl_seconds=_DAY, max_ttl_seconds=_YEAR)
_AS_THE_ORIGIN_SAYS = CacheSettings(
    default_ttl_seconds=0,
    max_ttl_seconds=_YEAR,
    headers=only("Host", "Origin", "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"),
    cookies=EVERYTHING,
)

_CACHE = {
    ManagedCachePolicy.CACHING_DISABLED: CacheSettings(
        default_ttl_seconds=0, max_ttl_seconds=0, compression=()
    ),
    ManagedCachePolicy.CACHING_OPTIMIZED: _OPTIMIZED,
    ManagedCachePolicy.CACHING_OPTIMIZED_FOR_UNCOMPRESSED_OBJECTS: _OPTIMIZED.evolve(
        compression=()
    ),
    ManagedCachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS: _AS_THE_ORIGIN_SAYS,
    ManagedCachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS: (
        _AS_THE_ORIGIN_SAYS.evolve(query_strings=EVERYTHING)
    ),
}

_ORIGIN_REQUEST_LABELS = {
    ManagedOriginRequestPolicy.ALL_VIEWER: "AllViewer",
    ManagedOriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_HEADERS: (
        "AllViewerAndCloudFrontHeaders-2022-06"
    ),
    ManagedOriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER: "AllViewerExceptHostHeader",
    ManagedOriginRequestPolicy.CORS_CUSTOM_ORIGIN: "CORS-CustomOrigin",
    ManagedOriginRequestPolicy.CORS_S3_ORIGIN: "CORS-S3Origin",
    ManagedOriginRequestPolicy.HOST_HEADER_ONLY: "HostHeaderOnly",
    ManagedOriginRequestPolicy.USER_AGENT_REFERER_HEADERS: "UserAgentRefererHeaders",
}

_CLOUDFRONT_HEADERS = (
    "CloudFront-Forwarded-Proto",
    "CloudFront-Is-Android-Viewer",
    "CloudFront-Is-Desktop-Viewer",
    "CloudFront-Is-IOS-Viewer",
    "CloudFront-Is-Mobile-Viewer",
    "CloudFront-Is-SmartTV-Viewer",
    "CloudFront-Is-Tablet-Viewer",
    "CloudFront-Viewer-Address",
    "CloudFront-Viewer-ASN",
    "CloudFront-Viewer-City",
    "CloudFront-Viewer-Country",
    "CloudFront-Viewer-Country-Name",
    "CloudFront-Viewer-Country-Region",
    "CloudFront-Viewer-Country-Region-Name",
    "CloudFront-Viewer-Http-Version",
    "CloudFront-Viewer-Latitude",
    "CloudFront-Viewer-Longitude",
    "CloudFront-Viewer-Metro-Code",
    "CloudFront-Viewer-Postal-Code",
    "CloudFront-Viewer-Time-Zone",
    "CloudFront-Viewer-TLS",
)

_ALL_VIEWER = OriginRequestSettings(
    headers=EVERYTHING, cookies=EVERYTHING, query_strings=EVERYTHING
)

_ORIGIN_REQUEST = {
    ManagedOriginRequestPolicy.ALL_VIEWER: _ALL_VIEWER,
    ManagedOriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_HEADERS: _ALL_VIEWER.evolve(
        headers=all_and(*_CLOUDFRONT_HEADERS)
    ),
    ManagedOriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER: _ALL_VIEWER.evolve(
        headers=all_except("Host")
    ),
    ManagedOriginRequestPolicy.CORS_CUSTOM_ORIGIN: OriginRequestSettings(headers=only("Origin")),
    ManagedOriginRequestPolicy.CORS_S3_ORIGIN: OriginRequestSettings(
        headers=only("Origin", "Access-Control-Request-Headers", "Access-Control-Request-Method")
    ),
    ManagedOriginRequestPolicy.HOST_HEADER_ONLY: OriginRequestSettings(headers=only("Host")),
    ManagedOriginRequestPolicy.USER_AGENT_REFERER_HEADERS: OriginRequestSettings(
        headers=only("User-Agent", "Referer")
    ),
}

_RESPONSE_HEADERS_LABELS = {
    ManagedResponseHeadersPolicy.SECURITY_HEADERS: "SecurityHeadersPolicy",
    ManagedResponseHeadersPolicy.SIMPLE_CORS: "SimpleCORS",
    ManagedResponseHeadersPolicy.CORS_AND_SECURITY_HEADERS: "CORS-and-SecurityHeadersPolicy",
    ManagedResponseHeadersPolicy.CORS_WITH_PREFLIGHT: "CORS-With-Preflight",
    ManagedResponseHeadersPolicy.CORS_WITH_PREFLIGHT_AND_SECURITY_HEADERS: (
        "CORS-with-preflight-and-SecurityHeadersPolicy"
    ),
}

_SECURITY_HEADERS = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Strict-Transport-Security": f"max-age={_YEAR}",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "X-XSS-Protection": "1; mode=block",
}
_SIMPLE_CORS = {"Access-Control-Allow-Origin": "*"}
_CORS_WITH_PREFLIGHT = {
    **_SIMPLE_CORS,
    "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
    "Access-Control-Expose-Headers": "*",
}

_RESPONSE_HEADERS = {
    ManagedResponseHeadersPolicy.SECURITY_HEADERS: _SECURITY_HEADERS,
    ManagedResponseHeadersPolicy.SIMPLE_CORS: _SIMPLE_CORS,
    ManagedResponseHeadersPolicy.CORS_AND_SECURITY_HEADERS: {**_SIMPLE_CORS, **_SECURITY_HEADERS},
    ManagedResponseHeadersPolicy.CORS_WITH_PREFLIGHT: _CORS_WITH_PREFLIGHT,
    ManagedResponseHeadersPolicy.CORS_WITH_PREFLIGHT_AND_SECURITY_HEADERS: {
        **_CORS_WITH_PREFLIGHT,
        **_SECURITY_HEADERS,
    },
}
