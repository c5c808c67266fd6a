"""What happens to the requests for some paths; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from platform_lib.cloudfront._paths import canonical
from platform_lib.cloudfront.managed import (
    ManagedCachePolicy,
    ManagedOriginRequestPolicy,
    ManagedResponseHeadersPolicy,
)
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.cloudfront.policies import (
    CachePolicyConfig,
    CacheSettings,
    OriginRequestPolicyConfig,
    ResponseHeadersPolicyConfig,
)
from platform_lib.model import Model
from platform_lib.types import Slug, matching

DEFAULT_PATH = "*"
"""Path of the default behaviour, and of no other."""

CACHED_METHODS = ("GET", "HEAD")
"""Methods whose answers are kept; those of OPTIONS are not."""

PathPattern = Annotated[
    str,
    AfterValidator(
        matching(
            r"[A-Za-z0-9_.*$/~\"'@:+&?-]{1,255}",
            "a path pattern that CloudFront takes; use 1 to 255 letters, digits and _-.$/~\"'@:+&"
            " with * for any characters and ? for one, as in '/media/*', and leave out query"
            " strings and escapes such as %20",
        )
    ),
]
"""Paths, in which ``*`` stands for any characters and ``?`` for one; case matters.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html"""


Reason = Annotated[
    str,
    AfterValidator(
        matching(
            r"\s*\S+(\s+\S+){2,}\s*",
            "a reason that a reviewer understands; write a sentence of three words or more",
        )
    ),
]
"""A sentence that a reviewer understands."""


class Methods(StrEnum):
    """Methods that viewers may use; others get 403. CloudFront has these three sets."""

    READ = "read"
    """GET and HEAD."""

    READ_AND_OPTIONS = "read-and-options"
    """Those and OPTIONS, which browsers ask with before they use another page's answers."""

    ALL = "all"
    """Those and PUT, POST, PATCH and DELETE."""

    @property
    def names(self) -> tuple[str, ...]:
        """The methods."""
        return {
            Methods.READ: ("GET", "HEAD"),
            Methods.READ_AND_OPTIONS: ("GET", "HEAD", "OPTIONS"),
            Methods.ALL: ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"),
        }[self]


class Forward(StrEnum):
    """What an origin gets; the kind of the origin decides which policy that is."""

    ALL = "all"
    """All that the viewer sent: AllViewer for a load balancer that keeps the host, otherwise
    AllViewerExceptHostHeader. A bucket gets what CORS needs where OPTIONS is let through
    (CORS-S3Origin), and otherwise nothing."""

    KEY = "key"
    """What is in the cache key and nothing else, but the host for a load balancer that keeps it
    (HostHeaderOnly)."""


class BehaviourConfig(Model):
    """What happens to the requests for some paths. `platform_lib.cloudfront.presets` has the usual."""

    path: PathPattern = DEFAULT_PATH
    """Paths that it is for; ``*`` for the default behaviour only. The slash at the beginning may be
    left out."""

    origin: Slug
    """Name of the origin that answers."""

    cache_policy: ManagedCachePolicy | CachePolicyConfig
    """What is kept, for how long, and for whom."""

    origin_request_policy: Forward | ManagedOriginRequestPolicy | OriginRequestPolicyConfig = (
        Forward.ALL
    )
    """What the origin gets besides what is in the cache key; by default all that it can take."""

    response_headers_policy: ManagedResponseHeadersPolicy | ResponseHeadersPolicyConfig | None = (
        ManagedResponseHeadersPolicy.SECURITY_HEADERS
    )
    """Headers that viewers get besides the origin's."""

    methods: Methods = Methods.READ
    """Methods that viewers may use."""

    compress: bool = True
    """Whether CloudFront compresses what it keeps with Brotli and Gzip; it compresses nothing where
    nothing is kept."""

    viewer_request: Slug | None = None
    """Name of the function that sees each request before the cache does."""

    viewer_response: Slug | None = None
    """Name of the function that sees each answer before the viewer does."""

    waiver: Reason | None = None
    """Why viewers may share answers here; needed where one could get an answer that was made for
    another, and refused where not."""

    @property
    def is_default(self) -> bool:
        """Whether it is for every path."""
        return canonical(self.path) == canonical(DEFAULT_PATH)

    @property
    def cache_settings(self) -> CacheSettings:
        """What its cache policy does."""
        policy = self.cache_policy
        return policy.settings if isinstance(policy, ManagedCachePolicy) else policy

    def sends(
        self, origin: S3Origin | AlbOrigin | VpcOrigin
    ) -> ManagedOriginRequestPolicy | OriginRequestPolicyConfig | None:
        """Return the origin request policy that it has with an origin; none adds nothing."""
        policy = self.origin_request_policy
        if not isinstance(policy, Forward):
            return policy
        if isinstance(origin, S3Origin):
            asks = policy is Forward.ALL and self.methods is not Methods.READ
            return ManagedOriginRequestPolicy.CORS_S3_ORIGIN if asks else None
        if policy is Forward.KEY:
            return ManagedOriginRequestPolicy.HOST_HEADER_ONLY if origin.keeps_host else None
        if origin.keeps_host:
            return ManagedOriginRequestPolicy.ALL_VIEWER
        return ManagedOriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER

    def __str__(self) -> str:
        """Write it as errors name it."""
        return "the default behaviour" if self.is_default else f"the behaviour {self.path!r}"
